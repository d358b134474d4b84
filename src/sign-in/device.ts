/**
 * Signing in from a machine without a browser: a code that a person types in elsewhere, and patient asking meanwhile.
 *
 * Decides the pace: the server's interval, five seconds more each time it says so, and twice as long after no answer.
 */
import { ConnectorError } from '../model/errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { DeviceBegun, Pair, TokenEndpoint } from './token-endpoint.ts';
import { asConnectorError, TokenFailure } from './token-failure.ts';

export interface DeviceParts {
  readonly connection: string;
  readonly endpoint: Pick<TokenEndpoint, 'beginDevice' | 'poll'>;
  readonly clock: Clock;
  readonly scopes: readonly string[];
}

const SLOWER_MS = 5_000;
const LONGEST_INTERVAL_MS = 60_000;

/** Waits for a person to consent on another machine; `show` is told what they need. Throws ConnectorError. */
export async function signInByDevice(
  parts: DeviceParts,
  show: (begun: DeviceBegun, untilAt: number) => Promise<void>,
  signal: AbortSignal,
): Promise<Pair> {
  const { connection, endpoint, clock, scopes } = parts;
  try {
    const begun = await endpoint.beginDevice(scopes, signal);
    const untilAt = clock.now() + begun.livesMs;
    await show(begun, untilAt);
    return await poll(parts, begun, untilAt, signal);
  } catch (error) {
    if (!(error instanceof TokenFailure)) throw error;
    if (error.word === 'expired_token') throw timedOut(connection);
    throw asConnectorError(error, connection, error.word === 'access_denied' ? 'SIGN_IN_DENIED' : 'SIGN_IN_REFUSED');
  }
}

async function poll(
  { connection, endpoint, clock }: DeviceParts,
  { deviceCode, intervalMs }: DeviceBegun,
  untilAt: number,
  signal: AbortSignal,
): Promise<Pair> {
  for (let interval = intervalMs; clock.now() < untilAt; interval = Math.min(interval, LONGEST_INTERVAL_MS)) {
    await clock.sleep(interval, signal);
    try {
      return await endpoint.poll(deviceCode, signal);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof TokenFailure)) throw error;
      if (error.fault === 'throttled' || error.word === 'slow_down') interval += SLOWER_MS;
      else if (error.fault === 'unavailable') interval *= 2;
      else if (error.word !== 'authorization_pending') throw error;
    }
  }
  throw timedOut(connection);
}

function timedOut(connection: string): ConnectorError {
  return new ConnectorError('SIGN_IN_TIMED_OUT', 'auth', 'nobody signed in', { connection });
}
