/**
 * Conformance, part 5: consent facts, what waits, the journal, marks (I19).
 */
import { describe, expect, test } from 'vitest';
import {
  entry,
  fact,
  inPlace,
  page,
  ready,
  setting,
  START,
  type StoreUnderTest,
  SYNC,
  take,
  waits,
} from './describe-store-kit.ts';
import { createFakeClock } from './fake-clock.ts';

/** Tests facts, waiting, journal and marks. */
export function describeEvidence(under: StoreUnderTest): void {
  describeFacts(under);
  describeWaiting(under);
  describeJournal(under);
}

function describeFacts(under: StoreUnderTest): void {
  describe('consent facts', () => {
    test('I19: are append-only: repeating one (same key, whatever the evidence) is harmless and changes nothing', () =>
      inPlace(under, setting(), async ({ store }) => {
        const { lease, shelf } = await ready(store);
        const told = [
          fact('a'),
          fact('a', { at: null }),
          fact('a', { channel: 'sweep' }),
          fact('a', { fact: 'in' }),
          fact('b'),
        ];
        await store.storePage(lease, shelf, page({ facts: told }));
        const repeated = told.map((one) => ({
          ...one,
          evidence: 'other',
          run: 'run-2',
          readAt: START + 9,
        }));
        await store.storePage(lease, shelf, page({ facts: repeated }));
        expect(await store.facts(SYNC, ['a', 'b', 'a'])).toEqual(told);
        expect(await store.facts(SYNC, ['nobody'])).toEqual([]);
        expect(await store.facts('another', ['a'])).toEqual([]);
      }));

    test('T22: outlive the records they are about', () =>
      inPlace(under, setting(), async ({ store }) => {
        const { lease, shelf } = await ready(store);
        await store.storePage(lease, shelf, page({ takes: [take('a', 'h1')], facts: [fact('a')] }));
        await store.resetShelf(lease, shelf, { records: true });
        expect(await store.facts(SYNC, ['a'])).toEqual([fact('a')]);
      }));

    test('I1: consent reads by address over all syncs, with what was told without one of contacts who have it', () =>
      inPlace(under, setting(), async ({ store }) => {
        const { lease, shelf } = await ready(store);
        const other = await ready(store, 'another');
        const out = fact('a', { matchKey: 'a@x.org' });
        const bare = fact('a', { channel: 'campaign-report' });
        const back = fact('a2', { matchKey: 'a@x.org', fact: 'in', side: 'secondary', actor: 'unknown', at: null });
        await store.storePage(lease, shelf, page({ facts: [out, fact('b'), bare] }));
        const elsewhere = { sync: 'another', medium: 'sms', scope: 'list:7' } as const;
        const others = [{ ...back, ...elsewhere }, fact('a', { sync: 'another' })];
        await store.storePage(other.lease, other.shelf, page({ facts: others }));
        await store.storePage(lease, shelf, page({ takes: [take('b', 'h1', { matchKey: 'b@x.org' })] }));
        const found = await store.consent(['a@x.org', 'b@x.org', 'a@x.org', 'nobody@x.org']);
        expect([...found.keys()].sort()).toEqual(['a@x.org', 'b@x.org']);
        expect(found.get('a@x.org')).toEqual([out, bare, others[0]]);
        expect(found.get('b@x.org')).toEqual([fact('b')]);
        const outs = await store.knownOuts(SYNC);
        expect(['a', 'b', 'a@x.org', 'nobody'].map((one) => outs.has(one))).toEqual([true, true, true, false]);
      }));

    test('I1: what is told again after a release is told anew, once', () =>
      inPlace(under, setting(), async ({ store }) => {
        const { lease, shelf } = await ready(store);
        const out = fact('a', { matchKey: 'a@x.org', at: null });
        const release = { ...out, fact: 'in', actor: 'operator', readAt: START + 1 } as const;
        const again = { ...out, readAt: START + 2 };
        for (const facts of [[out], [out], [release], [again], [{ ...again, readAt: START + 3 }]])
          await store.storePage(lease, shelf, page({ facts }));
        expect((await store.consent(['a@x.org'])).get('a@x.org')).toEqual([out, release, again]);
      }));

    test('newestOuts lists OUTs of all mail by time, those without last, of contacts who are unsubscribed now', () =>
      inPlace(under, setting(), async ({ store }) => {
        const { lease, shelf } = await ready(store);
        const at = (day: number) => ({ at: `2026-11-${day}T10:00:00Z` });
        const facts = [
          fact('a', at(12)),
          fact('b', { at: null }),
          fact('c', at(19)),
          fact('d', at(15)),
          fact('a', { ...at(20), fact: 'in' }),
          fact('ghost', at(18)),
          fact('d', { ...at(21), scope: 'list:l1' }),
          fact('d', { ...at(22), medium: 'sms' }),
        ];
        const takes = ['a', 'b', 'c', 'd'].map((id) =>
          take(id, 'h1', { state: id === 'c' ? 'explicit' : 'unsubscribed' }),
        );
        await store.storePage(lease, shelf, page({ takes, facts }));
        expect((await store.newestOuts(shelf, 9)).map((one) => one.contactId)).toEqual(['d', 'a', 'b']);
        expect(await store.newestOuts(shelf, 1)).toEqual([fact('d', at(15))]);
        expect(await store.newestOuts(await store.shelf('another', 'primary', 'contacts'), 9)).toEqual([]);
      }));
  });
}

