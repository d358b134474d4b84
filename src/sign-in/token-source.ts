/**
 * The token source: the access token of the moment for one connection, renewed once for all who wait (I15).
 *
 * Decides when a renewal happens, who makes it (whoever holds the lease `refresh:NAME` in the store, over all processes)
 * and what a refusal means. The new pair is durable before its token is given to anybody; after `invalid_grant` the store
 * is read again first, for somebody else may have renewed; what is refused for good is noted and never asked again.
 *
 * An answer that was lost is the one request that is repeated although it may have acted: nothing but another try can tell,
 * and without its answer there is nothing left to lose. A caller's interruption never cuts a renewal short.
 */
import type { Access } from '../connector/access.ts';
import { ConnectorError, LeaseLost } from '../model/errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { Steps } from '../ports/steps.ts';
import type { Lease, Owner } from '../store/rows.ts';
import type { Store } from '../store/store.ts';
import type { Keeper, OpenSignIn } from './keeper.ts';
import { renewalDue } from './renewal.ts';
import type { Pair, TokenEndpoint } from './token-endpoint.ts';
import { asConnectorError, TokenFailure } from './token-failure.ts';

export interface TokenSourceParts {
  readonly connection: string;
  /** The sign-in that this source began with, or null: another account's tokens must not slip into a pass. */
  readonly signIn: string | null;
  readonly keeper: Keeper;
  readonly store: Pick<Store, 'acquireLease' | 'renewLease' | 'releaseLease' | 'loseSignIn'>;
  readonly endpoint: Pick<TokenEndpoint, 'refresh'>;
  readonly clock: Clock;
  readonly steps: Steps;
  readonly owner: Owner;
}

/** Longer than a request to the endpoint may take: no renewal outlives the lease it was begun under. */
const LEASE_MS = 45_000;
/** How long a waiter waits for somebody else's renewal. */
const LONGEST_WAIT_MS = 90_000;
const ASK_AGAIN_MS = 250;
const MOST_TRIES = 3;
const PAUSE_MS = 1_500;
/** After a renewal that failed early, or one that did not help, the next is tried no sooner. */
const REST_MS = 60_000;

const NEVER = new AbortController().signal;

/** Makes the access of a connection that is signed in by `concord connect`. */
export function createTokenSource(parts: TokenSourceParts): Access {
  return new TokenSource(parts);
}

class TokenSource implements Access {
  readonly #parts: TokenSourceParts;
  #held: OpenSignIn | null = null;
  #restUntil = -Infinity;

  constructor(parts: TokenSourceParts) {
    this.#parts = parts;
  }

