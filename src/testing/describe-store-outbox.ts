/**
 * Conformance, part 7: the outbox (I3, I6, I13).
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mayMove, OUTBOX_TRANSITIONS, type OutboxState } from '../model/outbox.ts';
import type { Lease, OperationOutcome } from '../store/rows.ts';
import type { Store } from '../store/store.ts';
import {
  entry,
  fact,
  inPlace,
  link,
  NOTHING_ELSE,
  operation,
  page,
  ready,
  setting,
  START,
  type StoreUnderTest,
  SYNC,
  take,
  waits,
} from './describe-store-kit.ts';

const STATES = Object.keys(OUTBOX_TRANSITIONS) as readonly OutboxState[];
const IN_FLIGHT: readonly OutboxState[] = ['leased', 'sending', 'verifying'];
const NEXT_TO = (to: OutboxState): readonly OutboxState[] => PATHS[to];
/** How to bring a new operation into each state. */
const PATHS: Readonly<Record<OutboxState, readonly OutboxState[]>> = {
  pending: [],
  leased: ['leased'],
  sending: ['leased', 'sending'],
  verifying: ['leased', 'sending', 'verifying'],
  parked: ['leased', 'sending', 'parked'],
  confirmed: ['leased', 'sending', 'confirmed'],
  superseded: ['superseded'],
  dismissed: ['leased', 'sending', 'parked', 'dismissed'],
};

/** Tests the outbox. */
export function describeOutbox(under: StoreUnderTest): void {
  describeTransitions(under);
  describeClaims(under);
  describeJudgedClaims(under);
  describeSent(under);
}

const ANN = 'ann@example.org';
const judged = (id: string, more: Parameters<typeof operation>[1] = {}) =>
  operation(id, { side: 'primary', matchKeys: [ANN], ...more });

function describeJudgedClaims(under: StoreUnderTest): void {
  describe('operations that touch consent', () => {
    test('I1: are claimed by a judgement alone, each side by itself', () =>
      inPlace(under, setting(), async ({ store }) => {
        const { lease } = await ready(store);
        await store.intend(lease, 'run-1', [judged('a'), operation('a')], NOTHING_ELSE);
        expect((await store.claim(lease, 9)).map((one) => one.matchKeys)).toEqual([null]);
        expect((await store.claimJudged(lease, 'secondary', 9, () => null)).claimed).toEqual([]);
        expect((await store.claimJudged(lease, 'primary', 9, () => null)).claimed).toMatchObject([
          { primaryId: 'a', side: 'primary', matchKeys: [ANN], state: 'leased' },
        ]);
        expect(await store.operations(SYNC, 'leased', 9, 'primary')).toHaveLength(1);
        expect(await store.operations(SYNC, 'leased', 9, null)).toHaveLength(1);
      }));

    test('I1: the judge sees every fact of the tenant about the addresses, also of another sync', () =>
      inPlace(under, setting(), async ({ store }) => {
        const { lease } = await ready(store);
        const other = await ready(store, 'other');
        const outs = [fact('x', { matchKey: ANN }), fact('y', { matchKey: 'bo@example.org' })];
        await store.storePage(other.lease, other.shelf, page({ facts: outs }));
        await store.intend(lease, 'run-1', [judged('a')], NOTHING_ELSE);
        const seen: (readonly [string, readonly string[]])[] = [];
        await store.claimJudged(lease, 'primary', 9, (_operation, facts) => {
          for (const [key, of] of facts) seen.push([key, of.map((one) => one.contactId)]);
          return null;
        });
        expect(seen).toEqual([[ANN, ['x']]]);
        expect([...(await store.consent([ANN, 'nobody@example.org'])).keys()]).toEqual([ANN]);
      }));

    test('I1: what the judge refuses is superseded with its reason, and the others go on', () =>
      inPlace(under, setting(), async ({ store }) => {
        const { lease } = await ready(store);
        await store.intend(lease, 'run-1', [judged('a'), judged('b'), judged('c', { lane: 'opt-out' })], NOTHING_ELSE);
        const { claimed, refused } = await store.claimJudged(lease, 'primary', 9, (one) =>
          one.primaryId === 'a' ? 'out' : null,
        );
        expect(claimed.map((one) => one.primaryId)).toEqual(['c', 'b']);
        expect(refused).toMatchObject([{ primaryId: 'a', state: 'superseded', reason: 'out' }]);
        expect(await store.operations(SYNC, 'superseded', 9)).toMatchObject([{ primaryId: 'a', reason: 'out' }]);
      }));

    test('I6: what left tells when, so that a read can be judged fresh enough', () =>
      inPlace(under, setting(), async ({ store }) => {
        const { lease } = await ready(store);
        await store.intend(lease, 'run-1', [judged('a')], NOTHING_ELSE);
        const { claimed } = await store.claimJudged(lease, 'primary', 1, () => null);
        await store.sending(
          lease,
          claimed.map((one) => one.opId),
        );
        expect(await store.operations(SYNC, 'sending', 1)).toMatchObject([{ sentAt: START, attempts: 1 }]);
      }));
  });
}

