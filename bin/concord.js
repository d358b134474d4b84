#!/usr/bin/env node
/**
 * The program. Plain JavaScript that any Node can read: it makes sure of Node 24 and then hands over.
 *
 * Decides which runtime and which sources run: under an older Node it starts itself again with the project's own one;
 * in a checkout the TypeScript sources run as they are, in a published package the compiled ones. Must never do more.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import module from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import v8 from 'node:v8';

const NEEDED = 24;
const root = join(dirname(fileURLToPath(import.meta.url)), '..');

// Pages of records are garbage at once. A small young generation tidies what would have died a moment later (6 MB: a sixth
// more CPU for a load), one that grows as it likes takes 150 MB: docs/decisions/0011 has the figures.
const FLAGS = ['--max-semi-space-size=16'];
// Where the C library is glibc: one arena instead of one for each thread, and what is free goes back. Others ignore it.
const MEMORY = { MALLOC_ARENA_MAX: '1', MALLOC_TRIM_THRESHOLD_: '131072', MALLOC_MMAP_THRESHOLD_: '524288' };
// What outlives a page is small: the heap is tidied once it has grown by a third, not by several times, and a young
// generation of that size is tidied sooner than helpers are woken for it. These are this Node's own flags.
const TIDYING = ['--heap-growing-percent=30', '--no-parallel-scavenge'];

const major = Number(process.versions.node.split('.')[0]);
if (major >= NEEDED) {
  // The same process with the flag; where a system cannot do that (Windows), it runs without.
  if (process.platform !== 'win32' && process.execArgv.length === 0 && process.env.CONCORD_RESTARTED !== '1') {
    process.execve?.(process.execPath, [process.execPath, ...FLAGS, ...process.argv.slice(1)], {
      ...MEMORY,
      ...process.env,
    });
  }
  if (major === NEEDED) for (const flag of TIDYING) v8.setFlagsFromString(flag);
  const sources = join(root, 'src', 'cli', 'start.ts');
  const compiled = join(root, 'dist', 'cli', 'start.js');
  // A third of a short command's time is compiling; what was compiled once is kept in the system's temporary folder.
  module.enableCompileCache?.();
  await import(pathToFileURL(existsSync(sources) ? sources : compiled).href);
} else {
  restart(join(root, 'node_modules', '.bin', process.platform === 'win32' ? 'node.cmd' : 'node'));
}

/** Starts this script again under the project's own Node; its signals and exit become ours. */
function restart(node) {
  // The mark stops a loop when that Node is too old as well.
  if (process.env.CONCORD_RESTARTED === '1' || !existsSync(node)) {
    process.stderr.write(`Concord needs Node ${NEEDED} or newer, and this is ${process.versions.node}.\n`);
    process.exit(2);
  }
  const child = spawn(node, [...FLAGS, ...process.argv.slice(1)], {
    stdio: 'inherit',
    env: { ...MEMORY, ...process.env, CONCORD_RESTARTED: '1' },
    shell: process.platform === 'win32',
  });
  const pass = (signal) => child.kill(signal);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, pass);
  child.on('error', () => {
    process.stderr.write(`Concord needs Node ${NEEDED} or newer, and the one it came with does not start.\n`);
    process.exit(2);
  });
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.off(name, pass);
    process.kill(process.pid, signal);
  });
}
