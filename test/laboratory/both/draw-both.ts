/**
 * Draws the history of two systems from a seed. Pure: the same seed gives the same history on every machine.
 *
 * Acts lie at least two seconds apart, for two in one second of a system's time cannot be told apart by anybody.
 */
import { createRandom, mixSeed, type Random } from '../../../simulators/world/random.ts';
import { drawAct, drawHeroes } from '../draw-act.ts';
import type { Weather } from '../draw-weather.ts';
import { HOUR, MINUTE, type Act, type Blow, type Event } from '../history.ts';
import {
  DONORS,
  type AccountAct,
  type BothAct,
  type BounceAct,
  type BothHistory,
  type CrmAct,
  type Donors,
} from './both-history.ts';
import { drawBothSetup, drawBothWeather, FAIR_BOTH, withHooks } from './draw-systems.ts';

const GAPS = [10 * MINUTE, HOUR, HOUR, 5 * HOUR, 5 * HOUR, 25 * HOUR, 60 * HOUR];
const BETWEEN_ACTS = 2_000;
const MOST_VISITS = 120;
const CROWD = 12;

type Drawer = (random: Random, who: number) => CrmAct;
const CRM_DRAWERS: readonly (readonly [weight: number, draw: Drawer])[] = [
  [26, (_, who) => ({ do: 'crm-out', who })],
  [9, (_, who) => ({ do: 'crm-in', who })],
  [8, (random, who) => ({ do: 'crm-rename', who, n: random.int(0, 999) })],
  [5, (random, who) => ({ do: 'crm-field', who, n: random.int(0, 9) })],
  [5, (random, who) => ({ do: 'crm-address', who, n: random.int(0, 99_999) })],
  [4, (random, who) => ({ do: 'crm-second', who, n: random.int(0, 99_999), on: random.chance(0.6) })],
  [4, (random, who) => ({ do: 'crm-double', who, n: random.int(0, 999), on: random.chance(0.7) })],
  [3, (random, who) => ({ do: 'crm-spouse', who, on: random.chance(0.7) })],
  [3, (_, who) => ({ do: 'crm-remove', who })],
  [4, (_, who) => ({ do: 'crm-archive', who })],
  [3, (_, who) => ({ do: 'crm-unarchive', who })],
  [4, (random, who) => ({ do: 'crm-merge', who, with: random.int(0, CROWD) })],
  [2, (_, who) => ({ do: 'crm-unmerge', who })],
  [3, (_, who) => ({ do: 'crm-note', who })],
  [5, () => ({ do: 'crm-import' })],
  [3, (random, who) => ({ do: 'crm-tag', who, n: random.int(0, 9) })],
];
const TOTAL = CRM_DRAWERS.reduce((sum, [weight]) => sum + weight, 0);

/** Draws the history of a seed. */
export function drawBothHistory(seed: number): BothHistory {
  const random = createRandom(mixSeed(seed, 9_000));
  const setup = withHooks(drawBothSetup(random), seed);
  const bounces = createRandom(mixSeed(seed, 9_200));
  const events: Event<BothAct, Donors>[] = [];
  let at = MINUTE;
  events.push({ at, kind: 'pass', sync: DONORS, blow: drawBlow(random, 0.3) });
  const heroes = drawHeroes(random).map((who) => who % setup.shared);
  const turns = random.int(2, 6);
  const many = random.chance(0.12) ? random.int(0, turns - 1) : -1;
  let fair = true;
  for (let turn = 0; turn < turns; turn += 1) {
    const gap = random.pick(GAPS);
    drawActs(random, events, { from: at + MINUTE, gap, heroes });
    if (turn === many) events.push({ at: at + 30_000, kind: 'act', act: drawMany(random) });
    if (random.chance(fair ? 0.35 : 0.6)) {
      fair = !fair;
      const weather: Weather = fair ? FAIR_BOTH : drawBothWeather(random);
      events.push({ at: at + Math.floor(gap / 2), kind: 'weather', ...weather });
    }
    if (random.chance(0.04)) events.push({ at: at + gap - MINUTE, kind: 'clock', byMs: random.int(-20, 20) * MINUTE });
    at += gap;
    drawWork(random, events, at);
    at += 10 * MINUTE;
  }
  if (bounces.chance(0.5)) drawBounces(bounces, events, at);
  const ordered = events
    .map((event, n) => [event, n] as const)
    .sort(([a, n], [b, m]) => a.at - b.at || n - m)
    .map(([event]) => event);
  return { seed, setup: { ...setup, bounces: bounces.pick(CODES_OF_FILES) }, events: ordered };
}

