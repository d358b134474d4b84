/**
 * grants: which tokens exist, what they allow and how long.
 *
 * A chain is everything that came from one consent of a person. With rotating refresh tokens each refresh makes a new one and
 * ends the one before; using an ended one again ends the whole chain (by switch). The standing token of the simulator never
 * expires. Tokens are never written to any log.
 */
import { DAY, type SimulatorClock } from '../../world/clock.ts';
import type { Random } from '../../world/random.ts';
import type { SwitchBoard } from '../../switches.ts';

export const ALL_SCOPES = [
  'contact_data',
  'campaign_data',
  'account_read',
  'account_update',
  'billing_data',
  'offline_access',
] as const;
const ACCESS_LIFE_SECONDS = 86_400;
const REFRESH_IDLE_DAYS = 180;

export interface Consent {
  readonly scopes: readonly string[];
  /** Whether the application proved itself with a secret when the chain began. */
  readonly confidential: boolean;
}

export interface Access {
  readonly scopes: readonly string[];
  /** Null never expires. */
  readonly expiresAt: number | null;
}

interface Chain extends Consent {
  isDead: boolean;
}

interface Refresh {
  readonly chain: Chain;
  lastUsed: number;
  supersededAt: number | null;
}

export class Grants {
  readonly #clock: SimulatorClock;
  readonly #switches: SwitchBoard;
  readonly #random: Random;
  readonly #access = new Map<string, Access>();
  readonly #refresh = new Map<string, Refresh>();

  constructor(clock: SimulatorClock, switches: SwitchBoard, random: Random, standingToken: string) {
    this.#clock = clock;
    this.#switches = switches;
    this.#random = random;
    this.#access.set(standingToken, { scopes: ALL_SCOPES, expiresAt: null });
  }

  /** Tells what an access token allows, expired or not; null for one never issued. */
  access(token: string): Access | null {
    return this.#access.get(token) ?? null;
  }

  /** Begins a chain and answers its first tokens. */
  begin(consent: Consent): Record<string, unknown> {
    return this.#issue({ ...consent, isDead: false }, null);
  }

  /** Tells whether the chain of a refresh token began with a secret; null where the token is unknown. */
  isConfidential(refreshToken: string): boolean | null {
    return this.#refresh.get(refreshToken)?.chain.confidential ?? null;
  }

  /** Answers new tokens for a refresh token, or null where it is no longer good. */
  refresh(token: string): Record<string, unknown> | null {
    const now = this.#clock.now();
    const found = this.#refresh.get(token);
    if (found === undefined || found.chain.isDead || now - found.lastUsed > REFRESH_IDLE_DAYS * DAY) return null;
    const { refreshReuseKills, refreshGraceMs, refreshTokens } = this.#switches.current;
    if (found.supersededAt !== null && now - found.supersededAt >= refreshGraceMs) {
      if (refreshReuseKills) found.chain.isDead = true;
      return null;
    }
    found.lastUsed = now;
    if (refreshTokens === 'longLived') return this.#issue(found.chain, token);
    this.#supersede(found.chain, now);
    return this.#issue(found.chain, null);
  }

  /** Lets every access token but the standing one expire now. */
  expireAccess(): void {
    const now = this.#clock.now();
    for (const [token, access] of this.#access) {
      if (access.expiresAt !== null) this.#access.set(token, { ...access, expiresAt: Math.min(access.expiresAt, now) });
    }
  }

  /** Ends every chain, as when the user disconnects the application. */
  revokeAll(): void {
    this.expireAccess();
    for (const { chain } of this.#refresh.values()) chain.isDead = true;
  }

  #supersede(chain: Chain, now: number): void {
    for (const one of this.#refresh.values()) if (one.chain === chain) one.supersededAt ??= now;
  }

  #issue(chain: Chain, sameRefresh: string | null): Record<string, unknown> {
    const now = this.#clock.now();
    const access = this.#makeJwt(chain.scopes, now);
    this.#access.set(access, { scopes: chain.scopes, expiresAt: now + ACCESS_LIFE_SECONDS * 1000 });
    const answer = {
      access_token: access,
      token_type: 'Bearer',
      expires_in: ACCESS_LIFE_SECONDS,
      scope: chain.scopes.join(' '),
    };
    if (!chain.scopes.includes('offline_access')) return answer;
    const refresh = sameRefresh ?? this.#random.token(43);
    if (sameRefresh === null) this.#refresh.set(refresh, { chain, lastUsed: now, supersededAt: null });
    return { ...answer, refresh_token: refresh };
  }

  /** Makes text that looks like the vendor's token, about 1,100 characters; its signature signs nothing. */
  #makeJwt(scopes: readonly string[], now: number): string {
    const iat = Math.floor(now / 1000);
    const claims = {
      jti: this.#random.uuid(),
      iat,
      exp: iat + ACCESS_LIFE_SECONDS,
      scp: scopes,
      filler: this.#random.token(400),
    };
    const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    return `${part({ alg: 'RS256', kid: 'simulator' })}.${part(claims)}.${this.#random.token(342)}`;
  }
}
