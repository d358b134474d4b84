/**
 * A door on this machine through which a browser brings the answer of a sign-in back, as a port.
 */

/** What the listener makes of one visit; a stranger's changes nothing. */
export type Visit = 'signed-in' | 'refused' | 'stranger';

/** Thrown when the door cannot be opened: something else listens there. */
export class LoopbackTaken extends Error {
  override readonly name = 'LoopbackTaken';
}

export interface Loopback {
  /** Listens at exactly this address until disposed, and shows each visitor a page. Throws LoopbackTaken. */
  listen(address: string, visit: (query: URLSearchParams) => Visit): Promise<AsyncDisposable>;
}
