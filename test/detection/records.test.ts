/** Everything is counted (I17): bad, odd and unknown things are kept with their reason and never stop the others. */
import { afterEach, describe, expect, test } from 'vitest';
import { Account, DAY, HOUR } from '../harness/account.ts';
import { ANY_CONTACTS, rewriteAnswers } from '../harness/between.ts';
import { expectMirrorEqualsTruth } from '../harness/truth.ts';

let account: Account;
afterEach(() => account.close());

type Json = Record<string, unknown>;

/** Spoils the contacts that `which` picks in every listing. */
function spoil(which: (contact: Json) => boolean, how: (contact: Json) => unknown): void {
  account.wrap = rewriteAnswers(ANY_CONTACTS, (body) => ({
    ...body,
    contacts: (body['contacts'] as Json[]).map((one) => (which(one) ? how(one) : one)),
  }));
}

function heal(): void {
  account.wrap = (transport) => transport;
}

/** With how many distinct records three of a kind are: what has no id is told apart by its bytes alone. */
const POISON: readonly (readonly [string, number, (contact: Json) => unknown])[] = [
  ['a list of lists that is text', 3, (one) => ({ ...one, list_memberships: 'x' })],
  ['an address that is a number of objects', 3, (one) => ({ ...one, email_address: [{}] })],
  ['a birthday that is no number', 3, (one) => ({ ...one, birthday_month: 'May' })],
  ['no id', 3, (one) => ({ ...one, contact_id: undefined })],
  ['null instead of a contact', 1, () => null],
  ['text instead of a contact', 1, () => 'contact'],
];

describe('I17 a record that cannot be understood is parked with its reason', () => {
  test.each(POISON)('%s: three of 60, on first load', async (_name, parked, how) => {
    account = await Account.open({ contacts: 60 });
    const bad = new Set(account.people('explicit').slice(0, 3));
    spoil((one) => bad.has(String(one['contact_id'])), how);
    const result = await account.sync();
    expect(result).toMatchObject({ outcome: 'done', parked });
    expect(account.rows('SELECT count(*) AS n FROM contacts')).toEqual([{ n: 57 }]);
    heal();
    account.pass(DAY);
    const healed = await account.sync();
    expect(healed).toMatchObject({ outcome: 'done', parked: 0 });
    expect(healed.waiting.parked).toBe(0);
    expectMirrorEqualsTruth(account);
  });

  test.each(POISON)('%s: somebody known keeps the last good row, the others go on', async (_name, _parked, how) => {
    account = await Account.open({ contacts: 60 });
    await account.sync();
    const [bad = '', good = ''] = account.people('explicit');
    account.pass(HOUR);
    for (const contact_id of [bad, good])
      account.world.mutate({ op: 'edit', contact_id, set: { first_name: 'Edited' } });
    spoil((one) => one['contact_id'] === bad, how);
    account.pass(HOUR);
    const result = await account.sync();
    expect(result).toMatchObject({ outcome: 'done', parked: 1, applied: 1 });
    expectMirrorEqualsTruth(account, [bad]);
    heal();
    account.pass(DAY);
    expect(await account.sync()).toMatchObject({ outcome: 'done', parked: 0 });
    expectMirrorEqualsTruth(account);
  });
});

test.each(POISON)('I17 %s: who reads again as before no longer waits', async (_name, _parked, how) => {
  account = await Account.open({ contacts: 60 });
  await account.sync();
  const [bad = ''] = account.people('explicit');
  account.pass(DAY);
  spoil((one) => one['contact_id'] === bad, how);
  expect((await account.sync()).waiting.parked).toBe(1);
  heal();
  account.pass(DAY);
  const healed = await account.sync();
  expect(healed).toMatchObject({ outcome: 'done', parked: 0, applied: 0 });
  expect(healed.waiting.parked).toBe(0);
});

describe('unknown words and unknown fields', () => {
  test('T23 I2 a permission nobody documented is held: neither written as mailable nor lost, and settled later', async () => {
    account = await Account.open({ contacts: 60, switches: { unknownPermission: 'super_explicit' } });
    const result = await account.sync();
    expect(result.outcome).toBe('done');
    expect(result.held).toBeGreaterThan(3);
    expectMirrorEqualsTruth(account);
    const odd = account.rows<{ n: number }>(
      "SELECT count(*) AS n FROM contacts WHERE permission_to_send = 'super_explicit'",
    );
    expect(odd).toEqual([{ n: 0 }]);
    account.world.switches.set({ unknownPermission: null });
    account.pass(DAY);
    expect((await account.sync()).held).toBe(0);
    expectMirrorEqualsTruth(account);
  });

  test('fields that appear and vanish are kept in extra, everybody at once, without a guard', async () => {
    account = await Account.open({ contacts: 60 });
    await account.sync();
    account.world.switches.set({ extraFields: true });
    account.pass(DAY);
    expect((await account.sync()).outcome).toBe('done');
    expectMirrorEqualsTruth(account);
    account.world.switches.set({ extraFields: false });
    account.pass(DAY);
    expect((await account.sync()).outcome).toBe('done');
    expectMirrorEqualsTruth(account);
  });

  test('a key that could reach a prototype is data at most', async () => {
    account = await Account.open({ contacts: 60 });
    spoil(
      () => true,
      (one) => JSON.parse(`{"__proto__":{"polluted":1},"constructor":{"x":1},${JSON.stringify(one).slice(1)}`) as Json,
    );
    expect((await account.sync()).outcome).toBe('done');
    heal();
    expect(({} as Json)['polluted']).toBeUndefined();
    expectMirrorEqualsTruth(account);
  });
});

