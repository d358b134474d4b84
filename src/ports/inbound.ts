/**
 * Requests from outside, as a port: somebody posts a body to a path, and is answered with a status alone.
 */

export interface Posted {
  /** Without the query. */
  readonly path: string;
  /** Names in lower case; a header that came twice is left out. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Uint8Array;
}

export interface InboundPlace {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
}

/** Thrown when the place cannot be listened on. */
export class InboundTaken extends Error {
  override readonly name = 'InboundTaken';
}

export interface OpenInbound extends AsyncDisposable {
  readonly port: number;
}

export interface Inbound {
  /**
   * Listens until disposed, which lets those at work end. `answer` gives the status; what it throws is answered 500. Only
   * whole POSTs of bounded size and age reach it, and only so many at once. Throws InboundTaken.
   */
  listen(place: InboundPlace, answer: (posted: Posted) => Promise<number>): Promise<OpenInbound>;
}