function describeWaiting(under: StoreUnderTest): void {
  describe('what waits', () => {
    test('is renewed by the same (stream, id, reason), keeping since; longest waiting first', async () => {
      const clock = createFakeClock(START);
      await inPlace(under, setting({ clock }), async ({ store }) => {
        const { lease } = await ready(store);
        await store.wait(lease, [waits('a'), waits('b')], []);
        clock.advance(50);
        await store.wait(
          lease,
          [waits('c'), waits('a', { kind: 'alarm', detail: [2], run: 'run-2' }), waits('a', { reason: 'other' })],
          [],
        );
        const rows = await store.waiting(SYNC, 9);
        expect(rows).toEqual([
          { ...waits('a', { kind: 'alarm', detail: [2], run: 'run-2' }), since: START },
          { ...waits('b'), since: START },
          { ...waits('c'), since: START + 50 },
          { ...waits('a', { reason: 'other' }), since: START + 50 },
        ]);
        expect(await store.waiting(SYNC, 1)).toHaveLength(1);
        expect(await store.countWaiting(SYNC)).toEqual({ held: 0, parked: 3, conflict: 0, alarm: 1 });
      });
    });

    test('is left as it is by a person, until the record is another', () =>
      inPlace(under, setting(), async ({ store }) => {
        const { lease, shelf } = await ready(store);
        const conflict = waits('a', { kind: 'conflict', reason: 'row-taken' });
        const alarm = waits('nobody', { kind: 'alarm', reason: 'window-blind' });
        const all = [conflict, alarm, waits('a', { kind: 'parked', reason: 'refused' })];
        await store.storePage(lease, shelf, page({ takes: [take('a', 'h1')], waiting: all }));
        await store.choose(lease, 'run-2', all, [entry('a', { event: 'resolved' })]);
        expect(await store.waiting(SYNC, 9)).toEqual([]);
        expect((await store.journal(SYNC, null, null, 9)).at(0)).toMatchObject({ event: 'resolved' });
        // Told again of the same record they stay away; what is parked does not.
        await store.wait(lease, all, []);
        expect((await store.waiting(SYNC, 9)).map(({ reason }) => reason)).toEqual(['refused']);
        await store.wait(lease, [waits('b', { kind: 'conflict', reason: 'row-taken' })], []);
        expect(await store.countWaiting(SYNC)).toMatchObject({ conflict: 1 });
        await store.storePage(lease, shelf, page({ takes: [take('a', 'h2')], waiting: [conflict] }));
        expect(await store.countWaiting(SYNC)).toMatchObject({ conflict: 2 });
      }));

    test('is settled by its reason, or whatever the reason; what is put again in the same change goes on since when it did', async () => {
      const clock = createFakeClock(START);
      await inPlace(under, setting({ clock }), async ({ store }) => {
        const { lease } = await ready(store);
        const two = [waits('a', { reason: 'x' }), waits('a', { reason: 'y' })];
        await store.wait(lease, [...two, waits('b'), waits('c', { stream: 'lists' })], []);
        clock.advance(9);
        await store.wait(
          lease,
          [],
          [
            { stream: 'contacts', id: 'b', reason: 'no such' },
            { stream: 'contacts', id: 'c', reason: null },
          ],
        );
        expect(await store.waiting(SYNC, 9)).toHaveLength(4);
        await store.wait(
          lease,
          [waits('a', { reason: 'y' })],
          [
            { stream: 'contacts', id: 'a', reason: null },
            { stream: 'contacts', id: 'b', reason: 'refused' },
          ],
        );
        expect((await store.waiting(SYNC, 9)).map((one) => [one.id, one.reason, one.since])).toEqual([
          ['a', 'y', START],
          ['c', 'refused', START],
        ]);
      });
    });
  });
}

