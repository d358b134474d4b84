/**
 * The two programs that are measured, each with its own database: the plain script and Concord.
 *
 * Decides how each is called for each kind of pass, and proves after each that the copy is whole: a program that read
 * less must not look fast.
 */
import Database from 'better-sqlite3';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export type Pass =
  'first load' | 'full re-read, nothing changed' | 'incremental, nothing changed' | 'incremental, 1 % changed';
export interface Subject {
  readonly name: string;
  /** The arguments of node for one pass. */
  readonly command: (pass: Pass) => readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Counts the contacts in its copy, all and those that carry the newest edit. */
  readonly copied: (edits: number) => { readonly contacts: number; readonly edited: number };
}

function countIn(file: string, edits: number): { contacts: number; edited: number } {
  const db = new Database(file, { readonly: true });
  try {
    const count = (where: string, ...values: string[]) =>
      Number(
        db
          .prepare(`SELECT count(*) FROM contacts ${where}`)
          .pluck()
          .get(...values),
      );
    return { contacts: count(''), edited: count('WHERE job_title = ?', `Coordinator ${edits}`) };
  } finally {
    db.close();
  }
}

/** The plain script: one table, full or from its watermark. */
export function plainScript(work: string, url: string): Subject {
  const file = join(work, 'script.db');
  const program = fileURLToPath(new URL('plain-script.ts', import.meta.url));
  return {
    name: 'plain script',
    command: (pass) => [
      program,
      '--url',
      url,
      '--file',
      file,
      '--mode',
      pass.startsWith('incremental') ? 'incremental' : 'full',
    ],
    env: {},
    copied: (edits) => countIn(file, edits),
  };
}

/** Concord's configuration of a mirror. A re-read is made due by asking for one every second. */
function configure(work: string, url: string, reconcile: string): string {
  const file = join(work, `concord-${reconcile}.yaml`);
  const text = [
    `store: ${join(work, 'concord.db')}`,
    `reconcile: every ${reconcile}`,
    'connections:',
    '  cc:',
    '    connector: constant-contact',
    '    api: v3',
    `    baseUrl: ${url}`,
    '    auth: { accessToken: "${BENCH_TOKEN}" }',
    '    budget: { perSecond: 1000, perDay: 1000000 }',
    '  app:',
    '    connector: sqlite',
    `    file: ${join(work, 'mirror.db')}`,
    'syncs:',
    '  copy:',
    '    primary: cc',
    '    secondary: app',
    '    mode: mirror',
    '    streams: [contacts, lists, tags, custom_fields]',
  ];
  writeFileSync(file, `${text.join('\n')}\n`);
  return file;
}

/** Concord by its command line, as a user runs it. */
export function concord(work: string, url: string): Subject {
  const program = fileURLToPath(new URL('../bin/concord.js', import.meta.url));
  const daily = configure(work, url, '24h');
  const always = configure(work, url, '1s');
  return {
    name: 'Concord',
    command: (pass) => [program, 'sync', '--config', pass.startsWith('full') ? always : daily, '--json', '--quiet'],
    env: { BENCH_TOKEN: 'bench' },
    copied: (edits) => countIn(join(work, 'mirror.db'), edits),
  };
}
