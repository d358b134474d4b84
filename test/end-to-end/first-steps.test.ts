/** The way of a new user: help, init, check, plan, sync, status, why, verify, and a saved plan. */
import Database from 'better-sqlite3';
import { existsSync, rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startSimulators, type Simulators } from '../../simulators/main.ts';
import { complaints, configText, Folder, objectsOf, TOKEN } from './program.ts';

let simulators: Simulators;
let v3: string;
beforeAll(async () => {
  simulators = await startSimulators({ contacts: 60, seed: 7, quota: null, token: TOKEN });
  v3 = simulators.ready.constantContact.v3;
});
afterAll(() => simulators.close());

/** Opens a folder with a configuration, and a first pass behind it. */
async function synced(): Promise<Folder> {
  const folder = new Folder();
  folder.write('concord.yaml', configText(v3));
  expect(await folder.run('sync', '--quiet')).toMatchObject({ exit: 0, out: '', err: '' });
  return folder;
}

function countRows(folder: Folder): number {
  using db = closing(new Database(folder.file('app.db'), { readonly: true }));
  return Number(db.value.prepare('SELECT count(*) FROM contacts').pluck().get());
}

function closing(value: Database.Database): Disposable & { readonly value: Database.Database } {
  return { value, [Symbol.dispose]: () => value.close() };
}

function anybody(permission: string): { readonly id: string; readonly address: string } {
  for (const truth of simulators.world.contacts()) {
    const email = truth['email_address'] as { address: string; permission_to_send: string } | undefined;
    if (truth['deleted_at'] === undefined && email?.permission_to_send === permission)
      return { id: String(truth['contact_id']), address: email.address };
  }
  throw new Error(`nobody is ${permission}`);
}

test('help names every command, for nothing and for a mistake alike', async () => {
  using folder = new Folder();
  const help = await folder.run('--help');
  expect(help).toMatchObject({ exit: 0, err: '' });
  for (const command of 'demo simulate init check plan sync apply verify status why release'.split(' '))
    expect(help.out).toMatch(new RegExp(`^  ${command}\\b`, 'mu'));
  const [nothing, unknown, misspelt] = await Promise.all([
    folder.run(),
    folder.run('snyc'),
    folder.run('sync', '--jsno'),
  ]);
  expect(nothing.exit).toBe(2);
  expect(nothing.err).toContain('Usage: concord');
  expect(unknown).toMatchObject({ exit: 2, out: '' });
  expect(unknown.err).toMatch(/unknown command 'snyc'.*sync/u);
  expect(misspelt).toMatchObject({ exit: 2, out: '' });
  expect(misspelt.err).toMatch(/--jsno.*--json/u);
  expect(folder.contents()).toEqual({});
});

test('from init without a terminal to a first pass that verify agrees with', async () => {
  using folder = new Folder();
  const made = await folder.run('init', '--yes', '--base-url', v3);
  expect(made).toMatchObject({ exit: 0, err: '' });
  expect(made.out).toContain('concord check');
  expect(folder.mode('concord.yaml')).toBe(0o600);
  expect(folder.read('concord.yaml')).not.toContain(TOKEN);
  const again = await folder.run('init', '--yes');
  expect(again.exit).toBe(2);
  expect(complaints(again)).toEqual([`error: ${folder.file('concord.yaml')} exists already and was left alone.`]);
  const check = await folder.run('check');
  expect(check).toMatchObject({ exit: 0, err: '' });
  expect(check.out.split('\n').filter((line) => line !== '' && !line.startsWith('ok '))).toEqual([]);
  expect(existsSync(folder.file('app.db'))).toBe(false);
  // The vendor's four requests a second are for accounts, not for tests.
  const faster = folder
    .read('concord.yaml')
    .replace(/^( +)auth:/mu, '$1budget: { perSecond: 100, perDay: 10000 }\n$1auth:');
  folder.write('concord.yaml', faster);
  const sync = await folder.run('sync');
  expect(sync).toMatchObject({ exit: 0 });
  expect(sync.out).toMatch(/^copy: done\. Read 82 records: applied 82\.\n {2}\d+ requests \(cc \d+\) in /u);
  const verify = await folder.run('verify', '--quiet');
  expect(verify).toMatchObject({ exit: 0, err: '' });
  expect(verify.out).toMatch(/^copy: both sides agree\. Compared 82 records, 82 equal\.\n/u);
});

