/** New people of the table with rows of lists of their own: each on exactly theirs, though a job puts everybody on the same. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { Account } from '../harness/account.ts';
import { HOUR } from '../harness/account.ts';
import { done, openTable } from './people-table.ts';

const COLUMNS =
  'id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE, given_name TEXT, family_name TEXT, title TEXT, may_email INTEGER, signed_up TEXT';
const MEMBERS = 'CREATE TABLE newsletter_members (email TEXT, list_name TEXT, UNIQUE (email, list_name));';
const ORDINARY = ['ada', 'bea', 'cora', 'dora', 'eva'].map((name) => `${name}@example.org`);
let account: Account;
afterEach(() => account.close());

function names(): string[] {
  return [...account.world.state.lists.values()].filter((list) => list.deletedAt === null).map(({ name }) => name);
}
async function loaded(): Promise<readonly [string, string]> {
  account = await openTable();
  const [file = '', own = ''] = names();
  await account.close();
  account = await openTable({
    columns: COLUMNS,
    before: MEMBERS,
    consent: `{ column: may_email, direction: two-way }
      create: { evidence: signed_up, lists: [${JSON.stringify(file)}] }
    lists: { as: table, table: newsletter_members, person: email, list: list_name, direction: two-way }`,
  });
  await done(account);
  account.pass(HOUR);
  return [file, own];
}
function add(email: string, ...lists: readonly string[]): void {
  account.change("INSERT INTO people (email, given_name, may_email, signed_up) VALUES (?, 'Nora', 1, 'form')", email);
  for (const list of lists)
    account.change('INSERT INTO newsletter_members (email, list_name) VALUES (?, ?)', email, list);
}
function listsOf(email: string): string[][] {
  const found = [...account.world.state.people.values()].filter((person) => person.email?.address === email);
  return found.map(({ lists }) => lists.map((id) => account.world.state.lists.get(id)?.name ?? '').sort());
}
function posts(): string[] {
  const sent = account.simulators.requests.entries.filter(({ method }) => method === 'POST');
  return sent.map(({ path }) => path.split('/').at(-1) ?? '').sort();
}
async function passes(count: number): Promise<void> {
  for (let at = 0; at < count; at += 1) {
    account.pass(HOUR);
    await done(account);
  }
}

test('T21: who has a list of their own is made singly, on it and on those of the file; the job puts nobody on it', async () => {
  const [file, own] = await loaded();
  // The first in the table's order: a job takes the lists of its first person.
  add('aaa@example.org', own);
  for (const email of ORDINARY) add(email);
  add('zoe@example.org', own, file);
  await passes(3);
  for (const email of ['aaa@example.org', 'zoe@example.org']) expect(listsOf(email)).toEqual([[file, own].sort()]);
  for (const email of ORDINARY) expect(listsOf(email)).toEqual([[file]]);
  expect(posts()).toEqual(['contacts', 'contacts', 'contacts_json_import']);
});

test('I19: who is forgotten leaves nothing of their lists in the store, and others keep theirs', async () => {
  const [file, own] = await loaded();
  add('zq-nora@example.org', own);
  add('olga@example.org', own);
  await passes(2);
  const ids = [...account.world.state.people.values()]
    .filter(({ email }) => ['zq-nora@example.org', 'olga@example.org'].includes(email?.address ?? ''))
    .sort((a, b) => ((a.email?.address ?? '') < (b.email?.address ?? '') ? -1 : 1))
    .map(({ id }) => id);
  const [olga = '', nora = ''] = ids;
  const stored = (): string => readFileSync(join(account.folder, 'concord.db')).toString('latin1');
  const application = await account.start();
  const answer = await application.forget('zq-nora@example.org');
  await account.stop();
  expect(answer).toMatchObject({ kind: 'forgotten', swept: true });
  for (const trace of ['zq-nora@example.org', nora]) expect(stored().includes(trace)).toBe(false);
  expect(stored().includes(olga)).toBe(true);
  expect(listsOf('olga@example.org')).toEqual([[file, own].sort()]);
});
