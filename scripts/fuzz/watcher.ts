/**
 * The watcher: gives a worker its inputs, ends it when one hangs, and goes on after the bad one with a new worker.
 *
 * Time is the processor's, so that a busy machine blames nobody; one that waits for ever is found by the clock. An input
 * that was slow once is tried again alone.
 */
import process from 'node:process';
import { setInterval } from 'node:timers';
import { Worker } from 'node:worker_threads';
import type { Json } from '../../test/hostile/door.ts';
import type { Verdict } from '../../test/hostile/judge.ts';
import {
  CELLS,
  type Figures,
  LONGEST_MS,
  LONGEST_WAIT_MS,
  MOST_RSS,
  OLD_MB,
  type Report,
  type Start,
  type Task,
  YOUNG_MB,
} from './messages.ts';

const CALM: Verdict = { kind: 'taken', detail: '' };
const LOOK_EVERY_MS = 50;

export interface Bad {
  readonly number: number;
  readonly detail: string;
}
interface Ended {
  readonly bad: readonly Bad[];
  readonly figures: Figures;
}

export class Watcher {
  #worker: Worker | null = null;
  readonly #cells = new Int32Array(new SharedArrayBuffer(8));
  readonly #doors: URL;
  /** Highest resident memory seen, in bytes. */
  peak = 0;

  /** `doors`: the module that exports them. */
  constructor(doors: URL) {
    this.#doors = doors;
  }

  /** Runs a range of numbers to its end. */
  async run(seed: number, from: number, to: number, only: string | null): Promise<Ended> {
    const bad: Bad[] = [];
    let figures: Figures = {};
    for (let at = from; at < to;) {
      const broke = await this.#give({ kind: 'run', seed, from: at, to, only }, (report) => {
        if (report.kind === 'failed') bad.push({ number: report.number, detail: report.verdict.detail });
        if (report.kind === 'done') figures = report.figures;
        return report.kind === 'done';
      });
      if (broke === null) break;
      if (broke.number < 0) throw new Error(`the worker broke between two inputs: ${broke.detail}`);
      const again = broke.slow ? await this.run1(seed, broke.number, only) : broke.detail;
      if (again !== null) bad.push({ number: broke.number, detail: again });
      at = broke.number + 1;
    }
    return { bad, figures };
  }

  /** Runs one number alone; tells what was wrong, or null. */
  async run1(seed: number, number: number, only: string | null): Promise<string | null> {
    let detail: string | null = null;
    const broke = await this.#give({ kind: 'run', seed, from: number, to: number + 1, only }, (report) => {
      if (report.kind === 'failed') detail = report.verdict.detail;
      return report.kind === 'done';
    });
    return broke?.detail ?? detail;
  }

  /** Tries one input; what ends the worker comes as a crash. */
  async try(door: string, input: Json): Promise<Verdict> {
    let verdict = CALM;
    const broke = await this.#give({ kind: 'try', door, input }, (report) => {
      if (report.kind === 'tried') verdict = report.verdict;
      return report.kind === 'tried';
    });
    return broke === null ? verdict : { kind: 'crash', detail: broke.detail };
  }

  async close(): Promise<void> {
    await this.#worker?.terminate();
    this.#worker = null;
  }

  /** Gives a task and waits for its end; null, or what broke the worker at which number. */
  async #give(task: Task, ended: (report: Report) => boolean): Promise<(Bad & { readonly slow: boolean }) | null> {
    const worker = this.#worker ?? (await this.#start());
    const over = Promise.withResolvers<(Bad & { readonly slow: boolean }) | null>();
    const under = (): number => Atomics.load(this.#cells, CELLS.number);
    const broke = (error: unknown): void => {
      this.#worker = null;
      over.resolve({ number: under(), detail: describe(error), slow: false });
    };
    const hear = (report: Report): void => {
      if (ended(report)) over.resolve(null);
    };
    worker.on('message', hear).once('error', broke);
    const watch = this.#watch((detail) => over.resolve({ number: under(), detail, slow: true }));
    worker.postMessage(task);
    const result = await over.promise;
    clearInterval(watch);
    worker.off('message', hear).off('error', broke);
    if (result !== null) await this.#end(worker);
    return result;
  }

  #watch(hangs: (detail: string) => void): NodeJS.Timeout {
    let [begun, since, spent] = [-1, 0, 0];
    return setInterval(() => {
      const rss = process.memoryUsage.rss();
      this.peak = Math.max(this.peak, rss);
      if (rss > MOST_RSS) hangs(`the process took ${Math.round(rss / 2 ** 20)} MB`);
      const now = Atomics.load(this.#cells, CELLS.begun);
      if (now !== begun || Atomics.load(this.#cells, CELLS.number) < 0)
        [begun, since, spent] = [now, performance.now(), cpuMs()];
      else if (cpuMs() - spent > LONGEST_MS) hangs(`took longer than ${LONGEST_MS} ms`);
      else if (performance.now() - since > LONGEST_WAIT_MS) hangs(`did not end within ${LONGEST_WAIT_MS} ms`);
    }, LOOK_EVERY_MS);
  }

  async #end(worker: Worker): Promise<void> {
    worker.on('error', () => undefined);
    await worker.terminate();
    this.#worker = null;
  }

  async #start(): Promise<Worker> {
    const worker = new Worker(new URL('worker.ts', import.meta.url), {
      workerData: { cells: this.#cells.buffer, doors: this.#doors.href } satisfies Start,
      resourceLimits: { maxOldGenerationSizeMb: OLD_MB, maxYoungGenerationSizeMb: YOUNG_MB },
    });
    Atomics.store(this.#cells, CELLS.number, -1);
    await new Promise<void>((resolve, reject) => {
      worker.once('error', reject);
      worker.once('message', () => {
        worker.off('error', reject);
        resolve();
      });
    });
    this.#worker = worker;
    return worker;
  }
}

/** What this process has spent, all threads: beside the worker's this one hardly counts. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