describe('plan', () => {
  test('changes nothing outside: a mirror that is not there stays so, and exit 4 says that there is work', async () => {
    using folder = new Folder();
    folder.write('concord.yaml', configText(v3));
    const plan = await folder.run('plan', '--json');
    const lines = objectsOf(plan);
    expect(plan.exit).toBe(4);
    expect(lines.slice(0, -1).every((line) => line['kind'] === 'line' && line['action'] === 'insert')).toBe(true);
    expect(lines.at(-1)).toMatchObject({ kind: 'summary', outcome: 'done', actions: { insert: 82 }, agree: false });
    expect(existsSync(folder.file('app.db'))).toBe(false);
    const verify = await folder.run('verify', '--json');
    expect(verify.exit).toBe(4);
    expect(objectsOf(verify).at(-1)).toMatchObject({ kind: 'summary', differences: { pending: 82 } });
    expect(existsSync(folder.file('app.db'))).toBe(false);
    const sync = await folder.run('sync', '--json');
    expect(objectsOf(sync).at(-1)).toMatchObject({ outcome: 'done', applied: 82 });
    expect(await folder.run('plan', '--quiet')).toMatchObject({ exit: 0, err: '' });
  });

  test('says that a mirror which was taken away will be written anew, and does not void what was agreed', async () => {
    using folder = await synced();
    for (const name of ['app.db', 'app.db-wal', 'app.db-shm']) rmSync(folder.file(name), { force: true });
    const plan = await folder.run('plan', '--quiet');
    expect(plan.exit).toBe(4);
    expect(complaints(plan)).toEqual([expect.stringContaining('a pass writes it anew')]);
    expect(existsSync(folder.file('app.db'))).toBe(false);
    expect(await folder.run('sync', '--quiet')).toMatchObject({ exit: 0 });
    expect(countRows(folder)).toBe(60);
  });

  test('saved to a file that its owner alone can read, it is applied; a line whose base has moved is refused', async () => {
    using folder = await synced();
    const [out, moved] = [anybody('explicit'), anybody('implicit')];
    simulators.world.mutate([
      { op: 'unsubscribe', contact_id: out.id, how: 'contact' },
      { op: 'edit', contact_id: moved.id, set: { first_name: 'First' } },
    ]);
    const saved = await folder.run('plan', '--out', 'saved.plan', '--quiet');
    expect(saved.exit).toBe(4);
    expect(folder.mode('saved.plan')).toBe(0o600);
    simulators.world.mutate({ op: 'edit', contact_id: moved.id, set: { first_name: 'Second' } });
    const applied = await folder.run('apply', 'saved.plan', '--json');
    const lines = objectsOf(applied);
    expect(lines).toContainEqual(expect.objectContaining({ kind: 'refused', id: moved.id, reason: 'base-moved' }));
    expect(lines.at(-1)).toMatchObject({ sync: 'copy', applied: 1 });
    const why = await folder.run('why', out.address);
    expect(why.out).toContain('Is not mailed through us: unsubscribed');
    expect(await folder.run('sync', '--quiet')).toMatchObject({ exit: 0 });
    const stale = await folder.run('apply', 'saved.plan', '--json');
    expect(objectsOf(stale).filter((line) => line['kind'] === 'refused')).toHaveLength(2);
  });

  test('a plan file that was cut off, or is none, is refused before anything is done', async () => {
    using folder = await synced();
    folder.write('cut.plan', '{"kind":"concord-plan","version":1}\n');
    folder.write('none.plan', 'shopping: milk\n');
    const before = folder.read('cut.plan');
    for (const name of ['cut.plan', 'none.plan']) {
      const ran = await folder.run('apply', name);
      expect(ran).toMatchObject({ exit: 2, out: '' });
      expect(complaints(ran)).toEqual([
        expect.stringMatching(/is not a complete saved plan \(line 1\)\. Make a new one/u),
      ]);
    }
    expect(folder.read('cut.plan')).toBe(before);
  });
});

describe('what a person reads', () => {
  test('status answers first whether it is safe to send, and says no before the first pass', async () => {
    using folder = new Folder();
    folder.write('concord.yaml', configText(v3));
    const before = await folder.run('status');
    expect(before).toMatchObject({ exit: 0, err: '' });
    expect(before.out).toMatch(/^copy: NOT safe to send\n {2}- No pass has ended well yet\. Run `concord sync`\.\n/u);
    await folder.run('sync', '--quiet');
    const after = await folder.run('status');
    expect(after.out).toMatch(/^copy: safe to send\n {2}last pass +done, sync \S+, begun /u);
    expect(after.out).not.toMatch(/undefined|null|NaN|\[object|read never/u);
    expect(objectsOf(await folder.run('status', '--json'))).toHaveLength(1);
  });

  test('why tells a story in whole sentences, and nothing of anybody else', async () => {
    using folder = await synced();
    const out = anybody('unsubscribed');
    const story = await folder.run('why', out.address, '--list', 'no such list');
    expect(story).toMatchObject({ exit: 0, err: '' });
    expect(story.out).toMatch(/Is not mailed through us: unsubscribed, by the rule /u);
    expect(story.out).toContain('No list is called "no such list"');
    expect(story.out).toMatch(/What would change it: [A-Z][^[]*\.\n/u);
    const addresses = new Set(story.out.match(/[\w.+-]+@[\w.-]+/gu));
    expect([...addresses]).toEqual([out.address]);
    const nobody = await folder.run('why', 'nobody@example.org');
    expect(nobody).toMatchObject({ exit: 0, out: 'Nobody with the address nobody@example.org was ever seen.\n' });
  });

  test('verify names the row that was changed behind our back, and the one that is missing', async () => {
    using folder = await synced();
    const [changed, missing] = [anybody('explicit').id, anybody('implicit').id];
    const db = new Database(folder.file('app.db'));
    db.prepare('UPDATE contacts SET first_name = ? WHERE contact_id = ?').run('Zed', changed);
    db.prepare('DELETE FROM contacts WHERE contact_id = ?').run(missing);
    db.close();
    const verify = await folder.run('verify', '--quiet');
    expect(verify).toMatchObject({ exit: 4, err: '' });
    expect(verify.out).toMatch(
      new RegExp(`contacts ${changed} first_name: primary .*, secondary Zed \\(row-was-changed\\)`, 'u'),
    );
    expect(verify.out).toContain(`contacts ${missing}: only on the primary side (row-missing)`);
    expect(verify.out).toContain('copy: the sides differ.');
  });
});
