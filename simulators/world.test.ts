/**
 * The world: the same seed gives the same account and the same history; every operation does what it says.
 */
import { expect, test } from 'vitest';
import type { AnyOperation, WorldHandle } from './control/handle.ts';
import { NOON, withSimulators } from './testing/start.ts';
import { parseDuration } from './world/clock.ts';
import { truthOfPerson, type Truth } from './world/truth.ts';

const firstId = (things: ReadonlyMap<string, unknown>): string => [...things.keys()][0] ?? '';

/** Every operation once, in an order in which all are possible. */
function history(world: WorldHandle): Truth[] {
  const [a = '', b = '', c = ''] = [...world.state.people.keys()];
  const campaign = world.mutate({ op: 'createCampaign', name: 'Spring appeal' })[0]?.['campaign_id'];
  const list = String(world.mutate({ op: 'createList', name: 'New list' })[0]?.['list_id']);
  const tag = String(world.mutate({ op: 'createTag', name: 'new tag' })[0]?.['tag_id']);
  const field = String(
    world.mutate({ op: 'createField', label: 'Shoe Size', type: 'single_select', choices: ['S', 'L'] })[0]?.[
      'custom_field_id'
    ],
  );
  const operations: AnyOperation[] = [
    {
      op: 'edit',
      contact_id: a,
      set: { first_name: 'Zed', job_title: null, note: 'called', phone_numbers: [{ phone_number: '1', kind: 'home' }] },
    },
    {
      op: 'edit',
      contact_id: a,
      set: { custom_fields: [{ custom_field_id: field, choice_ids: [101] }], street_addresses: [{ kind: 'work' }] },
    },
    { op: 'unsubscribe', contact_id: a, how: 'campaign', reason: 'no' },
    { op: 'resubscribe', contact_id: a },
    { op: 'unsubscribe', contact_id: b, how: 'api' },
    { op: 'setPermission', contact_id: c, permission: 'temp_hold' },
    { op: 'changeAddress', contact_id: b, address: 'moved@example.org' },
    { op: 'swapAddresses', contact_ids: [a, b] },
    { op: 'stamp', contact_id: c, updated_at: '2031-01-01T00:00:00Z' },
    {
      op: 'create',
      contact: {
        email_address: 'Fresh+1@example.org',
        first_name: 'Fresh',
        list_memberships: [list],
        sms_number: '+15550001',
      },
    },
    { op: 'joinList', contact_id: a, list_id: list },
    { op: 'leaveList', contact_id: a, list_id: list },
    { op: 'tag', contact_id: a, tag_id: tag },
    { op: 'untag', contact_id: a, tag_id: tag },
    { op: 'tag', contact_id: b, tag_id: tag },
    { op: 'renameList', list_id: list, name: 'Renamed' },
    { op: 'renameTag', tag_id: tag, name: 'renamed' },
    { op: 'renameField', custom_field_id: field, label: 'Boot size' },
    { op: 'sendCampaign', campaign_id: String(campaign), bounces: 0.1 },
    { op: 'bounce', contact_id: a, code: 'S' },
    { op: 'removeCampaign', campaign_id: String(campaign) },
    { op: 'delete', contact_id: c },
    { op: 'revive', contact_id: c },
    { op: 'bulkEdit', n: 5 },
    { op: 'bulkUnsubscribe', n: 3 },
    { op: 'bulkDelete', n: 3 },
    { op: 'bulkCreate', n: 3 },
    { op: 'deleteList', list_id: list },
    { op: 'deleteTag', tag_id: tag },
    { op: 'deleteField', custom_field_id: field },
    { op: 'setAccount', encoded_account_id: 'p0other' },
    { op: 'setPrivileges', privileges: ['contacts:read'] },
  ];
  for (const operation of operations) {
    world.clock.advance('PT1M');
    world.mutate(operation);
  }
  return world.log();
}