  async token(signal: AbortSignal): Promise<string> {
    let held = this.#held ?? (await this.#load());
    if (renewalDue(held, this.#now()) !== 'no') held = await this.#load();
    const due = renewalDue(held, this.#now());
    if (due === 'now') {
      if (held.tokens.refreshToken === null) throw this.#auth('SIGN_IN_ENDED', 'the token has ended');
      held = await this.#renewed(held, { wait: true }, signal);
    } else if (due === 'soon') held = await this.#renewedEarly(held, signal);
    this.#held = held;
    return held.tokens.accessToken;
  }

  async renew(refused: string, signal: AbortSignal): Promise<string | null> {
    const held = await this.#load();
    this.#held = held;
    if (held.tokens.accessToken !== refused) return held.tokens.accessToken;
    if (held.tokens.refreshToken === null || this.#now() < this.#restUntil) return null;
    this.#restUntil = this.#now() + REST_MS;
    this.#held = await this.#renewed(held, { wait: true }, signal);
    return this.#held.tokens.accessToken;
  }

  /** A token that is still good serves on when the renewal has to wait, is refused or brings no answer. */
  async #renewedEarly(held: OpenSignIn, signal: AbortSignal): Promise<OpenSignIn> {
    const idle = held.tokens.refreshToken === null || held.lostAt !== null || this.#now() < this.#restUntil;
    if (idle) return held;
    try {
      return await this.#renewed(held, { wait: false }, signal);
    } catch (error) {
      if (!(error instanceof ConnectorError)) throw error;
      this.#restUntil = this.#now() + REST_MS;
      return held;
    }
  }

  async #renewed(held: OpenSignIn, how: { readonly wait: boolean }, signal: AbortSignal): Promise<OpenSignIn> {
    const until = this.#now() + LONGEST_WAIT_MS;
    const { store, owner, connection, clock } = this.#parts;
    for (;;) {
      const answer = await store.acquireLease(`refresh:${connection}`, owner, LEASE_MS);
      const renewed = answer.kind === 'yours' ? await this.#renewedUnder(answer.lease, held) : null;
      if (renewed !== null) return renewed;
      if (!how.wait) return held;
      if (this.#now() >= until) throw asConnectorError(new TokenFailure('unavailable'), connection);
      await clock.sleep(ASK_AGAIN_MS, signal);
      const now = await this.#load();
      if (now.generation !== held.generation) return now;
    }
  }

  /** Null where the lease was lost before anything left. */
  async #renewedUnder(lease: Lease, held: OpenSignIn): Promise<OpenSignIn | null> {
    const { store } = this.#parts;
    try {
      const current = await this.#load();
      if (current.generation !== held.generation) return current;
      const { refreshToken } = current.tokens;
      if (refreshToken === null || current.lostAt !== null) throw this.#lost();
      return await this.#exchange(lease, current, refreshToken);
    } catch (error) {
      if (error instanceof LeaseLost) return null;
      throw error;
    } finally {
      await store.releaseLease(lease).catch(ignoreLost);
    }
  }

  async #exchange(lease: Lease, current: OpenSignIn, refreshToken: string): Promise<OpenSignIn> {
    const { steps, store, connection } = this.#parts;
    const usedAt = this.#now();
    try {
      steps.reached('sign-in:renewal:before-request');
      const pair = await this.#ask(lease, refreshToken);
      steps.reached('sign-in:renewal:after-answer');
      return await this.#keep(current, pair, usedAt);
    } catch (error) {
      if (!(error instanceof TokenFailure)) throw error;
      if (error.word !== 'invalid_grant') throw asConnectorError(error, connection);
      // Lost is this very pair; if the store holds another by now, somebody else renewed it, and that one counts.
      const answer = await store.loseSignIn(current);
      if (answer === 'superseded') return this.#load();
      throw this.#lost();
    }
  }

  /** Tries a few times where no answer came, or one that it comes too fast. */
  async #ask(lease: Lease, refreshToken: string): Promise<Pair> {
    const { endpoint, store, clock } = this.#parts;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await endpoint.refresh(refreshToken, NEVER, () => store.renewLease(lease, LEASE_MS));
      } catch (error) {
        const mayPass = error instanceof TokenFailure && error.fault !== 'refused';
        if (!mayPass || attempt >= MOST_TRIES) throw error;
        await clock.sleep(PAUSE_MS * attempt, NEVER);
      }
    }
  }

  /** Makes the pair durable; only then does anybody see its token. */
  async #keep(from: OpenSignIn, pair: Pair, usedAt: number): Promise<OpenSignIn> {
    const tokens = {
      accessToken: pair.accessToken,
      // A long-lived one comes back as it was, or not at all.
      refreshToken: pair.refreshToken ?? from.tokens.refreshToken,
    };
    const accessUntil = pair.livesMs === null ? null : usedAt + pair.livesMs;
    await this.#parts.keeper.renew(from, { usedAt, accessUntil }, tokens);
    // Whoever was first: what is stored is what counts.
    return this.#load();
  }

  async #load(): Promise<OpenSignIn> {
    const { keeper, connection, signIn } = this.#parts;
    const found = await keeper.load(connection);
    if (found === null) throw this.#auth('SIGN_IN_MISSING', 'the connection is not signed in');
    if (found.signIn !== signIn)
      throw new ConnectorError('SIGN_IN_CHANGED', 'unavailable', 'the connection was signed in anew', { connection });
    return found;
  }

  #lost(): ConnectorError {
    return this.#auth('SIGN_IN_LOST', 'the refresh token was refused');
  }

  #auth(code: string, message: string): ConnectorError {
    return new ConnectorError(code, 'auth', message, { connection: this.#parts.connection });
  }

  #now(): number {
    return this.#parts.clock.now();
  }
}

function ignoreLost(error: unknown): void {
  if (!(error instanceof LeaseLost)) throw error;
}
