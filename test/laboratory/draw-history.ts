/**
 * Draws a history from a seed: the same seed gives the same history on every machine.
 *
 * Pure. Decides what is likely; what is right is for the oracles. Acts lie at least two seconds apart, for two that fall into one
 * second of the source's time cannot be told apart by anybody.
 */
import { createRandom, mixSeed, type Random } from '../../simulators/world/random.ts';
import { drawAct, drawHeroes, MANY } from './draw-act.ts';
import { withHome, withHomeLife, withHomeWeather } from './draw-home.ts';
import { withSignIn, withSignInLife, withSignInWeather } from './draw-sign-in.ts';
import { drawSetup, drawWeather, FAIR, type Weather } from './draw-weather.ts';
import { HOUR, MINUTE, type Blow, type Event, type SyncName, type TableHistory } from './history.ts';

const GAPS = [10 * MINUTE, HOUR, HOUR, 5 * HOUR, 5 * HOUR, 25 * HOUR, 60 * HOUR];
const BETWEEN_ACTS = 2_000;
/** Later steps are reached by first loads alone. */
const MOST_VISITS = 60;

/** Draws the history of a seed. */
export function drawHistory(seed: number): TableHistory {
  const random = createRandom(mixSeed(seed, 7_000));
  const athome = createRandom(mixSeed(seed, 7_001));
  const tokens = createRandom(mixSeed(seed, 7_002));
  const setup = withSignIn(tokens, withHome(athome, drawSetup(random)));
  const events: Event[] = [];
  let at = 0;
  for (const sync of setup.syncs) events.push({ at: (at += MINUTE), kind: 'pass', sync, blow: drawBlow(random, 0.3) });
  const heroes = drawHeroes(random);
  const turns = random.int(2, 6);
  const many = random.chance(0.12) ? random.int(0, turns - 1) : -1;
  const drawnWeather = (isFair: boolean): Weather =>
    isFair ? FAIR : withSignInWeather(tokens, setup, withHomeWeather(athome, setup, drawWeather(random)));
  let fair = true;
  for (let turn = 0; turn < turns; turn += 1) {
    const gap = random.pick(GAPS);
    drawActs(random, events, { from: at + MINUTE, gap, heroes });
    if (turn === many)
      events.push({ at: at + 30_000, kind: 'act', act: { do: random.pick(MANY), n: random.int(18, 24) } });
    if (random.chance(fair ? 0.35 : 0.6)) {
      fair = !fair;
      events.push({ at: at + Math.floor(gap / 2), kind: 'weather', ...drawnWeather(fair) });
    }
    if (random.chance(0.04)) events.push({ at: at + gap - MINUTE, kind: 'clock', byMs: random.int(-20, 20) * MINUTE });
    at += gap;
    drawWork(random, events, at, setup.syncs);
    at += 10 * MINUTE;
  }
  const ordered = withSignInLife(tokens, setup, withHomeLife(athome, setup, events))
    .map((event, n) => [event, n] as const)
    .sort(([a, n], [b, m]) => a.at - b.at || n - m);
  return { seed, setup, events: ordered.map(([event]) => event) };
}

/** Most acts fall between two passes; some into the next one, between two of its requests. */
function drawActs(
  random: Random,
  events: Event[],
  { from, gap, heroes }: { readonly from: number; readonly gap: number; readonly heroes: readonly number[] },
): void {
  const count = random.int(0, 6);
  let duringPass = from - MINUTE + gap + 200;
  let before = from;
  for (let n = 0; n < count; n += 1) {
    const act = drawAct(random, heroes);
    if (random.chance(0.25)) events.push({ at: (duringPass += BETWEEN_ACTS + random.int(0, 900)), kind: 'act', act });
    else {
      before += BETWEEN_ACTS + random.int(0, Math.floor(gap / 8));
      events.push({ at: Math.min(before, from + gap - 2 * MINUTE + n * BETWEEN_ACTS), kind: 'act', act });
    }
  }
}

/** What the schedule and the operator start: mostly a pass of each sync. */
function drawWork(random: Random, events: Event[], at: number, all: readonly SyncName[]): void {
  const some = random.chance(0.6) ? all : [random.pick(all)];
  const syncs = random.chance(0.3) ? some.toReversed() : some;
  if (random.chance(0.1)) events.push({ at: at - 1_000, kind: 'plan', sync: random.pick(syncs) });
  syncs.forEach((sync, n) => events.push({ at: at + n * 2 * MINUTE, kind: 'pass', sync, blow: drawBlow(random, 0.2) }));
  if (random.chance(0.1)) events.push({ at: at + 5 * MINUTE, kind: 'release', sync: random.pick(syncs) });
  if (random.chance(0.08)) events.push({ at: at + 6 * MINUTE, kind: 'verify', sync: random.pick(syncs) });
}

function drawBlow(random: Random, probability: number): Blow | null {
  if (!random.chance(probability)) return null;
  return { how: random.chance(0.75) ? 'killed' : 'unknown', visit: random.int(0, MOST_VISITS) };
}
