import { describe, expect, test } from 'vitest';
import { createMemoryLedger } from '../http/memory-ledger.fixture.ts';
import { createFakeClock } from '../testing/fake-clock.ts';
import {
  createFakeTransport,
  jsonAnswer,
  textAnswer,
  transportFault,
  type Scripted,
} from '../testing/fake-transport.ts';
import { PasswordEndpoint } from './password-endpoint.ts';
import { signInByPassword } from './password.ts';

const NEVER = new AbortController().signal;
const ISSUED = 'Tue, 31 Oct 2017 12:00:00 GMT';
const LATER = 'Tue, 31 Oct 2017 13:00:00 GMT';
const pair = (more: object = {}) =>
  jsonAnswer(200, { access_token: 'access-1', refresh_token: 'refresh-1', token_type: 'bearer', ...more });
const awaiting = jsonAnswer(202, { error: 'awaiting_verification' });
const refused = jsonAnswer(400, { error: 'invalid_grant', error_description: 'secret-canary' });

function rig(...script: readonly Scripted[]) {
  const transport = createFakeTransport(...script);
  const ports = { transport, clock: createFakeClock(), ledger: createMemoryLedger() };
  const endpoint = new PasswordEndpoint({ connection: 'crm', server: 'https://api.example.org' }, ports);
  const forms = () => transport.requests.map(({ body }) => Object.fromEntries(new URLSearchParams(body)));
  const signIn = (code: string | null) =>
    signInByPassword(
      { connection: 'crm', endpoint, username: 'ada@example.org' },
      { password: 'p&ss word+', code: async () => code },
      NEVER,
    );
  return { endpoint, transport, forms, signIn };
}

describe('a user of Virtuous CRM+ signs in', () => {
  test('by a form in the body, with the code only once it is asked for', async () => {
    const { signIn, forms, transport } = rig(awaiting, pair());
    expect(await signIn('246810')).toMatchObject({ accessToken: 'access-1', refreshToken: 'refresh-1' });
    const first = { grant_type: 'password', username: 'ada@example.org', password: 'p&ss word+' };
    expect(forms()).toEqual([first, { ...first, otp: '246810' }]);
    expect(new Set(transport.requests.map(({ method, url }) => `${method} ${url}`))).toEqual(
      new Set(['POST https://api.example.org/Token']),
    );
    expect(transport.requests[0]?.headers).toMatchObject({ 'content-type': 'application/x-www-form-urlencoded' });
  });

  test.each([
    ['a wrong password', [refused], '1', 'SIGN_IN_WRONG_PASSWORD', 'auth'],
    ['a wrong code', [awaiting, refused], '1', 'SIGN_IN_WRONG_CODE', 'auth'],
    ['a code that is not taken', [awaiting, awaiting], '1', 'SIGN_IN_WRONG_CODE', 'auth'],
    ['no code where one is needed', [awaiting], null, 'SIGN_IN_CODE_NEEDED', 'auth'],
    ['a page in front of the server', [textAnswer(403, '<html>')], null, 'SIGN_IN_UNAVAILABLE', 'unavailable'],
    ['no answer', [transportFault('timeout')], null, 'SIGN_IN_UNAVAILABLE', 'unavailable'],
    ['an answer without a token', [jsonAnswer(200, {})], null, 'SIGN_IN_UNAVAILABLE', 'unavailable'],
  ] as const)(
    'or is told of %s, without a word of what was sent or answered',
    async (_what, script, code, told, kind) => {
      const { signIn } = rig(...script);
      const error: unknown = await signIn(code).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: told, errorClass: kind });
      const said = `${String((error as Error).stack)} ${JSON.stringify(error)} ${String((error as Error).cause)}`;
      expect(said).not.toMatch(/canary|p&ss|ada@/u);
    },
  );
});

describe('I15 a pair', () => {
  test.each([
    ['as many seconds as it says', { expires_in: 3599 }, 3_599_000],
    ['as many seconds as it says in text', { expires_in: '3599' }, 3_599_000],
    ['from one date to the other', { '.issued': ISSUED, '.expires': LATER }, 3_600_000],
    ['as long as the shorter of the two', { expires_in: 1_295_999, '.issued': ISSUED, '.expires': LATER }, 3_600_000],
    ['for a time that nobody knows', {}, null],
  ])('lives %s', async (_what, more, livesMs) => {
    expect(await rig(pair(more)).endpoint.refresh('refresh-0', NEVER, async () => undefined)).toEqual({
      accessToken: 'access-1',
      refreshToken: 'refresh-1',
      livesMs,
    });
  });

  test('is asked for with the refresh token alone, and not at all once the right to ask is lost', async () => {
    const { endpoint, forms } = rig(pair());
    await endpoint.refresh('refresh-0', NEVER, async () => undefined);
    const lost = endpoint.refresh('refresh-0', NEVER, () => Promise.reject(new Error('lost')));
    await expect(lost).rejects.toThrow('lost');
    expect(forms()).toEqual([{ grant_type: 'refresh_token', refresh_token: 'refresh-0' }]);
    expect(endpoint.sent).toBe(1);
  });
});
