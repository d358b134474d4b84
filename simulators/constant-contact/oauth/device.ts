/**
 * device: signing in from a machine without a browser.
 *
 * The user code is approved through the control door or by opening the complete verification address; until then a poll is told
 * to wait, and one that comes before the interval is over is told to slow down.
 */
import { MINUTE, SECOND, type SimulatorClock } from '../../world/clock.ts';
import type { Random } from '../../world/random.ts';

const INTERVAL_SECONDS = 5;
const LIFE = 10 * MINUTE;

interface Device {
  readonly userCode: string;
  readonly scopes: readonly string[];
  readonly expiresAt: number;
  verdict: 'waiting' | 'approved' | 'denied';
  lastPoll: number;
}

export type DevicePoll = { readonly error: string } | { readonly scopes: readonly string[] };

export class DeviceDesk {
  readonly #clock: SimulatorClock;
  readonly #random: Random;
  readonly #devices = new Map<string, Device>();

  constructor(clock: SimulatorClock, random: Random) {
    this.#clock = clock;
    this.#random = random;
  }

  /** Begins a sign-in and answers its codes. */
  begin(scopes: readonly string[], verificationUri: string): Record<string, unknown> {
    const deviceCode = this.#random.token(40);
    const userCode = this.#random.token(8).toUpperCase();
    const expiresAt = this.#clock.now() + LIFE;
    this.#devices.set(deviceCode, { userCode, scopes, expiresAt, verdict: 'waiting', lastPoll: 0 });
    return {
      device_code: deviceCode,
      user_code: userCode,
      verification_uri: verificationUri,
      verification_uri_complete: `${verificationUri}?user_code=${userCode}`,
      expires_in: LIFE / SECOND,
      interval: INTERVAL_SECONDS,
    };
  }

  /** Records what the person decided; false where no such code waits. */
  decide(userCode: string, verdict: 'approved' | 'denied'): boolean {
    const device = [...this.#devices.values()].find((one) => one.userCode === userCode.toUpperCase());
    if (device === undefined || device.verdict !== 'waiting') return false;
    device.verdict = verdict;
    return true;
  }

  /** Answers a poll; an approved sign-in is handed out once. */
  poll(deviceCode: string): DevicePoll {
    const device = this.#devices.get(deviceCode);
    const now = this.#clock.now();
    if (device === undefined) return { error: 'invalid_grant' };
    if (device.expiresAt <= now) return { error: 'expired_token' };
    if (device.verdict === 'denied') return { error: 'access_denied' };
    const isEarly = now - device.lastPoll < INTERVAL_SECONDS * SECOND;
    device.lastPoll = now;
    if (device.verdict === 'waiting') return { error: isEarly ? 'slow_down' : 'authorization_pending' };
    this.#devices.delete(deviceCode);
    return { scopes: device.scopes };
  }
}
