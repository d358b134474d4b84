/**
 * Conformance: forgetting a person (I19): what goes, what stays, and when it is refused.
 */
import { describe, expect, test } from 'vitest';
import { LeaseLost } from '../model/errors.ts';
import type { ForgetAnswer } from '../store/rows.ts';
import type { Store } from '../store/store.ts';
import {
  Crash,
  crashAt,
  entry,
  fact,
  inPlace,
  link,
  NOTHING_ELSE,
  operation,
  owner,
  page,
  type Ready,
  ready,
  setting,
  START,
  type StoreUnderTest,
  SYNC,
  take,
  TTL,
  waits,
} from './describe-store-kit.ts';
import { createFakeClock } from './fake-clock.ts';

const ANN = 'ann@example.org';
const ID = 'c0ffee00-0000-4000-8000-000000000001';
const OTHER = 'c0ffee00-0000-4000-8000-000000000002';
const NOTHING = { facts: 0, records: 0, links: 0, waiting: 0, operations: 0, journal: 0 };

const forget = (store: Store, more: Partial<Parameters<Store['forget']>[0]> = {}): Promise<ForgetAnswer> =>
  store.forget({ matchKey: ANN, spelling: 'Ann@Example.org', contacts: [], run: 'run-9', ...more });
const out = fact(ID, { matchKey: ANN, evidence: `report about ${ANN}` });

/** Ann is everywhere, and joann, who is somebody else, beside her; nothing of Ann is under way. */
async function annEverywhere({ store, lease, shelf }: Ready): Promise<void> {
  const content = (email: string, name: string) => JSON.stringify({ email_address: email, first_name: name });
  await store.storePage(
    lease,
    shelf,
    page({
      takes: [
        take(ID, 'h1', {
          matchKey: ANN,
          content: content('Ann@Example.org', 'Annabel'),
          agreed: true,
          state: 'unsubscribed',
        }),
        take(OTHER, 'h2', { matchKey: `jo${ANN}`, content: content(`jo${ANN}`, 'Joann') }),
      ],
      facts: [out, fact(OTHER, { matchKey: `jo${ANN}` }), fact(ID, { channel: 'campaign-report' })],
      waiting: [waits(ID, { detail: { name: 'Annabel' } }), waits(OTHER, { detail: { near: `jo${ANN}` } })],
      journal: [
        entry(ID, { before: { first_name: 'Annabel' } }),
        entry(OTHER, { before: { note: `tell <${ANN}>` } }),
        entry(OTHER, { before: { email: `jo${ANN}` } }),
      ],
    }),
  );
  const lists = { stream: 'lists', baseline: { hash: 'm', fields: { members: { lists: { l1: 'on' } } } } } as const;
  const links = [link(ID, 'row-of-ann'), link(OTHER, 'row-of-joann')];
  await store.adopt(lease, [...links, ...links.map((one) => ({ ...one, ...lists }))], []);
  const operations = [operation(ID, { matchKeys: [ANN] }), operation(OTHER, { matchKeys: [`jo${ANN}`] })];
  await store.intend(lease, 'run-1', operations, NOTHING_ELSE);
  await store.releaseLease(lease);
}

/** Tests what forgetting a person takes and leaves. */
export function describeForgetting(under: StoreUnderTest): void {
  describeErasing(under);
  describeSuppressing(under);
  describeRefusing(under);
}

