/** A first load that is interrupted: whatever runs in between, it ends, and the mirror is what the source is (I5, T11). */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { Account, DAY, HOUR } from '../harness/account.ts';
import { rewriteAnswers } from '../harness/between.ts';
import { expectMirrorEqualsTruth } from '../harness/truth.ts';

let account: Account;
afterEach(() => account.close());

const WALK = /\/contacts\?(?!.*(updated_after|optout_after))/;
const REST = { kind: 'status', status: 503, match: { path: '^/v3/contacts\\?cursor' } } as const;

interface Page {
  readonly contacts: Record<string, unknown>[];
}

function isExplicit(contact: Record<string, unknown>): boolean {
  return (contact['email_address'] as Record<string, unknown>)['permission_to_send'] === 'explicit';
}

/** Begins a first load of three pages that ends after its second, on which `again` puts somebody of the first. */
async function interrupted(again: (contact: Record<string, unknown>) => unknown = () => null): Promise<void> {
  account = await Account.open({ contacts: 1300, campaigns: 0 });
  let first: Page['contacts'] = [];
  let pages = 0;
  account.wrap = rewriteAnswers(WALK, (body) => {
    const { contacts } = body as unknown as Page;
    pages += 1;
    if (pages === 1) first = contacts;
    if (pages !== 2) return body;
    account.world.faults.set([REST]);
    const shown = first.find(isExplicit);
    const more = shown === undefined ? null : again(shown);
    return more === null ? body : { ...body, contacts: [...contacts, more] };
  });
  expect((await account.sync()).outcome).toBe('partial');
  account.wrap = (transport) => transport;
  account.world.faults.set([]);
}

async function ends(): Promise<void> {
  account.pass(HOUR);
  expect(await account.sync()).toMatchObject({ outcome: 'done' });
  account.pass(DAY);
  expect(await account.sync()).toMatchObject({ outcome: 'done' });
  expectMirrorEqualsTruth(account);
}

describe('T11: a first load that is interrupted', () => {
  test('after somebody was met again who has left: the pass ends partial, and they are out in the mirror', async () => {
    let leaver = '';
    await interrupted((contact) => {
      leaver = String(contact['contact_id']);
      account.world.mutate({ op: 'unsubscribe', contact_id: leaver, how: 'contact' });
      return [...account.world.contacts()].find((one) => one['contact_id'] === leaver);
    });
    expect(account.permission(leaver)).toBe('unsubscribed');
    await ends();
  });

  test('and a plan that walks the rest leaves nothing that no pass could write', async () => {
    await interrupted();
    account.pass(HOUR);
    await account.plan();
    await ends();
  });

  test('and a store that is lost with it: the next one begins anew, also after a plan', async () => {
    await interrupted();
    for (const end of ['', '-wal', '-shm', '-unclean'])
      rmSync(join(account.folder, `concord.db${end}`), { force: true });
    account.pass(HOUR);
    await account.plan();
    await ends();
  });

  test('for more than a day is as old as its beginning: the pass after it reads everybody again', async () => {
    let early = '';
    await interrupted((contact) => {
      early = String(contact['contact_id']);
      return null;
    });
    await finishedADayLater(early);
  });
});

describe('T11: a daily walk that is interrupted', () => {
  test('for more than a day is as old as its beginning: the pass after it reads everybody again', async () => {
    account = await Account.open({ contacts: 1300, campaigns: 0, switches: UNSEEN });
    expect((await account.sync()).outcome).toBe('done');
    account.pass(DAY);
    let early = '';
    account.wrap = rewriteAnswers(WALK, (body) => {
      const { contacts, _links } = body as unknown as Page & { readonly _links?: { readonly next?: unknown } };
      if (early === '' && _links?.next !== undefined) early = String(contacts.find(isExplicit)?.['contact_id']);
      return body;
    });
    account.world.faults.set([REST]);
    await account.sync();
    account.world.faults.set([]);
    account.wrap = (transport) => transport;
    await finishedADayLater(early);
  });
});

/** In this account a change of lists leaves the contact's own time alone: only a complete walk sees it. */
const UNSEEN = { listChangeMovesUpdatedAt: false };

/** Somebody whose page was read joins a list; more than a day later the walk is finished by one pass, and another one runs. */
async function finishedADayLater(contact_id: string): Promise<void> {
  const { lists, people } = account.world.state;
  account.world.switches.set(UNSEEN);
  const free = [...lists.values()].find(
    ({ id, deletedAt }) => deletedAt === null && people.get(contact_id)?.lists.includes(id) === false,
  );
  account.pass(HOUR);
  account.world.mutate({ op: 'joinList', contact_id, list_id: free?.id ?? '' });
  account.pass(DAY + HOUR);
  expect(await account.sync()).toMatchObject({ outcome: 'done' });
  account.pass(HOUR);
  expect(await account.sync()).toMatchObject({ outcome: 'done' });
  expectMirrorEqualsTruth(account);
}
