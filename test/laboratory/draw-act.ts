/**
 * Draws what people do: how likely each act is, and to whom it happens. Pure.
 */
import type { Random } from '../../simulators/world/random.ts';
import { CATALOGUE_ACTS, type Act, type How } from './history.ts';

export const MANY = ['blank-many', 'leave-many', 'delete-many', 'rows-out-many'] as const;

const CROWD = 12;
const ANYBODY = 200;
const HOWS: readonly How[] = ['contact', 'contact', 'campaign', 'campaign', 'account', 'ui', 'api'];
const WORDS = ['not_set', 'pending_confirmation', 'temp_hold', 'explicit', 'implicit'];

type Drawer = (random: Random, who: number) => Act;
const DRAWERS: readonly (readonly [weight: number, draw: Drawer])[] = [
  [28, (random, who) => ({ do: 'leave', who, how: random.pick(HOWS) })],
  [16, (random, who) => ({ do: 'return', who, how: random.pick(['contact', 'account'] as const) })],
  [3, (random, who) => ({ do: 'permission', who, word: random.pick(WORDS) })],
  [14, (random, who) => ({ do: 'edit', who, n: random.int(0, 999) })],
  [6, (_, who) => ({ do: 'delete', who })],
  [3, (_, who) => ({ do: 'revive', who })],
  [3, (_, who) => ({ do: 'readd', who })],
  [5, (random, who) => ({ do: 'move', who, n: random.int(0, 99_999) })],
  [1, (random, who) => ({ do: 'swap', who, with: random.int(0, CROWD) })],
  [2, (random, who) => ({ do: 'take-address', who, from: random.int(0, CROWD) })],
  [6, (random, who) => ({ do: 'join', who, n: random.int(0, 99_999) })],
  [3, (random, who) => ({ do: 'join-list', who, n: random.int(0, 9) })],
  [3, (random, who) => ({ do: 'leave-list', who, n: random.int(0, 9) })],
  [2, (random, who) => ({ do: 'tag', who, n: random.int(0, 9) })],
  [2, (random, who) => ({ do: 'untag', who, n: random.int(0, 9) })],
  [3, (random) => ({ do: 'catalogue', what: random.pick(CATALOGUE_ACTS), n: random.int(0, 999) })],
  [3, (random) => ({ do: 'campaign', n: random.int(0, 99_999) })],
  [6, (_, who) => ({ do: 'row-out', who })],
  [6, (random, who) => ({ do: 'row-name', who, n: random.int(0, 999) })],
  [2, (_, who) => ({ do: 'row-in', who })],
  [2, (random, who) => ({ do: 'row-remark', who, n: random.int(0, 999) })],
];
const TOTAL = DRAWERS.reduce((sum, [weight]) => sum + weight, 0);

/** Draws those to whom most things happen, so that one thing follows another for the same person. */
export function drawHeroes(random: Random): readonly number[] {
  return [0, 1, 2].map(() => random.int(0, 2 * CROWD));
}

/** Draws one act: half of all that happens happens to the heroes. */
export function drawAct(random: Random, heroes: readonly number[]): Act {
  const who = random.chance(0.5) ? random.pick(heroes) : random.int(0, random.chance(0.6) ? CROWD : ANYBODY);
  let at = random.int(0, TOTAL - 1);
  for (const [weight, draw] of DRAWERS) {
    if (at < weight) return draw(random, who);
    at -= weight;
  }
  return { do: 'edit', who, n: 0 };
}
