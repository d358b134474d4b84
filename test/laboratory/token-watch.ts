/**
 * token-watch: what somebody on the line sees of a token chain, and at which named step a pair was kept.
 *
 * It knows requests, answers and the names of durable steps, and so can tell an answer that was lost on its way, which
 * nobody can help, from one that arrived and was let go. Must never look into Concord's store.
 */
import type { HttpAnswer, HttpRequest } from '../../src/ports/transport.ts';

const TOKEN_PATH = '/token';
const KEPT = new Set(['store:putSignIn:after-commit', 'store:renewSignIn:after-commit']);

interface SeenPair {
  readonly access: string;
  readonly refresh: string;
  /** The refresh token that was handed in for it; null: it begins a chain. */
  readonly from: string | null;
}

export class TokenWatch {
  /** Every token that was ever seen. */
  readonly secrets = new Set<string>();
  readonly #rotating: boolean;
  /** Came back, and no step has kept it yet. */
  #arrived: SeenPair | null = null;
  /** Refresh tokens whose successors were kept. */
  readonly #spent = new Set<string>();
  #faults: string[] = [];
  #chainMayBeLost = false;
  /** The account's user ended the chain: a pair of it that is kept afterwards is of no use. */
  #ended = false;
  #renewed = false;
  /** The last process renewed a pair. */
  renewedLately = false;

  constructor(rotating: boolean) {
    this.#rotating = rotating;
  }

  /** Tells whether the chain may have been lost by nobody's mistake since the last pair was kept. */
  get chainMayBeLost(): boolean {
    return this.#chainMayBeLost || this.#ended;
  }

  /** Gives what was done wrong since the last call. */
  takeFaults(): readonly string[] {
    const faults = this.#faults;
    this.#faults = [];
    return faults;
  }

  /** The account's user disconnected the application. */
  grantsEnded(): void {
    this.#ended = true;
  }

  /** A request is about to leave. */
  sends(request: HttpRequest): void {
    const refresh = refreshTokenIn(request);
    if (refresh !== null && this.#spent.has(refresh))
      this.#faults.push('a refresh token was used again although its successor was kept');
    const early = this.#arrived;
    if (early !== null && authorizationOf(request).includes(early.access))
      this.#faults.push('an access token was used before its pair was kept');
  }

  /** An answer arrived whole. */
  receives(request: HttpRequest, answer: HttpAnswer): void {
    if (!isForTokens(request)) return;
    const told = parsed(answer.body);
    const access = told['access_token'];
    const from = refreshTokenIn(request);
    if (typeof access === 'string' && answer.status === 200) {
      const { refresh_token: next } = told;
      const refresh = typeof next === 'string' ? next : (from ?? '');
      this.#arrived = { access, refresh, from };
      if (from === null) this.#ended = false;
      for (const token of [access, refresh]) if (token !== '') this.secrets.add(token);
    } else if (typeof told['error'] !== 'string') this.loses(request);
  }

  /** No answer arrived, or one that says nothing: it may have held a pair. */
  loses(request: HttpRequest): void {
    if (this.#rotating && refreshTokenIn(request) !== null) this.#chainMayBeLost = true;
  }

  /** A named step was reached. */
  reached(point: string): void {
    if (!KEPT.has(point) || this.#arrived === null) return;
    const { from, refresh } = this.#arrived;
    this.#renewed ||= from !== null;
    if (from !== null && from !== refresh) this.#spent.add(from);
    this.#arrived = null;
    this.#chainMayBeLost = false;
  }

  /** The process is over, whatever it still held. */
  processEnded(): void {
    this.renewedLately = this.#renewed;
    this.#renewed = false;
    const from = this.#arrived?.from ?? null;
    if (from !== null && this.#rotating) this.#chainMayBeLost = true;
    this.#arrived = null;
  }
}

function isForTokens({ url }: HttpRequest): boolean {
  return new URL(url).pathname.endsWith(TOKEN_PATH);
}

function refreshTokenIn(request: HttpRequest): string | null {
  return isForTokens(request) ? new URLSearchParams(request.body ?? '').get('refresh_token') : null;
}

function authorizationOf({ headers }: HttpRequest): string {
  return String(headers['authorization'] ?? '');
}

function parsed(body: HttpAnswer['body']): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(body.toString());
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
