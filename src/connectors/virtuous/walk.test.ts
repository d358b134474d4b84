import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CrmPage } from '../../connector/crm.ts';
import type { ApiRequest } from '../../connector/wire.ts';
import { fullContact } from './answers.fixture.ts';
import { answering, failure, scripted, type Rig } from './virtuous.fixture.ts';
import { walkPage } from './walk.ts';

const NEVER = new AbortController().signal;
interface Query {
  readonly groups: readonly {
    readonly conditions: readonly { readonly parameter: string; readonly value: string }[];
  }[];
}
const contact = (id: number) => fullContact({ id, contactIndividuals: [] });
const takeOf = ({ query }: ApiRequest) => Number(query?.['take']);
const conditionsOf = ({ json }: ApiRequest) => (json as Query).groups[0]?.conditions ?? [];
const afterOf = (request: ApiRequest) => Number(conditionsOf(request)[0]?.value);

/** An organisation that hears what it is asked; `fails` tells which pages are too much for it. */
function organisation(
  ids: readonly number[],
  fails: (ids: readonly number[], take: number) => boolean = () => false,
): Rig {
  return answering((request) => {
    if (request.method === 'GET') return failure('unavailable', 500);
    const left = ids.filter((id) => id > afterOf(request));
    const shown = left.slice(0, takeOf(request));
    const whole = request.path?.endsWith('FullContact') === true;
    if (whole && fails(shown, takeOf(request))) return failure('unavailable', 500);
    return { list: shown.map((id) => (whole ? contact(id) : { id })), total: left.length };
  });
}

async function walk({ asking }: Rig, since: string | null = null): Promise<readonly CrmPage[]> {
  const pages: CrmPage[] = [];
  for (let from: string | null = null, at = 0; at < 500; at += 1) {
    const page: CrmPage = await walkPage(asking, since, from, NEVER);
    pages.push(page);
    if (page.next === null) return pages;
    from = page.next;
  }
  throw new Error('the walk does not end');
}
const idsOf = (pages: readonly CrmPage[]) => pages.flatMap(({ readings }) => readings.map(({ id }) => Number(id)));
const refusedOf = (pages: readonly CrmPage[]) => pages.flatMap(({ refused }) => refused.map(({ id }) => Number(id)));
const upTo = (count: number) => Array.from({ length: count }, (_, at) => at + 1);

describe('a walk through all contacts', () => {
  test('asks by id, with size and start in the URL', async () => {
    const rig = organisation(upTo(1500));
    const pages = await walk(rig);
    expect([idsOf(pages).length, pages[0]?.total, rig.requests.length]).toEqual([1500, 1500, 2]);
    expect(rig.requests[1]).toEqual({
      method: 'POST',
      path: '/api/Contact/Query/FullContact',
      query: { skip: '0', take: '1000' },
      oneTry: true,
      json: {
        includeArchived: false,
        groups: [{ conditions: [{ parameter: 'Contact Id', operator: 'GreaterThan', value: '1000' }] }],
        sortBy: 'Contact Id',
        descending: false,
      },
    });
  });

  test('I4 of changes: the date of the day before, and nobody else twice', async () => {
    const rig = organisation([3, 9]);
    expect(idsOf(await walk(rig, '2026-03-01T10:00:00.000Z'))).toEqual([3, 9]);
    expect(rig.requests.map(conditionsOf)).toEqual([
      [
        { parameter: 'Contact Id', operator: 'GreaterThan', value: '0' },
        { parameter: 'Last Modified Date', operator: 'OnOrAfter', value: '2026-02-28' },
      ],
    ]);
  });

  test('an organisation without contacts costs one request', async () => {
    const rig = organisation([]);
    expect([(await walk(rig)).length, rig.requests.length]).toEqual([1, 1]);
  });

  test('one record that cannot be read spoils no page, and is walked past', async () => {
    const rig = answering((request) => {
      const list = [contact(1), { id: 2, name: {} }, contact(3)].filter(({ id }) => Number(id) > afterOf(request));
      return { list, total: list.length };
    });
    const pages = await walk(rig);
    expect([idsOf(pages), refusedOf(pages)]).toEqual([[1, 3], [2]]);
  });
});

