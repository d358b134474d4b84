import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { entry, fact, page, ready, setting, SYNC, take } from '../../testing/describe-store-kit.ts';
import type { Store } from '../store.ts';
import { isNamedIn } from './forget-person.ts';
import { openSqliteStore } from './open.ts';

let folder = '';
let file = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'concord-forget-'));
  file = join(folder, 'concord.db');
});
afterEach(() => rmSync(folder, { recursive: true }));

const open = (): Promise<Store> => openSqliteStore({ file, ...setting() });
const ANN = 'zq-ann@example.org';
const ID = 'c0ffee00-0000-4000-8000-000000000001';

function traces(): string[] {
  const bytes = [file, `${file}-wal`].filter(existsSync).map((name) => readFileSync(name).toString('latin1'));
  return [ANN, ID, 'Zqannabel', 'Zqmiller'].filter((name) => bytes.some((text) => text.includes(name)));
}

describe('I19: a forgotten person', () => {
  test('stands in no byte of the file or its log any more, free pages included', async () => {
    const store = await open();
    const { lease, shelf } = await ready(store);
    const contentOf = (name: string) =>
      JSON.stringify({ email_address: ANN, first_name: name, note: 'x'.repeat(3000) });
    const others = Array.from({ length: 300 }, (_, n) =>
      take(`p${n}`, 'h', { content: JSON.stringify('y'.repeat(200)) }),
    );
    for (const [hash, name] of [
      ['h1', 'Zqannabel'],
      ['h2', 'Zqmiller'],
    ] as const)
      await store.storePage(
        lease,
        shelf,
        page({
          takes: [take(ID, hash, { content: contentOf(name) }), ...others],
          facts: [fact(ID, { matchKey: ANN })],
          journal: [entry(ID, { after: { first_name: name } })],
        }),
      );
    await store.choose(lease, 'run-1', [{ stream: 'contacts', id: ID, reason: 'row-taken' }], []);
    await store.takeBounces(lease, [{ matchKey: ANN, code: 'B', at: null, readAt: 1, report: 'report-1' }], {});
    await store.releaseLease(lease);
    expect(traces()).not.toEqual([]);
    expect(await store.forget({ matchKey: ANN, spelling: ANN, contacts: [], run: 'r' })).toMatchObject({ swept: true });
    expect(traces()).toEqual([]);
    await store.close();
    expect(traces()).toEqual([]);
  });

  test('the database lets facts and journal be emptied, and changed in no other way', async () => {
    const store = await open();
    const { lease, shelf } = await ready(store);
    await store.storePage(lease, shelf, page({ facts: [fact('a'), fact('b')], journal: [entry('a')] }));
    await store.close();
    const raw = new Database(file);
    const forgetting =
      "contact_id = 'forgotten:x', match_key = 'forgotten:y', evidence = '', forgotten_at = 1, seal = 's'";
    const refused = [
      ...['fact', 'actor', 'at', 'scope', 'who', 'hash', 'prev', 'run'].map(
        (column) => `facts SET ${forgetting}, ${column} = 'in'`,
      ),
      `facts SET ${forgetting}, seq = 9`,
      "facts SET contact_id = 'c', forgotten_at = 1, seal = 's', evidence = ''",
      `facts SET ${forgetting}, match_key = 'bob@example.org'`,
      `facts SET ${forgetting}, evidence = 'hearsay'`,
      `facts SET ${forgetting}, seal = NULL`,
      "journal SET before = 'null', after = 'null', evidence = NULL, event = 'x'",
      "journal SET before = 'null', after = '{}', evidence = NULL",
      "journal SET before = 'null', after = 'null', evidence = NULL, id = 'b'",
    ];
    for (const sql of refused) expect(() => raw.exec(`UPDATE ${sql}`), sql).toThrow(/append-only/);
    raw.exec(`UPDATE facts SET ${forgetting} WHERE contact_id = 'a'`);
    expect(() => raw.exec(`UPDATE facts SET ${forgetting} WHERE contact_id = 'forgotten:x'`)).toThrow(/append-only/);
    raw.close();
    const again = await open();
    expect(await again.facts(SYNC, ['b'])).toEqual([fact('b')]);
    await again.close();
  });

  test.each([
    ['ann@x.org', true],
    ['Mail <ANN@x.org>, please', true],
    ['"ann@x.org"', true],
    ['to ann@x.org.', true],
    ['joann@x.org', false],
    ['jo.ann@x.org', false],
    ['ann@x.org.uk', false],
    ['ann@x.organic', false],
    ['joann@x.org and ann@x.org', true],
  ])('a text names the person only where the address stands by itself: %s', (text, named) => {
    expect(isNamedIn(text, ['ann@x.org'])).toBe(named);
  });
});
