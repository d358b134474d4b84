/** One installation: a folder with a configuration, and the program run in it as a user runs it, or killed. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { World } from './world.ts';

const BIN = fileURLToPath(new URL('../../bin/concord.js', import.meta.url));

export interface Ended {
  /** Null: killed. */
  readonly exit: number | null;
  /** The last line of standard output, parsed; null where there is none. */
  readonly last: Readonly<Record<string, unknown>> | null;
  readonly err: string;
  readonly ms: number;
}

export class Installation implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'concord-kills-'));
  readonly #token: string;

  constructor(world: World) {
    this.#token = world.token;
    writeFileSync(
      join(this.folder, 'concord.yaml'),
      `store: ./concord.db
connections:
  cc:
    connector: constant-contact
    api: v3
    baseUrl: ${world.v3}
    auth: { accessToken: "\${CC_TOKEN}" }
    budget: { perSecond: 1000, perDay: 1000000 }
  app: { connector: sqlite, file: ./app.db }
syncs:
  copy: { primary: cc, secondary: app, mode: mirror, streams: all }
`,
    );
  }

  get mirror(): string {
    return join(this.folder, 'app.db');
  }

  /** Runs a command to its end, or to its death after `killAfterMs`. */
  async run(command: string, killAfterMs: number | null = null): Promise<Ended> {
    const began = performance.now();
    const { PATH = '' } = process.env;
    const child = spawn(process.execPath, [BIN, command, '--json', '--quiet'], {
      cwd: this.folder,
      env: { PATH, HOME: this.folder, CC_TOKEN: this.#token },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
    const exited = once(child, 'close') as Promise<[number | null]>;
    if (killAfterMs !== null) {
      const stop = new AbortController();
      const killing = sleep(killAfterMs, undefined, { signal: stop.signal }).then(
        () => child.kill('SIGKILL'),
        () => false,
      );
      await Promise.race([exited, killing]);
      stop.abort();
    }
    const [exit] = await exited;
    return { exit, last: lastLine(out), err, ms: performance.now() - began };
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function lastLine(out: string): Ended['last'] {
  const line = out.trimEnd().split('\n').at(-1);
  return line === undefined || line === '' ? null : (JSON.parse(line) as Ended['last']);
}
