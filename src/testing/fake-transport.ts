/**
 * A scripted network for unit tests: answers one request after the other and remembers what was asked.
 *
 * An unscripted request is an error of the test, never an empty answer.
 */
import type { HttpAnswer, HttpRequest, Transport, TransportFault } from '../ports/transport.ts';
import { TransportError } from '../ports/transport.ts';

/** One scripted exchange: an answer, a failure to throw, or a function of the request that gives either. */
export type Scripted =
  HttpAnswer | TransportError | ((request: HttpRequest) => HttpAnswer | TransportError | Promise<HttpAnswer>);

export interface FakeTransport extends Transport {
  /** Every request that was sent, in order. */
  readonly requests: readonly HttpRequest[];
  /** Appends to the script. */
  add(...more: readonly Scripted[]): FakeTransport;
  readonly closed: boolean;
}

/** Makes a transport that answers from a script, in order. */
export function createFakeTransport(...script: readonly Scripted[]): FakeTransport {
  return new ScriptedTransport(script);
}

/** Builds a JSON answer. */
export function jsonAnswer(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): HttpAnswer {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) };
}

/** Builds an answer with any text as its body. */
export function textAnswer(status: number, body: string, headers: Readonly<Record<string, string>> = {}): HttpAnswer {
  return { status, headers, body };
}

/** Builds a transport failure; `sent` defaults to what the fault allows. */
export function transportFault(fault: TransportFault, sent = fault !== 'refused' && fault !== 'dns'): TransportError {
  return new TransportError(fault, sent);
}

class ScriptedTransport implements FakeTransport {
  readonly requests: HttpRequest[] = [];
  closed = false;
  readonly #script: Scripted[];

  constructor(script: readonly Scripted[]) {
    this.#script = [...script];
  }

  add(...more: readonly Scripted[]): FakeTransport {
    this.#script.push(...more);
    return this;
  }

  async exchange(request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
    if (signal.aborted) throw new TransportError('aborted', false);
    this.requests.push(request);
    const next = this.#script.shift();
    if (next === undefined) throw new Error(`unscripted request: ${request.method} number ${this.requests.length}`);
    const outcome = typeof next === 'function' ? await next(request) : next;
    if (outcome instanceof TransportError) throw outcome;
    return outcome;
  }

  async close(): Promise<void> {
    this.closed = true;
  }
}