function describeErasing(under: StoreUnderTest): void {
  describe('I19: forgetting a person', () => {
    test('takes records, links, operations, what waits and the texts of the journal; of everybody else nothing', () =>
      inPlace(under, setting(), async ({ store }) => {
        const at = await ready(store);
        await annEverywhere(at);
        const answer = await forget(store);
        const erased = { facts: 2, records: 1, links: 1, waiting: 1, operations: 1, journal: 2 };
        expect(answer).toEqual({ kind: 'forgotten', erased, swept: true });
        expect(await store.record(at.shelf, ID)).toBeNull();
        expect(await store.record(at.shelf, OTHER)).not.toBeNull();
        expect(await store.tallies(at.shelf)).toMatchObject({ total: 1, byState: { implicit: 1 } });
        expect([...(await store.links(SYNC, 'contacts', [ID, OTHER])).keys()]).toEqual([OTHER]);
        expect((await store.operations(SYNC, 'pending', 9)).map(({ primaryId }) => primaryId)).toEqual([OTHER]);
        expect((await store.waiting(SYNC, 9)).map(({ id }) => id)).toEqual([OTHER]);
        const journal = await store.journal(SYNC, null, null, 9);
        expect(journal.map(({ event, before }) => [event, before])).toEqual([
          ['forgotten', null],
          ['updated', { email: `jo${ANN}` }],
          ['updated', null],
          ['updated', null],
        ]);
        expect(JSON.stringify(journal)).not.toContain(ID);
        expect(await store.facts(SYNC, [OTHER])).toEqual([fact(OTHER, { matchKey: `jo${ANN}` })]);
      }));

    test('takes what was agreed of their lists, by either id; of everybody else nothing', () =>
      inPlace(under, setting(), async ({ store }) => {
        await annEverywhere(await ready(store));
        const before = await store.links(SYNC, 'lists', [ID, OTHER]);
        expect([...before.keys()].sort()).toEqual([ID, OTHER].sort());
        await forget(store);
        expect([...(await store.links(SYNC, 'lists', [ID, OTHER])).values()]).toEqual([before.get(OTHER)]);
        const bySecondary = await store.linksBySecondary(SYNC, 'lists', ['row-of-ann', 'row-of-joann']);
        expect([...bySecondary.keys()]).toEqual(['row-of-joann']);
      }));

    test('leaves the chain of facts whole, and can be repeated', () =>
      inPlace(under, setting(), async ({ store }) => {
        await annEverywhere(await ready(store));
        const before = await store.verifyChain();
        await forget(store);
        expect(await store.verifyChain()).toEqual(before);
        expect(await forget(store)).toMatchObject({ kind: 'forgotten', erased: NOTHING });
        expect(await store.verifyChain()).toEqual(before);
        expect((await store.journal(SYNC, null, null, 9)).filter(({ event }) => event === 'forgotten')).toHaveLength(1);
      }));

    test('finds a contact that only the other side shows with the address, and by that alone', () =>
      inPlace(under, setting(), async ({ store }) => {
        const { lease, shelf } = await ready(store);
        await store.storePage(lease, shelf, page({ takes: [take('c1', 'h1', { agreed: true, content: null })] }));
        await store.releaseLease(lease);
        expect(await forget(store)).toMatchObject({ erased: NOTHING });
        expect(await forget(store, { contacts: [{ sync: SYNC, ids: ['c1'] }] })).toMatchObject({
          erased: { ...NOTHING, records: 1 },
        });
      }));

    test('I5: killed before its commit it has done nothing, after it everything', async () => {
      for (const [point, records] of [
        ['store:forget:before-commit', 1],
        ['store:forget:after-commit', 0],
      ] as const) {
        const steps = crashAt(point);
        await inPlace(under, setting({ steps }), async (place) => {
          await annEverywhere(await ready(place.store));
          steps.armed = true;
          await expect(forget(place.store)).rejects.toBeInstanceOf(Crash);
          steps.armed = false;
          const store = await place.reopen(setting());
          expect(await store.verifyChain()).toMatchObject({ whole: true });
          expect(await forget(store)).toMatchObject({ kind: 'forgotten', erased: { records } });
          expect((await store.consent([ANN])).get(ANN)).toHaveLength(2);
        });
      }
    });

    test('I11: touches no other tenant', () =>
      inPlace(under, setting({ tenant: 'north' }), async (place) => {
        const south = await place.another(setting({ tenant: 'south' }));
        await annEverywhere(await ready(place.store));
        await annEverywhere(await ready(south));
        await forget(place.store);
        expect((await south.consent([ANN])).get(ANN)?.[0]).toEqual(out);
        expect((await south.verifyChain()).whole).toBe(true);
      }));
  });
}

