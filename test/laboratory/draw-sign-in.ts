/**
 * Draws how the account is signed in to, what happens to its tokens, and what goes wrong at the sign-in server. Pure.
 *
 * From a stream of chance of its own: what is drawn here changes nothing of what else a seed draws.
 */
import type { Fault, FaultKind } from '../../simulators/faults/plan.ts';
import type { Random } from '../../simulators/world/random.ts';
import { room } from './draw-home.ts';
import type { Weather } from './draw-weather.ts';
import { MINUTE, type Event, type Setup, type TokenAct } from './history.ts';

const AFTER_FIRST_LOADS = 12 * MINUTE;
/** A renewal comes before a pass's first request: later steps are no part of it. */
const STEPS_OF_A_RENEWAL = 14;

/** Lets some accounts be signed in to by Concord itself, in each way in which the server may keep its tokens. */
export function withSignIn(random: Random, setup: Setup): Setup {
  if (!random.chance(0.25)) return setup;
  const refreshTokens = random.chance(0.75) ? 'rotating' : 'longLived';
  const refreshReuseKills = random.chance(0.7);
  const refreshGraceMs = random.pick([0, 0, MINUTE]);
  return {
    ...setup,
    signIn: { rotating: refreshTokens === 'rotating' },
    switches: { ...setup.switches, refreshTokens, refreshReuseKills, refreshGraceMs },
  };
}

/** Lets tokens end before their time, and kills fall into renewals. */
export function withSignInLife(random: Random, { signIn }: Setup, events: readonly Event[]): readonly Event[] {
  if (signIn === null) return events;
  const acts = events.filter(({ kind }) => kind === 'act').map(({ at }) => at);
  const more: Event[] = [];
  const all = events.map((event): Event => {
    if (event.kind !== 'pass' || event.at < AFTER_FIRST_LOADS) return event;
    if (random.chance(0.35)) {
      const at = room(
        acts,
        random.chance(0.4) ? event.at + random.int(200, 4_000) : event.at - random.int(MINUTE, 9 * MINUTE),
      );
      acts.push(at);
      more.push({ at, kind: 'act', act: drawTokenAct(random) });
    }
    if (event.blow === null || random.chance(0.4)) return event;
    return { ...event, blow: { ...event.blow, visit: random.int(0, STEPS_OF_A_RENEWAL) } };
  });
  return [...all, ...more];
}

function drawTokenAct(random: Random): TokenAct {
  return { do: random.chance(0.85) ? 'tokens-expire' : 'grants-end' };
}

const SPELLS: readonly FaultKind[] = [
  'reset-before',
  'reset-after',
  'reset-after',
  'timeout',
  'html',
  'truncated-json',
  'slow',
];

/** Lets some bad weather strike at the sign-in server. */
export function withSignInWeather(random: Random, { signIn }: Setup, weather: Weather): Weather {
  if (signIn === null || weather.faults.length === 0 || !random.chance(0.5)) return weather;
  return { ...weather, faults: [...weather.faults, drawTokenFault(random)] };
}

function drawTokenFault(random: Random): Fault {
  const match = { path: '^/oauth2/' };
  const when = random.chance(0.5) ? { probability: random.pick([0.3, 0.6]) } : { at: random.int(1, 2) };
  if (random.chance(0.3)) return { kind: 'status', status: random.pick([400, 401, 429, 500, 503]), match, ...when };
  return { kind: random.pick(SPELLS), match, ...when };
}
