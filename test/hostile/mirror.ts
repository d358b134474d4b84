/**
 * Door: what stands in the database beside us. A mirror's cells that somebody filled with anything, a user's table of odd
 * values, a damaged file. Rows come back as canonical content or not at all, and writing over them works or is refused.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { openSqliteMirror } from '../../src/connectors/sqlite/mirror.ts';
import { openSqliteTable } from '../../src/connectors/sqlite/table.ts';
import { readContact } from '../../src/connectors/constant-contact/v3/contact-record.ts';
import { ConnectorError, LeaseLost } from '../../src/model/errors.ts';
import { contentHash } from '../../src/model/hash.ts';
import { noSteps } from '../../src/ports/steps.ts';
import { damage, drawDamage, tablesOf } from './damage.ts';
import { type Door, type Json, member, promise } from './door.ts';
import type { Draw } from './draw.ts';
import { folder } from './folder.ts';
import { RECORDS } from './good-answers.ts';

interface Good {
  readonly bytes: Uint8Array;
  readonly tables: readonly string[];
}
let good: Good | null = null;
const ANN = readContact(RECORDS.contacts).content;

/** Makes the good database before the first input, which needs its size. */
export async function prepareMirror(): Promise<void> {
  if (good !== null) return;
  const file = join(folder('good'), 'mirror.db');
  const mirror = await openSqliteMirror({ connection: 'app', file, steps: noSteps, prefix: '', newId: () => 'id-1' });
  await mirror.prepare(['contacts', 'lists', 'tags', 'custom_fields', 'segments']);
  await mirror.take({ store: 'store-1', fence: 1 }, null);
  await mirror.write('contacts', [
    { id: 'a', content: ANN },
    { id: 'b', content: ANN, deletedAt: '2026-01-01T00:00:00Z' },
  ]);
  await mirror.close();
  const raw = new Database(file);
  raw.exec('CREATE TABLE people (email TEXT UNIQUE, name, may_email INTEGER); PRAGMA wal_checkpoint(TRUNCATE)');
  raw.exec("INSERT INTO people VALUES ('ann@example.org', 'Ann', 1), ('bo@example.org', 'Bo', 0), (NULL, 'Nobody', 1)");
  raw.pragma('journal_mode = DELETE');
  raw.close();
  good = { bytes: readFileSync(file), tables: tablesOf(file) };
}

function theGood(): Good {
  if (good === null) throw new Error('prepareMirror comes first');
  return good;
}

export const mirror: Door = {
  name: 'mirror',
  weight: 2.5,
  make: (draw: Draw): Json => {
    const tables = draw.chance(0.7)
      ? theGood().tables.filter((name) => name === 'people' || name.startsWith('contact'))
      : theGood().tables;
    return { side: draw.chance(0.7) ? 'mirror' : 'table', damage: drawDamage(draw, theGood().bytes.length, tables) };
  },
  open,
  refuses: (error) => error instanceof ConnectorError || error instanceof LeaseLost,
};

async function open(input: Json): Promise<void> {
  const file = join(folder('mirror'), 'app.db');
  damage(file, theGood().bytes, member(input, 'damage'));
  if (member(input, 'side') === 'table') await useTable(file);
  else await useMirror(file);
}

async function useMirror(file: string): Promise<void> {
  const side = await openSqliteMirror({
    connection: 'app',
    file,
    steps: noSteps,
    prefix: '',
    newId: () => 'id-2',
    busyTimeoutMs: 20,
  });
  try {
    await side.inspect(['contacts', 'lists']);
    await side.identity();
    const { owner } = await side.ledger();
    await side.prepare(['contacts', 'lists']);
    await side.count('contacts');
    await side.findByAddress('ann@example.org');
    const scanned = await side.scan('contacts', null, 10);
    const read = await side.read(
      'contacts',
      scanned.map(({ id }) => id),
    );
    for (const { id, content } of scanned) {
      promise(
        contentHash(content) === contentHash(read.get(id) ?? {}) || !read.has(id),
        'a row read twice is two rows',
      );
    }
    await side.take({ store: 'store-2', fence: 2 }, owner);
    await side.write('contacts', [{ id: 'a', content: ANN }]);
    await side.writeConsent([{ id: 'b', content: ANN }]);
    const after = (await side.read('contacts', ['a'])).get('a');
    promise(
      after !== undefined && contentHash(after) === contentHash(ANN),
      'a row that was written anew is not what was written',
    );
  } finally {
    await side.close();
  }
}

async function useTable(file: string): Promise<void> {
  const side = await openSqliteTable({
    connection: 'app',
    file,
    steps: noSteps,
    busyTimeoutMs: 20,
    table: 'people',
    key: 'email',
    columns: ['name', 'may_email'],
  });
  try {
    await side.inspect();
    await side.count();
    for (const { key, row } of await side.scan(null, 10)) {
      await side.readByKeys([key]);
      await side.write([{ key, set: { name: 'Anne' }, expect: row }]);
    }
    await side.write([{ key: null, set: { email: 'zoe@example.org', name: 'Zoe', may_email: 0 }, expect: null }]);
  } finally {
    await side.close();
  }
}
