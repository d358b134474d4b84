/**
 * Blows at named durable steps: a kill, after which only the files of that instant are left, and an error with an unknown outcome.
 */
import Database from 'better-sqlite3';
import { copyFileSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Steps } from '../../src/ports/steps.ts';
import { Killed } from '../../src/testing/crash-points.ts';

/** Above any system's largest process number: certainly dead. */
export const DEAD_PID = 2 ** 30;

/** Makes steps that kill at one visit, counted from 0: `onDeath` is called at that instant, and no later step is got past. */
export function killAt(visit: number, onDeath: () => void): Steps & { readonly struck: boolean } {
  let visits = 0;
  let struck = false;
  return {
    get struck() {
      return struck;
    },
    reached(point) {
      visits += 1;
      if (visits - 1 === visit) {
        onDeath();
        struck = true;
      }
      if (struck) throw new Killed(point);
    },
  };
}

/** Makes steps that fail at one visit, so that nobody can tell whether the commit arrived. */
export function failAt(visit: number): Steps {
  let visits = 0;
  return {
    reached() {
      visits += 1;
      if (visits - 1 === visit) throw new Database.SqliteError('disk I/O error', 'SQLITE_IOERR');
    },
  };
}

/** Empties a folder and fills it with the files of another. */
export function replaceFiles(folder: string, by: string): void {
  for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true });
  copyFiles(by, folder);
}

/** Copies a folder's files. Shared memory is left out: a machine that starts anew has none, and SQLite rebuilds it from the log. */
export function copyFiles(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from)) if (!name.endsWith('-shm')) copyFileSync(join(from, name), join(to, name));
}
