/**
 * What went wrong at a sign-in server, told without a word of what was sent or answered.
 *
 * The library's own errors carry bodies, and bodies hold tokens: none of them may leave the folder (I20).
 */
import { ConnectorError } from '../model/errors.ts';
import type { ErrorFacts } from '../model/errors.ts';

/** `refused`: a clear word of the server; `throttled`: too fast; `unavailable`: no answer that can be used. */
export type TokenFault = 'refused' | 'throttled' | 'unavailable';

export class TokenFailure extends Error {
  override readonly name = 'TokenFailure';
  readonly fault: TokenFault;
  /** The server's own key, such as `invalid_grant`; null where it is none. */
  readonly word: string | null;
  readonly status: number | null;
  /** False where nothing can have reached the server. */
  readonly arrived: boolean;

  constructor(fault: TokenFault, how: { word?: string | null; status?: number | null; arrived?: boolean } = {}) {
    super(`the sign-in server: ${fault}`);
    this.fault = fault;
    this.word = how.word !== undefined && how.word !== null && /^[\w.-]{1,80}$/u.test(how.word) ? how.word : null;
    this.status = how.status ?? null;
    this.arrived = how.arrived ?? true;
  }
}

/** Tells a failure as the wire's callers know them. A refusal is about the application's own credentials unless said otherwise. */
export function asConnectorError(failure: TokenFailure, connection: string, code = 'SIGN_IN_REFUSED'): ConnectorError {
  const facts: ErrorFacts = {
    connection,
    request: 'POST /token',
    ...(failure.status === null ? {} : { status: failure.status }),
    ...(failure.word === null ? {} : { vendorKey: failure.word }),
  };
  if (failure.fault === 'refused') return new ConnectorError(code, 'auth', 'signing in was refused', facts);
  return new ConnectorError('SIGN_IN_UNAVAILABLE', 'unavailable', 'the sign-in server did not answer', facts);
}
