/** Queries: groups, operators, paging by the URL, days and instants, and what is refused. */
import { describe, expect, test } from 'vitest';
import { household, withCrm, type CrmClient, type CrmGot, type Json } from '../testing/crm-client.ts';

const query = (crm: CrmClient, body: Json, path = '/api/Contact/Query?take=1000'): Promise<CrmGot> =>
  crm.call('POST', path, body);
const ids = ({ body }: CrmGot): unknown[] => (body['list'] as Json[]).map((one) => one['id']);
const where = (parameter: string, operator: string, more: Json = {}): Json => ({
  groups: [{ conditions: [{ parameter, operator, ...more }] }],
});

describe('paging', () => {
  test('is by the URL: ten rows unless said, and what the body says does nothing', async () => {
    await withCrm({}, async ({ crm, world }) => {
      const inBody = await query(crm, { groups: [], skip: 30, take: 3 }, '/api/Contact/Query');
      expect(inBody.body['list']).toHaveLength(10);
      expect(inBody.body['total']).toBe(36);
      expect((await query(crm, { groups: [] }, '/api/Contact/Query?skip=30&take=1000')).body['list']).toHaveLength(6);
      world.switches.set({ crmSkipTakeInBody: 'honoured' });
      expect((await query(crm, { groups: [], skip: 30, take: 3 }, '/api/Contact/Query')).body['list']).toHaveLength(3);
    });
  });

  test('by id walks everybody once, archived ones only if asked for', async () => {
    await withCrm({}, async ({ crm, world }) => {
      const seen: unknown[] = [];
      for (let last: unknown = 0; ; last = seen.at(-1)) {
        const body = {
          ...where('Contact Id', 'GreaterThan', { value: String(last) }),
          sortBy: 'Contact Id',
          includeArchived: true,
        };
        const page = ids(await query(crm, body, '/api/Contact/Query/FullContact?take=7'));
        if (page.length === 0) break;
        seen.push(...page);
      }
      expect(seen).toEqual([...world.crm.state.contacts.keys()]);
    });
  });

  test('of Contact/Search tells the size of the page as the total', async () => {
    await withCrm({}, async ({ crm }) => {
      const { body } = await crm.call('POST', '/api/Contact/Search', { search: 'example.org' });
      expect([(body['list'] as Json[]).length, body['total']]).toEqual([10, 10]);
    });
  });
});

describe('conditions', () => {
  test('of a group hold together, of groups one is enough', async () => {
    await withCrm({}, async ({ crm, world }) => {
      const [first, second] = [...world.crm.state.contacts.keys()];
      const is = (value: unknown): Json => ({ parameter: 'Contact Id', operator: 'Is', value: String(value) });
      const none = { groups: [{ conditions: [is(first), is(second)] }] };
      expect(ids(await query(crm, none))).toEqual([]);
      const both = { groups: [{ conditions: [is(second)] }, { conditions: [is(first)] }] };
      expect(ids(await query(crm, both))).toEqual([first, second]);
    });
  });

  test.each<[string, string, Json, number]>([
    ['Email Address', 'EndsWith', { value: '@EXAMPLE.ORG' }, 30],
    ['Email Address', 'IsNotKnown', {}, 6],
    ['Contact Type', 'Is', { value: 'Organization' }, 4],
    ['Contact Type', 'IsNoneOf', { values: ['Organization'] }, 32],
    ['Private', 'IsFalse', {}, 36],
    ['Contact Id', 'Between', { value: '0', secondaryValue: '999999' }, 36],
    ['Contact Id', 'In', { values: ['1'] }, 0],
    ['Favorite Program?', 'Is', { value: 'Food Bank' }, 9],
    ['Create Date', 'OnOrAfter', { value: '30 Days Ago' }, 0],
  ])('%s %s %j finds as many as there are', async (parameter, operator, more, total) => {
    await withCrm({}, async ({ crm }) => {
      expect(await query(crm, where(parameter, operator, more))).toMatchObject({ status: 200, body: { total } });
    });
  });

  test.each<[string, string, Json]>([
    ['Email', 'Is', { value: 'x' }],
    ['email address', 'Is', { value: 'x' }],
    ['Email Address', 'Is Any Of', { values: ['x'] }],
    ['Email Address', 'GreaterThan', { value: 'x' }],
    ['Email Address', 'Is', {}],
    ['Contact Id', 'Is', { value: 'x' }],
    ['Last Modified Date', 'After', { value: 'yesterday' }],
    ['Tag', 'IsAnyOf', { values: ['No such tag'] }],
  ])('%s %s %j is refused', async (parameter, operator, more) => {
    await withCrm({}, async ({ crm }) => {
      expect((await query(crm, where(parameter, operator, more))).status).toBe(400);
    });
  });

  test('every parameter and operator that QueryOptions tells is understood', async () => {
    await withCrm({}, async ({ crm }) => {
      for (const [kind, path] of [
        ['Contact', '/api/Contact/Query'],
        ['ContactIndividual', '/api/ContactIndividual/Query'],
        ['ContactNote', '/api/ContactNote/Query'],
      ]) {
        const { body } = await crm.call('GET', `/api/${kind}/QueryOptions`);
        for (const { parameter, type, operatorOptions, valueOptions } of body['options'] as Option[]) {
          const value = { Number: '1', Date: '2026-01-01' }[type] ?? valueOptions[0] ?? 'x';
          for (const { operator } of operatorOptions) {
            const condition = where(parameter, operator, { value, secondaryValue: value, values: [value] });
            expect((await query(crm, condition, path)).status, `${kind} ${parameter} ${operator}`).toBe(200);
          }
        }
      }
    });
  });
});

