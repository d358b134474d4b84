/** Who left a list in the account is put back on it by nothing of ours: from the reading to the last line of defence. */
import { afterEach, describe, expect, test } from 'vitest';
import type { EvidencePage } from '../../src/cli/evidence-results.ts';
import type { WhyPerson } from '../../src/cli/results.ts';
import type { Account } from '../harness/account.ts';
import { HOUR } from '../harness/account.ts';
import { done, mailable, openTable, rowOf, type Mailable } from './people-table.ts';

const MEMBERS = 'CREATE TABLE newsletter_members (email TEXT, list_name TEXT, joined TEXT, UNIQUE (email, list_name));';
const COLUMNS =
  'id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE, given_name TEXT, family_name TEXT, title TEXT, may_email INTEGER, signed_up TEXT';
const LISTS = 'lists: { as: table, table: newsletter_members, person: email, list: list_name, direction: two-way }';
let account: Account;
afterEach(() => account.close());

async function loaded(create: readonly string[] | null = null, contacts = 40): Promise<void> {
  const names = JSON.stringify(create ?? []);
  const creates = create === null ? '' : `create: { evidence: signed_up, lists: ${names} }\n    `;
  account = await openTable({
    contacts,
    columns: COLUMNS,
    before: MEMBERS,
    consent: `{ column: may_email, direction: two-way }\n    ${create === null ? '' : '  '}${creates}${LISTS}`,
  });
  await done(account);
  account.pass(HOUR);
}
/** The names of the simulated account's living lists, which are the same each time it is made. */
async function listNames(): Promise<readonly [string, string, ...string[]]> {
  account = await openTable();
  const names = living().map(({ name }) => name);
  await account.close();
  return names as [string, string];
}
function living() {
  return [...account.world.state.lists.values()].filter((list) => list.deletedAt === null);
}
function truthOf(id: string) {
  const person = account.world.state.people.get(id);
  if (person === undefined) throw new Error('nobody has this id');
  return person;
}
function nameOf(id: string): string {
  return account.world.state.lists.get(id)?.name ?? '';
}
function listsOf(id: string): string[] {
  return truthOf(id).lists.map(nameOf).sort();
}
function inAccount(email: string) {
  return [...account.world.state.people.values()].filter((person) => person.email?.address === email);
}
/** Somebody who may be mailed and is on two lists at least, with one of them. */
function member(): { readonly person: Mailable; readonly list: { readonly id: string; readonly name: string } } {
  const person = mailable(account).find(({ id }) => truthOf(id).lists.length >= 2);
  const id = person === undefined ? undefined : truthOf(person.id).lists[0];
  if (person === undefined || id === undefined) throw new Error('nobody is on two lists');
  return { person, list: { id, name: nameOf(id) } };
}
function rowsOf(email: string): string[] {
  const sql = 'SELECT list_name FROM newsletter_members WHERE email = ? ORDER BY list_name';
  return account.rows<{ list_name: string }>(sql, email).map((row) => row.list_name);
}
function join(email: string, list: string): void {
  account.change('INSERT INTO newsletter_members (email, list_name) VALUES (?, ?)', email, list);
}
function takeRow(email: string, list: string): void {
  account.change('DELETE FROM newsletter_members WHERE email = ? AND list_name = ?', email, list);
}
/** The list is left, or joined, in the account, and the contact shows among the changed ones. */
function inList(op: 'leaveList' | 'joinList', person: Mailable, list: { readonly id: string }): void {
  account.world.mutate({ op, contact_id: person.id, list_id: list.id });
  account.world.mutate({ op: 'edit', contact_id: person.id, set: { job_title: `${op} ${account.clock.now()}` } });
}
function writes(): number {
  return account.simulators.requests.entries.filter(({ method }) => method !== 'GET').length;
}
async function passes(count: number): Promise<void> {
  for (let at = 0; at < count; at += 1) {
    account.pass(HOUR);
    await done(account);
  }
}
async function evidence(email: string): Promise<EvidencePage> {
  const application = await account.start();
  const page = await application.evidence(email);
  await account.stop();
  return page;
}
async function why(email: string, list: string): Promise<WhyPerson['list']> {
  const application = await account.start();
  const story = await application.why(email, list);
  await account.stop();
  return story.people[0]?.list ?? null;
}

