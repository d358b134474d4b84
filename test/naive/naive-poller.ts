/**
 * The recipe that every integration guide suggests, kept as the standing negative control.
 *
 * One page of 500 by `updated_after`; the watermark is "now" after the read, kept in a file apart from the data; no
 * channel for opt-outs, no budget, no guard, no look at whose account it is. It is meant to lose people.
 */
import Database from 'better-sqlite3';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createUndiciTransport } from '../../src/adapters/undici-transport.ts';
import type { Account } from '../harness/account.ts';
import type { Poller } from '../detection/scenarios.ts';

interface ApiContact {
  readonly contact_id: string;
  readonly email_address?: { readonly address: string; readonly permission_to_send: string };
  readonly first_name?: string;
  readonly company_name?: string;
  readonly deleted_at?: string;
}

const SCHEMA = `CREATE TABLE IF NOT EXISTS contacts (contact_id TEXT PRIMARY KEY, email_address TEXT,
  permission_to_send TEXT, first_name TEXT, company_name TEXT, deleted_at TEXT)`;

/** Makes the naive poller of an account. */
export function naivePoller(account: Account): Poller {
  return {
    account,
    poll: async () => {
      const contacts = await readChanges(account);
      if (contacts === null) return;
      writeWatermark(account);
      save(account, contacts);
    },
    // The watermark stands in another file: a kill between the two writes leaves it ahead of the data.
    pollAndDie: async () => {
      if ((await readChanges(account)) !== null) writeWatermark(account);
    },
  };
}

async function readChanges(account: Account): Promise<readonly ApiContact[] | null> {
  const file = watermarkFile(account);
  const since = existsSync(file) ? `&updated_after=${encodeURIComponent(readFileSync(file, 'utf8'))}` : '';
  const transport = account.wrap(createUndiciTransport());
  try {
    const answer = await transport.exchange(
      {
        method: 'GET',
        url: `${account.simulators.ready.constantContact.v3}/contacts?status=all&limit=500${since}`,
        headers: { authorization: `Bearer ${account.token}`, accept: 'application/json' },
        timeoutMs: 20_000,
        maxBytes: 32 * 1024 * 1024,
      },
      new AbortController().signal,
    );
    return answer.status === 200 ? (JSON.parse(answer.body.toString()) as { contacts: ApiContact[] }).contacts : null;
  } finally {
    await transport.close();
  }
}

function save(account: Account, contacts: readonly ApiContact[]): void {
  const db = new Database(join(account.folder, 'app.db'));
  db.exec(SCHEMA);
  const insert = db.prepare('INSERT OR REPLACE INTO contacts VALUES (?, ?, ?, ?, ?, ?)');
  for (const one of contacts) {
    insert.run(
      one.contact_id,
      one.email_address?.address ?? null,
      one.email_address?.permission_to_send ?? null,
      one.first_name ?? null,
      one.company_name ?? null,
      one.deleted_at ?? null,
    );
  }
  db.close();
}

function writeWatermark(account: Account): void {
  writeFileSync(watermarkFile(account), new Date(account.clock.now()).toISOString());
}

function watermarkFile({ folder }: Account): string {
  return join(folder, 'watermark.txt');
}
