/**
 * host: what a vendor's host is to the sockets, and to whoever asks it in the same thread.
 *
 * A host reads a request, lets a fault strike it and works out an answer; how bytes travel is no business of its own. Nothing here
 * knows a vendor.
 */
import type { IncomingMessage } from 'node:http';
import type { Fault } from './faults/plan.ts';
import type { RequestLog } from './request-log.ts';

export const HOST = '127.0.0.1';
export const USUAL_HANG = 120_000;
export const USUAL_REFUSAL = 250;
export const USUAL_SLOWNESS = 1_000;

/** What of a message decides its answer: a socket's, or one that was handed in without any. */
export type Message = Pick<IncomingMessage, 'method' | 'url' | 'headers'>;

/** An answer as it goes out. */
export interface Outgoing {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** One request as it was read, and what strikes it. */
export interface Arrival {
  readonly method: string;
  /** Path with query. */
  readonly path: string;
  readonly fault: Fault | null;
  /** Takes note of a request whose answer may take real time; two such may clash. */
  hold(body: Buffer): { readonly clashes: boolean; end(): void };
  /** Does the work and renders the answer. */
  answer(body: Buffer, clashes: boolean): Outgoing;
}

export interface Host {
  readonly log: RequestLog;
  now(): number;
  /** Reads a request and takes note of it for the faults. */
  arrive(message: Message): Arrival;
}

/** Nothing that could clash. */
export const FREE = { clashes: false, end: (): void => undefined } as const;
