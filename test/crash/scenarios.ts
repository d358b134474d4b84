/** The histories that are killed at every step: what came before, and what the killed pass finds changed. */
import Database from 'better-sqlite3';
import { join } from 'node:path';
import { isoOf } from '../../src/model/instant.ts';
import { noSteps } from '../../src/ports/steps.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { HOUR, type Account } from '../harness/account.ts';
import type { Scenario } from './rig.ts';

const TABLE = `
  website:
    primary: cc
    secondary: app
    contacts:
      table: people
      key: email
      fields: { email_address: email, first_name: given_name }
      consent: { column: may_email }`;

/** Hangs a log on a table of the secondary: one line for each write that anybody could see. */
function watch(account: Account, table: string, key: string): void {
  account.change(`CREATE TABLE seen_writes (what TEXT, id TEXT);
    CREATE TRIGGER watch_insert AFTER INSERT ON ${table} BEGIN INSERT INTO seen_writes VALUES ('insert', new.${key}); END;
    CREATE TRIGGER watch_update AFTER UPDATE ON ${table} BEGIN INSERT INTO seen_writes VALUES ('update', new.${key}); END;`);
}

/** Edits, opt-outs by several ways, deletions, new people, names: everything an ordinary day brings. */
function aDay(account: Account): void {
  const { world } = account;
  const [a = '', b = '', c = '', d = '', e = '', f = ''] = account.people('explicit');
  world.mutate([
    { op: 'edit', contact_id: a, set: { first_name: 'Edited', note: 'a note' } },
    { op: 'unsubscribe', contact_id: b, how: 'contact' },
    { op: 'unsubscribe', contact_id: c, how: 'account' },
    { op: 'delete', contact_id: d },
    { op: 'changeAddress', contact_id: e, address: 'moved@example.org' },
    { op: 'create', contact: { email_address: 'new@example.org', permission_to_send: 'explicit', first_name: 'New' } },
    { op: 'createList', name: 'Made today' },
    { op: 'unsubscribe', contact_id: f, how: 'campaign' },
  ]);
}

export const firstLoad: Scenario = {
  name: 'a first load of three pages',
  open: { contacts: 1200 },
  before: async () => undefined,
};

export const ordinaryDay: Scenario = {
  name: 'edits, opt-outs and deletions',
  open: { contacts: 60 },
  before: async (account) => {
    await account.sync();
    account.pass(HOUR);
    aDay(account);
    watch(account, 'contacts', 'contact_id');
    account.pass(HOUR);
  },
};

export const stoppedDay: Scenario = {
  name: 'a guard that stops, and its release',
  open: { contacts: 60 },
  before: async (account) => {
    await account.sync();
    account.pass(HOUR);
    for (const id of account.people('explicit').slice(0, 22))
      account.world.mutate({ op: 'edit', contact_id: id, set: { first_name: null, last_name: null } });
    account.world.mutate({ op: 'bulkUnsubscribe', n: 3, how: 'contact' });
    watch(account, 'contacts', 'contact_id');
    account.pass(HOUR);
  },
};

export const onlyReported: Scenario = {
  name: 'an opt-out that only a campaign report tells of',
  open: { contacts: 60, switches: { optoutAfter: 'refused', counts: 'frozen' } },
  before: async (account) => {
    const { lists } = account.world.catalogue() as { lists: readonly { list_id: string }[] };
    const list_ids = lists.map((list) => list.list_id);
    const [made] = account.world.mutate({ op: 'createCampaign', name: 'Today', list_ids });
    account.world.mutate({ op: 'sendCampaign', campaign_id: String(made?.['campaign_id']) });
    await account.sync();
    account.pass(HOUR);
    const [a = '', b = ''] = account.people('explicit');
    account.world.mutate([
      { op: 'unsubscribe', contact_id: a, how: 'campaign' },
      { op: 'unsubscribe', contact_id: b, how: 'campaign' },
    ]);
    watch(account, 'contacts', 'contact_id');
    account.pass(HOUR);
  },
};

export const nextDay: Scenario = {
  name: 'the daily walk, which finds what vanished',
  open: { contacts: 60 },
  before: async (account) => {
    await account.sync();
    account.pass(26 * HOUR);
    aDay(account);
    const { lists, tags } = account.world.catalogue() as {
      lists: readonly { list_id: string; deleted_at?: string | null }[];
      tags: readonly { tag_id: string }[];
    };
    const list = lists.find((one) => (one.deleted_at ?? null) === null)?.list_id ?? '';
    account.world.mutate([
      { op: 'deleteList', list_id: list },
      { op: 'deleteTag', tag_id: tags[0]?.tag_id ?? '' },
    ]);
    watch(account, 'contacts', 'contact_id');
    account.pass(HOUR);
  },
};

export const spentQuota: Scenario = {
  name: 'a quota that ends in mid-walk',
  open: { contacts: 700, budget: '{ perSecond: 4, perDay: 60 }' },
  before: async (account) => {
    // Other work with the same key has left five requests for today: the walk is cut after its first page.
    const { clock } = account;
    const file = join(account.folder, 'concord.db');
    const store = await openSqliteStore({ file, tenant: 'default', clock, steps: noSteps, isAlive: () => null });
    const days = [isoOf(clock.now()).slice(0, 10)];
    for (let spent = 0; spent < 55; spent += 1) {
      const at = { now: clock.now(), days, abandonAfterMs: 1000 };
      const answer = await store.reserve('connection:cc', { perSecond: 1000, perDay: 1000 }, at);
      if (answer.kind === 'go') await store.settle(answer.slot, clock.now());
    }
    await store.close();
    clock.advance(HOUR);
  },
};

function withTable(account: Account): void {
  const db = new Database(join(account.folder, 'app.db'));
  db.exec('CREATE TABLE people (email TEXT PRIMARY KEY, given_name TEXT, may_email INTEGER, theirs TEXT)');
  db.close();
}

export const firstMeeting: Scenario = {
  name: 'a table that is met for the first time',
  sync: 'website',
  open: { contacts: 60, syncs: TABLE },
  before: async (account) => {
    withTable(account);
    for (const id of account.people('explicit').slice(0, 5)) {
      const { email_address: email } = account.world.contact({ contact_id: id }) as {
        email_address: { address: string };
      };
      account.change('INSERT INTO people VALUES (?, ?, 1, ?)', email.address, 'Theirs', 'kept');
    }
    account.change(`INSERT INTO people VALUES ('own@example.org', 'Own', 1, 'never ours')`);
    watch(account, 'people', 'email');
  },
};

export const tableDay: Scenario = {
  name: 'a table that is kept up to date',
  sync: 'website',
  open: { contacts: 60, syncs: TABLE },
  before: async (account) => {
    withTable(account);
    await account.sync('website');
    account.pass(HOUR);
    aDay(account);
    watch(account, 'people', 'email');
    account.pass(HOUR);
  },
};
