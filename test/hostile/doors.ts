/** Every door, and how an input's number becomes the input. */
import { addresses } from './addresses.ts';
import { answers } from './answers.ts';
import { configuration } from './configuration.ts';
import type { Door, Json } from './door.ts';
import { drawOf } from './draw.ts';
import { links } from './links.ts';
import { mirror, prepareMirror } from './mirror.ts';
import { plans } from './plans.ts';
import { prepareStores, stores } from './stores.ts';

export const DOORS: readonly Door[] = [answers, mirror, stores, configuration, plans, links, addresses];

/** Makes what some doors need before their first input. */
export async function prepareDoors(): Promise<void> {
  await prepareStores();
  await prepareMirror();
}

export interface Numbered {
  readonly door: Door;
  readonly input: Json;
}

/** Makes the input with this number: the same one for the same seed, whatever came before it. */
export function inputOf(doors: readonly Door[], seed: number, number: number, only: string | null): Numbered {
  const draw = drawOf(seed, number);
  let left = draw.next() * doors.reduce((sum, { weight }) => sum + weight, 0);
  const drawn = doors.find(({ weight }) => (left -= weight) < 0);
  const door = only === null ? drawn : doors.find(({ name }) => name === only);
  if (door === undefined) throw new Error(`no door ${String(only)}: ${doors.map(({ name }) => name).join(', ')}`);
  return { door, input: door.make(draw) };
}
