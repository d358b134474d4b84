/** The benchmark's server as a child process, so that its work is no part of anybody's figures. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export interface Account extends Disposable {
  readonly url: string;
  /** Tells how many requests were answered since the start. */
  requests(): Promise<number>;
  /** Edits one contact in `every`; tells how many. */
  touch(every: number): Promise<number>;
}

interface Ready {
  readonly url: string;
  readonly control: string;
}

/** Starts a server for this many contacts and waits until it is up. */
export async function openAccount(contacts: number): Promise<Account> {
  const program = fileURLToPath(new URL('server.ts', import.meta.url));
  const child = spawn(process.execPath, [program, '--contacts', String(contacts)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const { url, control } = JSON.parse(line.toString()) as Ready;
  async function ask(path: string): Promise<Readonly<Record<string, number>>> {
    const answer = await fetch(`${control}/${path}`);
    return (await answer.json()) as Record<string, number>;
  }
  return {
    url,
    requests: async () => (await ask('requests'))['requests'] ?? 0,
    touch: async (every) => (await ask(`touch?every=${every}`))['touched'] ?? 0,
    [Symbol.dispose]: () => child.kill(),
  };
}
