/** C4: a device asks at the server's pace, survives a server that is down for a while, and ends with a clear word. */
import { describe, expect, test } from 'vitest';
import { ConnectorError } from '../model/errors.ts';
import { createFakeClock } from '../testing/fake-clock.ts';
import { signInByDevice } from './device.ts';
import type { Pair } from './token-endpoint.ts';
import { TokenFailure } from './token-failure.ts';

const NEVER = new AbortController().signal;
const PAIR: Pair = { accessToken: 'access-1', refreshToken: 'refresh-1', livesMs: 1000 };
const waiting = new TokenFailure('refused', { status: 400, word: 'authorization_pending' });

/** Plays a sign-in whose polls answer as scripted; tells what came of it, and the seconds at which it asked. */
async function play(script: readonly (TokenFailure | Pair)[], livesMs = 600_000) {
  const clock = createFakeClock(0);
  const polls: number[] = [];
  const shown: unknown[] = [];
  const left = [...script];
  const endpoint = {
    beginDevice: async () => ({
      deviceCode: 'device-canary',
      userCode: 'ABCD',
      address: 'https://example.org/activate',
      completeAddress: null,
      livesMs,
      intervalMs: 5_000,
    }),
    poll: async () => {
      polls.push(clock.now() / 1000);
      const next = left.shift() ?? waiting;
      if (next instanceof TokenFailure) throw next;
      return next;
    },
  };
  const show = async (...told: readonly unknown[]): Promise<void> => void shown.push(...told);
  const parts = { connection: 'cc', endpoint, clock, scopes: ['contact_data'] };
  const ended = await signInByDevice(parts, show, NEVER).catch((error: unknown) => error);
  return { ended, polls, shown };
}

const codeOf = (ended: unknown): string => (ended instanceof ConnectorError ? ended.code : 'none');

describe('C4: a device', () => {
  test('asks every five seconds until its person has decided', async () => {
    const { ended, polls, shown } = await play([waiting, waiting, PAIR]);
    expect([ended, polls]).toEqual([PAIR, [5, 10, 15]]);
    expect(shown[1]).toBe(600_000);
  });

  test('asks slower when it is told to, and keeps to it', async () => {
    const slow = new TokenFailure('refused', { status: 400, word: 'slow_down' });
    const throttled = new TokenFailure('throttled', { status: 429 });
    expect((await play([slow, waiting, throttled, PAIR])).polls).toEqual([5, 15, 25, 40]);
  });

  test('goes on asking, ever more rarely but at least once a minute, while no answer comes', async () => {
    const down = new TokenFailure('unavailable');
    const { ended, polls } = await play([down, down, down, down, down, PAIR]);
    expect([ended, polls]).toEqual([PAIR, [5, 15, 35, 75, 135, 195]]);
  });

  test.each([
    ['access_denied', 'SIGN_IN_DENIED'],
    ['expired_token', 'SIGN_IN_TIMED_OUT'],
    ['invalid_client', 'SIGN_IN_REFUSED'],
  ])('ends at once when the server says %s', async (word, code) => {
    const { ended, polls } = await play([waiting, new TokenFailure('refused', { status: 400, word })]);
    expect([codeOf(ended), polls.length]).toEqual([code, 2]);
  });

  test('gives up when its code has ended, whatever the server says', async () => {
    const { ended, polls } = await play([], 30_000);
    expect([codeOf(ended), polls.at(-1)]).toEqual(['SIGN_IN_TIMED_OUT', 30]);
    expect(JSON.stringify(ended)).not.toContain('canary');
  });
});
