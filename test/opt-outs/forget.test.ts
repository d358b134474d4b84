/** Forgetting a person, by the real program against the simulated account: nothing of them is left but what suppresses (I19). */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { EvidencePage, ForgetResult } from '../../src/cli/evidence-results.ts';
import { Account, DAY, HOUR } from '../harness/account.ts';
import { openTable, SYNC } from '../table/people-table.ts';
import { expectSafe } from './safety.ts';

let account: Account | null = null;
afterEach(async () => {
  await account?.close();
  account = null;
});

async function forget(at: Account, email: string): Promise<ForgetResult> {
  const application = await at.start();
  const result = await application.forget(email);
  await at.stop();
  return result;
}
async function evidence(at: Account, email: string): Promise<EvidencePage> {
  const application = await at.start();
  const page = await application.evidence(email);
  await at.stop();
  return page;
}
function tracesOf(at: Account, names: readonly string[]): readonly string[] {
  const files = ['concord.db', 'concord.db-wal'].map((name) => join(at.folder, name)).filter(existsSync);
  const bytes = files.map((file) => readFileSync(file).toString('latin1').toLowerCase());
  return names.filter((name) => bytes.some((text) => text.includes(name.toLowerCase())));
}
/** Whom the source shows: address, id and names that nobody else has. */
function namesOf(at: Account, id: string): { readonly email: string; readonly all: readonly string[] } {
  const email = at.world.state.people.get(id)?.email?.address ?? '';
  return { email, all: [email, id] };
}
/** Somebody who opted out, was carried over, deleted at the source, and carried over again. */
async function goneAfterOptOut(at: Account, sync: string): Promise<string> {
  await at.sync(sync);
  const [id = ''] = at.people('explicit');
  at.world.mutate({ op: 'unsubscribe', contact_id: id, how: 'contact' });
  at.pass(HOUR);
  await at.sync(sync);
  at.world.mutate({ op: 'delete', contact_id: id });
  at.pass(DAY);
  await at.sync(sync);
  return id;
}

describe.each([
  ['a mirror', 'copy', () => Account.open()],
  ['a table', SYNC, () => openTable()],
] as const)('I19: a person who is forgotten, with %s', (_, sync, open) => {
  test('stands nowhere in the store, is out by evidence, and stays out when made again as mailable', async () => {
    account = await open();
    const id = await goneAfterOptOut(account, sync);
    const { email, all } = namesOf(account, id);
    expect(tracesOf(account, all)).not.toEqual([]);
    // The row is gone there too: otherwise its own "no" would stand, whatever the ledger knows.
    if (sync === SYNC) account.change('DELETE FROM people WHERE lower(email) = lower(?)', email);
    const result = await forget(account, email);
    expect(result).toMatchObject({ kind: 'forgotten', swept: true, stance: 'out', notErased: ['cc', 'app'] });
    expect(tracesOf(account, all)).toEqual([]);
    const page = await evidence(account, email);
    expect(page).toMatchObject({ ledger: { whole: true } });
    // Of all mail, and in a table of each list that ended with the contact.
    expect(page.standing.map(({ stance }) => stance)).toEqual(page.standing.map(() => 'out'));
    expect(page.standing[0]).toMatchObject({ scope: 'all' });
    expect(JSON.stringify(page)).not.toContain(id);
    expect(await forget(account, email)).toMatchObject({ kind: 'forgotten', erased: { facts: 0, records: 0 } });

    account.world.mutate({ op: 'create', contact: { email_address: email, permission_to_send: 'implicit' } });
    // The vendor itself brings them back as unsubscribed; the staff, who may not lift it, make them mailable.
    account.world.mutate({ op: 'resubscribe', contact_id: id, how: 'account' });
    expect(account.world.state.people.get(id)?.email?.permission).toMatch(/plicit/);
    account.pass(DAY);
    await account.sync(sync);
    const shown =
      sync === 'copy'
        ? account.rows(
            'SELECT permission_to_send AS may FROM contacts WHERE email_address = ? AND deleted_at IS NULL',
            email,
          )
        : account.rows('SELECT may_email AS may FROM people WHERE lower(email) = lower(?)', email);
    expect(shown.length).toBeGreaterThan(0);
    for (const row of shown) expect([0, 'unsubscribed']).toContain(row['may']);
    if (sync === 'copy') expectSafe(account, [id]);
  });
});

describe('I19: forgetting, and a source that still has the person', () => {
  test('the next complete read brings them back as the source says, still out', async () => {
    account = await Account.open();
    await account.sync();
    const [id = ''] = account.people('unsubscribed');
    const { email } = namesOf(account, id);
    expect(await forget(account, email)).toMatchObject({ kind: 'forgotten', stance: 'out' });
    account.pass(DAY + HOUR);
    const result = await account.sync();
    expect(result.outcome).toBe('done');
    expect(account.permission(id)).toBe('unsubscribed');
    expect(await evidence(account, email)).toMatchObject({ people: [{ contactId: id }], ledger: { whole: true } });
    expectSafe(account);
  });

  test('somebody who never opted out is forgotten, and nothing suppresses them', async () => {
    account = await Account.open();
    await account.sync();
    const [id = ''] = account.people('explicit');
    const { email, all } = namesOf(account, id);
    expect(await forget(account, email)).toMatchObject({ kind: 'forgotten', stance: 'silent', erased: { records: 1 } });
    expect(tracesOf(account, all)).toEqual([]);
    account.pass(DAY + HOUR);
    expect((await account.sync()).outcome).toBe('done');
    expect(account.permission(id)).toBe('explicit');
  });

  test('I3: an opt-out that the other side does not show yet is not forgotten', async () => {
    account = await Account.open();
    await account.sync();
    const [id = ''] = account.people('explicit');
    const { email } = namesOf(account, id);
    account.world.mutate({ op: 'unsubscribe', contact_id: id, how: 'contact' });
    account.pass(HOUR);
    await account.plan();
    expect(account.permission(id)).toBe('explicit');
    expect(await forget(account, email)).toMatchObject({ kind: 'under-way', syncs: ['copy'] });
    await account.sync();
    expect(account.permission(id)).toBe('unsubscribed');
    expect(await forget(account, email)).toMatchObject({ kind: 'forgotten', stance: 'out' });
  });
});
