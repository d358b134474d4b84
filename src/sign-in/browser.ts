/**
 * Signing in with a browser: authorisation code with PKCE, brought back to a door on this machine (C4).
 *
 * Decides that state and verifier are drawn for one sign-in and used once, that only an answer with that state counts, and
 * that a stranger's visit neither ends the waiting nor learns anything.
 */
import { hash } from 'node:crypto';
import { ConnectorError } from '../model/errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { Entropy } from '../ports/entropy.ts';
import type { Loopback, Visit } from '../ports/loopback.ts';
import type { Pair, TokenEndpoint } from './token-endpoint.ts';
import { asConnectorError, TokenFailure } from './token-failure.ts';

export interface BrowserParts {
  readonly connection: string;
  readonly endpoint: TokenEndpoint;
  readonly loopback: Loopback;
  readonly entropy: Entropy;
  readonly clock: Clock;
  /** Exactly as registered at the vendor. */
  readonly redirect: string;
  readonly scopes: readonly string[];
}

/** How long a person may take. */
const PATIENCE_MS = 10 * 60_000;

/** Waits for a person to consent in a browser; `show` is told which address to open. Throws ConnectorError, LoopbackTaken. */
export async function signInByBrowser(
  parts: BrowserParts,
  show: (address: string, untilAt: number) => Promise<void>,
  signal: AbortSignal,
): Promise<Pair> {
  const { endpoint, redirect, scopes, connection, clock } = parts;
  const verifier = draw(parts.entropy);
  const state = draw(parts.entropy);
  const challenge = hash('sha256', verifier, 'base64url');
  const answer = Promise.withResolvers<URLSearchParams>();
  // Nobody may be listening yet, or any more, when it fails.
  answer.promise.catch(() => undefined);
  const visit = (query: URLSearchParams): Visit => {
    try {
      const code = endpoint.readAnswer(query, state);
      if (code === null) return 'stranger';
      answer.resolve(code);
      return 'signed-in';
    } catch (error) {
      answer.reject(error);
      return 'refused';
    }
  };
  await using _door = await parts.loopback.listen(redirect, visit);
  await show(endpoint.authorizeAddress({ redirect, scopes, state, challenge }), clock.now() + PATIENCE_MS);
  try {
    const code = await within(answer.promise, clock, connection, signal);
    return await endpoint.redeem(code, redirect, verifier, signal);
  } catch (error) {
    if (!(error instanceof TokenFailure)) throw error;
    throw asConnectorError(error, connection, error.word === 'access_denied' ? 'SIGN_IN_DENIED' : 'SIGN_IN_REFUSED');
  }
}

/** 256 bits, in letters that need no escaping: long enough for a verifier, short enough for an address. */
function draw(entropy: Entropy): string {
  return Buffer.from(entropy.bytes(32)).toString('base64url');
}

async function within<T>(work: Promise<T>, clock: Clock, connection: string, signal: AbortSignal): Promise<T> {
  const over = new AbortController();
  const limit = clock.sleep(PATIENCE_MS, AbortSignal.any([signal, over.signal])).then(() => {
    throw new ConnectorError('SIGN_IN_TIMED_OUT', 'auth', 'nobody signed in', { connection });
  });
  limit.catch(() => undefined);
  try {
    return await Promise.race([work, limit]);
  } finally {
    over.abort();
  }
}
