/**
 * Draws what a table's owner keeps at home, what happens to it, and what becomes of the jobs that make new people. Pure.
 *
 * From a stream of chance of its own: what is drawn here changes nothing of what else a seed draws.
 */
import type { Fault, FaultKind } from '../../simulators/faults/plan.ts';
import type { Random } from '../../simulators/world/random.ts';
import type { Weather } from './draw-weather.ts';
import { HOUR, MINUTE, type Event, type HomeAct, type Setup, type SyncName } from './history.ts';

/** Two acts in one second of the source's time cannot be told apart. */
const APART_MS = 1_000;
const AFTER_FIRST_LOADS = 12 * MINUTE;
const CROWD = 14;
const LATEST = 6;

type Drawer = (random: Random) => HomeAct;
const DRAWERS: readonly (readonly [weight: number, draw: Drawer])[] = [
  [10, (random) => ({ do: 'row-new', n: random.int(0, 99_999), evidence: random.chance(0.85) })],
  [9, (random) => ({ do: 'rows-new-many', n: random.int(0, 99_999), count: random.int(2, 7) })],
  [1, (random) => ({ do: 'rows-new-many', n: random.int(0, 99_999), count: random.int(22, 30) })],
  [3, (random) => ({ do: 'row-again', who: random.int(0, CROWD) })],
  [4, (random) => ({ do: 'row-gone', who: random.int(0, CROWD) })],
  [6, (random) => ({ do: 'entered-name', last: random.int(0, LATEST), n: random.int(0, 999) })],
  [5, (random) => ({ do: 'entered-out', last: random.int(0, LATEST) })],
  [2, (random) => ({ do: 'entered-gone', last: random.int(0, LATEST) })],
  [6, (random) => ({ do: 'entered-signs-up', last: random.int(0, LATEST), leaves: random.chance(0.6) })],
  [8, (random) => ({ do: 'row-on-list', who: random.int(0, CROWD), n: random.int(0, 9) })],
  [8, (random) => ({ do: 'row-off-list', who: random.int(0, CROWD), n: random.int(0, 9) })],
  [4, (random) => ({ do: 'entered-on-list', last: random.int(0, LATEST), n: random.int(0, 9) })],
  [1, (random) => ({ do: 'members-gone-many', n: random.int(18, 60) })],
  [3, (random) => ({ do: 'job-speed', ms: random.pick([5_000, HOUR / 2, 5 * HOUR, 30 * HOUR]) })],
  [3, (random) => ({ do: 'job-stop', state: random.pick(['cancelled', 'failed', 'timed_out'] as const) })],
  [1, () => ({ do: 'jobs-forgotten' })],
];
const TOTAL = DRAWERS.reduce((sum, [weight]) => sum + weight, 0);

/** Gives some setups a home: most of those with a two-way table, and a few of the others one. */
export function withHome(random: Random, setup: Setup): Setup {
  const fits = setup.twoWay && setup.syncs.includes('website');
  if (!random.chance(fits ? 0.7 : 0.25)) return setup;
  const syncs: readonly SyncName[] = fits ? setup.syncs : random.pick([['website'], ['website'], ['copy', 'website']]);
  const kind = random.int(0, 4);
  const importRows = random.chance(0.15) ? random.int(1, 4) : null;
  return { ...setup, syncs, twoWay: true, home: { creates: kind !== 0, members: kind > 1 || kind === 0, importRows } };
}

/** Lets things happen at home, and to jobs, before the passes of a history and between their requests. */
export function withHomeLife(random: Random, { home }: Setup, events: readonly Event[]): readonly Event[] {
  if (home === null) return events;
  const acts = events.filter(({ kind }) => kind === 'act').map(({ at }) => at);
  const passes = events.filter(({ kind }) => kind === 'pass').map(({ at }) => at);
  const more: Event[] = [];
  for (const pass of passes.filter((at) => at > AFTER_FIRST_LOADS)) {
    const count = random.int(0, 4);
    for (let n = 0; n < count; n += 1) {
      const at = room(
        acts,
        random.chance(0.25) ? pass + random.int(200, 9_000) : pass - random.int(MINUTE, 9 * MINUTE),
      );
      acts.push(at);
      more.push({ at, kind: 'act', act: drawHomeAct(random) });
    }
  }
  return [...events, ...more];
}

function drawHomeAct(random: Random): HomeAct {
  let at = random.int(0, TOTAL - 1);
  for (const [weight, draw] of DRAWERS) {
    if (at < weight) return draw(random);
    at -= weight;
  }
  return { do: 'jobs-forgotten' };
}

/** Finds a second near the wanted one that no other act has. */
export function room(taken: readonly number[], wanted: number): number {
  let at = wanted;
  while (taken.some((one) => Math.abs(one - at) < APART_MS)) at += APART_MS;
  return at;
}

const JOB_SPELLS: readonly FaultKind[] = [
  'reset-before',
  'reset-after',
  'reset-after',
  'timeout',
  'html',
  'activity-queue',
];

/** Lets bad weather strike at what makes people, and at what tells of jobs, in some of it. */
export function withHomeWeather(random: Random, { home }: Setup, weather: Weather): Weather {
  if (home === null || weather.faults.length === 0 || !random.chance(0.4)) return weather;
  return { ...weather, faults: [...weather.faults, drawJobFault(random)] };
}

function drawJobFault(random: Random): Fault {
  const when = random.chance(0.5) ? { probability: random.pick([0.3, 0.6]) } : { at: random.int(1, 2) };
  if (random.chance(0.6)) {
    const match = { method: 'POST', path: random.pick(['contacts_json_import', '^/v3/contacts$', '^/v3/']) };
    if (random.chance(0.3)) return { kind: 'status', status: random.pick([400, 401, 409, 500, 503]), match, ...when };
    return { kind: random.pick(JOB_SPELLS), match, ...when };
  }
  const match = { method: 'GET', path: random.pick(['^/v3/activities/', '^/v3/activities\\?', '^/v3/activities']) };
  if (random.chance(0.6)) return { kind: 'status', status: random.pick([404, 404, 403, 500, 503]), match, ...when };
  return {
    kind: random.pick<FaultKind>(['reset-before', 'timeout', 'html', 'empty-list', 'truncated-json']),
    match,
    ...when,
  };
}
