/** Consent to SMS, from the account's answer to the proof: on record about the number, apart from mail. */
import { afterEach, expect, test } from 'vitest';
import type { EvidencePage } from '../../src/cli/evidence-results.ts';
import { Account, DAY, HOUR } from '../harness/account.ts';

let account: Account;
afterEach(() => account.close());

type Sms = NonNullable<NonNullable<ReturnType<Account['world']['state']['people']['get']>>['sms']>;

function person(id: string) {
  const found = account.world.state.people.get(id);
  if (found === undefined) throw new Error('nobody has this id');
  return found;
}
/** The number's consent moves in the account, and the contact shows among the changed ones. */
function consent(id: string, number: string, permission: string): void {
  const now = account.clock.now();
  const sms = { channelId: 'c0ffee', number, createdAt: now, ...person(id).sms, updatedAt: now } as Sms;
  account.world.state.commitPerson('contact.edited', {
    ...person(id),
    updatedAt: now,
    sms: { ...sms, permission: permission as Sms['permission'] },
  });
}
async function pass(): Promise<void> {
  account.pass(HOUR);
  expect(await account.sync()).toMatchObject({ outcome: 'done' });
}
const emailOf = (id: string): string => person(id).email?.address ?? '';
async function told(email: string): Promise<{ page: EvidencePage; story: string }> {
  const application = await account.start();
  const page = await application.evidence(email);
  const story = JSON.stringify(await application.why(email, null));
  await account.stop();
  return { page, story };
}

test('I1, I19: an opt-out of SMS is on record with its time, whatever comes after, and mail stays as it is', async () => {
  account = await Account.open();
  await account.sync();
  const [id = ''] = account.people('explicit');
  const email = emailOf(id);
  consent(id, '+15085550100', 'explicit');
  await pass();
  expect((await told(email)).page.facts).toEqual([]);
  consent(id, '+15085550100', 'unsubscribed');
  const at = new Date(Math.floor(account.clock.now() / 1000) * 1000).toISOString();
  await pass();
  const first = await told(email);
  expect(first.page.facts).toMatchObject([{ medium: 'sms', fact: 'out', actor: 'unknown', at, address: 'number' }]);
  expect(first.page.standing).toMatchObject([
    { medium: 'email', stance: 'silent' },
    { medium: 'sms', scope: 'all', stance: 'out' },
  ]);
  expect(first.page.people).toMatchObject([{ mailable: true }]);
  expect(first.story).toContain('learned of the SMS opt-out');
  expect(first.story).toContain('opted out of SMS');
  // Switched back by nobody known, and deleted: it stands.
  consent(id, '+15085550100', 'explicit');
  await pass();
  account.world.mutate({ op: 'delete', contact_id: id });
  account.pass(DAY);
  await account.sync();
  const last = await told(email);
  expect(last.page.facts.map(({ fact, medium }) => [fact, medium])).toEqual([
    ['out', 'sms'],
    ['in', 'sms'],
  ]);
  expect(last.page.standing).toMatchObject([{ stance: 'silent' }, { medium: 'sms', stance: 'out' }]);
  expect(last.page.ledger).toMatchObject({ whole: true });
});

test('another contact that gets the number is told with what was said about the number', async () => {
  account = await Account.open();
  await account.sync();
  const [id = '', other = ''] = account.people('explicit');
  consent(id, '+15085550100', 'unsubscribed');
  await pass();
  consent(other, '+15085550100', 'explicit');
  await pass();
  const { page } = await told(emailOf(other));
  expect(page.standing).toMatchObject([{ stance: 'silent' }, { medium: 'sms', stance: 'out' }]);
  expect(page.facts).toMatchObject([
    { fact: 'out', contactId: id },
    { fact: 'in', contactId: other },
  ]);
});

test('I2: a word that nobody documented holds the number, and nobody else; it is told once', async () => {
  account = await Account.open();
  await account.sync();
  const [id = '', other = ''] = account.people('explicit');
  consent(id, '+15085550100', 'grandfathered');
  await pass();
  account.world.mutate({ op: 'edit', contact_id: id, set: { job_title: 'Chair' } });
  await pass();
  const { page } = await told(emailOf(id));
  expect(page.facts).toMatchObject([{ fact: 'hold', medium: 'sms' }]);
  expect(page.standing).toMatchObject([{ stance: 'silent' }, { medium: 'sms', stance: 'hold' }]);
  expect((await told(emailOf(other))).page.facts).toEqual([]);
});
