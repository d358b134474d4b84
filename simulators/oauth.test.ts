/**
 * Signing in: codes with and without PKCE, rotation and reuse, long-lived tokens, devices, and the limit of the token endpoint (I15).
 */
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import type { SimulatorOptions } from './main.ts';
import { withSimulators, type Running } from './testing/start.ts';

const REDIRECT = 'http://127.0.0.1:9/callback';
const VERIFIER = 'v'.repeat(50);
const CLIENT = { client_id: 'simulator-api-key' };
const BASIC = { authorization: `Basic ${Buffer.from('simulator-api-key:simulator-secret').toString('base64')}` };

async function code({ ready }: Running, more: Record<string, string> = {}): Promise<string> {
  const query = new URLSearchParams({
    ...CLIENT,
    redirect_uri: REDIRECT,
    response_type: 'code',
    scope: 'contact_data offline_access',
    state: 's1',
    ...more,
  });
  const answer = await fetch(`${ready.constantContact.oauth}/authorize?${query.toString()}`, { redirect: 'manual' });
  const back = new URL(answer.headers.get('location') ?? 'http://nowhere');
  expect([answer.status, back.searchParams.get('state')]).toEqual([302, 's1']);
  return back.searchParams.get('code') ?? `error ${back.searchParams.get('error')}`;
}

const challenge = {
  code_challenge: createHash('sha256').update(VERIFIER).digest('base64url'),
  code_challenge_method: 'S256',
};

async function signIn(running: Running): Promise<Record<string, string>> {
  const form = {
    ...CLIENT,
    grant_type: 'authorization_code',
    code: await code(running, challenge),
    redirect_uri: REDIRECT,
  };
  const { status, body } = await running.client.post('/token', { ...form, code_verifier: VERIFIER });
  expect(status).toBe(200);
  return body as Record<string, string>;
}

const refresh = (running: Running, token: string | undefined): ReturnType<Running['client']['post']> =>
  running.client.post('/token', { ...CLIENT, grant_type: 'refresh_token', refresh_token: token ?? '' });

const works = async ({ client }: Running, token: string | undefined): Promise<number> =>
  (await client.get('/contacts', { headers: { authorization: `Bearer ${token}` } })).status;

async function signedIn(
  options: SimulatorOptions,
  look: (running: Running, tokens: Record<string, string>) => Promise<void>,
): Promise<void> {
  await withSimulators(options, async (running) => look(running, await signIn(running)));
}

test('a code with PKCE gives tokens that work for a day and only within their scopes', async () => {
  await signedIn({}, async (running, tokens) => {
    expect(tokens).toMatchObject({ token_type: 'Bearer', expires_in: 86_400, scope: 'contact_data offline_access' });
    expect(tokens['access_token']?.length).toBeGreaterThan(1000);
    expect(tokens['access_token']?.length).toBeLessThan(1250);
    expect(tokens['refresh_token']?.length).toBeLessThanOrEqual(50);
    expect(await works(running, tokens['access_token'])).toBe(200);
    const headers = { authorization: `Bearer ${tokens['access_token']}` };
    expect((await running.client.get('/emails', { headers })).status).toBe(403);
    running.world.clock.advance('P1D');
    expect(await works(running, tokens['access_token'])).toBe(401);
  });
});

test('a code is good once, for five minutes, for its verifier and its redirect address', async () => {
  await withSimulators({}, async (running) => {
    const redeem = async (given: string, more: Record<string, string> = {}): Promise<unknown> => {
      const form = {
        ...CLIENT,
        grant_type: 'authorization_code',
        code: given,
        redirect_uri: REDIRECT,
        code_verifier: VERIFIER,
        ...more,
      };
      return (await running.client.post('/token', form)).body['error'];
    };
    const once = await code(running, challenge);
    expect(await redeem(once)).toBeUndefined();
    expect(await redeem(once)).toBe('invalid_grant');
    expect(await redeem(await code(running, challenge), { code_verifier: 'wrong' })).toBe('invalid_grant');
    expect(await redeem(await code(running, challenge), { redirect_uri: 'http://127.0.0.1:9/other' })).toBe(
      'invalid_grant',
    );
    const late = await code(running, challenge);
    running.world.clock.advance('PT5M');
    expect(await redeem(late)).toBe('invalid_grant');
    expect(await redeem(await code(running))).toBe('invalid_client');
    expect(await code(running, { scope: 'everything' })).toBe('error invalid_scope');
  });
});

