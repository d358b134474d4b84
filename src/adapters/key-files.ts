/**
 * Master keys on a real machine: a file, or what a program prints.
 *
 * Decides that a file which others may read is refused, and that a program gets no shell, no input and thirty seconds. What
 * a program writes as its complaint is let go: it may hold anything.
 */
import { execFile } from 'node:child_process';
import { open } from 'node:fs/promises';
import process from 'node:process';
import { promisify } from 'node:util';
import type { KeyFiles, KeyText } from '../ports/key-files.ts';

const MOST_BYTES = 4096;
const LIMIT_MS = 30_000;
const run = promisify(execFile);

/** Makes the key files of this machine. */
export function createKeyFiles(): KeyFiles {
  return { read: readKeyFile, run: runKeyCommand };
}

async function readKeyFile(path: string): Promise<KeyText> {
  try {
    // Looked at and read through one handle: nobody puts another file in between.
    await using handle = await open(path, 'r');
    const { mode, size } = await handle.stat();
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) return { fault: 'readable-by-others' };
    if (size > MOST_BYTES) return { text: '' };
    return { text: await handle.readFile('utf8') };
  } catch {
    return { fault: 'missing' };
  }
}

async function runKeyCommand([program = '', ...args]: readonly string[]): Promise<KeyText> {
  try {
    const running = run(program, args, { timeout: LIMIT_MS, maxBuffer: MOST_BYTES, windowsHide: true });
    running.child.stdin?.end();
    return { text: (await running).stdout };
  } catch {
    return { fault: 'command-failed' };
  }
}
