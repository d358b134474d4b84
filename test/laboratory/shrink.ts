/**
 * Shortens a history that fails: events are dropped, then faults, then blows, as long as the same promise stays broken.
 *
 * Halves go first, then quarters, then single events, until nothing more can go or the tries are used up. Dropping an event never makes
 * another senseless: what cannot happen does not happen. Must never change times or the setup, so that each history found is one
 * that was truly played.
 */
import type { Event, History } from './history.ts';

type Events<A, N extends string> = readonly Event<A, N>[];

const MOST_TRIES = 400;

/** Returns the shortest history found for which `fails` still says yes. */
export async function shrink<A, N extends string, H extends History<A, N>>(
  history: H,
  fails: (shorter: H) => Promise<boolean>,
): Promise<H> {
  let left = MOST_TRIES;
  const tried = async (events: Events<A, N>): Promise<boolean> => {
    left -= 1;
    return left >= 0 && fails({ ...history, events });
  };
  let events: Events<A, N> = history.events;
  for (let before = -1; before !== size(events) && left > 0;) {
    before = size(events);
    events = await dropRuns(events, tried);
    events = await simplify(events, tried);
  }
  return { ...history, events };
}

async function dropRuns<A, N extends string>(
  all: Events<A, N>,
  fails: (events: Events<A, N>) => Promise<boolean>,
): Promise<Events<A, N>> {
  let events = all;
  for (let run = Math.ceil(events.length / 2); run >= 1; run = run === 1 ? 0 : Math.ceil(run / 2)) {
    for (let at = 0; at < events.length;) {
      const shorter = events.toSpliced(at, run);
      if (await fails(shorter)) events = shorter;
      else at += run;
    }
  }
  return events;
}

/** Takes blows off passes, and faults out of weather. */
async function simplify<A, N extends string>(
  all: Events<A, N>,
  fails: (events: Events<A, N>) => Promise<boolean>,
): Promise<Events<A, N>> {
  let events = all;
  for (let plainer = await plainerThan(events, fails); plainer !== null; plainer = await plainerThan(events, fails))
    events = plainer;
  return events;
}

async function plainerThan<A, N extends string>(
  events: Events<A, N>,
  fails: (events: Events<A, N>) => Promise<boolean>,
): Promise<Events<A, N> | null> {
  for (const [at, event] of events.entries())
    for (const plainer of plainerOnes(event)) {
      const all = events.with(at, plainer);
      if (await fails(all)) return all;
    }
  return null;
}

function* plainerOnes<A, N extends string>(event: Event<A, N>): Generator<Event<A, N>> {
  if (event.kind === 'pass' && event.blow !== null) yield { ...event, blow: null };
  if (event.kind !== 'weather') return;
  for (const at of event.faults.keys()) yield { ...event, faults: event.faults.toSpliced(at, 1) };
}

function size(events: readonly unknown[]): number {
  return JSON.stringify(events).length;
}