describe('T24 leaving one list of two', () => {
  test('is on record about that list alone; nothing puts them back, and all else stays as it was', async () => {
    await loaded();
    const { person, list } = member();
    const others = listsOf(person.id).filter((name) => name !== list.name);
    const mail = truthOf(person.id).email;
    inList('leaveList', person, list);
    await passes(1);
    const page = await evidence(person.email);
    expect(page.facts).toMatchObject([{ scope: `list:${list.id}`, fact: 'out', actor: 'account', medium: 'email' }]);
    expect(page.standing).toMatchObject([
      { scope: 'all', stance: 'silent' },
      { scope: `list:${list.id}`, stance: 'out' },
    ]);
    expect(page.lists).toEqual({ [list.id]: list.name });
    expect(await why(person.email, list.name)).toMatchObject({ member: false, because: { code: 'list-left' } });
    expect(await why(person.email, others[0] ?? '')).toMatchObject({ member: true, because: { code: 'list-member' } });
    join(person.email, list.name);
    await passes(3);
    expect([listsOf(person.id), writes()]).toEqual([others, 0]);
    expect(truthOf(person.id).email).toEqual(mail);
    expect(rowOf(account, person.email)).toMatchObject({ may_email: 1 });
    expect((await evidence(person.email)).facts).toHaveLength(1);
  });

  test('in the hour in which the row went as well: the row that comes back later does not put them back', async () => {
    await loaded();
    const { person, list } = member();
    inList('leaveList', person, list);
    takeRow(person.email, list.name);
    await passes(2);
    join(person.email, list.name);
    account.pass(HOUR);
    expect(JSON.stringify((await done(account)).messages)).toContain('"apart":1');
    await passes(1);
    expect([listsOf(person.id).includes(list.name), writes()]).toEqual([false, 0]);
    expect(await why(person.email, list.name)).toMatchObject({ because: { code: 'list-left' } });
  });

  test('by our own write, for a row that went, is nobody’s word: the row that comes back puts them on', async () => {
    await loaded();
    const { person, list } = member();
    takeRow(person.email, list.name);
    await passes(2);
    expect([listsOf(person.id).includes(list.name), (await evidence(person.email)).facts]).toEqual([false, []]);
    expect(await why(person.email, list.name)).toMatchObject({ because: { code: 'list-not-member' } });
    join(person.email, list.name);
    await passes(2);
    expect([listsOf(person.id).includes(list.name), writes()]).toEqual([true, 2]);
  });

  test('ends when the account has them on it again: then rows at home count once more', async () => {
    await loaded();
    const { person, list } = member();
    inList('leaveList', person, list);
    await passes(1);
    inList('joinList', person, list);
    await passes(1);
    expect(rowsOf(person.email)).toContain(list.name);
    expect((await evidence(person.email)).standing).toMatchObject([{}, { scope: `list:${list.id}`, stance: 'in' }]);
    expect(await why(person.email, list.name)).toMatchObject({ because: { code: 'list-member' } });
    takeRow(person.email, list.name);
    await passes(2);
    join(person.email, list.name);
    await passes(2);
    expect([listsOf(person.id).includes(list.name), writes()]).toEqual([true, 2]);
  });

  test('and then all mail: the opt-out is told by itself, though both were read at one instant', async () => {
    await loaded();
    const { person, list } = member();
    account.world.mutate({ op: 'leaveList', contact_id: person.id, list_id: list.id });
    account.world.mutate({ op: 'unsubscribe', contact_id: person.id, how: 'contact' });
    await passes(1);
    expect((await evidence(person.email)).standing).toMatchObject([
      { scope: 'all', stance: 'out' },
      { scope: `list:${list.id}`, stance: 'out' },
    ]);
    expect(rowOf(account, person.email)).toMatchObject({ may_email: 0 });
  });

  test('follows them to another address', async () => {
    await loaded();
    const { person, list } = member();
    inList('leaveList', person, list);
    await passes(1);
    account.world.mutate({ op: 'changeAddress', contact_id: person.id, address: 'moved@example.org' });
    await passes(1);
    expect(await why('moved@example.org', list.name)).toMatchObject({ because: { code: 'list-left' } });
    expect((await evidence('moved@example.org')).facts).toMatchObject([
      { fact: 'out', address: 'another' },
      { fact: 'hold', scope: `list:${list.id}`, address: 'this' },
    ]);
    join('moved@example.org', list.name);
    await passes(2);
    expect([listsOf(person.id).includes(list.name), writes()]).toEqual([false, 0]);
  });
});

describe('T24 somebody who is made anew at an address that left a list', () => {
  test('is made without that list, by themselves where the others go in one job', async () => {
    const [first, second] = await listNames();
    await loaded([first, second], 60);
    const [one, two] = [first, second].map((name) => living().find((list) => list.name === name)?.id ?? '');
    const person = mailable(account).find(({ id }) => truthOf(id).lists.includes(one ?? ''));
    if (person === undefined || two === undefined) throw new Error('nobody is on the list');
    inList('leaveList', person, { id: one ?? '' });
    await passes(1);
    account.world.mutate({ op: 'changeAddress', contact_id: person.id, address: 'moved@example.org' });
    await passes(1);
    const insert = "INSERT INTO people (email, may_email, signed_up) VALUES (?, 1, 'form')";
    const others = ['ada', 'bea', 'cora', 'dora', 'eva'].map((name) => `${name}@example.org`);
    for (const email of [person.email, ...others]) account.change(insert, email);
    await passes(3);
    expect(inAccount(person.email).map(({ lists }) => lists.map(nameOf))).toEqual([[second]]);
    for (const email of others) expect(inAccount(email)[0]?.lists.map(nameOf).sort()).toEqual([first, second].sort());
    const posts = account.simulators.requests.entries.filter(({ method }) => method === 'POST');
    expect(posts.map(({ path }) => path.split('/').at(-1) ?? '').sort()).toEqual(['contacts', 'contacts_json_import']);
  });
});
