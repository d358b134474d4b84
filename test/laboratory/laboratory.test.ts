import { describe, expect, test } from 'vitest';
import { drawHistory } from './draw-history.ts';
import { tell, type Act, type SyncName, type TableHistory } from './history.ts';
import { judgeSeed, shorten } from './seed.ts';
import { shrink } from './shrink.ts';

const SEEDS = Array.from({ length: 20 }, (_, n) => n + 1);

/** Histories in which a planted bug shows that no shorter one of the first twenty shows: test/planted/laboratory.ts. */
const TELLING = [25, 55, 78, 10_045];

describe('histories', () => {
  test('the same seed makes the same one, and each seed another', () => {
    const told = SEEDS.map((seed) => tell(drawHistory(seed)).join('\n'));
    expect(SEEDS.map((seed) => tell(drawHistory(seed)).join('\n'))).toEqual(told);
    expect(new Set(told).size).toBe(told.length);
  });

  test('they are full of life: each kind of event and of blow comes in a hundred of them', () => {
    const events = Array.from({ length: 100 }, (_, n) => drawHistory(n).events).flat();
    const kinds = new Set(events.map((event) => (event.kind === 'act' ? event.act.do : event.kind)));
    expect([...kinds].sort()).toEqual([...ALL].sort());
    const blows = events.flatMap((event) => (event.kind === 'pass' && event.blow !== null ? [event.blow.how] : []));
    expect(new Set(blows)).toEqual(new Set(['killed', 'unknown']));
  });

  test('they are in order of time, and no two acts fall into one second', () => {
    for (const seed of SEEDS) {
      const times = drawHistory(seed).events.map(({ at }) => at);
      expect(times).toEqual(times.toSorted((a, b) => a - b));
      const acts = drawHistory(seed).events.filter(({ kind }) => kind === 'act');
      acts.forEach(({ at }, n) => expect(at - (acts[n - 1]?.at ?? -Infinity)).toBeGreaterThanOrEqual(1_000));
    }
  });
});

describe('the laboratory', () => {
  const logs: string[] = [];

  test.each([...SEEDS, ...TELLING])('seed %i keeps every promise', async (seed) => {
    const { findings, log } = await judgeSeed(seed, seed % 4 === 0);
    expect(findings).toEqual([]);
    logs.push(...log);
  });

  test('what was played was no idle time: passes were killed, failed, ended early and wrote', () => {
    const all = logs.join('\n');
    const signs = [/"kind":"killed"/, /"outcome":"(failed|partial|stopped)"/, /"outcome":"done"/, /"what":"update"/];
    expect(signs.filter((sign) => !sign.test(all))).toEqual([]);
  });
});

describe('shortening', () => {
  test('only what the failure needs is left', async () => {
    const history = drawHistory(3);
    const needed = history.events.filter((_, n) => n === 2 || n === 7);
    const has = (one: TableHistory): boolean => needed.every(({ at }) => one.events.some((event) => event.at === at));
    const short = await shrink<Act, SyncName, TableHistory>(history, async (shorter) => has(shorter));
    expect(short.events.map(({ at }) => at)).toEqual(needed.map(({ at }) => at));
    expect(short.setup).toEqual(history.setup);
  });

  test('a history that does not fail again is left as it is', async () => {
    const history = { ...drawHistory(3), events: drawHistory(3).events.slice(0, 4) };
    expect(await shorten(history, [{ id: 'I1', text: 'nothing of the kind' }])).toEqual(history);
  });
});

const ALL = `leave return permission edit delete revive readd move swap take-address join join-list leave-list tag untag
  catalogue campaign blank-many leave-many delete-many rows-out-many row-out row-in row-name row-remark
  row-new rows-new-many row-again row-gone entered-name entered-out entered-gone entered-signs-up row-on-list row-off-list
  entered-on-list members-gone-many job-speed job-stop jobs-forgotten tokens-expire grants-end weather clock pass plan verify release`.split(
  /\s+/,
);
