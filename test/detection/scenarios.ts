/**
 * Scenarios of lost changes, told without a word about who polls: Concord must pass each, the recipe's naive poller not.
 *
 * Each is a promise about the copy that a poller keeps in the table `contacts`, checked against the world itself.
 */
import { expect } from 'vitest';
import { DAY, HOUR, MINUTE, type Account, type AccountOptions } from '../harness/account.ts';
import { ANY_CONTACTS, afterRequest } from '../harness/between.ts';

/** Something that keeps a copy of the account's people, poll by poll. */
export interface Poller {
  readonly account: Account;
  /** Reads what changed. A poll that cannot work says so by ending, not by throwing. */
  poll(): Promise<void>;
  /** Polls, and is killed in the middle of storing what it read. */
  pollAndDie(): Promise<void>;
}

export interface Scenario {
  readonly id: string;
  readonly promise: string;
  readonly options: AccountOptions;
  readonly play: (poller: Poller) => Promise<void>;
}

interface CopyRow {
  readonly first_name: string | null;
  readonly permission_to_send: string | null;
  readonly deleted_at: string | null;
}

function copyOf({ account }: Poller, id: string): CopyRow | undefined {
  return account.rows<CopyRow>(
    'SELECT first_name, permission_to_send, deleted_at FROM contacts WHERE contact_id = ?',
    id,
  )[0];
}

function somebody({ account }: Poller, nth = 0): string {
  return account.people('explicit')[nth] ?? '';
}

function rename({ account }: Poller, id: string, first_name: string): void {
  account.world.mutate({ op: 'edit', contact_id: id, set: { first_name } });
}

async function editDuringPoll(poller: Poller): Promise<void> {
  const { account } = poller;
  await poller.poll();
  account.pass(HOUR);
  const id = somebody(poller);
  account.wrap = afterRequest(ANY_CONTACTS, 1, () => {
    account.pass(2000);
    rename(poller, id, 'Edited');
    account.pass(15_000);
  });
  await poller.poll();
  account.wrap = (transport) => transport;
  account.pass(HOUR);
  await poller.poll();
  expect(copyOf(poller, id)?.first_name).toBe('Edited');
}

async function everyoneArrives(poller: Poller): Promise<void> {
  await poller.poll();
  const [row] = poller.account.rows<{ n: number }>('SELECT count(*) AS n FROM contacts');
  expect(row?.n).toBe(poller.account.world.state.people.size);
}

async function manyEditsInOneWindow(poller: Poller): Promise<void> {
  const { account } = poller;
  await poller.poll();
  account.pass(HOUR);
  account.world.mutate({ op: 'bulkEdit', n: 600, set: { company_name: 'Merged Ltd' } });
  account.pass(HOUR);
  await poller.poll();
  const edited = [...account.world.state.people.values()].filter((person) => person.companyName === 'Merged Ltd');
  const [row] = account.rows<{ n: number }>("SELECT count(*) AS n FROM contacts WHERE company_name = 'Merged Ltd'");
  expect(row?.n).toBe(edited.length);
}

async function editUnderSkew(poller: Poller): Promise<void> {
  const { account } = poller;
  await poller.poll();
  account.pass(MINUTE);
  const id = somebody(poller);
  rename(poller, id, 'Edited');
  account.pass(10 * MINUTE);
  await poller.poll();
  expect(copyOf(poller, id)?.first_name).toBe('Edited');
}

async function optOutArrives(poller: Poller, how: 'contact' | 'account'): Promise<void> {
  const { account } = poller;
  await poller.poll();
  account.pass(HOUR);
  const id = somebody(poller);
  account.world.mutate({ op: 'unsubscribe', contact_id: id, how });
  account.pass(HOUR);
  await poller.poll();
  expect(copyOf(poller, id)?.permission_to_send).toBe('unsubscribed');
}

async function deletionArrives(poller: Poller): Promise<void> {
  const { account } = poller;
  await poller.poll();
  account.pass(HOUR);
  const id = somebody(poller);
  account.world.mutate({ op: 'delete', contact_id: id });
  account.pass(DAY);
  await poller.poll();
  expect(copyOf(poller, id)?.deleted_at ?? null).not.toBeNull();
}

async function deathWhileStoring(poller: Poller): Promise<void> {
  const { account } = poller;
  await poller.poll();
  account.pass(HOUR);
  const id = somebody(poller);
  rename(poller, id, 'Edited');
  account.pass(HOUR);
  await poller.pollAndDie();
  account.pass(HOUR);
  await poller.poll();
  expect(copyOf(poller, id)?.first_name).toBe('Edited');
}

