/**
 * random: one small seeded source of chance for the whole simulator.
 *
 * Decides nothing itself; the same seed gives the same sequence on every machine, so a world, a log and a fault plan can be
 * replayed exactly. It must never read the clock or the platform's own random numbers.
 */
export interface Random {
  /** Draws a number in [0, 1). */
  next(): number;
  /** Draws a whole number in [from, to], both ends included. */
  int(from: number, to: number): number;
  /** Draws true with the given probability. */
  chance(probability: number): boolean;
  /** Draws one element of a list that has at least one. */
  pick<T>(from: readonly T[]): T;
  /** Draws a UUID of version 4 form. */
  uuid(): string;
  /** Draws text of the given length out of letters and digits. */
  token(length: number): string;
}

const HEX = Array.from({ length: 256 }, (_, n) => n.toString(16).padStart(2, '0'));
const ALPHABET = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz0123456789';

/** Makes the source of chance for a seed. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const bits = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return (t ^ (t >>> 14)) >>> 0;
  };
  const next = (): number => bits() / 4294967296;
  return {
    next,
    int: (from, to) => from + Math.floor(next() * (to - from + 1)),
    chance: (probability) => next() < probability,
    pick: (from) => pickOne(from, next()),
    uuid: () => formatUuid(bits(), bits(), bits(), bits()),
    token: (length) => Array.from({ length }, () => ALPHABET[Math.floor(next() * ALPHABET.length)]).join(''),
  };
}

/** Mixes two numbers into a new seed, so that each person, campaign or fault has chance of its own. */
export function mixSeed(seed: number, salt: number): number {
  let h = (seed ^ Math.imul(salt + 0x9e3779b9, 0x85ebca6b)) >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0xc2b2ae35) >>> 0;
  return (h ^ (h >>> 13)) >>> 0;
}

function pickOne<T>(from: readonly T[], at: number): T {
  const chosen = from[Math.floor(at * from.length)];
  if (chosen === undefined) throw new Error('cannot pick from an empty list');
  return chosen;
}

function byte(word: number, shift: number): string {
  return HEX[(word >>> shift) & 0xff] ?? '00';
}

function word(value: number): string {
  return byte(value, 24) + byte(value, 16) + byte(value, 8) + byte(value, 0);
}

function formatUuid(a: number, b: number, c: number, d: number): string {
  const second = word((b & 0xffff0fff) | 0x4000);
  const third = word((c & 0x3fffffff) | 0x80000000);
  return `${word(a)}-${second.slice(0, 4)}-${second.slice(4)}-${third.slice(0, 4)}-${third.slice(4)}${word(d)}`;
}
