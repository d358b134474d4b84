/**
 * The conformance suite of a mirror: one test for each promise of MirrorSide. Every implementation runs it.
 *
 * Must never look at anything but the contract and the tables that product.md §4 promises.
 */
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { MirrorSide, MirrorWrite } from '../connector/side.ts';
import { CONSENT_COLUMNS } from '../model/contact.ts';
import { contentHash } from '../model/hash.ts';
import { STREAMS, type Content, type StreamName } from '../model/record.ts';
import type { MirrorPlace } from './describe-mirror-kit.ts';
import { describeMirrorLoad } from './describe-mirror-load.ts';
import { contactContent, CONTENTS, recordId } from './mirror-contents.ts';
import { describeMirrorOwner } from './describe-mirror-owner.ts';
import { describeMirrorTables } from './describe-mirror-tables.ts';

/** Runs the suite; `make` gives an empty place. */
export function describeMirror(name: string, make: () => Promise<MirrorPlace>): void {
  describe(`${name} as a mirror`, () => {
    let place: MirrorPlace;
    beforeEach(async () => {
      place = await make();
    });
    afterEach(() => place.dispose());
    describe('rows', () => {
      describeRows(() => place);
    });
    describe('consent', () => {
      describeConsent(() => place);
    });
    describe('tables', () => {
      describeMirrorTables(() => place);
    });
    describe('owner', () => {
      describeMirrorOwner(() => place);
    });
    describe('first load', () => {
      describeMirrorLoad(() => place);
    });
  });
}

async function prepared(place: MirrorPlace): Promise<MirrorSide> {
  const mirror = await place.open();
  await mirror.prepare(STREAMS);
  return mirror;
}

async function readOne(mirror: MirrorSide, stream: StreamName, id: string): Promise<Content | undefined> {
  return (await mirror.read(stream, [id])).get(id);
}

