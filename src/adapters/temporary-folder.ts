/**
 * A folder for the length of one command, readable by its owner alone.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Makes an empty folder whose name begins with `prefix`. */
export function makeTemporaryFolder(prefix: string): Promise<string> {
  return mkdtemp(join(tmpdir(), prefix));
}

/** Removes a folder with all that is in it. */
export function removeFolder(path: string): Promise<void> {
  return rm(path, { recursive: true, force: true });
}
