import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fact as factOf } from '../testing/describe-store-kit.ts';
import {
  CHAIN_START,
  type ChainedFact,
  type ChainedRow,
  type ChainEnd,
  ChainReader,
  type ChainVerdict,
  linkAfter,
} from './fact-chain.ts';
import { namesBy, sealOf } from './forgotten.ts';

const KEY = new Uint8Array(32).fill(7);
const SEVERAL = 5;

function chained(facts: readonly ChainedFact[], key = KEY): readonly ChainedRow[] {
  let end: ChainEnd = CHAIN_START;
  return facts.map((fact, index) => {
    const link = linkAfter(end, key, fact);
    end = link;
    return { ...fact, ...link, factId: index + 1, forgottenAt: null, seal: null };
  });
}
function follow(rows: readonly ChainedRow[], noted: ChainEnd): ChainVerdict {
  const reader = new ChainReader(KEY);
  for (const row of rows) reader.take(row);
  return reader.finish(noted);
}
const endOf = (rows: readonly ChainedRow[]): ChainEnd => rows.at(-1) ?? CHAIN_START;

const facts = Array.from({ length: SEVERAL }, (_, n) => ({
  ...factOf(`c${n}`, { matchKey: n === 2 ? null : `p${n}@example.org`, at: n === 3 ? null : `2026-01-0${n + 1}` }),
  releases: n % 2,
}));
const rows = chained(facts);
const OTHER: Readonly<Record<string, unknown>> = {
  contactId: 'c9',
  matchKey: 'x@example.org',
  medium: 'sms',
  scope: 'list:1',
  sync: 'other',
  side: 'secondary',
  fact: 'in',
  channel: 'elsewhere',
  actor: 'account',
  at: '2031-01-01',
  readAt: 1,
  evidence: 'hearsay',
  run: 'run-9',
  releases: 7,
  prev: 'x',
  who: 'x',
  hash: 'x',
  forgottenAt: 5,
  seal: 'x',
};
const numbers = facts.map((_, index) => index + 1);
const isWhole = { whole: true, facts: SEVERAL, head: endOf(rows).hash };

describe('I19: the chain of facts', () => {
  test('is whole as it was told, and where nothing was told yet', () => {
    expect(follow(rows, endOf(rows))).toEqual(isWhole);
    expect(follow([], CHAIN_START)).toEqual({ whole: true, facts: 0, head: '' });
  });

  test('every part of a fact is under it: the list above names them all', () => {
    const added = ['seq', 'factId'];
    expect([...Object.keys(OTHER), ...added].sort()).toEqual(Object.keys(rows[0] ?? {}).sort());
  });

  test.each(Object.entries(OTHER))('a row with another %s is named, wherever it stands', (field, value) => {
    for (const n of numbers) {
      const changed = rows.map((row) => (row.seq === n ? { ...row, [field]: value } : row));
      expect(follow(changed, endOf(rows))).toMatchObject({ whole: false, broken: { kind: 'changed', seq: n } });
    }
  });

  test.each(numbers)('row %i is missed, also the first and the last', (n) => {
    const cut = rows.filter((row) => row.seq !== n);
    expect(follow(cut, endOf(rows))).toMatchObject({ broken: { kind: 'missing', seq: n } });
  });

  test('rows cut off at the end are missed, all of them too', () => {
    expect(follow(rows.slice(0, 2), endOf(rows))).toMatchObject({ broken: { kind: 'missing', seq: 3 } });
    expect(follow([], endOf(rows))).toMatchObject({ broken: { kind: 'missing', seq: 1 } });
  });

  test('a row that is too many is named, between others and at the end', () => {
    for (const row of rows)
      expect(
        follow([...rows.slice(0, row.seq), { ...row, factId: 99 }, ...rows.slice(row.seq)], endOf(rows)),
      ).toMatchObject({ broken: { kind: 'inserted', seq: row.seq } });
    const longer = chained([...facts, { ...factOf('c9'), releases: 0 }]);
    expect(follow(longer, endOf(rows))).toMatchObject({ broken: { kind: 'inserted', seq: SEVERAL + 1 } });
  });

  test('a row written anew with a hash that fits it is betrayed by the next, the last by the noted end', () => {
    for (const n of numbers) {
      const forged = chained(facts.map((fact, index) => (index === n - 1 ? { ...fact, fact: 'in' as const } : fact)));
      const mixed = rows.map((row) => (row.seq === n ? (forged[n - 1] as ChainedRow) : row));
      expect(follow(mixed, endOf(rows))).toMatchObject({ broken: { kind: 'changed', seq: n } });
    }
  });

  test('I19: a forgotten row keeps its hash and the chain; a moved name or a false date betrays itself', () => {
    const name = namesBy(KEY);
    const forgotten = rows.map((row) => {
      if (row.seq !== 2) return row;
      const named = { contactId: name(row.contactId), matchKey: name(row.matchKey ?? ''), forgottenAt: 9 };
      return { ...row, ...named, evidence: '', seal: sealOf(KEY, { ...row, ...named }) };
    });
    expect(follow(forgotten, endOf(rows))).toEqual(isWhole);
    for (const more of [
      { matchKey: name('other') },
      { contactId: 'c1' },
      { forgottenAt: 8 },
      { evidence: 'x' },
      { fact: 'in' },
    ]) {
      const moved = forgotten.map((row) => (row.seq === 2 ? { ...row, ...(more as Partial<ChainedRow>) } : row));
      expect(follow(moved, endOf(rows))).toMatchObject({ broken: { kind: 'changed', seq: 2 } });
    }
  });

  test('two rows that changed places are noticed', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([...rows], { minLength: SEVERAL }), (shuffled) => {
        const same = shuffled.every((row, index) => row.seq === index + 1);
        expect(follow(shuffled, endOf(rows)).whole).toBe(same);
      }),
    );
  });

  test('nobody without the key can tell from `who` whom a fact is about', () => {
    const other = chained(facts, new Uint8Array(32).fill(8));
    expect(other.map((row) => row.who)).not.toEqual(rows.map((row) => row.who));
    expect(JSON.stringify(rows.map(({ who, hash }) => [who, hash]))).not.toContain('example.org');
  });
});
