/**
 * The network, as a port: one HTTP exchange, no retry, no redirect, no budget. `http/` builds everything else on it.
 */
export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Absolute URL; secrets never travel in it. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly timeoutMs: number;
  /** Bodies larger than this are refused while they arrive. */
  readonly maxBytes: number;
}

export interface HttpAnswer {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** Text, or the same as UTF-8 bytes: what will be cut to pieces need not become one large text first. */
  readonly body: string | Buffer;
}

export type TransportFault = 'refused' | 'reset' | 'timeout' | 'too-large' | 'tls' | 'dns' | 'aborted';

/** Thrown by a transport when no complete answer arrived. `sent: false` proves that nothing reached the server. */
export class TransportError extends Error {
  override readonly name = 'TransportError';
  readonly fault: TransportFault;
  readonly sent: boolean;
  constructor(fault: TransportFault, sent: boolean, cause?: unknown) {
    super(`no answer: ${fault}`, { cause });
    this.fault = fault;
    this.sent = sent;
  }
}

export interface Transport {
  /** Sends one request and resolves with the whole answer. Throws TransportError. */
  exchange(request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer>;
  close(): Promise<void>;
}
