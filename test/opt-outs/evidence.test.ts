/** The proof of consent for one person, from the real program against the simulated account (I19). */
import Database from 'better-sqlite3';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { EvidencePage } from '../../src/cli/evidence-results.ts';
import { Account, HOUR } from '../harness/account.ts';

let account: Account | null = null;
afterEach(async () => {
  await account?.close();
  account = null;
});

async function evidence(at: Account, email: string): Promise<EvidencePage> {
  const application = await at.start();
  const page = await application.evidence(email);
  await at.stop();
  return page;
}
const emailOf = (at: Account, id: string): string => at.world.state.people.get(id)?.email?.address ?? '';

describe('I19: the evidence about one person', () => {
  test('an opt-out, and the later opt-in that lifts it: both are told, with what Concord did and what stands', async () => {
    account = await Account.open();
    await account.sync();
    const [id = '', other = ''] = account.people('explicit');
    account.world.mutate([
      { op: 'unsubscribe', contact_id: id, how: 'contact' },
      { op: 'unsubscribe', contact_id: other, how: 'account' },
    ]);
    account.pass(HOUR);
    const { run } = await account.sync();
    const before = await evidence(account, emailOf(account, id));
    expect(before.standing).toEqual([{ medium: 'email', scope: 'all', stance: 'out', bySeq: before.facts[0]?.seq }]);
    expect(before.facts).toMatchObject([
      { fact: 'out', actor: 'person', contactId: id, run, address: 'this', liftedBy: [] },
    ]);
    expect(before.people).toMatchObject([{ sync: 'copy', contactId: id, state: 'unsubscribed', mailable: false }]);
    expect(before.deeds).toMatchObject([
      { event: 'seen', before: 'explicit', after: 'unsubscribed', run },
      { event: 'consent', after: { permission_to_send: 'unsubscribed' }, run },
    ]);
    account.world.mutate({ op: 'resubscribe', contact_id: id, how: 'contact' });
    account.pass(HOUR);
    await account.sync();
    const after = await evidence(account, emailOf(account, id));
    const [out, ...ins] = after.facts;
    const bySeq = after.standing[0]?.bySeq;
    expect(after.standing).toMatchObject([{ stance: 'in' }]);
    expect(ins.map(({ seq }) => seq)).toContain(bySeq);
    expect(out?.liftedBy).toContain(bySeq);
    expect(after.ledger).toMatchObject({ whole: true });
    expect(JSON.stringify(after)).not.toContain(other);
  });

  test('a person who never said anything is told with the dates of the contact, and silence is no opt-in', async () => {
    account = await Account.open();
    await account.sync();
    const [id = ''] = account.people('explicit');
    const page = await evidence(account, emailOf(account, id));
    expect(page).toMatchObject({ standing: [{ stance: 'silent', bySeq: null }], facts: [], deeds: [] });
    expect(page.people[0]?.said.map(({ event }) => event)).toContain('opted in');
  });

  test('the evidence outlives the contact, and somebody unknown is an answer', async () => {
    account = await Account.open();
    await account.sync();
    const [id = ''] = account.people('unsubscribed');
    const email = emailOf(account, id);
    account.world.mutate({ op: 'delete', contact_id: id });
    account.pass(25 * HOUR);
    await account.sync();
    expect(await evidence(account, email)).toMatchObject({ standing: [{ stance: 'out' }] });
    expect(await evidence(account, 'nobody@example.org')).toMatchObject({ people: [], facts: [], deeds: [] });
  });

  test('a ledger that was changed is no proof, and the fact is named', async () => {
    account = await Account.open();
    await account.sync();
    const raw = new Database(join(account.folder, 'concord.db'));
    raw.exec("DROP TRIGGER facts_are_not_changed; UPDATE facts SET fact = 'in' WHERE seq = 2");
    raw.close();
    const [id = ''] = account.people('explicit');
    const page = await evidence(account, emailOf(account, id));
    expect(page.ledger).toMatchObject({ whole: false, broken: { kind: 'changed', seq: 2 } });
  });
});
