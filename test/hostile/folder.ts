/** Where doors that work on files put them: one folder of this process, in memory where the machine has such a place. */
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';

let own: string | null = null;

/** Gives the folder of a door, empty when it is first asked for; all are removed when the process ends. */
export function folder(door: string): string {
  if (own === null) {
    const made = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'concord-hostile-'));
    process.once('exit', () => rmSync(made, { recursive: true, force: true }));
    own = made;
  }
  const mine = join(own, door);
  mkdirSync(mine, { recursive: true });
  return mine;
}
