/** Who is let in, what is counted, which shapes errors have, and what strangers hear. */
import { describe, expect, test } from 'vitest';
import { household, withCrm } from '../testing/crm-client.ts';
import { OTP } from './tokens.ts';

describe('credentials', () => {
  test('an API key and a password token open the same doors; anything else is 401', async () => {
    await withCrm({}, async ({ crm, ready }) => {
      const { username, password } = ready.virtuous;
      const signed = await crm.token({ grant_type: 'password', username, password });
      expect(signed.body).toMatchObject({ token_type: 'bearer', expires_in: 1_295_999, twoFactorEnabled: 'False' });
      expect(signed.body['.expires']).toBe('Tue, 17 Nov 2026 12:00:00 GMT');
      const authorization = `Bearer ${String(signed.body['access_token'])}`;
      const asked = await crm.raw('/api/Organization/Current', { headers: { authorization } });
      expect(asked.body).toEqual((await crm.call('GET', '/api/Organization/Current')).body);
      const refused = await crm.raw('/api/Organization', { headers: { authorization: 'Bearer x' } });
      expect(refused).toMatchObject({
        status: 401,
        body: { message: 'Authorization has been denied for this request.' },
      });
      expect(refused.headers.get('www-authenticate')).toBe('Bearer');
    });
  });

  test('a token ends after fifteen days, and a refresh token is good once, or for ever', async () => {
    await withCrm({}, async ({ crm, world, ready }) => {
      const { username, password } = ready.virtuous;
      const { body } = await crm.token({ grant_type: 'password', username, password });
      const headers = { authorization: `Bearer ${String(body['access_token'])}` };
      world.clock.advance('P15D');
      expect((await crm.raw('/api/Permission', { headers })).status).toBe(401);
      const renew = { grant_type: 'refresh_token', refresh_token: String(body['refresh_token']) };
      const second = await crm.token(renew);
      expect(second.status).toBe(200);
      expect(await crm.token(renew)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
      world.switches.set({ crmRefreshTokens: 'kept' });
      const again = { grant_type: 'refresh_token', refresh_token: String(second.body['refresh_token']) };
      expect((await crm.token(again)).body['refresh_token']).toBe(second.body['refresh_token']);
    });
  });

  test('a second factor is asked for with 202 and taken in the form', async () => {
    await withCrm({}, async ({ crm, ready }) => {
      const form = {
        grant_type: 'password',
        username: 'crm-two-factor@example.org',
        password: ready.virtuous.password,
      };
      expect(await crm.token(form)).toMatchObject({ status: 202, body: { error: 'awaiting_verification' } });
      expect((await crm.token({ ...form, otp: '1' })).status).toBe(400);
      expect((await crm.token({ ...form, otp: OTP })).body['twoFactorEnabled']).toBe('True');
    });
  });

  test('a form of the wrong kind is refused, and so is a wrong password', async () => {
    await withCrm({}, async ({ crm, ready }) => {
      const body = new FormData();
      body.set('grant_type', 'password');
      expect(await crm.raw('/Token', { method: 'POST', body })).toMatchObject({
        body: { error: 'unsupported_grant_type' },
      });
      const wrong = await crm.token({ grant_type: 'password', username: ready.virtuous.username, password: 'no' });
      expect(wrong).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
    });
  });
});

describe('the hourly rate', () => {
  test('is told with each answer; one call too many is 429 with the time to wait', async () => {
    await withCrm({ switches: { crmRatePerHour: 2 } }, async ({ crm, world }) => {
      const first = await crm.call('GET', '/api/Organization');
      expect([first.headers.get('x-ratelimit-limit'), first.headers.get('x-ratelimit-remaining')]).toEqual(['2', '1']);
      expect(Number(first.headers.get('x-ratelimit-reset'))).toBe(Date.UTC(2026, 10, 2, 13) / 1_000);
      await crm.call('GET', '/api/Organization');
      const refused = await crm.call('GET', '/api/Organization');
      expect(refused).toMatchObject({ status: 429, body: { error: { code: 'RATE_LIMITED' } } });
      expect(refused.headers.get('retry-after')).toBe('3600');
      expect(world.crm.requests.excess).toBe(1);
      world.clock.advance('PT1H');
      expect((await crm.call('GET', '/api/Organization')).status).toBe(200);
    });
  });

  test.each([
    [true, 429],
    [false, 200],
  ])('of a sliding hour counts refused calls or not (%s)', async (crmRefusedCount, status) => {
    const switches = { crmRatePerHour: 1, crmRateWindow: 'sliding', crmRefusedCount } as const;
    await withCrm({ switches }, async ({ crm, world }) => {
      await crm.call('GET', '/api/Organization');
      world.clock.advance('PT30M');
      expect((await crm.call('GET', '/api/Organization')).status).toBe(429);
      world.clock.advance('PT31M');
      expect((await crm.call('GET', '/api/Organization')).status).toBe(status);
    });
  });

  test('has headers of another spelling, or none', async () => {
    await withCrm({ switches: { crmRateHeaders: 'dashed' } }, async ({ crm, world }) => {
      const { headers } = await crm.call('GET', '/api/Organization');
      expect([headers.get('x-rate-limit-limit'), headers.get('x-ratelimit-limit')]).toEqual(['1500', null]);
      world.switches.set({ crmRateHeaders: 'none' });
      expect((await crm.call('GET', '/api/Organization')).headers.get('x-rate-limit-limit')).toBeNull();
    });
  });
});

describe('what is wrong is refused', () => {
  const person = { firstName: 'A', lastName: 'B' };
  test.each([
    ['an unknown query parameter', 'GET', '/api/Tag?page=2', undefined],
    ['a repeated one', 'GET', '/api/Tag?take=1&take=2', undefined],
    ['a page too large', 'GET', '/api/Tag?take=1001', undefined],
    ['a missing type', 'POST', '/api/Contact', { contactIndividuals: [person] }],
    ['a missing name', 'POST', '/api/Contact', { contactType: 'Household', contactIndividuals: [{ firstName: 'A' }] }],
    ['nobody', 'POST', '/api/Contact', { contactType: 'Household', contactIndividuals: [] }],
    ['a wrong type', 'POST', '/api/Contact', { ...household('a@example.org'), isPrivate: 'yes' }],
    ['an unknown key', 'POST', '/api/Contact', { ...household('a@example.org'), tags: ['x'] }],
    ['an unknown contact type', 'POST', '/api/Contact', { contactType: 'Club', contactIndividuals: [person] }],
    ['an unknown custom field', 'POST', '/api/Contact', { ...household('a@example.org'), customFields: { X: '1' } }],
    ['a plain "Email"', 'POST', '/api/ContactMethod', { contactIndividualId: 1001, type: 'Email', value: 'x' }],
    ['no individual', 'POST', '/api/ContactMethod', { contactIndividualId: 1, type: 'Home Email', value: 'x' }],
    ['no tag', 'POST', '/api/ContactTag', { tagId: 99, contactId: 1001 }],
  ])('%s', async (_, method, path, body) => {
    await withCrm({}, async ({ crm, world }) => {
      expect((await crm.call(method, path, body)).status).toBe(400);
      expect(world.log()).toEqual([]);
    });
  });

  test('in the shape that is recorded, or in the one that is promised', async () => {
    await withCrm({}, async ({ crm, world }) => {
      const body = { contactType: 5 };
      const recorded = await crm.call('POST', '/api/Contact', body);
      expect(recorded.body['message']).toBe('The request is invalid.');
      expect(Object.keys(recorded.body['modelState'] as object)).toContain('contact.contactType');
      world.switches.set({ crmErrors: 'target', crmUnauthorized: 'text' });
      const promised = await crm.call('POST', '/api/Contact', body);
      expect(promised.body).toMatchObject({ error: { code: 'VALIDATION_FAILED', details: [{ code: 'INVALID' }, {}] } });
      const stranger = await crm.raw('/api/Tag', {});
      expect([stranger.status, stranger.headers.get('content-type')]).toEqual([401, 'text/plain']);
    });
  });

  test('a signature that nobody can make, a method that is none, and a place that is none', async () => {
    await withCrm({}, async ({ crm }) => {
      expect((await crm.call('GET', '/api/Contact/ByReference/1')).status).toBe(403);
      expect((await crm.call('DELETE', '/api/Contact/1')).status).toBe(405);
      expect((await crm.call('POST', '/api/Tag/Bulk', {})).status).toBe(404);
      expect((await crm.call('GET', '/api/Health')).status).toBe(404);
    });
  });
});

describe('faults', () => {
  test('strike the CRM only where they name it', async () => {
    await withCrm({}, async ({ crm, world, requests }) => {
      world.faults.set([{ kind: 'status', status: 503 }]);
      expect((await crm.call('GET', '/api/Tag')).status).toBe(200);
      world.faults.set([
        { kind: 'html', host: 'virtuous', status: 520, at: 1 },
        { kind: 'throttled', host: 'virtuous', at: 2 },
        { kind: 'items-twice', host: 'virtuous', at: 1 },
      ]);
      const page = await crm.call('GET', '/api/Tag');
      expect([page.status, page.headers.get('content-type')]).toEqual([520, 'text/html; charset=utf-8']);
      const throttled = await crm.call('GET', '/api/Tag');
      expect([throttled.status, throttled.headers.get('retry-after')]).toEqual([429, '3600']);
      expect([world.crm.requests.total, world.crm.requests.excess, requests.total]).toEqual([3, 0, 0]);
    });
  });

  test('an older server shows a contact as it was before its last change', async () => {
    await withCrm({}, async ({ crm, world }) => {
      const { body } = await crm.call('POST', '/api/Contact', household('a@example.org'));
      world.faults.set([{ kind: 'stale-read', host: 'virtuous', times: 1 }]);
      expect((await crm.call('GET', `/api/Contact/${String(body['id'])}`)).status).toBe(404);
      expect((await crm.call('GET', `/api/Contact/${String(body['id'])}`)).status).toBe(200);
    });
  });
});