function settled(opId: number, to: OutboxState, more: Partial<OperationOutcome> = {}): OperationOutcome {
  return { opId, to, reason: null, link: null, ...more };
}

/** Makes one operation and brings it into a state. */
async function operationIn(store: Store, lease: Lease, state: OutboxState, primaryId = 'a'): Promise<number> {
  await store.intend(lease, 'run-1', [operation(primaryId)], NOTHING_ELSE);
  const opId = (await store.operations(SYNC, 'pending', 99)).find((one) => one.primaryId === primaryId)?.opId ?? 0;
  for (const to of NEXT_TO(state)) await store.settleOperations(lease, [settled(opId, to)], []);
  return opId;
}

async function stateOf(store: Store, opId: number): Promise<OutboxState | null> {
  for (const state of STATES)
    if ((await store.operations(SYNC, state, 99)).some((one) => one.opId === opId)) return state;
  return null;
}

function describeSent(under: StoreUnderTest): void {
  test('sentOperations tells what left for a side about these records and may have arrived, oldest first', () =>
    inPlace(under, setting(), async ({ store }) => {
      const { lease } = await ready(store);
      const move = async (to: OutboxState, id: string) => {
        const all = await Promise.all(STATES.map((state) => store.operations(SYNC, state, 99)));
        const opId = Math.max(...all.flat().flatMap((one) => (one.primaryId === id ? [one.opId] : [])));
        if (to === 'sending') return store.sending(lease, [opId]);
        await store.settleOperations(lease, [{ opId, to, reason: null, link: null }], []);
      };
      for (const [id, ...states] of [
        ['a', 'sending', 'confirmed'],
        ['b', 'sending', 'superseded'],
        ['c', 'superseded'],
        ['a', 'sending', 'parked'],
        ['d', 'sending', 'verifying'],
        ['e', 'sending'],
      ] as const) {
        await store.intend(lease, 'run-1', [judged(id)], NOTHING_ELSE);
        if (states[0] === 'sending') await store.claimJudged(lease, 'primary', 1, () => null);
        for (const state of states) await move(state, id);
      }
      await store.intend(lease, 'run-1', [operation('e'), judged('f')], NOTHING_ELSE);
      await store.claim(lease, 9);
      await move('sending', 'e');
      const sent = await store.sentOperations(SYNC, 'primary', ['e', 'd', 'c', 'b', 'a', 'f']);
      expect(sent.map(({ primaryId, state, side }) => [primaryId, state, side])).toEqual([
        ['a', 'confirmed', 'primary'],
        ['a', 'parked', 'primary'],
        ['d', 'verifying', 'primary'],
        ['e', 'sending', 'primary'],
      ]);
      expect(await store.sentOperations(SYNC, 'primary', [])).toEqual([]);
      expect(await store.sentOperations('another', 'primary', ['a'])).toEqual([]);
    }));
}

