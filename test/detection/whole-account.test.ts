/** Everything that an account holds reaches the mirror, whichever of the unknown forms the vendor's answers have. */
import { afterEach, describe, expect, test } from 'vitest';
import { Account, DAY, HOUR } from '../harness/account.ts';
import { expectMirrorEqualsTruth } from '../harness/truth.ts';

let account: Account;
afterEach(() => account.close());

describe('the mirror holds all that the account holds, whatever form answers have', () => {
  test.each([
    { lastPage: 'empty' },
    { lastPage: 'absent' },
    { lastPage: 'null' },
    { lastPage: 'null-next' },
    { lastPage: 'null-href' },
    { timeFormat: 'milliseconds' },
    { timeFormat: 'offset' },
    { timeFormat: 'fraction' },
    { contactsOrder: 'created_at' },
    { contactsOrder: 'id' },
    { extraFields: true },
    { smsChannel: false },
    { cursorWithParameters: 'refused' },
  ] as const)('$0', async (switches) => {
    account = await Account.open({ contacts: 30, switches });
    expect(await account.sync()).toMatchObject({ outcome: 'done', parked: 0 });
    expectMirrorEqualsTruth(account);
    account.pass(HOUR);
    dayOfLife();
    account.pass(HOUR);
    expect((await account.sync()).outcome).toBe('done');
    account.pass(DAY);
    expect((await account.sync()).outcome).toBe('done');
    expectMirrorEqualsTruth(account);
    account.pass(HOUR);
    expect(await account.sync()).toMatchObject({ outcome: 'done', applied: 0 });
  });
});

/** One of each thing that can happen, to a person of its own. */
function dayOfLife(): void {
  const [a = '', b = '', c = '', d = '', e = '', f = '', g = ''] = account.people('explicit');
  const [out = ''] = account.people('unsubscribed');
  const { lists, tags, fields } = account.world.state;
  const living = [...lists.values()].filter((list) => list.deletedAt === null).map((list) => list.id);
  const [tag = '', otherTag = ''] = [...tags.keys()];
  const [field = '', otherField = ''] = [...fields.keys()];
  account.world.mutate([
    { op: 'edit', contact_id: a, set: { first_name: 'Áine', job_title: null, note: 'Called "twice"\n— 👍' } },
    { op: 'edit', contact_id: b, set: { phone_numbers: [{ phone_number: '+1 555 0100', kind: 'work' }] } },
    { op: 'unsubscribe', contact_id: c, how: 'contact', reason: 'Too many' },
    { op: 'resubscribe', contact_id: out, how: 'contact' },
    { op: 'delete', contact_id: d },
    { op: 'changeAddress', contact_id: e, address: 'new.place@example.org' },
    { op: 'joinList', contact_id: f, list_id: living[0] ?? '' },
    { op: 'tag', contact_id: g, tag_id: tag },
    { op: 'renameList', list_id: living[1] ?? '', name: 'Renamed' },
    { op: 'deleteList', list_id: living[2] ?? '' },
    { op: 'deleteTag', tag_id: otherTag },
    { op: 'renameField', custom_field_id: field, label: 'New label' },
    { op: 'deleteField', custom_field_id: otherField },
    { op: 'createList', name: 'Brand new' },
    { op: 'create', contact: { email_address: 'brand.new@example.org', sms_number: '+15550111' } },
  ]);
}