function describeRows(at: () => MirrorPlace): void {
  test.each(STREAMS)(
    'I7: %s read back with the hash they were written with, whatever stood there before',
    async (stream) => {
      const mirror = await prepared(at());
      const writes = fc.array(fc.record({ id: recordId, content: CONTENTS[stream] }), { maxLength: 6 });
      await fc.assert(
        fc.asyncProperty(writes, async (given) => {
          await mirror.write(stream, given);
          const last = new Map(given.map(({ id, content }) => [id, contentHash(content)]));
          const found = await mirror.read(stream, [...last.keys()]);
          expect(new Map([...found].map(([id, content]) => [id, contentHash(content)]))).toEqual(last);
        }),
        { numRuns: 150 },
      );
      await mirror.close();
    },
  );

  test('reading leaves out ids without a row, and gives an id asked twice once', async () => {
    const mirror = await prepared(at());
    await mirror.write('contacts', [{ id: 'a', content: contactContent('ann') }]);
    expect([...(await mirror.read('contacts', ['a', 'nobody', 'a'])).keys()]).toEqual(['a']);
    expect((await mirror.read('contacts', [])).size).toBe(0);
    await mirror.close();
  });

  test('a write replaces row and sub-rows, leaves other records alone, and may be repeated', async () => {
    const mirror = await prepared(at());
    const bob = contactContent('bob');
    await mirror.write('contacts', [
      { id: 'a', content: contactContent('ann') },
      { id: 'b', content: bob },
    ]);
    const after = contactContent('ann', { list_memberships: ['list-c'], taggings: [], phone_numbers: [] });
    for (let times = 0; times < 2; times++) await mirror.write('contacts', [{ id: 'a', content: after }]);
    expect(await readOne(mirror, 'contacts', 'a')).toEqual(after);
    expect(await readOne(mirror, 'contacts', 'b')).toEqual(bob);
    expect(await at().rows('list_memberships')).toHaveLength(3);
    expect(await at().rows('phone_numbers')).toHaveLength(1);
    expect(await mirror.count('contacts')).toBe(2);
    await mirror.close();
  });

  test('a record that is gone keeps its row: the source’s time is content, ours is not', async () => {
    const mirror = await prepared(at());
    const content = contactContent('ann');
    const own = contactContent('bob', { deleted_at: '2025-01-01T00:00:00Z' });
    const deletedAt = '2026-01-01T00:00:00.000Z';
    await mirror.write('contacts', [
      { id: 'a', content, deletedAt },
      { id: 'b', content: own, deletedAt },
    ]);
    expect(await readOne(mirror, 'contacts', 'a')).toEqual(content);
    expect(await readOne(mirror, 'contacts', 'b')).toEqual(own);
    const times = (await at().rows('contacts')).map((row) => String(row['deleted_at']).slice(0, 10));
    expect(times.sort()).toEqual(['2025-01-01', '2026-01-01']);
    await mirror.write('contacts', [{ id: 'a', content }]);
    expect((await at().rows('contacts')).filter((row) => row['deleted_at'] === null)).toHaveLength(1);
    await mirror.close();
  });

  test('a scan gives every row once, in id order, at most as many as asked for', async () => {
    const mirror = await prepared(at());
    const ids = ['10', '2', 'Z', 'a', 'aa', 'b'];
    await mirror.write('contacts', ids.map((id) => ({ id, content: contactContent(`x${id}`) })).reverse());
    const seen: string[] = [];
    for (let after: string | null = null; ; after = seen.at(-1) ?? null) {
      const page: readonly { id: string; content: Content }[] = await mirror.scan('contacts', after, 4);
      expect(page.length).toBeLessThanOrEqual(4);
      for (const { id, content } of page) expect(content).toEqual(contactContent(`x${id}`));
      seen.push(...page.map(({ id }) => id));
      if (page.length === 0) break;
    }
    expect(seen).toEqual(ids);
    await mirror.close();
  });

  test('T31: findByAddress gives every row with this match key, and no other', async () => {
    const mirror = await prepared(at());
    const spelled = [
      'Ann@Example.org',
      ' ann@example.org',
      'a\u200bnn@EXAMPLE.ORG',
      'ann+x@example.org',
      '\u0101nn@example.org',
    ];
    const writes = spelled.map((email_address, n) => ({
      id: `c${n}`,
      content: contactContent('ann', { email_address }),
    }));
    await mirror.write('contacts', [...writes, { id: 'none', content: contactContent('x', { email_address: null }) }]);
    const ids = async (key: string): Promise<string[]> => (await mirror.findByAddress(key)).map(({ id }) => id).sort();
    expect(await ids('ann@example.org')).toEqual(['c0', 'c1', 'c2']);
    expect(await ids('\u0101nn@example.org')).toEqual(['c4']);
    expect(await ids('nobody@example.org')).toEqual([]);
    const [first] = await mirror.findByAddress('ann+x@example.org');
    expect(first).toEqual({ id: 'c3', content: writes[3]?.content });
    await mirror.close();
  });
}

function describeConsent(at: () => MirrorPlace): void {
  const consent = Object.fromEntries(CONSENT_COLUMNS.map((column) => [column, `new ${column}`]));

  test('writeConsent writes the consent columns, and only those, of contacts that have a row', async () => {
    const mirror = await prepared(at());
    const before = contactContent('ann');
    await mirror.write('contacts', [{ id: 'a', content: before }]);
    const change: MirrorWrite = { id: 'a', content: { ...contactContent('changed', { taggings: [] }), ...consent } };
    for (let times = 0; times < 2; times++) await mirror.writeConsent([change, { ...change, id: 'nobody' }]);
    expect(await readOne(mirror, 'contacts', 'a')).toEqual({ ...before, ...consent });
    expect(await mirror.count('contacts')).toBe(1);
    await mirror.close();
  });

  test('writeConsent reads back with the right hash over any contents', async () => {
    const mirror = await prepared(at());
    await fc.assert(
      fc.asyncProperty(CONTENTS.contacts, CONTENTS.contacts, async (before, after) => {
        await mirror.write('contacts', [{ id: 'a', content: before }]);
        await mirror.writeConsent([{ id: 'a', content: after }]);
        const picked = Object.fromEntries(CONSENT_COLUMNS.map((column) => [column, after[column]]));
        expect(contentHash(await readOne(mirror, 'contacts', 'a'))).toBe(contentHash({ ...before, ...picked }));
      }),
      { numRuns: 100 },
    );
    await mirror.close();
  });
}
