/**
 * authorize: the browser's part of signing in, and the codes it leads to.
 *
 * There is no login page: whoever opens the address has consented. A code is good once, for five minutes, for one redirect address
 * and, with PKCE, for one verifier. Only S256 challenges are taken.
 */
import { createHash } from 'node:crypto';
import { MINUTE, type SimulatorClock } from '../../world/clock.ts';
import type { Random } from '../../world/random.ts';
import type { Reply } from '../answer.ts';
import { ALL_SCOPES } from './grants.ts';

const CODE_LIFE = 5 * MINUTE;

export interface Code {
  readonly scopes: readonly string[];
  readonly redirectUri: string;
  readonly challenge: string | null;
  readonly expiresAt: number;
}

export class CodeDesk {
  readonly #clock: SimulatorClock;
  readonly #random: Random;
  readonly #clientId: string;
  readonly #codes = new Map<string, Code>();

  constructor(clock: SimulatorClock, random: Random, clientId: string) {
    this.#clock = clock;
    this.#random = random;
    this.#clientId = clientId;
  }

  /** Answers the authorise address: back to the application with a code, or with the error. */
  authorize(query: URLSearchParams): Reply {
    const redirectUri = query.get('redirect_uri') ?? '';
    if (query.get('client_id') !== this.#clientId) return plain(400, 'Invalid client_id');
    if (!URL.canParse(redirectUri)) return plain(400, 'Invalid redirect_uri');
    const answer = this.#decide(query, redirectUri);
    const state = query.get('state');
    const target = new URL(redirectUri);
    for (const [name, value] of Object.entries(answer)) target.searchParams.set(name, value);
    if (state !== null) target.searchParams.set('state', state);
    return { status: 302, body: '', headers: { location: target.href } };
  }

  /** Takes a code out of the desk: it is spent whatever comes of it. Null where it was never good or no longer is. */
  spend(code: string, redirectUri: string, verifier: string | null): Code | null {
    const found = this.#codes.get(code);
    this.#codes.delete(code);
    if (found === undefined || found.expiresAt <= this.#clock.now() || found.redirectUri !== redirectUri) return null;
    if (found.challenge !== null && (verifier === null || challengeOf(verifier) !== found.challenge)) return null;
    return found;
  }

  #decide(query: URLSearchParams, redirectUri: string): Record<string, string> {
    if (query.get('response_type') !== 'code') return { error: 'unsupported_response_type' };
    const scopes = readScopes(query.get('scope'));
    if (scopes === null) return { error: 'invalid_scope' };
    const challenge = query.get('code_challenge');
    if (challenge !== null && query.get('code_challenge_method') !== 'S256') return { error: 'invalid_request' };
    const code = this.#random.token(40);
    this.#codes.set(code, { scopes, redirectUri, challenge, expiresAt: this.#clock.now() + CODE_LIFE });
    return { code };
  }
}

/** Reads scopes; null where one is unknown or none is given. OpenID's own are taken and left aside. */
export function readScopes(text: string | null): readonly string[] | null {
  const words = (text ?? '').split(/[ +]+/).filter((word) => word !== '');
  const known: readonly string[] = [...ALL_SCOPES, 'openid', 'profile', 'email'];
  if (words.length === 0 || words.some((word) => !known.includes(word))) return null;
  return words;
}

function challengeOf(verifier: string): string {
  return createHash('sha256').update(verifier).digest('base64url');
}

function plain(status: number, text: string): Reply {
  return { status, body: `<html><body>${text}</body></html>`, headers: { 'content-type': 'text/html' } };
}
