/** What odd answers leave behind: nothing sticks beyond its cause, and nothing odd looks like all is well. */
import Database from 'better-sqlite3';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { Account, DAY, HOUR } from '../harness/account.ts';
import { rewriteAnswers } from '../harness/between.ts';

let account: Account;
afterEach(() => account.close());

type Contact = Record<string, unknown>;

/** Changes one contact wherever it is shown. */
function showing(id: string, change: (contact: Contact) => Contact): Account['wrap'] {
  const shown = (one: Contact): Contact => (one['contact_id'] === id ? change(one) : one);
  return rewriteAnswers(/\/contacts[/?]/, (body) =>
    Array.isArray(body['contacts']) ? { ...body, contacts: (body['contacts'] as Contact[]).map(shown) } : shown(body),
  );
}

describe('I1: a deletion whose date cannot be read', () => {
  test.each(['in the first load', 'later'])(
    '%s: the row says deleted all the same, and is written once',
    async (when) => {
      account = await Account.open();
      const [id = ''] = account.people('explicit');
      if (when === 'later') await account.sync();
      account.wrap = showing(id, (contact) => ({ ...contact, deleted_at: 'lately' }));
      account.world.mutate({ op: 'edit', contact_id: id, set: { first_name: 'Gone' } });
      account.pass(HOUR);
      await account.sync();
      const rows = account.rows('SELECT deleted_at FROM contacts WHERE contact_id = ?', id);
      expect(rows).toEqual([{ deleted_at: expect.stringMatching(/^2026-01-01T1/) }]);
      account.pass(DAY);
      expect(await account.sync()).toMatchObject({ applied: 0 });
    },
  );
});

describe('verify', () => {
  test('does not call equal what it cannot read', async () => {
    account = await Account.open();
    await account.sync();
    const [id = ''] = account.people('explicit');
    account.wrap = showing(id, (contact) => ({ ...contact, taggings: 'none' }));
    account.pass(HOUR);
    const items = await account.verify();
    expect(items.find((item) => item.kind === 'difference')).toMatchObject({ id, because: 'parked' });
    expect(items.at(-1)).toMatchObject({ agree: false, differences: { parked: 1 } });
  });
});

describe('T9: a listing that went on without end', () => {
  test('ends that pass alone', async () => {
    account = await Account.open({ contacts: 600 });
    await account.sync();
    account.pass(DAY);
    account.world.faults.set([{ kind: 'status', status: 503, match: { path: '^/v3/contacts\\?cursor' } }]);
    await account.sync();
    account.world.faults.set([]);
    const store = new Database(join(account.folder, 'concord.db'));
    expect(store.prepare("UPDATE walks SET pages = 40000 WHERE kind = 'complete'").run().changes).toBe(1);
    store.close();
    account.pass(HOUR);
    expect((await account.sync()).outcome).toBe('partial');
    account.pass(HOUR);
    expect((await account.sync()).outcome).toBe('done');
  });
});