async function oneFalselyEmptyAnswer(poller: Poller): Promise<void> {
  const { account } = poller;
  await poller.poll();
  account.pass(HOUR);
  const id = somebody(poller);
  rename(poller, id, 'Edited');
  account.pass(HOUR);
  account.world.faults.set([{ kind: 'empty-list', match: { path: '/contacts\\?' } }]);
  await poller.poll();
  account.world.faults.set([]);
  account.pass(DAY);
  await poller.poll();
  expect(copyOf(poller, id)?.first_name).toBe('Edited');
}

async function manyPollsInOneSecond(poller: Poller): Promise<void> {
  for (let n = 0; n < 8; n += 1) await poller.poll();
  expect(poller.account.simulators.requests.excess).toBe(0);
}

async function anotherAccount(poller: Poller): Promise<void> {
  const { account } = poller;
  await poller.poll();
  const id = somebody(poller);
  const before = copyOf(poller, id)?.first_name;
  account.pass(DAY);
  account.world.mutate({ op: 'setAccount', encoded_account_id: 'somebodyelse' });
  rename(poller, id, 'Stranger');
  account.pass(HOUR);
  await poller.poll();
  expect(copyOf(poller, id)?.first_name).toBe(before);
}

async function massBlanking(poller: Poller): Promise<void> {
  const { account } = poller;
  await poller.poll();
  const named = (): number =>
    account.rows<{ n: number }>('SELECT count(*) AS n FROM contacts WHERE first_name IS NOT NULL')[0]?.n ?? 0;
  const before = named();
  account.pass(HOUR);
  account.world.mutate({ op: 'bulkEdit', n: 60, set: { first_name: null } });
  account.pass(HOUR);
  await poller.poll();
  expect(named()).toBe(before);
}

async function burstAtOneInstant(poller: Poller): Promise<void> {
  const { account } = poller;
  await poller.poll();
  account.pass(HOUR);
  const [first, second] = [somebody(poller), somebody(poller, 1)];
  rename(poller, first, 'Edited');
  await poller.poll();
  rename(poller, second, 'Edited');
  account.pass(HOUR);
  await poller.poll();
  expect([copyOf(poller, first)?.first_name, copyOf(poller, second)?.first_name]).toEqual(['Edited', 'Edited']);
}

/** At least nine, each a separate way to lose people. */
export const SCENARIOS: readonly Scenario[] = [
  { id: 'T1', promise: 'an edit made while we read arrives', options: {}, play: editDuringPoll },
  { id: 'T2', promise: 'an edit in the very second of a poll arrives', options: {}, play: burstAtOneInstant },
  { id: 'I4', promise: 'everybody beyond the first page arrives', options: { contacts: 1203 }, play: everyoneArrives },
  {
    id: 'T6',
    promise: 'a window of more than one page arrives whole',
    options: { contacts: 800 },
    play: manyEditsInOneWindow,
  },
  {
    id: 'T4',
    promise: 'an edit arrives with our clock 4 min ahead',
    options: { skewMs: 4 * MINUTE },
    play: editUnderSkew,
  },
  {
    id: 'T18',
    promise: 'an opt-out by the person arrives',
    options: {},
    play: (poller) => optOutArrives(poller, 'contact'),
  },
  {
    id: 'T18',
    promise: 'an opt-out by the account arrives',
    options: {},
    play: (poller) => optOutArrives(poller, 'account'),
  },
  {
    id: 'I9',
    promise: 'a deletion that no window shows is known within a day',
    options: { switches: { deleteMovesUpdatedAt: false, deletedInUpdatedAfter: false } },
    play: deletionArrives,
  },
  { id: 'I5', promise: 'a kill while storing loses nothing', options: {}, play: deathWhileStoring },
  { id: 'T10', promise: 'a falsely empty answer is made good within a day', options: {}, play: oneFalselyEmptyAnswer },
  { id: 'I12', promise: 'eight polls in a row stay within the quota', options: {}, play: manyPollsInOneSecond },
  { id: 'T35', promise: 'another account behind the same connection is not copied', options: {}, play: anotherAccount },
  { id: 'I10', promise: 'a mass blanking waits for a person', options: { contacts: 100 }, play: massBlanking },
];
