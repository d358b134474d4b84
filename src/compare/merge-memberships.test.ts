import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  mergeMemberships,
  withoutRows,
  type AgreedLists,
  type Membership,
  type MembershipInput,
  type MembershipMerge,
} from './merge-memberships.ts';

const LISTS = ['a', 'b', 'c', 'd'] as const;
const some = fc.uniqueArray(fc.constantFrom(...LISTS)).map((ids) => new Set<string>(ids));
const state = fc.constantFrom<Membership>('on', 'left', 'apart', 'writing', 'leaving');
const agreed: fc.Arbitrary<AgreedLists | null> = fc.option(fc.dictionary(fc.constantFrom(...LISTS), state), {
  freq: 5,
});
const input: fc.Arbitrary<MembershipInput> = fc.record({
  agreed,
  account: some,
  table: some,
  lists: fc.constant(new Set<string>(LISTS)),
  twoWay: fc.boolean(),
  mayAdd: fc.boolean(),
  left: some,
});

function changed(before: ReadonlySet<string>, { add, remove }: MembershipMerge['table']): ReadonlySet<string> {
  return new Set([...before, ...add].filter((id) => !remove.includes(id)));
}
/** Both sides, and what is on record, once everything wanted was done and the account answered. */
function done(given: MembershipInput, merge: MembershipMerge): MembershipInput {
  return {
    ...given,
    agreed: merge.agreed,
    account: changed(given.account, merge.account),
    table: changed(given.table, merge.table),
  };
}
const wanted = ({ table, account }: MembershipMerge) => [table, account];
const NOTHING = [
  { add: [], remove: [] },
  { add: [], remove: [] },
];
const one = (
  more: Partial<Record<'agreed', AgreedLists | null>> & { account: boolean; table: boolean; left?: boolean },
) =>
  mergeMemberships({
    agreed: more.agreed === undefined ? {} : more.agreed,
    account: new Set(more.account ? ['a'] : []),
    table: new Set(more.table ? ['a'] : []),
    lists: new Set(LISTS),
    twoWay: true,
    mayAdd: true,
    left: new Set(more.left === true ? ['a'] : []),
  });

describe('merging memberships', () => {
  test('I7: once all was done, a second pass wants nothing', () =>
    fc.assert(
      fc.property(input, (given) => {
        const next = done(given, mergeMemberships(given));
        expect(wanted(mergeMemberships(next))).toEqual(NOTHING);
      }),
      { numRuns: 3000 },
    ));

  test('never wants a list added and removed, on any side', () =>
    fc.assert(
      fc.property(input, (given) => {
        const { table, account } = mergeMemberships(given);
        const all = [...table.add, ...table.remove, ...account.add, ...account.remove];
        expect(new Set(all).size).toBe(all.length);
      }),
      { numRuns: 3000 },
    ));

  test('T24: nobody is put on a list that they left, nor on one of which a row only stood there at the first meeting', () =>
    fc.assert(
      fc.property(input, (given) => {
        const { account } = mergeMemberships(given);
        for (const id of account.add)
          expect([given.agreed?.[id], given.agreed === null, given.left.has(id)]).toEqual([undefined, false, false]);
      }),
      { numRuns: 3000 },
    ));

  test('I1: who may not be mailed is put on no list, and a one-way sync changes nothing at the account', () =>
    fc.assert(
      fc.property(input, (given) => {
        const { account } = mergeMemberships(given);
        if (!given.mayAdd) expect(account.add).toEqual([]);
        if (!given.twoWay) expect(account).toEqual({ add: [], remove: [] });
      }),
      { numRuns: 3000 },
    ));

  test('I5: a kill between the record of an insert or a delete and the row itself changes nothing in the end', () =>
    fc.assert(
      fc.property(input, fc.boolean(), (given, written) => {
        const merge = mergeMemberships(given);
        const table = written ? changed(given.table, merge.table) : given.table;
        const again = mergeMemberships({ ...given, agreed: merge.before, table });
        expect(changed(table, again.table)).toEqual(changed(given.table, merge.table));
        // A first meeting that was cut off is over: what stands is already told from what comes.
        expect([again.account, again.agreed]).toEqual([merge.account, merge.agreed]);
      }),
      { numRuns: 3000 },
    ));

  test('of a list that may not be decided on everything stays', () => {
    const given = { agreed: { a: 'on' }, account: new Set(['a']), table: new Set<string>(), twoWay: true } as const;
    const merge = mergeMemberships({ ...given, lists: new Set(['b']), mayAdd: true, left: new Set() });
    expect([wanted(merge), merge.agreed]).toEqual([NOTHING, { a: 'on' }]);
  });

  test('a row that was ours and never agreed on goes when the person left meanwhile', () => {
    expect(one({ agreed: { a: 'writing' }, account: false, table: true }).table.remove).toEqual(['a']);
  });

  test('T24: a row of a list that the ledger says was left is shown, stays, and keeps nobody from another list', () => {
    const merge = one({ account: false, table: true, left: true });
    expect([merge.account, merge.table, merge.apart]).toEqual([...NOTHING, ['a']]);
    expect(one({ account: true, table: false, left: true }).table.add).toEqual(['a']);
    const both = { agreed: {}, account: new Set<string>(), table: new Set(['a', 'b']), lists: new Set(LISTS) };
    const other = mergeMemberships({ ...both, twoWay: true, mayAdd: true, left: new Set(['a']) });
    expect([other.account.add, other.apart]).toEqual([['b'], ['a']]);
  });

  test('a row that comes after both agreed goes to the account; one that went is removed there', () => {
    expect(one({ account: false, table: true }).account.add).toEqual(['a']);
    expect(one({ agreed: { a: 'on' }, account: true, table: false }).account.remove).toEqual(['a']);
  });

  test('rows that went with the person: what was left stays left, and the rest comes back from the account', () => {
    const after = withoutRows({ a: 'on', b: 'left', c: 'writing', d: 'leaving' });
    expect(after).toEqual({ b: 'left', d: 'left' });
    expect(one({ agreed: after, account: true, table: false }).table.add).toEqual(['a']);
  });
});
