/**
 * The plain script Concord is measured against: what an experienced developer would write to copy contacts into SQLite.
 *
 * One table, the sub-resources as JSON columns, one transaction a page, and the newest `updated_at` as the watermark.
 * It is meant to be fast, not right: it misses every opt-out that moves no `updated_at`, and no crash is thought of.
 */
import Database from 'better-sqlite3';
import { parseArgs } from 'node:util';
import { Agent, request } from 'undici';

// prettier-ignore
const COLUMNS = [
  'contact_id', 'email_address', 'permission_to_send', 'opt_in_source', 'opt_in_date', 'opt_out_source', 'opt_out_date',
  'opt_out_reason', 'confirm_status', 'first_name', 'last_name', 'job_title', 'company_name', 'birthday_month',
  'birthday_day', 'anniversary', 'create_source', 'update_source', 'created_at', 'updated_at', 'deleted_at',
  'list_memberships', 'taggings', 'custom_fields', 'phone_numbers', 'street_addresses', 'notes',
] as const;
const INCLUDE = 'custom_fields,list_memberships,phone_numbers,street_addresses,taggings,notes';

type Scalar = string | number;
interface Email extends Partial<Record<(typeof COLUMNS)[number], Scalar>> {
  readonly address?: string;
}
interface Contact extends Partial<Record<Exclude<(typeof COLUMNS)[number], 'email_address'>, unknown>> {
  readonly email_address?: Email;
  readonly updated_at?: string;
}
interface ContactPage {
  readonly contacts: readonly Contact[];
  readonly _links?: { readonly next?: { readonly href: string } } | null;
}

function open(file: string): Database.Database {
  const db = new Database(file);
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = NORMAL');
  db.exec(`CREATE TABLE IF NOT EXISTS contacts (${COLUMNS.join(', ')}, PRIMARY KEY (contact_id))`);
  db.exec('CREATE TABLE IF NOT EXISTS watermark (id INTEGER PRIMARY KEY, updated_at TEXT NOT NULL)');
  return db;
}

function upsertInto(db: Database.Database): Database.Statement {
  const set = COLUMNS.slice(1).map((name) => `${name} = excluded.${name}`);
  const values = COLUMNS.map(() => '?').join(', ');
  return db.prepare(`INSERT INTO contacts VALUES (${values}) ON CONFLICT (contact_id) DO UPDATE SET ${set.join(', ')}`);
}

// prettier-ignore
function toRow(c: Contact): unknown[] {
  const e = c.email_address ?? {};
  return [
    c.contact_id, e.address, e.permission_to_send, e.opt_in_source, e.opt_in_date, e.opt_out_source, e.opt_out_date,
    e.opt_out_reason, e.confirm_status, c.first_name, c.last_name, c.job_title, c.company_name, c.birthday_month,
    c.birthday_day, c.anniversary, c.create_source, c.update_source, c.created_at, c.updated_at, c.deleted_at,
    JSON.stringify(c.list_memberships ?? []), JSON.stringify(c.taggings ?? []), JSON.stringify(c.custom_fields ?? []),
    JSON.stringify(c.phone_numbers ?? []), JSON.stringify(c.street_addresses ?? []), JSON.stringify(c.notes ?? []),
  ];
}

async function copy(baseUrl: string, file: string, incremental: boolean): Promise<number> {
  const db = open(file);
  const upsert = upsertInto(db);
  const dispatcher = new Agent({ keepAliveTimeout: 30_000 });
  const last = db.prepare('SELECT updated_at FROM watermark').pluck().get();
  let newest = incremental && typeof last === 'string' ? last : '';
  const since = newest === '' ? '' : `&updated_after=${encodeURIComponent(newest)}`;
  let next: string | undefined = `${baseUrl}/contacts?status=all&limit=500&include=${INCLUDE}${since}`;
  let read = 0;

  const store = db.transaction((contacts: readonly Contact[]) => {
    for (const contact of contacts) {
      upsert.run(toRow(contact));
      if (contact.updated_at !== undefined && contact.updated_at > newest) newest = contact.updated_at;
    }
  });
  while (next !== undefined) {
    const { statusCode, body } = await request(next, { dispatcher, headers: { authorization: 'Bearer bench' } });
    if (statusCode !== 200) throw new Error(`answer ${statusCode}`);
    const page = (await body.json()) as ContactPage;
    store(page.contacts);
    read += page.contacts.length;
    const href: string | undefined = page._links?.next?.href;
    next = href === undefined ? undefined : new URL(href, baseUrl).href;
  }
  db.prepare('INSERT INTO watermark VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET updated_at = excluded.updated_at').run(
    newest,
  );
  db.close();
  await dispatcher.close();
  return read;
}

const { values } = parseArgs({
  options: { url: { type: 'string' }, file: { type: 'string' }, mode: { type: 'string', default: 'full' } },
});
if (values.url === undefined || values.file === undefined)
  throw new Error('usage: plain-script.ts --url BASE --file DB [--mode full|incremental]');
const read = await copy(values.url, values.file, values.mode === 'incremental');
process.stdout.write(`${JSON.stringify({ read })}\n`);
