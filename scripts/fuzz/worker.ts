/** The thread in which inputs are tried: its heap is bounded and it may be ended at any moment. */
import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { parentPort, workerData } from 'node:worker_threads';
import type { Door, Json } from '../../test/hostile/door.ts';
import { inputOf } from '../../test/hostile/doors.ts';
import { judge, type Verdict } from '../../test/hostile/judge.ts';
import { CELLS, type Figures, MOST_RSS, type Report, type Start, type Task } from './messages.ts';

const port = parentPort;
if (port === null) throw new Error('this file is a worker');
const start = workerData as Start;
const cells = new Int32Array(start.cells);
const { DOORS, prepareDoors } = (await import(start.doors)) as {
  readonly DOORS: readonly Door[];
  readonly prepareDoors: () => Promise<void>;
};

function tell(report: Report): void {
  port?.postMessage(report);
}

/** Tries a range of numbers; a failed one is told and does not end it. */
async function run({ seed, from, to, only }: Extract<Task, { kind: 'run' }>): Promise<void> {
  const figures: Record<string, { taken: number; refused: number; slowest: number }> = {};
  for (let number = from; number < to; number += 1) {
    const { door, input } = inputOf(DOORS, seed, number, only);
    const began = begin(number);
    const verdict = watched(await judge(door, input));
    const mine = (figures[door.name] ??= { taken: 0, refused: 0, slowest: 0 });
    mine.slowest = Math.max(mine.slowest, performance.now() - began);
    if (verdict.kind === 'taken' || verdict.kind === 'refused') mine[verdict.kind] += 1;
    else tell({ kind: 'failed', number, verdict });
    // Lets the watcher's word in, and whatever a door left behind come out.
    if (number % 64 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  begin(-1);
  tell({ kind: 'done', figures: figures satisfies Figures });
}

function begin(number: number): number {
  Atomics.store(cells, CELLS.number, number);
  Atomics.add(cells, CELLS.begun, 1);
  return performance.now();
}

/** Memory is only told upwards: the first input to pass the limit is the one. */
function watched(verdict: Verdict): Verdict {
  const rss = process.memoryUsage.rss();
  if (rss <= MOST_RSS) return verdict;
  return { kind: 'crash', detail: `the process took ${Math.round(rss / 2 ** 20)} MB` };
}

async function attempt(name: string, input: Json): Promise<void> {
  const door = DOORS.find((one) => one.name === name);
  if (door === undefined) throw new Error(`no door ${name}`);
  begin(0);
  const verdict = watched(await judge(door, input));
  begin(-1);
  tell({ kind: 'tried', verdict });
}

process.on('unhandledRejection', (error) => {
  throw error;
});
await prepareDoors();
begin(-1);
port.on('message', (task: Task) => void (task.kind === 'run' ? run(task) : attempt(task.door, task.input)));
tell({ kind: 'ready' });