test('a confidential application uses Basic, and never both ways at once', async () => {
  await withSimulators({}, async (running) => {
    const form = async (): Promise<Record<string, string>> => ({
      grant_type: 'authorization_code',
      code: await code(running),
      redirect_uri: REDIRECT,
    });
    const tokens = await running.client.post('/token', await form(), BASIC);
    expect(tokens.status).toBe(200);
    expect(await running.client.post('/token', { ...(await form()), ...CLIENT }, BASIC)).toMatchObject({ status: 400 });
    expect(await running.client.post('/token', await form())).toMatchObject({
      status: 401,
      body: { error: 'invalid_client' },
    });
    expect(await refresh(running, String(tokens.body['refresh_token']))).toMatchObject({
      body: { error: 'invalid_client' },
    });
  });
});

test('I15: a rotating refresh token is single use, and using it again ends the chain', async () => {
  await signedIn({}, async (running, tokens) => {
    const second = (await refresh(running, tokens['refresh_token'])).body as Record<string, string>;
    expect(second['refresh_token']).not.toBe(tokens['refresh_token']);
    expect(await refresh(running, tokens['refresh_token'])).toMatchObject({
      status: 400,
      body: { error: 'invalid_grant' },
    });
    expect(await refresh(running, second['refresh_token'])).toMatchObject({
      status: 400,
      body: { error: 'invalid_grant' },
    });
  });
});

test('by switch, reuse is only refused, or forgiven for a while', async () => {
  await signedIn({ switches: { refreshReuseKills: false } }, async (running, tokens) => {
    const second = (await refresh(running, tokens['refresh_token'])).body as Record<string, string>;
    expect((await refresh(running, tokens['refresh_token'])).status).toBe(400);
    expect((await refresh(running, second['refresh_token'])).status).toBe(200);
  });
  await signedIn({ switches: { refreshGraceMs: 10_000 } }, async (running, tokens) => {
    expect((await refresh(running, tokens['refresh_token'])).status).toBe(200);
    expect((await refresh(running, tokens['refresh_token'])).status).toBe(200);
    running.world.clock.advance('PT10S');
    expect((await refresh(running, tokens['refresh_token'])).status).toBe(400);
  });
});

test('a long-lived refresh token stays the same and dies of 180 idle days', async () => {
  await signedIn({ switches: { refreshTokens: 'longLived' } }, async (running, tokens) => {
    const second = (await refresh(running, tokens['refresh_token'])).body;
    expect(second['refresh_token']).toBe(tokens['refresh_token']);
    running.world.clock.advance('P180D');
    expect((await refresh(running, tokens['refresh_token'])).status).toBe(200);
    running.world.clock.advance('P181D');
    expect((await refresh(running, tokens['refresh_token'])).status).toBe(400);
  });
});

test('a device waits for its person', async () => {
  await withSimulators({}, async (running) => {
    const { client, world } = running;
    const begun = (await client.post('/device/authorize', { ...CLIENT, scope: 'contact_data offline_access' })).body;
    const grant_type = 'urn:ietf:params:oauth:grant-type:device_code';
    const poll = async () =>
      (await client.post('/token', { ...CLIENT, grant_type, device_code: String(begun['device_code']) })).body;
    expect((await poll())['error']).toBe('authorization_pending');
    expect((await poll())['error']).toBe('slow_down');
    world.clock.advance('PT6S');
    world.mutate({ op: 'approveDevice', user_code: String(begun['user_code']) });
    expect(await works(running, String((await poll())['access_token']))).toBe(200);
    expect((await poll())['error']).toBe('invalid_grant');
  });
});

test('the token endpoint takes one request a second and counts the rest as excess', async () => {
  await signedIn({ quota: { perSecond: 4, perDay: 100 } }, async (running, tokens) => {
    expect((await refresh(running, tokens['refresh_token'])).status).toBe(429);
    expect(running.requests.totals().excessBy).toMatchObject({ token: 1 });
    running.world.clock.advance(1000);
    expect((await refresh(running, tokens['refresh_token'])).status).toBe(200);
  });
});

test('tokens can be made to expire and grants to end', async () => {
  await signedIn({}, async (running, tokens) => {
    running.world.mutate({ op: 'expireAccessTokens' });
    expect(await works(running, tokens['access_token'])).toBe(401);
    const second = (await refresh(running, tokens['refresh_token'])).body;
    expect(await works(running, String(second['access_token']))).toBe(200);
    running.world.mutate({ op: 'revokeGrants' });
    expect((await refresh(running, String(second['refresh_token']))).body['error']).toBe('invalid_grant');
  });
});