describe('a page that is too much for the vendor', () => {
  test('is asked for smaller and smaller, and later pages grow again', async () => {
    const rig = organisation(upTo(3000), (_ids, take) => take > 250);
    const pages = await walk(rig);
    expect(idsOf(pages)).toEqual(upTo(3000));
    const takes = rig.requests.map(takeOf);
    expect(takes.slice(0, 6)).toEqual([1000, 500, 250, 250, 500, 250]);
    expect(takes.filter((take) => take === 1)).toEqual([]);
  });

  test('one contact that can never be answered is refused by its id, and the others are read', async () => {
    const rig = organisation(upTo(1200), (ids) => ids.includes(407));
    const pages = await walk(rig);
    expect(refusedOf(pages)).toEqual([407]);
    expect(idsOf(pages)).toEqual(upTo(1200).filter((id) => id !== 407));
  });

  test('one that only a direct read answers is read', async () => {
    const rig = answering((request) => {
      if (request.method === 'GET') return contact(5);
      const left = [5].filter((id) => id > afterOf(request));
      if (request.path === '/api/Contact/Query') return { list: left.map((id) => ({ id })), total: left.length };
      return left.length === 0 ? { list: [], total: 0 } : failure('unavailable', 520);
    });
    expect(idsOf(await walk(rig))).toEqual([5]);
  });

  test.each([
    ['status', failure('unavailable', 502)],
    ['time limit', failure('unavailable', undefined, 'SOURCE_TIMEOUT')],
    ['size', failure('unavailable', undefined, 'SOURCE_TOO_LARGE')],
    ['cut answer', failure('unavailable', 200, 'SOURCE_NOT_JSON')],
  ])('is known by its %s', async (_name, error) => {
    const rig = scripted(error, { list: [contact(1)], total: 1 });
    expect((await walkPage(rig.asking, null, null, NEVER)).readings.length).toBe(1);
    expect(rig.requests.map(takeOf)).toEqual([1000, 500]);
  });

  test.each([failure('unavailable', undefined, 'SOURCE_DNS'), failure('auth', 401), failure('throttled', 429)])(
    'is not taken for one where %o comes',
    async (error) => {
      const rig = scripted(error);
      await expect(walkPage(rig.asking, null, null, NEVER)).rejects.toBe(error);
      expect(rig.requests.length).toBe(1);
    },
  );

  test('a source that answers nothing at all ends the walk, and refuses nobody', async () => {
    const rig = answering(() => failure('unavailable', 503));
    await expect(walk(rig)).rejects.toMatchObject({ errorClass: 'unavailable' });
    expect(rig.requests.map(takeOf)).toEqual([1000, 500, 250, 50, 10, 1, 1]);
  });

  test('I17 whoever is there is read or refused, once, whatever fails', () => {
    const ids = fc.uniqueArray(fc.integer({ min: 1, max: 4000 }), { maxLength: 60 });
    const world = fc.record({ ids, bad: fc.func(fc.boolean()), bears: fc.constantFrom(1, 9, 49, 500, 1000) });
    return fc.assert(
      fc.asyncProperty(world, async ({ ids: all, bad, bears }) => {
        const sorted = [...all].sort((a, b) => a - b);
        const poison = sorted.filter((id) => bad(id));
        const rig = organisation(sorted, (shown, take) => take > bears || shown.some((id) => poison.includes(id)));
        const pages = await walk(rig);
        expect(refusedOf(pages)).toEqual(poison);
        expect(idsOf(pages)).toEqual(sorted.filter((id) => !poison.includes(id)));
      }),
    );
  });
});

describe('I9 a vendor who did not hear is noticed, never believed', () => {
  const first = (list: readonly unknown[], total = list.length) =>
    walkPage(scripted({ list, total }).asking, null, null, NEVER);

  test('the size: ten rows of many', async () => {
    const rig = answering((request) => {
      const left = upTo(500).filter((id) => id > afterOf(request));
      return { list: left.slice(0, 10).map(contact), total: 10 };
    });
    await expect(walk(rig)).rejects.toMatchObject({ code: 'VIRTUOUS_TAKE_IGNORED' });
    expect(rig.requests.length).toBe(2);
  });

  test('the size: more rows than were asked for', async () => {
    await expect(first(upTo(1001).map(contact))).rejects.toMatchObject({ code: 'VIRTUOUS_TAKE_IGNORED' });
  });

  test('the condition', async () => {
    const rig = answering(() => ({ list: upTo(20).map(contact), total: 400 }));
    await expect(walk(rig)).rejects.toMatchObject({ code: 'VIRTUOUS_CONDITION_IGNORED' });
  });

  test.each([[[2, 1]], [[3, 3]]])('the order: %j', async (ids) => {
    await expect(first(ids.map(contact))).rejects.toMatchObject({ code: 'VIRTUOUS_SORT_IGNORED' });
  });

  test('exactly ten are all there are only when nobody comes after them', async () => {
    const rig = organisation(upTo(10));
    expect([idsOf(await walk(rig)).length, rig.requests.length]).toEqual([10, 2]);
  });

  test.each([[{ list: 'none' }], [[]], [null], [{}], [{ list: [{ name: 'x' }], total: 1 }]])(
    'T10 %j is no page',
    async (body) => {
      await expect(walkPage(scripted(body).asking, null, null, NEVER)).rejects.toMatchObject({
        errorClass: 'unavailable',
        facts: { connection: 'crm', request: 'POST /api/Contact/Query/FullContact', status: 200 },
      });
    },
  );

  test.each(['', '0', 'x.0.0.0', '5.9.0.0', '5.0.x.0', '5.0.0', '-1.0.0.0', '5.0.0.-1'])(
    'T9 %j is no place to go on from',
    async (from) => {
      await expect(walkPage(scripted().asking, null, from, NEVER)).rejects.toMatchObject({ errorClass: 'cursor_gone' });
    },
  );
});
