import { afterEach, expect, test } from 'vitest';
import { Account, HOUR } from '../harness/account.ts';
import { expectMirrorEqualsTruth } from '../harness/truth.ts';

let account: Account | null = null;
afterEach(async () => {
  await account?.close();
  account = null;
});

test('rows that somebody changed or deleted in a mirror are named by verify and written again by the next pass', async () => {
  account = await Account.open();
  await account.sync();
  const [out = ''] = account.people('unsubscribed');
  const [gone = ''] = account.people('explicit');
  account.change(`UPDATE contacts SET permission_to_send = 'explicit' WHERE contact_id = ?`, out);
  account.change('DELETE FROM contacts WHERE contact_id = ?', gone);
  account.pass(HOUR);
  const items = await account.verify();
  expect(items.at(-1)).toMatchObject({ agree: false, differences: { 'row-was-changed': 1, 'row-missing': 1 } });
  expect(account.permission(out)).toBe('explicit');
  const pass = await account.sync();
  expect(pass).toMatchObject({ outcome: 'done', applied: 2 });
  expect(account.permission(out)).toBe('unsubscribed');
  expectMirrorEqualsTruth(account);
  expect((await account.verify()).at(-1)).toMatchObject({ agree: true });
});