test('the same seed gives the same people and the same history, another seed another', async () => {
  const tell = async (seed: number): Promise<string> => {
    let told = '';
    await withSimulators({ seed }, async ({ world }) => {
      told = JSON.stringify([[...world.contacts()], world.catalogue(), history(world), [...world.contacts()]]);
    });
    return told;
  };
  const first = await tell(5);
  expect(await tell(5)).toBe(first);
  expect(await tell(6)).not.toBe(first);
});

test('replaying the log over the first state gives the last state', async () => {
  await withSimulators({}, async ({ world }) => {
    const replayed = new Map([...world.contacts()].map((one) => [one['contact_id'], one]));
    for (const entry of history(world))
      if ('after' in entry) replayed.set(entry['contact_id'], entry['after'] as Truth);
    expect(replayed).toEqual(new Map([...world.contacts()].map((one) => [one['contact_id'], one])));
    expect(world.log().map((one) => one['n'])).toEqual(world.log().map((_, n) => n + 1));
  });
});

test('a listing is in order after any history', async () => {
  await withSimulators({}, async ({ world }) => {
    history(world);
    world.mutate({ op: 'bulkEdit', n: 70 });
    const rows = world.state.index.rows(world.clock.now());
    expect(rows.map((one) => one.id)).toEqual(
      world.state.index.arrange([...world.state.people.values()]).map((one) => one.id),
    );
    expect(new Set(rows)).toEqual(new Set(world.state.people.values()));
  });
});

test('even a small world has every state, and everything happened before today', async () => {
  await withSimulators({ contacts: 11 }, async ({ world }) => {
    const { by_permission, ...rest } = world.summary();
    expect(by_permission).toMatchObject({
      explicit: 2,
      implicit: 1,
      unsubscribed: 2,
      pending_confirmation: 1,
      temp_hold: 1,
      not_set: 1,
      no_email: 1,
    });
    expect(rest).toMatchObject({ contacts: 11, contacts_deleted: 2 });
    const people = [...world.state.people.values()];
    expect(new Set(people.map((one) => one.email?.optOutSource))).toEqual(
      new Set(['Contact', 'Account', null, undefined]),
    );
    expect(people.every((one) => one.createdAt < NOON && one.updatedAt < NOON)).toBe(true);
    expect(new Set([...world.state.fields.values()].map((one) => one.type)).size).toBe(9);
  });
});

test('an address has one owner: creating it again, or moving to it, is refused', async () => {
  await withSimulators({}, async ({ world }) => {
    const [a, b] = [...world.state.people.values()];
    const taken = a?.email?.address.toUpperCase() ?? '';
    expect(() => world.mutate({ op: 'create', contact: { email_address: taken } })).toThrow(
      `Email already exists for contact ${a?.id}`,
    );
    expect(() => world.mutate({ op: 'changeAddress', contact_id: b?.id, address: taken })).toThrow('already exists');
    expect(() => world.mutate({ op: 'edit', set: {} })).toThrow('no such contact');
    expect(() => world.mutate({ op: 'joinList', contact_id: a?.id, list_id: 'x' })).toThrow('no such list');
    expect(world.log()).toEqual([]);
  });
});

test('what a person is shown as does not change what was shown before', async () => {
  await withSimulators({}, async ({ world }) => {
    const id = firstId(world.state.people);
    const before = world.state.people.get(id);
    const told = before && JSON.stringify(truthOfPerson(world.state, before));
    world.mutate({ op: 'edit', contact_id: id, set: { first_name: 'Other', phone_numbers: [] } });
    expect(before && JSON.stringify(truthOfPerson(world.state, before))).toBe(told);
  });
});

test('durations are read as ISO 8601 says', () => {
  expect(parseDuration('PT1H')).toBe(3_600_000);
  expect(parseDuration('P1DT2M3.5S')).toBe(86_400_000 + 123_500);
  expect(parseDuration('-P1W')).toBe(-604_800_000);
  for (const wrong of ['P', 'PT', '1H', 'P1H', 'PT1D', '']) expect(() => parseDuration(wrong)).toThrow(RangeError);
});
