/**
 * A user's own table beside the simulated account: how it is made, mapped and held against the truth.
 */
import Database from 'better-sqlite3';
import { expect } from 'vitest';
import { KNOWN_PERMISSIONS, type Person } from '../../simulators/world/types.ts';
import type { PassResult, SyncStatus } from '../../src/cli/results.ts';
import { matchKey } from '../../src/model/address.ts';
import { Account, type AccountOptions } from '../harness/account.ts';

export const SYNC = 'website';
const FIELDS =
  '{ email_address: email, first_name: given_name, last_name: { to: family_name, write: if-empty }, job_title: { to: title, write: never } }';
const COLUMNS =
  'id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE, given_name TEXT, family_name TEXT, title TEXT, may_email INTEGER, remark TEXT';

export interface TableOptions extends AccountOptions {
  readonly fields?: string;
  readonly columns?: string;
  readonly consent?: string;
  readonly guards?: string;
  /** SQL run in the table's database before the first pass. */
  readonly before?: string;
}

/** Says the sync in configuration text. */
export function tableSync({ fields = FIELDS, consent = '{ column: may_email }', guards = '{}' }: TableOptions): string {
  return `
  ${SYNC}:
    primary: cc
    secondary: app
    guards: ${guards}
    contacts:
      table: people
      key: email
      fields: ${fields}
      consent: ${consent}`;
}

/** Opens an account with a user's table beside it. */
export async function openTable(options: TableOptions = {}): Promise<Account> {
  const { fields: _fields, columns = COLUMNS, consent: _consent, guards: _guards, before = '', ...world } = options;
  const account = await Account.open({ contacts: 40, ...world, syncs: tableSync(options) });
  account.change(`CREATE TABLE people (${columns}); ${before}`);
  return account;
}

/** Changes the mapping of an installed sync. */
export function remap(account: Account, options: TableOptions): void {
  const [head = ''] = account.configText.split('syncs:');
  account.configText = `${head}syncs:${tableSync(options)}\n`;
}

export interface PeopleRow {
  readonly id: number;
  readonly email: string;
  readonly given_name: string | null;
  readonly family_name: string | null;
  readonly title: string | null;
  readonly may_email: number | string | null;
  readonly remark: string | null;
}

/** Reads all rows of the table. */
export function people(account: Account): PeopleRow[] {
  return account.rows<PeopleRow>('SELECT * FROM people ORDER BY id');
}

/** Reads the row of an address. */
export function rowOf(account: Account, email: string): PeopleRow | undefined {
  return account.rows<PeopleRow>('SELECT * FROM people WHERE email = ?', email)[0];
}

/** A person whose address is sure to be there. */
export interface Mailable {
  readonly id: string;
  readonly email: string;
  readonly firstName: string | null;
}

/** Picks living people who may be mailed, in id order, so many that a test may name a few. */
export function mailable(account: Account): readonly [Mailable, Mailable, Mailable, Mailable, ...Mailable[]] {
  const found = [...account.world.state.people.values()]
    .filter((person) => person.deletedAt === null && ['explicit', 'implicit'].includes(person.email?.permission ?? ''))
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .map(({ id, email, firstName }) => ({ id, email: email?.address ?? '', firstName }));
  const [a, b, c, d, ...rest] = found;
  if (a === undefined || b === undefined || c === undefined || d === undefined) throw new Error('too few people');
  return [a, b, c, d, ...rest];
}

/** Tells the address of a person as it is now. */
export function addressOf(account: Account, id: string): string {
  return account.world.state.people.get(id)?.email?.address ?? '';
}

export function sync(account: Account): Promise<PassResult> {
  return account.sync(SYNC);
}

/** Runs a pass that must end well. */
export async function done(account: Account): Promise<PassResult> {
  const result = await sync(account);
  expect(result).toMatchObject({ outcome: 'done' });
  return result;
}

/** Tells what waits in the sync, as `status` does. */
export async function waits(account: Account): Promise<SyncStatus['waiting']> {
  const application = await account.start();
  try {
    const report = await application.status();
    return report.syncs[0]?.waiting ?? { held: 0, parked: 0, conflict: 0, alarm: 0 };
  } finally {
    await account.stop();
  }
}

/** Demands one row for each living person with an address, with the truth's name and consent; nobody else is mailable by us. */
export function expectTableMatches(account: Account, ownRows = 0): void {
  const rows = new Map(people(account).map((row) => [matchKey(row.email), row]));
  let living = 0;
  for (const person of account.world.state.people.values()) {
    if (person.email === null) continue;
    const row = rows.get(matchKey(person.email.address));
    if (person.deletedAt !== null) {
      expect(row?.may_email ?? 0).toBe(0);
      continue;
    }
    living += 1;
    expect({ email: row?.email, given_name: row?.given_name, may_email: row?.may_email }).toEqual({
      email: person.email.address,
      given_name: person.firstName,
      may_email: isMailable(person) ? 1 : 0,
    });
  }
  expect(rows.size).toBeGreaterThanOrEqual(living + ownRows);
}

function isMailable({ email }: Person): boolean {
  const permission = email?.permission ?? '';
  return (KNOWN_PERMISSIONS as readonly string[]).includes(permission) && ['explicit', 'implicit'].includes(permission);
}

/** What the driver throws while another program holds the database. */
export function busy(): Error {
  return new Database.SqliteError('database is locked', 'SQLITE_BUSY');
}