const CODES_OF_FILES = [null, null, ['B', 'S'], ['B', 'F', 'Z'], ['D', 'S', 'X'], []];
const CODES = ['B', 'B', 'S', 'S', 'D', 'F', 'V', 'X', 'Z'];

/** Mail comes back at any time of a history; with chance of its own, so that the rest of a seed stays. */
function drawBounces(random: Random, events: Event<BothAct, Donors>[], until: number): void {
  for (let n = random.int(1, 5); n > 0; n -= 1) {
    const at = random.int(MINUTE, until);
    const code = random.pick(CODES);
    const act: BounceAct = random.chance(0.08)
      ? { do: 'bounce-many', n: random.int(18, 24), code }
      : { do: 'bounce', who: random.int(0, CROWD), code };
    events.push({ at, kind: 'act', act });
  }
}

function drawMany(random: Random): BothAct {
  return {
    do: random.pick(['leave-many', 'delete-many', 'blank-many', 'crm-out-many', 'crm-in-many'] as const),
    n: random.int(18, 24),
  };
}

/** Half of what happens, happens at the CRM's own screen. */
function drawBothAct(random: Random, heroes: readonly number[]): BothAct {
  const drawn = drawAct(random, heroes);
  if (isInAccount(drawn) && random.chance(0.6)) return drawn;
  const who = random.chance(0.5) ? random.pick(heroes) : random.int(0, CROWD);
  let at = random.int(0, TOTAL - 1);
  for (const [weight, draw] of CRM_DRAWERS) {
    if (at < weight) return draw(random, who);
    at -= weight;
  }
  return { do: 'crm-note', who };
}

/** What a table's owner does, there is nobody here to do. */
function isInAccount(act: Act): act is AccountAct {
  return !/^row|^entered-|^members-|^job|^tokens-|^grants-/.test(act.do);
}

/** Most acts fall between two passes; some into the next one, between two of its requests. */
function drawActs(
  random: Random,
  events: Event<BothAct, Donors>[],
  { from, gap, heroes }: { readonly from: number; readonly gap: number; readonly heroes: readonly number[] },
): void {
  const count = random.int(0, 7);
  let duringPass = from - MINUTE + gap + 200;
  let before = from;
  for (let n = 0; n < count; n += 1) {
    const act = drawBothAct(random, heroes);
    if (random.chance(0.25)) events.push({ at: (duringPass += BETWEEN_ACTS + random.int(0, 900)), kind: 'act', act });
    else {
      before += BETWEEN_ACTS + random.int(0, Math.floor(gap / 8));
      events.push({ at: Math.min(before, from + gap - 2 * MINUTE + n * BETWEEN_ACTS), kind: 'act', act });
    }
  }
}

function drawWork(random: Random, events: Event<BothAct, Donors>[], at: number): void {
  if (random.chance(0.1)) events.push({ at: at - 1_000, kind: 'plan', sync: DONORS });
  events.push({ at, kind: 'pass', sync: DONORS, blow: drawBlow(random, 0.25) });
  if (random.chance(0.1)) events.push({ at: at + 5 * MINUTE, kind: 'release', sync: DONORS });
  if (random.chance(0.08)) events.push({ at: at + 6 * MINUTE, kind: 'verify', sync: DONORS });
}

function drawBlow(random: Random, probability: number): Blow | null {
  if (!random.chance(probability)) return null;
  return { how: random.chance(0.75) ? 'killed' : 'unknown', visit: random.int(0, MOST_VISITS) };
}
