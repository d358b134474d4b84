/**
 * Draws: random choices that are the same for the same seed and number, and the words that have hurt other programs.
 */
import type { Json } from './door.ts';

export interface Draw {
  /** In [0, 1). */
  next(): number;
  /** A whole number in [0, n). */
  below(n: number): number;
  chance(probability: number): boolean;
  pick<T>(from: readonly T[]): T;
}

/** Makes the draw of one input (mulberry32 over a mix of both numbers). */
export function drawOf(seed: number, number: number): Draw {
  let state = (Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(number + 1, 0xc2b2ae35)) >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  next();
  const below = (n: number): number => Math.floor(next() * n);
  const pick = <T>(from: readonly T[]): T => {
    const one = from[below(from.length)];
    if (one === undefined) throw new Error('nothing to pick from');
    return one;
  };
  return { next, below, chance: (probability) => next() < probability, pick };
}

export const KEYS = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'length',
  'then',
  'toJSON',
  'valueOf',
  '',
];

const WORDS = [
  '',
  ' ',
  '\0',
  'null',
  'NaN',
  '-0',
  '1e999',
  '\u2028',
  '\ufeff',
  '\u202e',
  'İ',
  'ß',
  'ﬀ',
  '\ud800',
  '\udfff',
  'e\u0301\u0327\u0301',
  '👩‍👩‍👧‍👦',
  "'; DROP TABLE people; --",
  '${CC_TOKEN}',
  '$${',
  '../../etc/passwd',
  '%00',
  '%2e%2e%2f',
  '\\u0000',
  '"',
  '\\',
  '\r\n',
  '\u001b[2J',
  '2026-02-30T25:61:61Z',
  '9999-12-31T23:59:59+14:00',
  '0000-00-00',
  ...KEYS,
];

/** Draws a text: a word, several, or one repeated until it is long (rarely very). */
export function text(draw: Draw, most = 4_000): string {
  const kind = draw.next();
  if (kind < 0.5) return draw.pick(WORDS);
  if (kind < 0.8)
    return Array.from({ length: draw.below(6) }, () => draw.pick(WORDS)).join(draw.pick(['', ' ', '.', '@', '/']));
  if (kind < 0.97)
    return String.fromCharCode(
      ...Array.from({ length: draw.below(24) }, () => draw.below(draw.chance(0.5) ? 128 : 65_536)),
    );
  return (draw.pick(WORDS) || 'x').repeat(1 + draw.below(draw.chance(0.05) ? most * 25 : most)).slice(0, most * 25);
}

/** Draws any JSON value; objects carry the keys that could reach a prototype. */
export function json(draw: Draw, depth = 4): Json {
  const kind = draw.below(depth > 0 ? 9 : 6);
  if (kind === 0) return null;
  if (kind === 1) return draw.chance(0.5);
  if (kind === 2) return draw.pick([0, -1, 1.5, 2 ** 53, -(2 ** 63), 1e308, draw.below(1_000)]);
  if (kind < 6) return text(draw);
  if (kind === 6) return Array.from({ length: draw.below(5) }, () => json(draw, depth - 1));
  if (kind === 7 && draw.chance(0.01)) return nested(draw, 40 + draw.below(3_000));
  const members = Array.from({ length: draw.below(5) }, () => [key(draw), json(draw, depth - 1)] as const);
  return Object.fromEntries(members);
}

function key(draw: Draw): string {
  return draw.chance(0.5) ? draw.pick(KEYS) : text(draw, 100);
}

function nested(draw: Draw, depth: number): Json {
  const list = draw.chance(0.5);
  let value: Json = 1;
  for (let at = 0; at < depth; at += 1) value = list ? [value] : { a: value };
  return value;
}

/** Copies a good value with some of its parts replaced, left out, doubled or joined by strangers. */
export function spoil(draw: Draw, value: Json, rate: number): Json {
  if (draw.chance(rate)) return json(draw);
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) {
    const items = (value as readonly Json[]).flatMap((item) => {
      if (draw.chance(rate / 2)) return [];
      const spoilt = spoil(draw, item, rate);
      return draw.chance(rate) ? [spoilt, spoilt] : [spoilt];
    });
    return items;
  }
  const members = Object.entries(value as Record<string, Json>).flatMap(([name, inner]): [string, Json][] =>
    draw.chance(rate / 2) ? [] : [[name, spoil(draw, inner, rate)]],
  );
  if (draw.chance(rate)) members.push([key(draw), json(draw, 2)]);
  return Object.fromEntries(members);
}

/** Damages text as a bad line or disk would: cut, doubled, swapped or strange characters. */
export function damageText(draw: Draw, whole: string): string {
  let damaged = whole;
  for (let times = draw.below(4); times > 0; times -= 1) {
    const at = draw.below(damaged.length + 1);
    const end = at + draw.below(20);
    const kind = draw.below(5);
    if (kind === 0) damaged = damaged.slice(0, at);
    else if (kind === 1) damaged = damaged.slice(0, at) + damaged.slice(end);
    else if (kind === 2) damaged = damaged.slice(0, end) + damaged.slice(at);
    else damaged = damaged.slice(0, at) + text(draw, 50) + damaged.slice(kind === 3 ? at : end);
  }
  return damaged;
}
