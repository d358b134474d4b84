/**
 * The sign-in server's endpoints, by oauth4webapi over our own network port. The only file that knows the library.
 *
 * Decides what leaves: one request a second of the application's own, tokens in the body alone, Basic for an application
 * with a secret and its name in the body for one without, never both. Follows no redirect. Must never throw the library's
 * errors: they hold what the server answered.
 */
import * as oauth from 'oauth4webapi';
import { ConnectorError } from '../model/errors.ts';
import type { Clock } from '../ports/clock.ts';
import { TransportError } from '../ports/transport.ts';
import type { HttpAnswer, Transport } from '../ports/transport.ts';
import { createBudget } from '../http/budget.ts';
import type { Budget } from '../http/budget.ts';
import type { BudgetLedger } from '../store/budget-ledger.ts';
import { TokenFailure } from './token-failure.ts';

export interface Client {
  readonly connection: string;
  readonly clientId: string;
  /** Asked for where a request is built; null for an application without one. */
  readonly clientSecret: (() => string) | null;
  /** Base address of the endpoints, without a trailing slash. */
  readonly server: string;
}

export interface EndpointPorts {
  readonly transport: Transport;
  readonly ledger: BudgetLedger;
  readonly clock: Clock;
}

/** What the token endpoint gave. */
export interface Pair {
  readonly accessToken: string;
  /** Null where the answer holds none. */
  readonly refreshToken: string | null;
  /** Null where the answer does not say. */
  readonly livesMs: number | null;
}

export interface DeviceBegun {
  readonly deviceCode: string;
  readonly userCode: string;
  readonly address: string;
  /** The address with the code in it, where the server gives one. */
  readonly completeAddress: string | null;
  readonly livesMs: number;
  readonly intervalMs: number;
}

export const TOKEN_TIMEOUT_MS = 20_000;
const MAX_BYTES = 64 * 1024;
/** The vendor's limit for this endpoint; its calls are no part of the API's day. */
const LIMITS = { perSecond: 1, perDay: 10_000 } as const;

export class TokenEndpoint {
  /** Requests that may have reached the server. */
  sent = 0;
  readonly #client: Client;
  readonly #ports: EndpointPorts;
  readonly #budget: Budget;
  readonly #server: oauth.AuthorizationServer;

