/**
 * Shares seeds out to child processes, each of which plays one at a time, and gives back the answers as they come.
 *
 * A worker that ends by itself is a failure of the seed it was at, and is replaced.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Told, Wanted } from './messages.ts';

const WORKER = fileURLToPath(new URL('worker.ts', import.meta.url));

/** Plays all that is wanted; `onTold` may say stop by returning false. */
export async function playAll(
  wanted: Iterator<Wanted>,
  workers: number,
  onTold: (told: Told) => boolean,
): Promise<void> {
  const state = { stopped: false };
  await Promise.all(Array.from({ length: workers }, () => work(wanted, onTold, state)));
}

async function work(
  wanted: Iterator<Wanted>,
  onTold: (told: Told) => boolean,
  state: { stopped: boolean },
): Promise<void> {
  let child: ChildProcess | null = null;
  for (let next = wanted.next(); next.done !== true && !state.stopped; next = wanted.next()) {
    child ??= fork(WORKER);
    const told = await ask(child, next.value);
    if (child.exitCode !== null || child.signalCode !== null) child = null;
    if (!onTold(told)) state.stopped = true;
  }
  child?.disconnect();
}

function ask(child: ChildProcess, wanted: Wanted): Promise<Told> {
  return new Promise((resolve) => {
    const ended = (code: number | null): void => {
      child.removeAllListeners('message');
      const text = `the worker ended with ${String(code)}`;
      resolve({ seed: wanted.seed, findings: [{ id: 'laboratory', text }], passes: 0, requests: 0 });
    };
    child.once('exit', ended);
    child.once('message', (told: Told) => {
      child.off('exit', ended);
      resolve(told);
    });
    child.send(wanted);
  });
}