function describeTransitions(under: StoreUnderTest): void {
  describe('an operation moves by OUTBOX_TRANSITIONS alone', () => {
    const moves = STATES.flatMap((from) =>
      STATES.map((to) => [from, to, mayMove(from, to) ? 'allowed' : 'refused'] as const),
    );
    test.each(moves)('%s to %s is %s', (from, to, verdict) =>
      inPlace(under, setting(), async ({ store }) => {
        const { lease } = await ready(store);
        const opId = await operationIn(store, lease, from);
        expect(await stateOf(store, opId)).toBe(from);
        const moved = store.settleOperations(lease, [settled(opId, to, { reason: 'why' })], [waits('a')]);
        if (verdict === 'allowed') await moved;
        else await expect(moved).rejects.toThrow(/may not move/);
        expect(await stateOf(store, opId)).toBe(verdict === 'allowed' ? to : from);
        expect(await store.waiting(SYNC, 9)).toHaveLength(verdict === 'allowed' ? 1 : 0);
      }),
    );

    test('confirmed brings link, baseline, agreement and journal in the same transaction, and only then', () =>
      inPlace(under, setting(), async ({ store }) => {
        const { lease, shelf } = await ready(store);
        const [recordId = 0] = await store.storePage(lease, shelf, page({ takes: [take('a', 'h1')] }));
        const opId = await operationIn(store, lease, 'sending');
        const holds = link('a', 's-9', { agrees: { recordId, hash: 'h1' } });
        await expect(store.settleOperations(lease, [settled(opId, 'verifying', { link: holds })], [])).rejects.toThrow(
          Error,
        );
        expect([await stateOf(store, opId), await store.countLinks(SYNC, 'contacts')]).toEqual(['sending', 0]);
        expect(await store.journal(SYNC, null, null, 9)).toEqual([]);
        await store.settleOperations(lease, [settled(opId, 'confirmed', { link: holds })], []);
        expect((await store.links(SYNC, 'contacts', ['a'])).get('a')).toMatchObject({
          secondaryId: 's-9',
          baseline: holds.baseline,
        });
        expect(await store.pending(shelf, 0, 9)).toEqual([]);
        expect(await store.journal(SYNC, 'contacts', 'a', 9)).toMatchObject([entry('a')]);
      }));

    test('confirmed brings the links beside it, too; nothing else does', () =>
      inPlace(under, setting(), async ({ store }) => {
        const { lease } = await ready(store);
        const opId = await operationIn(store, lease, 'sending');
        const beside = [link('a', 's-9', { stream: 'lists' })];
        await expect(store.settleOperations(lease, [settled(opId, 'parked', { beside })], [])).rejects.toThrow(Error);
        expect(await store.countLinks(SYNC, 'lists')).toBe(0);
        await store.settleOperations(lease, [settled(opId, 'confirmed', { link: link('a', 's-1'), beside })], []);
        expect((await store.links(SYNC, 'contacts', ['a'])).get('a')?.secondaryId).toBe('s-1');
        expect((await store.links(SYNC, 'lists', ['a'])).get('a')?.secondaryId).toBe('s-9');
      }));

    test('one bad outcome leaves the others unsettled too', () =>
      inPlace(under, setting(), async ({ store }) => {
        const { lease } = await ready(store);
        const good = await operationIn(store, lease, 'sending', 'a');
        const bad = await operationIn(store, lease, 'pending', 'b');
        await expect(
          store.settleOperations(lease, [settled(good, 'confirmed'), settled(bad, 'confirmed')], []),
        ).rejects.toThrow(Error);
        expect(await stateOf(store, good)).toBe('sending');
        await expect(store.sending(lease, [bad])).rejects.toThrow(Error);
      }));
  });
}

