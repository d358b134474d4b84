/**
 * serve: the daemon's first form: passes by the schedules of the file, until a signal.
 *
 * Decides which syncs run by themselves, what was known of them before, and whose turn a delivery brings nearer. The passes are those of `sync`; whoever
 * prints hands in how one is run.
 */
import type { Call } from '../cli/application.ts';
import type { PassResult } from '../cli/results.ts';
import type { ServeItem } from '../cli/serve-results.ts';
import type { Run } from '../store/run-rows.ts';
import type { LastPass } from '../rules/next-due.ts';
import { openHookDoor } from './hook-door.ts';
import type { Installation } from './installation.ts';
import { keepRounds, turnsOf, type Round } from './rounds.ts';
import { streamed } from './streamed.ts';

/** Passes are looked for among so many runs; plans and verifications stand between them. */
const RUNS = 100;

/** Runs scheduled passes until `call.signal` is aborted; the first item tells what will run when. Throws InboundTaken. */
export async function* serve(
  at: Installation,
  pass: (sync: string) => Promise<PassResult>,
  call: Call,
): AsyncGenerator<ServeItem> {
  const hinted = new Set<string>();
  const alarms: string[] = [];
  await using door = await openHookDoor(at, ({ kind, connection }) => {
    if (kind === 'alarm') return void alarms.push(connection);
    for (const sync of at.config.syncs) if (sync.secondary.name === connection) hinted.add(sync.name);
  });
  const rounds = await roundsOf(at);
  const turns = turnsOf(rounds, at.ports.clock.now());
  yield {
    kind: 'serving',
    syncs: rounds.map(({ sync }) => ({ sync, nextAt: finite(turns.get(sync)) })),
    unscheduled: at.config.syncs.filter(({ schedule }) => schedule === null).map(({ name }) => name),
    listening: door?.port ?? null,
  };
  yield* streamed<ServeItem>(async (emit) => {
    let told: Promise<void> = Promise.resolve();
    await keepRounds(rounds, { clock: at.ports.clock, signal: call.signal, hinted }, pass, (result, nextAt) => {
      // One after the other: several passes may end at once.
      told = told.then(async () => {
        for (const connection of alarms.splice(0)) await emit({ kind: 'alarm', connection });
        await emit({ kind: 'pass', result, nextAt: finite(nextAt) });
      });
      return told;
    });
  });
}

function finite(time: number | undefined): number | null {
  return time === undefined || !Number.isFinite(time) ? null : time;
}

async function roundsOf({ config, store }: Installation): Promise<readonly Round[]> {
  const rounds: Round[] = [];
  for (const { name: sync, schedule } of config.syncs) {
    if (schedule === null) continue;
    const newest = (await store.runs(sync, RUNS)).find(({ command }) => command === 'sync');
    rounds.push({ sync, schedule, last: lastPass(newest) });
  }
  return rounds;
}

/** A pass that was cut short, by a kill too, goes on at once. */
function lastPass(run: Run | undefined): LastPass {
  const whole = run !== undefined && run.outcome !== null && run.outcome !== 'partial';
  return { startedAt: whole ? run.startedAt : null, failures: 0, resumeAt: null };
}