describe('deletions keep the row and set deleted_at, whichever way they show', () => {
  const bools = [true, false] as const;
  test.each(
    bools.flatMap((deleteMovesUpdatedAt) =>
      bools.map((deletedInUpdatedAfter) => ({ deleteMovesUpdatedAt, deletedInUpdatedAfter })),
    ),
  )('$deleteMovesUpdatedAt, $deletedInUpdatedAfter', async (switches) => {
    account = await Account.open({ contacts: 60, switches });
    await account.sync();
    const [a = '', b = '', c = ''] = account.people('explicit');
    account.pass(HOUR);
    for (const contact_id of [a, b, c]) account.world.mutate({ op: 'delete', contact_id });
    account.pass(HOUR);
    expect((await account.sync()).outcome).toBe('done');
    if (switches.deleteMovesUpdatedAt && switches.deletedInUpdatedAfter) expectMirrorEqualsTruth(account);
    account.pass(DAY);
    expect((await account.sync()).outcome).toBe('done');
    expectMirrorEqualsTruth(account);
    account.world.mutate([
      { op: 'revive', contact_id: a },
      { op: 'create', contact: { email_address: emailOf(b), first_name: 'Back again' } },
    ]);
    account.pass(DAY);
    expect((await account.sync()).outcome).toBe('done');
    expectMirrorEqualsTruth(account);
    account.pass(HOUR);
    expect(await account.sync()).toMatchObject({ outcome: 'done', applied: 0 });
  });

  test('T7 who is missing from a listing though alive is read directly and stays', async () => {
    account = await Account.open({ contacts: 60 });
    await account.sync();
    const [hidden = ''] = account.people('explicit');
    account.wrap = rewriteAnswers(ANY_CONTACTS, (body) => ({
      ...body,
      contacts: (body['contacts'] as Json[]).filter((one) => one['contact_id'] !== hidden),
    }));
    account.pass(DAY);
    expect(await account.sync()).toMatchObject({ outcome: 'done', applied: 0 });
    heal();
    expectMirrorEqualsTruth(account);
  });

  test('I9: where listings are answered with "not found", so may somebody be who is there: one such answer deletes nobody', async () => {
    account = await Account.open({ contacts: 60 });
    await account.sync();
    const [hidden = ''] = account.people('explicit');
    account.wrap = rewriteAnswers(ANY_CONTACTS, (body) => ({
      ...body,
      contacts: (body['contacts'] as Json[]).filter((one) => one['contact_id'] !== hidden),
    }));
    account.world.faults.set([
      { kind: 'status', status: 404, match: { path: 'updated_after' } },
      { kind: 'status', status: 404, match: { path: `/contacts/${hidden}` }, at: 1 },
    ]);
    account.pass(DAY);
    await account.sync();
    const [row] = account.rows('SELECT deleted_at FROM contacts WHERE contact_id = ?', hidden);
    expect(row?.['deleted_at']).toBeNull();
  });

  test('who is gone from the listing and from the direct read is deleted at our time, and comes back when shown again', async () => {
    account = await Account.open({ contacts: 60 });
    await account.sync();
    const [gone = ''] = account.people('explicit');
    account.wrap = rewriteAnswers(ANY_CONTACTS, (body) => ({
      ...body,
      contacts: (body['contacts'] as Json[]).filter((one) => one['contact_id'] !== gone),
    }));
    account.world.faults.set([{ kind: 'status', status: 404, match: { path: `/contacts/${gone}` } }]);
    account.pass(DAY);
    expect((await account.sync()).outcome).toBe('done');
    const [row] = account.rows('SELECT deleted_at FROM contacts WHERE contact_id = ?', gone);
    expect(row?.['deleted_at']).toMatch(/^2026-01-02/);
    heal();
    account.world.faults.set([]);
    account.pass(DAY);
    expect((await account.sync()).outcome).toBe('done');
    expectMirrorEqualsTruth(account);
  });
});

function emailOf(id: string): string {
  return account.world.state.people.get(id)?.email?.address ?? '';
}