function describeJournal(under: StoreUnderTest): void {
  describe('the journal', () => {
    test('I19: keeps every entry as it was told, newest first; a null stream or id means any', async () => {
      const clock = createFakeClock(START);
      await inPlace(under, setting({ clock }), async ({ store }) => {
        const { lease } = await ready(store);
        await store.note(lease, [entry('a', { evidence: 'page 1' }), entry(null, { event: 'loaded' })]);
        clock.advance(3);
        await store.note(lease, [
          entry('a', { before: undefined, after: { deep: [1, null] } }),
          entry('a', { stream: 'tags' }),
          entry('b'),
        ]);
        expect(await store.journal(SYNC, 'contacts', 'a', 9)).toEqual([
          { ...entry('a', { before: null, after: { deep: [1, null] } }), at: START + 3 },
          { ...entry('a', { evidence: 'page 1' }), at: START },
        ]);
        const brief = async (...args: Parameters<typeof store.journal>) =>
          (await store.journal(...args)).map((one) => `${one.stream}:${one.id}`);
        expect(await brief(SYNC, null, null, 9)).toEqual([
          'contacts:b',
          'tags:a',
          'contacts:a',
          'null:null',
          'contacts:a',
        ]);
        expect(await brief(SYNC, null, null, 2)).toEqual(['contacts:b', 'tags:a']);
        expect(await brief(SYNC, null, 'a', 9)).toEqual(['tags:a', 'contacts:a', 'contacts:a']);
        expect(await brief(SYNC, 'contacts', null, 9)).toEqual(['contacts:b', 'contacts:a', 'contacts:a']);
        expect(await brief('another', null, null, 9)).toEqual([]);
      });
    });

    test('tells what one run wrote, oldest first, in pages', () =>
      inPlace(under, setting(), async ({ store }) => {
        const { lease } = await ready(store);
        const told = [entry('a'), entry('b', { run: 'run-2' }), entry(null), entry('c', { after: { deep: [1] } })];
        await store.note(lease, told);
        const first = await store.journalOf(SYNC, entry('a').run, 0, 2);
        expect(first).toMatchObject([entry('a'), entry(null)]);
        const last = first.at(-1)?.entryId ?? 0;
        expect(await store.journalOf(SYNC, entry('a').run, last, 2)).toMatchObject([
          entry('c', { after: { deep: [1] } }),
        ]);
        expect(await store.journalOf('another', entry('a').run, 0, 9)).toEqual([]);
      }));

    test('marks hold any JSON value, and null where none was set', () =>
      inPlace(under, setting(), async (place) => {
        const { lease } = await ready(place.store);
        await place.store.setMarks(lease, { a: { deep: [1, 'x', null] }, b: false, c: 1 });
        await place.store.setMarks(lease, { c: null, b: undefined });
        const store = await place.reopen(setting());
        expect(await Promise.all(['a', 'b', 'c', 'd'].map((key) => store.mark(SYNC, key)))).toEqual([
          { deep: [1, 'x', null] },
          null,
          null,
          null,
        ]);
        expect(await store.mark('another', 'a')).toBeNull();
      }));
  });
}