function describeClaims(under: StoreUnderTest): void {
  describe('the outbox', () => {
    test('keeps an operation as it was intended, counts attempts, and keeps the reason', () =>
      inPlace(under, setting(), async ({ store }) => {
        const { lease } = await ready(store);
        await store.intend(lease, 'run-7', [operation('a', { payload: [1, { x: null }] })], {
          ...NOTHING_ELSE,
          waiting: [waits('w')],
        });
        const [one] = await store.claim(lease, 9);
        expect(one).toEqual({
          ...operation('a', { payload: [1, { x: null }] }),
          opId: one?.opId,
          run: 'run-7',
          state: 'leased',
          attempts: 0,
          reason: null,
          side: 'secondary',
          matchKeys: null,
          sentAt: null,
          jobId: null,
          gathered: false,
        });
        for (const attempt of [1, 2]) {
          if (attempt === 2) await store.claim(lease, 9);
          await store.sending(lease, [one?.opId ?? 0]);
          await store.settleOperations(lease, [settled(one?.opId ?? 0, 'pending', { reason: 'busy' })], []);
          expect(await store.operations(SYNC, 'pending', 9)).toMatchObject([{ attempts: attempt, reason: 'busy' }]);
        }
        expect(await store.countOperations(SYNC)).toEqual({ pending: 1 });
        expect(await store.countOperations('another')).toEqual({});
        expect(await store.waiting(SYNC, 9)).toHaveLength(1);
      }));

    test('I3: claims the opt-out lane first, then the oldest', () =>
      inPlace(under, setting(), async ({ store }) => {
        const { lease } = await ready(store);
        const lanes = ['live', 'opt-out', 'live', 'opt-out', 'live'] as const;
        await store.intend(
          lease,
          'run-1',
          lanes.map((lane, at) => operation(`${at}`, { lane })),
          NOTHING_ELSE,
        );
        expect((await store.claim(lease, 3)).map((one) => one.primaryId)).toEqual(['1', '3', '0']);
        expect((await store.claim(lease, 9)).map((one) => one.primaryId)).toEqual(['2', '4']);
        expect(await store.claim(lease, 9)).toEqual([]);
      }));

    test.each(['pending', 'parked'] as const)(
      'a newer operation on the same record supersedes one that is %s',
      (state) =>
        inPlace(under, setting(), async ({ store }) => {
          const { lease } = await ready(store);
          const older = await operationIn(store, lease, state);
          const other = await operationIn(store, lease, state, 'b');
          const newer = await operationIn(store, lease, 'pending');
          expect([await stateOf(store, older), await stateOf(store, other), await stateOf(store, newer)]).toEqual([
            'superseded',
            state,
            'pending',
          ]);
        }),
    );

    test('I3: what supersedes a pending opt-out keeps its lane', () =>
      inPlace(under, setting(), async ({ store }) => {
        const { lease } = await ready(store);
        await store.intend(
          lease,
          'run-1',
          [operation('x'), operation('a', { lane: 'opt-out' }), operation('a')],
          NOTHING_ELSE,
        );
        expect((await store.claim(lease, 9)).map((one) => one.primaryId)).toEqual(['a', 'x']);
      }));

    test.each(['leased', 'sending'] as const)(
      'an operation that is %s gives way to a newer one when it would wait again',
      (state) =>
        inPlace(under, setting(), async ({ store }) => {
          const { lease } = await ready(store);
          const older = await operationIn(store, lease, state);
          const newer = await operationIn(store, lease, 'pending');
          expect(await store.claim(lease, 9)).toEqual([]);
          await store.settleOperations(lease, [settled(older, 'pending')], []);
          expect([await stateOf(store, older), await stateOf(store, newer)]).toEqual(['superseded', 'pending']);
          expect((await store.claim(lease, 9)).map((one) => one.opId)).toEqual([newer]);
        }),
    );

    test('I6: recover brings leased back to pending and sending to verifying, and leaves the rest', () =>
      inPlace(under, setting(), async (place) => {
        const { store, lease } = await ready(place.store);
        const ids = new Map<OutboxState, number>();
        for (const state of STATES) ids.set(state, await operationIn(store, lease, state, `in-${state}`));
        const next = await place.reopen(setting({ isAlive: () => false }));
        const { lease: mine } = await ready(next);
        await next.recover(mine);
        const expected: Partial<Record<OutboxState, OutboxState>> = { leased: 'pending', sending: 'verifying' };
        for (const [state, opId] of ids) expect(await stateOf(next, opId), state).toBe(expected[state] ?? state);
      }));

    test('I13: whatever happens, one record never has two operations in flight, and only one that waits', () =>
      inPlace(under, setting(), async ({ store }) => {
        const { lease } = await ready(store);
        const act = fc.oneof(
          fc.record({ kind: fc.constant('intend' as const), id: fc.constantFrom('a', 'b') }),
          fc.record({ kind: fc.constant('claim' as const), limit: fc.integer({ min: 1, max: 3 }) }),
          fc.record({ kind: fc.constant('move' as const), nth: fc.nat(9), to: fc.constantFrom(...STATES) }),
          fc.record({ kind: fc.constant('recover' as const) }),
          fc.record({ kind: fc.constant('send' as const) }),
        );
        await fc.assert(
          fc.asyncProperty(fc.array(act, { maxLength: 25 }), async (acts) => {
            for (const one of acts) {
              if (one.kind === 'intend') await store.intend(lease, 'run-1', [operation(one.id)], NOTHING_ELSE);
              else if (one.kind === 'claim') await store.claim(lease, one.limit);
              else if (one.kind === 'recover') await store.recover(lease);
              else if (one.kind === 'send') await sendLeased(store, lease);
              else await tryMove(store, lease, one.nth, one.to);
              await expectOneWriter(store);
            }
          }),
          { numRuns: 40 },
        );
      }));
  });
}

async function allIn(store: Store, states: readonly OutboxState[]) {
  return (await Promise.all(states.map((state) => store.operations(SYNC, state, 99)))).flat();
}

async function sendLeased(store: Store, lease: Lease): Promise<void> {
  const leased = await allIn(store, ['leased']);
  await store.sending(
    lease,
    leased.map((one) => one.opId),
  );
}

async function tryMove(store: Store, lease: Lease, nth: number, to: OutboxState): Promise<void> {
  const live = await allIn(store, ['pending', 'parked', ...IN_FLIGHT]);
  const one = live[nth];
  // A refused move is part of the history: it must leave everything as it was.
  if (one !== undefined) await store.settleOperations(lease, [settled(one.opId, to)], []).catch(() => undefined);
}

async function expectOneWriter(store: Store): Promise<void> {
  for (const states of [IN_FLIGHT, ['pending'] as const]) {
    const records = (await allIn(store, states)).map((one) => one.primaryId);
    expect(records).toEqual([...new Set(records)]);
  }
}
