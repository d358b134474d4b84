/**
 * Which processes live on this machine: the only way to know that a lease's owner is dead before its lease runs out.
 */
import { hostname } from 'node:os';
import process from 'node:process';

/** Names this process as an owner of leases. */
export function thisProcess(): { readonly host: string; readonly pid: number } {
  return { host: hostname(), pid: process.pid };
}

/** Tells whether a process lives; null when it is on another machine and nobody here can know. */
export function isAlive(owner: { readonly host: string; readonly pid: number }): boolean | null {
  if (owner.host !== hostname()) return null;
  try {
    process.kill(owner.pid, 0);
    return true;
  } catch (error) {
    // Not permitted means that it lives and belongs to somebody else.
    return (error as NodeJS.ErrnoException).code === 'EPERM' ? true : false;
  }
}
