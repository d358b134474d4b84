/**
 * The limits of the API key: told apart by the error key alone, counted when broken (T11, I12).
 */
import { expect, test } from 'vitest';
import { withSimulators } from './testing/start.ts';

test('the fifth request in a second is throttled, counted, and free again a second later', async () => {
  await withSimulators({ quota: { perSecond: 4, perDay: 100 } }, async ({ client, requests, world }) => {
    for (let n = 0; n < 4; n += 1) expect((await client.get('/contacts/counts')).status).toBe(200);
    expect(requests.excess).toBe(0);
    const refused = await client.get('/contacts/counts');
    expect(refused).toMatchObject({
      status: 429,
      body: { error_key: 'throttled', error_message: 'Too Many Requests' },
    });
    expect([...refused.headers.keys()].filter((name) => /retry|limit/i.test(name))).toEqual([]);
    expect(requests.excess).toBe(1);
    world.clock.advance(1000);
    expect((await client.get('/contacts/counts')).status).toBe(200);
    expect(requests.totals().excessBy).toEqual({ perSecond: 1, perDay: 0, token: 0 });
  });
});

test('the day has its own limit, which ends at midnight UTC', async () => {
  await withSimulators({ quota: { perSecond: 100, perDay: 3 } }, async ({ client, requests, world }) => {
    for (let n = 0; n < 3; n += 1) expect((await client.get('/contacts/counts')).status).toBe(200);
    const refused = await client.get('/contacts/counts');
    expect(refused).toMatchObject({
      status: 429,
      body: { error_key: 'quota_exceeded', error_message: 'Limit Exceeded' },
    });
    world.clock.set('2026-11-03T00:00:00Z');
    expect((await client.get('/contacts/counts')).status).toBe(200);
    expect(requests.totals()).toMatchObject({
      excess: 1,
      excessBy: { perDay: 1 },
      today: 1,
      byStatus: { '200': 4, '429': 1 },
    });
  });
});

test('an injected 429 is no excess', async () => {
  const faults = [
    { kind: 'throttled', at: 1 },
    { kind: 'quota_exceeded', at: 2 },
    { kind: 'activity-queue', at: 3 },
  ] as const;
  await withSimulators({ faults, quota: { perSecond: 4, perDay: 100 } }, async ({ client, requests }) => {
    const keys = [];
    for (let n = 0; n < 3; n += 1) keys.push((await client.get('/contacts/counts')).body['error_key']);
    expect(keys).toEqual(['throttled', 'quota_exceeded', 'activities.queue_full']);
    expect(requests.excess).toBe(0);
  });
});

test('each answer carries the date of the simulator, and each request stands in the log', async () => {
  await withSimulators({}, async ({ client, requests, world }) => {
    world.clock.set('2027-03-04T05:06:07Z');
    const { headers } = await client.get('/contacts?status=all&limit=1');
    expect(headers.get('date')).toBe('Thu, 04 Mar 2027 05:06:07 GMT');
    expect(requests.entries).toMatchObject([
      { n: 1, method: 'GET', path: '/v3/contacts?status=all&limit=1', status: 200, fault: null },
    ]);
  });
});