function describeSuppressing(under: StoreUnderTest): void {
  describe('I1: somebody who was forgotten and comes back', () => {
    test('is still out: under another id, with the old id, and where only a report had named them', () =>
      inPlace(under, setting(), async ({ store }) => {
        await annEverywhere(await ready(store));
        await forget(store);
        const found = (await store.consent([ANN, `jo${ANN}`])).get(ANN) ?? [];
        expect(found.map(({ fact: said, matchKey, at }) => [said, matchKey, at])).toEqual([
          ['out', ANN, out.at],
          ['out', ANN, out.at],
        ]);
        expect(JSON.stringify(found)).not.toContain(ID);
        expect((await store.facts(SYNC, [ID])).map(({ contactId }) => contactId)).toEqual([ID, ID]);
        expect((await store.factRows(ANN, [])).map(({ forgottenAt }) => forgottenAt)).toEqual([START, START]);
        const outs = await store.knownOuts(SYNC);
        expect([ANN, ID, 'bob@example.org', 'c9'].map((one) => outs.has(one))).toEqual([true, true, false, false]);
      }));

    test('is out for an address that only the forgotten contact joined to the opt-out', () =>
      inPlace(under, setting(), async ({ store }) => {
        const { lease, shelf } = await ready(store);
        await store.storePage(lease, shelf, page({ facts: [fact('c1', { channel: 'campaign-report' })] }));
        await store.storePage(lease, shelf, page({ takes: [take('c1', 'h1', { matchKey: ANN, agreed: true })] }));
        await store.releaseLease(lease);
        await forget(store);
        expect((await store.consent([ANN])).get(ANN)).toHaveLength(1);
      }));

    test('is refused at the door in the transaction that claims', () =>
      inPlace(under, setting(), async ({ store }) => {
        await annEverywhere(await ready(store));
        await forget(store);
        const { lease } = await ready(store);
        await store.intend(lease, 'run-2', [operation('new', { matchKeys: [ANN] })], NOTHING_ELSE);
        const judged = await store.claimJudged(lease, 'secondary', 9, ({ primaryId }, facts) =>
          primaryId === 'new' && (facts.get(ANN) ?? []).some((one) => one.fact === 'out') ? 'out' : null,
        );
        expect(judged.refused.map(({ primaryId }) => primaryId)).toEqual(['new']);
      }));

    test('can be told anew, released, and forgotten again', () =>
      inPlace(under, setting(), async ({ store }) => {
        await annEverywhere(await ready(store));
        await forget(store);
        const { lease, shelf } = await ready(store);
        const release = { ...out, fact: 'in', actor: 'operator', readAt: START + 1 } as const;
        for (const facts of [[out], [release], [{ ...out, readAt: START + 2 }]])
          await store.storePage(lease, shelf, page({ facts }));
        await store.releaseLease(lease);
        expect(await forget(store)).toMatchObject({ erased: { ...NOTHING, facts: 3 } });
        const again = await ready(store);
        await store.storePage(again.lease, shelf, page({ facts: [{ ...out, readAt: START + 3 }] }));
        expect((await store.consent([ANN])).get(ANN)).toHaveLength(6);
        expect(await store.verifyChain()).toMatchObject({ whole: true, facts: 7 });
      }));
  });
}

function describeRefusing(under: StoreUnderTest): void {
  describe('forgetting is refused', () => {
    test('I3: while an opt-out of the person is not carried out, or a write about them is under way', () =>
      inPlace(under, setting(), async ({ store }) => {
        const { lease, shelf } = await ready(store);
        const pending = take(ID, 'h1', { matchKey: ANN, state: 'unsubscribed' });
        await store.storePage(lease, shelf, page({ takes: [pending], facts: [out] }));
        await store.releaseLease(lease);
        expect(await forget(store)).toEqual({ kind: 'under-way', syncs: [SYNC] });
        const { lease: next } = await ready(store);
        const recordId = (await store.known(shelf, [ID])).get(ID)?.recordId ?? 0;
        const more = { dropContent: true, journal: [], waiting: [], settled: [], marks: {} };
        await store.agree(next, shelf, [{ recordId, hash: 'h1' }], more);
        await store.intend(next, 'run-1', [operation(ID, { lane: 'opt-out' })], NOTHING_ELSE);
        await store.releaseLease(next);
        expect(await forget(store)).toEqual({ kind: 'under-way', syncs: [SYNC] });
        const { lease: last } = await ready(store);
        const [one] = await store.claim(last, 9);
        await store.sending(last, [one?.opId ?? 0]);
        await store.releaseLease(last);
        expect(await forget(store)).toEqual({ kind: 'under-way', syncs: [SYNC] });
        expect(await store.facts(SYNC, [ID])).toEqual([out]);
      }));

    test('I14: while a pass is at work; one whose lease has run out loses it', async () => {
      const clock = createFakeClock(START);
      await inPlace(under, setting({ clock }), async ({ store }) => {
        const { lease } = await ready(store);
        expect(await forget(store)).toMatchObject({ kind: 'busy', sync: SYNC, owner: owner('owner-1') });
        clock.advance(TTL + 1);
        expect(await forget(store)).toMatchObject({ kind: 'forgotten' });
        await expect(store.note(lease, [entry('a')])).rejects.toBeInstanceOf(LeaseLost);
      });
    });
  });
}
