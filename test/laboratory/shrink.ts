/**
 * Shortens a history that fails: events are dropped, then faults, then blows, as long as the same promise stays broken.
 *
 * Halves go first, then quarters, then single events, until nothing more can go or the tries are used up. Dropping an event never makes
 * another senseless: what cannot happen does not happen. Must never change times or the setup, so that each history found is one
 * that was truly played.
 */
import type { Event, History } from './history.ts';

const MOST_TRIES = 400;

/** Returns the shortest history found for which `fails` still says yes. */
export async function shrink(history: History, fails: (shorter: History) => Promise<boolean>): Promise<History> {
  let left = MOST_TRIES;
  const tried = async (events: readonly Event[]): Promise<boolean> => {
    left -= 1;
    return left >= 0 && fails({ ...history, events });
  };
  let events = history.events;
  for (let before = -1; before !== size(events) && left > 0;) {
    before = size(events);
    events = await dropRuns(events, tried);
    events = await simplify(events, tried);
  }
  return { ...history, events };
}

async function dropRuns(
  all: readonly Event[],
  fails: (events: readonly Event[]) => Promise<boolean>,
): Promise<readonly Event[]> {
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
async function simplify(
  all: readonly Event[],
  fails: (events: readonly Event[]) => Promise<boolean>,
): Promise<readonly Event[]> {
  let events = all;
  for (let plainer = await plainerThan(events, fails); plainer !== null; plainer = await plainerThan(events, fails))
    events = plainer;
  return events;
}

async function plainerThan(
  events: readonly Event[],
  fails: (events: readonly Event[]) => Promise<boolean>,
): Promise<readonly Event[] | null> {
  for (const [at, event] of events.entries())
    for (const plainer of plainerOnes(event)) {
      const all = events.with(at, plainer);
      if (await fails(all)) return all;
    }
  return null;
}

function* plainerOnes(event: Event): Generator<Event> {
  if (event.kind === 'pass' && event.blow !== null) yield { ...event, blow: null };
  if (event.kind !== 'weather') return;
  for (const at of event.faults.keys()) yield { ...event, faults: event.faults.toSpliced(at, 1) };
}

function size(events: readonly Event[]): number {
  return JSON.stringify(events).length;
}
