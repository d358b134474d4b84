/**
 * The sign-in of Virtuous CRM+: a user's name and password for a pair of tokens, and a pair for the next one.
 *
 * Decides what leaves: one request a second, everything in a form's body, and what an answer means; the pair lives as long as
 * the answer says, never as long as somebody assumes. Follows no redirect. Must never keep a password or a code, nor put a word
 * of what was sent or answered into a failure (I20).
 */
import { z } from 'zod';
import { createBudget, type Budget } from '../http/budget.ts';
import { TransportError, type HttpAnswer } from '../ports/transport.ts';
import { TOKEN_TIMEOUT_MS, type EndpointPorts, type Pair } from './token-endpoint.ts';
import { TokenFailure } from './token-failure.ts';

const MAX_BYTES = 64 * 1024;
/** The vendor tells no limit for this endpoint; a pair is asked for once in days. */
const LIMITS = { perSecond: 1, perDay: 1_000 } as const;
/** The vendor's answer to a user of two factors whose code is still missing. */
const CODE_NEEDED = 202;

const PAIR = z.object({
  access_token: z.string().min(1),
  refresh_token: z.string().min(1).nullish(),
  expires_in: z.union([z.number(), z.string()]).nullish(),
  '.issued': z.string().nullish(),
  '.expires': z.string().nullish(),
});
const REFUSAL = z.object({ error: z.string() });

export class PasswordEndpoint {
  /** Requests that may have reached the server. */
  sent = 0;
  readonly #server: string;
  readonly #ports: EndpointPorts;
  readonly #budget: Budget;

  /** `server`: the host's base address, without a trailing slash. */
  constructor({ connection, server }: { readonly connection: string; readonly server: string }, ports: EndpointPorts) {
    this.#server = server;
    this.#ports = ports;
    this.#budget = createBudget({
      connection,
      group: `sign-in:connection:${connection}`,
      limits: LIMITS,
      ledger: ports.ledger,
      clock: ports.clock,
      timeoutMs: TOKEN_TIMEOUT_MS,
      wait: (ms, signal) => ports.clock.sleep(ms, signal),
    });
  }

  /** Signs a user in; null where a code of their second factor is needed. Throws TokenFailure. */
  async signIn(
    user: { readonly username: string; readonly password: string; readonly code: string | null },
    signal: AbortSignal,
  ): Promise<Pair | null> {
    const { username, password, code } = user;
    const form = { grant_type: 'password', username, password, ...(code === null ? {} : { otp: code }) };
    const answer = await this.#exchange(form, signal, async () => undefined);
    return answer.status === CODE_NEEDED ? null : pairOf(answer);
  }

  /** Asks for the next pair. `ready` is called when the request is about to leave, and may stop it. Throws TokenFailure. */
  async refresh(refreshToken: string, signal: AbortSignal, ready: () => Promise<void>): Promise<Pair> {
    const form = { grant_type: 'refresh_token', refresh_token: refreshToken };
    return pairOf(await this.#exchange(form, signal, ready));
  }

  async #exchange(
    form: Readonly<Record<string, string>>,
    signal: AbortSignal,
    ready: () => Promise<void>,
  ): Promise<HttpAnswer> {
    const { clock, ledger, transport } = this.#ports;
    const slot = await this.#budget.reserve({ label: 'POST /Token', urgent: true }, null, signal);
    let reached = false;
    try {
      await ready();
      reached = true;
      return await transport.exchange(
        {
          method: 'POST',
          url: `${this.#server}/Token`,
          headers: {
            accept: 'application/json',
            'content-type': 'application/x-www-form-urlencoded',
            'user-agent': 'concord',
          },
          body: new URLSearchParams(form).toString(),
          timeoutMs: TOKEN_TIMEOUT_MS,
          maxBytes: MAX_BYTES,
        },
        signal,
      );
    } catch (error) {
      if (!(error instanceof TransportError)) throw error;
      reached = error.sent;
      throw new TokenFailure('unavailable', { arrived: error.sent });
    } finally {
      if (reached) this.sent += 1;
      await ledger.settle(slot, clock.now());
    }
  }
}

function pairOf({ status, body }: HttpAnswer): Pair {
  const json = parsedJson(body.toString());
  if (status === 200) {
    const pair = PAIR.safeParse(json);
    if (!pair.success) throw new TokenFailure('unavailable', { status });
    const { access_token: accessToken, refresh_token: refreshToken } = pair.data;
    return { accessToken, refreshToken: refreshToken ?? null, livesMs: lifeOf(pair.data) };
  }
  if (status === 429) throw new TokenFailure('throttled', { status });
  const refusal = REFUSAL.safeParse(json);
  if (refusal.success && status < 500) throw new TokenFailure('refused', { status, word: refusal.data.error });
  throw new TokenFailure(status === 401 ? 'refused' : 'unavailable', { status });
}

/** The shorter of what the answer says in seconds and in dates; the dates are compared with each other, not with our clock. */
function lifeOf(pair: z.infer<typeof PAIR>): number | null {
  const told = pair.expires_in === null || pair.expires_in === undefined ? Number.NaN : Number(pair.expires_in) * 1000;
  const dated = Date.parse(pair['.expires'] ?? '') - Date.parse(pair['.issued'] ?? '');
  const lives = [told, dated].filter((ms) => Number.isFinite(ms) && ms >= 0);
  return lives.length === 0 ? null : Math.min(...lives);
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
