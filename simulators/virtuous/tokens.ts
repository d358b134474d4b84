/**
 * tokens: `POST /Token`, and who may come in (virtuous-crm §1).
 *
 * An API key stands for ever; a user signs in by password, with a second factor if he has one, and refreshes. Only a form is read: the
 * multipart body of the vendor's own sample is refused. Errors here are of the OAuth shape.
 */
import type { SimulatorClock } from '../world/clock.ts';
import { DAY } from '../world/clock.ts';
import type { Random } from '../world/random.ts';
import type { SwitchBoard } from '../switches.ts';

const ACCESS_LIFE = 15 * DAY;
const REFRESH_LIFE = 365 * DAY;
/** The recorded number: a second less than fifteen days. */
const EXPIRES_IN = ACCESS_LIFE / 1_000 - 1;

export const USERS = {
  plain: 'crm-simulator@example.org',
  twoFactor: 'crm-two-factor@example.org',
} as const;
export const PASSWORD = 'crm-simulator-secret';
/** What the second user's authenticator shows, always. */
export const OTP = '246810';

interface Granted {
  readonly user: string;
  readonly expiresAt: number;
}

export interface TokenReply {
  readonly status: number;
  readonly body: unknown;
}

export class TokenDesk {
  readonly #clock: SimulatorClock;
  readonly #board: SwitchBoard;
  readonly #random: Random;
  readonly #apiKey: string;
  readonly #access = new Map<string, Granted>();
  readonly #refresh = new Map<string, Granted>();

  constructor(clock: SimulatorClock, board: SwitchBoard, random: Random, apiKey: string) {
    this.#clock = clock;
    this.#board = board;
    this.#random = random;
    this.#apiKey = apiKey;
  }

  /** Tells whether a bearer token opens the door. */
  knows(token: string): boolean {
    if (token === this.#apiKey) return true;
    const granted = this.#access.get(token);
    return granted !== undefined && granted.expiresAt > this.#clock.now();
  }

  /** Ends every access token of a user; API keys and refresh tokens stay. */
  expireAccess(): void {
    this.#access.clear();
  }

  /** Ends every token of a user, so that he must sign in again. */
  revokeAll(): void {
    this.#access.clear();
    this.#refresh.clear();
  }

  /** Answers `POST /Token`. */
  answer(type: string, body: string): TokenReply {
    if (!type.toLowerCase().startsWith('application/x-www-form-urlencoded')) return refused('unsupported_grant_type');
    const form = new URLSearchParams(body);
    switch (form.get('grant_type')) {
      case 'password':
        return this.#signIn(form);
      case 'refresh_token':
        return this.#renew(form.get('refresh_token') ?? '');
      default:
        return refused('unsupported_grant_type');
    }
  }

  #signIn(form: URLSearchParams): TokenReply {
    const user = form.get('username') ?? '';
    const isKnown = user === USERS.plain || user === USERS.twoFactor;
    if (!isKnown || form.get('password') !== PASSWORD) {
      return refused('invalid_grant', 'The user name or password is incorrect.');
    }
    const otp = form.get('otp');
    if (user === USERS.twoFactor && otp === null) {
      const error_description = 'A verification code was sent. Repeat the request with it as otp.';
      return { status: 202, body: { error: 'awaiting_verification', error_description } };
    }
    if (user === USERS.twoFactor && otp !== OTP) return refused('invalid_grant', 'The verification code is incorrect.');
    return this.#grant(user, this.#newRefresh(user));
  }

  #renew(token: string): TokenReply {
    const granted = this.#refresh.get(token);
    if (granted === undefined || granted.expiresAt <= this.#clock.now()) return refused('invalid_grant');
    if (this.#board.current.crmRefreshTokens === 'kept') return this.#grant(granted.user, token);
    this.#refresh.delete(token);
    return this.#grant(granted.user, this.#newRefresh(granted.user));
  }

  #newRefresh(user: string): string {
    const token = this.#random.token(40);
    this.#refresh.set(token, { user, expiresAt: this.#clock.now() + REFRESH_LIFE });
    return token;
  }

  #grant(user: string, refresh: string): TokenReply {
    const now = this.#clock.now();
    const access = this.#random.token(60);
    this.#access.set(access, { user, expiresAt: now + ACCESS_LIFE });
    const body = {
      access_token: access,
      token_type: 'bearer',
      expires_in: EXPIRES_IN,
      refresh_token: refresh,
      userName: user,
      twoFactorEnabled: user === USERS.twoFactor ? 'True' : 'False',
      '.issued': new Date(now).toUTCString(),
      '.expires': new Date(now + ACCESS_LIFE).toUTCString(),
    };
    return { status: 200, body };
  }
}

function refused(error: string, error_description?: string): TokenReply {
  return { status: 400, body: error_description === undefined ? { error } : { error, error_description } };
}