  constructor(client: Client, ports: EndpointPorts) {
    this.#client = client;
    this.#ports = ports;
    this.#server = {
      // Nobody publishes the issuer; it is compared with nothing, for id tokens are not asked for and not read.
      issuer: client.server,
      authorization_endpoint: `${client.server}/authorize`,
      token_endpoint: `${client.server}/token`,
      device_authorization_endpoint: `${client.server}/device/authorize`,
    };
    this.#budget = createBudget({
      connection: client.connection,
      group: `sign-in:${client.clientId}`,
      limits: LIMITS,
      ledger: ports.ledger,
      clock: ports.clock,
      timeoutMs: TOKEN_TIMEOUT_MS,
      wait: (ms, signal) => ports.clock.sleep(ms, signal),
    });
  }

  /** Asks for the next pair. `ready` is called when the request is about to leave, and may stop it. */
  refresh(refreshToken: string, signal: AbortSignal, ready: () => Promise<void>): Promise<Pair> {
    return this.#pair(signal, ready, async (as, client, proof, options) =>
      oauth.processRefreshTokenResponse(
        as,
        client,
        await oauth.refreshTokenGrantRequest(as, client, proof, refreshToken, options),
      ),
    );
  }

  /** Asks for the pair that a code stands for. */
  redeem(answer: URLSearchParams, redirect: string, verifier: string, signal: AbortSignal): Promise<Pair> {
    return this.#pair(signal, nothing, async (as, client, proof, options) =>
      oauth.processAuthorizationCodeResponse(
        as,
        client,
        await oauth.authorizationCodeGrantRequest(as, client, proof, answer, redirect, verifier, options),
      ),
    );
  }

  /** Asks whether a device's person has decided. */
  poll(deviceCode: string, signal: AbortSignal): Promise<Pair> {
    return this.#pair(signal, nothing, async (as, client, proof, options) =>
      oauth.processDeviceCodeResponse(
        as,
        client,
        await oauth.deviceCodeGrantRequest(as, client, proof, deviceCode, options),
      ),
    );
  }

  /** Begins a sign-in of a device. */
  beginDevice(scopes: readonly string[], signal: AbortSignal): Promise<DeviceBegun> {
    return this.#guarded(signal, nothing, async (as, client, proof, options) => {
      const request = { scope: scopes.join(' ') };
      const response = await oauth.deviceAuthorizationRequest(as, client, proof, request, options);
      const begun = await oauth.processDeviceAuthorizationResponse(as, client, response);
      return {
        deviceCode: begun.device_code,
        userCode: begun.user_code,
        address: begun.verification_uri,
        completeAddress: begun.verification_uri_complete ?? null,
        livesMs: begun.expires_in * 1000,
        intervalMs: (begun.interval ?? 5) * 1000,
      };
    });
  }

  /** The address at which a person consents; a code comes back to `redirect`. */
  authorizeAddress(asked: {
    readonly redirect: string;
    readonly scopes: readonly string[];
    readonly state: string;
    readonly challenge: string;
  }): string {
    const url = new URL(`${this.#client.server}/authorize`);
    const query = {
      client_id: this.#client.clientId,
      redirect_uri: asked.redirect,
      response_type: 'code',
      scope: asked.scopes.join(' '),
      state: asked.state,
      code_challenge: asked.challenge,
      code_challenge_method: 'S256',
    };
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    return url.href;
  }

  /** Reads what came back to the redirect address. Null where it answers no question of ours; throws TokenFailure for a refusal. */
  readAnswer(query: URLSearchParams, state: string): URLSearchParams | null {
    const given = new URLSearchParams(query);
    // One server is pinned, so there is no other to mix its answers up with; the issuer that it may name is not published.
    given.delete('iss');
    try {
      return oauth.validateAuthResponse(this.#server, { client_id: this.#client.clientId }, given, state);
    } catch (error) {
      if (error instanceof oauth.AuthorizationResponseError) throw new TokenFailure('refused', { word: error.error });
      return null;
    }
  }

  async #pair(signal: AbortSignal, ready: () => Promise<void>, ask: Ask<oauth.TokenEndpointResponse>): Promise<Pair> {
    const answer = await this.#guarded(signal, ready, ask);
    return {
      accessToken: answer.access_token,
      refreshToken: answer.refresh_token ?? null,
      livesMs: answer.expires_in === undefined ? null : answer.expires_in * 1000,
    };
  }

  /** Asks one thing; whatever the library says about a failure becomes ours. */
  async #guarded<T>(signal: AbortSignal, ready: () => Promise<void>, ask: Ask<T>): Promise<T> {
    const { clientId, clientSecret, server } = this.#client;
    const seen: Seen = { status: null, own: null };
    const options = {
      [oauth.allowInsecureRequests]: server.startsWith('http:'),
      [oauth.customFetch]: (url: string, init: { body: URLSearchParams; headers: Record<string, string> }) =>
        this.#exchange(url, init, signal, ready, seen),
    };
    const proof = clientSecret === null ? oauth.None() : oauth.ClientSecretBasic(clientSecret());
    try {
      return await ask(this.#server, { client_id: clientId }, proof, options);
    } catch (error) {
      throw seen.own ?? failureOf(error, seen.status);
    }
  }

  async #exchange(
    url: string,
    init: { readonly body: URLSearchParams; readonly headers: Record<string, string> },
    signal: AbortSignal,
    ready: () => Promise<void>,
    seen: Seen,
  ): Promise<Response> {
    const { clock, ledger, transport } = this.#ports;
    const slot = await own(seen, this.#budget.reserve({ label: 'POST /token', urgent: true }, null, signal));
    let reached = false;
    try {
      await own(seen, ready());
      reached = true;
      const answer = await transport.exchange(
        {
          method: 'POST',
          url,
          headers: { ...init.headers, 'user-agent': 'concord' },
          body: init.body.toString(),
          timeoutMs: TOKEN_TIMEOUT_MS,
          maxBytes: MAX_BYTES,
        },
        signal,
      );
      seen.status = answer.status;
      return responseOf(answer);
    } catch (error) {
      if (error instanceof TransportError) {
        reached = error.sent;
        seen.own = new TokenFailure('unavailable', { arrived: error.sent });
      }
      throw error;
    } finally {
      if (reached) this.sent += 1;
      await own(seen, ledger.settle(slot, clock.now()));
    }
  }
}

type Ask<T> = (
  as: oauth.AuthorizationServer,
  client: oauth.Client,
  proof: oauth.ClientAuth,
  options: oauth.TokenEndpointRequestOptions,
) => Promise<T>;

/** What one exchange showed us, whatever the library makes of it. */
interface Seen {
  status: number | null;
  /** A failure of ours that passes through unchanged. */
  own: unknown;
}

async function own<T>(seen: Seen, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    seen.own = error;
    throw error;
  }
}

async function nothing(): Promise<void> {
  // Nothing has to be made sure of before this request leaves.
}

function failureOf(error: unknown, status: number | null): unknown {
  if (error instanceof ConnectorError || error instanceof TokenFailure) return error;
  if (status === 429) return new TokenFailure('throttled', { status });
  const clear = error instanceof oauth.ResponseBodyError && status !== null && status >= 400 && status < 500;
  if (clear) return new TokenFailure('refused', { status, word: error.error });
  // An application that did not prove itself may also be told so in a header alone.
  if (status === 401) return new TokenFailure('refused', { status });
  return new TokenFailure('unavailable', { status });
}

/** Makes the library's kind of answer. The id token is left out: it was not asked for, and its issuer is unknown. */
function responseOf({ status, headers, body }: HttpAnswer): Response {
  const text = body.toString();
  const bare = status === 204 || status === 205 || status === 304;
  return new Response(bare ? null : status === 200 ? withoutIdToken(text) : text, { status, headers });
}

function withoutIdToken(text: string): string {
  try {
    const parsed: unknown = JSON.parse(text);
    if (parsed === null || typeof parsed !== 'object' || !('id_token' in parsed)) return text;
    return JSON.stringify({ ...parsed, id_token: undefined });
  } catch {
    return text;
  }
}