interface Option {
  readonly parameter: string;
  readonly type: string;
  readonly operatorOptions: readonly { readonly operator: string }[];
  readonly valueOptions: readonly string[];
}

describe('dates', () => {
  test('T15: mean whole days of the organization, of UTC, or instants', async () => {
    await withCrm({}, async ({ crm, world }) => {
      world.clock.set('2026-11-03T05:00:00Z');
      const made = await crm.call('POST', '/api/Contact', household('late@example.org'));
      const after = async (value: string): Promise<boolean> =>
        ids(await query(crm, where('Last Modified Date', 'OnOrAfter', { value }))).includes(made.body['id']);
      expect([await after('2026-11-02'), await after('2026-11-03')]).toEqual([true, false]);
      expect(await after('2026-11-03T06:00:00')).toBe(true);
      world.switches.set({ crmZone: 'utc' });
      expect(await after('2026-11-03')).toBe(true);
      world.switches.set({ crmDates: 'instant' });
      expect([await after('2026-11-03T05:00:00Z'), await after('2026-11-03T05:00:00.001Z')]).toEqual([true, false]);
    });
  });

  test('a change of a tag or an opt-in moves the modified time, or does not', async () => {
    await withCrm({}, async ({ crm, world }) => {
      const made = await crm.call('POST', '/api/Contact', household('a@example.org'));
      const id = made.body['id'] as number;
      const time = (): number | undefined => world.crm.state.contacts.get(id)?.modifiedAt;
      const before = time() ?? 0;
      world.clock.advance('P1D');
      world.switches.set({ crmTagMoves: false, crmOptInMoves: 'method' });
      world.mutate([
        { op: 'crmTag', contact: id, tag_id: 5 },
        { op: 'crmOptOut', contact: id, value: 'a@example.org' },
      ]);
      expect(time()).toBe(before);
      world.switches.set({ crmTagMoves: true, crmOptInMoves: 'contact' });
      world.mutate({ op: 'crmUntag', contact: id, tag_id: 5 });
      expect(time()).toBe(before + 86_400_000);
    });
  });

  test('a new contact comes late into queries and Find, and at once by its id', async () => {
    await withCrm({ switches: { crmIndexDelayMs: 20_000 } }, async ({ crm, world }) => {
      const { body } = await crm.call('POST', '/api/Contact', household('late@example.org'));
      const found = async (): Promise<unknown[]> => [
        (await crm.call('GET', '/api/Contact/Find?email=late@example.org')).status,
        (await query(crm, where('Email Address', 'Is', { value: 'late@example.org' }))).body['total'],
        (await crm.call('GET', `/api/Contact/${String(body['id'])}`)).status,
      ];
      expect(await found()).toEqual([404, 0, 200]);
      world.clock.advance('PT20S');
      expect(await found()).toEqual([200, 1, 200]);
    });
  });
});
