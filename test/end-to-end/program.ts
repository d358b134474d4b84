/**
 * The program as a person meets it: bin/concord.js in a process of its own, in a folder of its own.
 *
 * The simulator runs in the test's process and is shared by a file's tests; each test has its own folder and database.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const BIN = fileURLToPath(new URL('../../bin/concord.js', import.meta.url));

/** A token that nothing else contains, and that looks different in a URL and in base64. */
export const TOKEN = 'canary-Token~9f3a.7c51+e2/XYZ';

export interface Ran {
  readonly exit: number | null;
  readonly out: string;
  readonly err: string;
}

export interface Shape {
  readonly store?: string;
  readonly file?: string;
  readonly budget?: string;
  readonly syncs?: string;
}

export const MIRROR = `  copy: { primary: cc, secondary: app, mode: mirror, streams: all }\n`;
export const TABLE = `  people:
    primary: cc
    secondary: app
    contacts:
      table: people
      key: email
      fields: { email_address: email, first_name: given_name }
      consent: { column: may_email }
`;

/** Writes a configuration that is right but for what a test changes. */
export function configText(v3: string, shape: Shape = {}): string {
  const { store = './concord.db', file = './app.db', syncs = MIRROR } = shape;
  const { budget = '{ perSecond: 100, perDay: 10000 }' } = shape;
  return `store: ${store}
connections:
  cc:
    connector: constant-contact
    api: v3
    baseUrl: ${v3}
    auth: { accessToken: "\${CC_TOKEN}" }
    budget: ${budget}
  app: { connector: sqlite, file: ${file} }
syncs:
${syncs}`;
}

/** A folder with nothing but what a test puts there. */
export class Folder implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), 'concord-e2e-'));
  /** Runs the program as another user; only root can. */
  user: number | null = null;
  env: Readonly<Record<string, string>> = { CC_TOKEN: TOKEN };

  file(name: string): string {
    return join(this.path, name);
  }

  write(name: string, content: string): void {
    writeFileSync(this.file(name), content);
  }

  read(name: string): string {
    return readFileSync(this.file(name), 'utf8');
  }

  /** Starts the program and leaves it running. */
  start(...args: readonly string[]): ChildProcess {
    return this.#spawn(process.execPath, [BIN, ...args]);
  }

  /** Runs a line of a shell in which `concord` is the program. */
  async shell(line: string): Promise<Ran> {
    return ended(this.#spawn('sh', ['-c', `concord() { '${process.execPath}' '${BIN}' "$@"; }\n${line}`]));
  }

  #spawn(command: string, args: readonly string[]): ChildProcess {
    const { PATH = '' } = process.env;
    return spawn(command, args, {
      cwd: this.path,
      env: { PATH, HOME: this.path, ...this.env },
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(this.user === null ? {} : { uid: this.user, gid: this.user }),
    });
  }

  /** Runs the program to its end. */
  async run(...args: readonly string[]): Promise<Ran> {
    return ended(this.start(...args));
  }

  /** Gives the content of every file, to tell whether anything was changed. */
  contents(): Readonly<Record<string, string>> {
    return Object.fromEntries(
      readdirSync(this.path, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
        .sort()
        .map((path) => [path.slice(this.path.length + 1), readFileSync(path, 'latin1')]),
    );
  }

  /** Gives a file's permissions, as in `ls -l`: 0o600 is its owner's alone. */
  mode(name: string): number {
    return statSync(this.file(name)).mode & 0o777;
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** Waits for a started program. */
export async function ended(child: ChildProcess): Promise<Ran> {
  const { stdout, stderr } = child;
  if (stdout === null || stderr === null) throw new Error('started without its streams');
  const [out, err, [exit]] = await Promise.all([
    text(stdout),
    text(stderr),
    once(child, 'exit') as Promise<[number | null]>,
  ]);
  return { exit, out, err };
}

/** Reads standard output as `--json` promises it: an object on every line, and nothing else. */
export function objectsOf({ out }: Ran): Record<string, unknown>[] {
  if (out !== '' && !out.endsWith('\n')) throw new Error('the last line was not ended');
  return out
    .split('\n')
    .slice(0, -1)
    .map((line) => {
      const value: unknown = JSON.parse(line);
      if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error(`no object: ${line}`);
      return value as Record<string, unknown>;
    });
}

/** Lists the messages on standard error, without progress and without what surrounds a sentence. */
export function complaints({ err }: Ran): string[] {
  return err.split('\n').filter((line) => /^(?:error|warning): |^\/.*:\d+:\d+: /u.test(line));
}
