/**
 * The control door: the truth, the log, operations, clock, faults and switches over HTTP, and for this machine alone.
 */
import { request } from 'node:http';
import { expect, test } from 'vitest';
import type { Json } from './testing/client.ts';
import { withSimulators, type Running } from './testing/start.ts';

async function ask({ ready }: Running, path: string, body?: unknown): Promise<{ status: number; body: Json }> {
  const json = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  const answer = await fetch(ready.control + path, body === undefined ? {} : json);
  return { status: answer.status, body: (await answer.json()) as Json };
}

test('an operation is committed, logged with its instant, and to be seen in the truth', async () => {
  await withSimulators({}, async (running) => {
    const [person] = running.world.state.people.values();
    const email = person?.email?.address ?? '';
    await ask(running, '/clock', { advance: 'PT1H' });
    const done = await ask(running, '/mutate', { op: 'unsubscribe', email, how: 'ui', reason: 'By phone' });
    expect(done.body['changes']).toMatchObject([
      {
        n: 1,
        at: '2026-11-02T13:00:00.000Z',
        kind: 'contact.unsubscribed',
        how: 'ui',
        contact_id: person?.id,
        email,
        before: { email_address: { permission_to_send: 'explicit' } },
        after: { email_address: { permission_to_send: 'unsubscribed', opt_out_source: 'Account' } },
      },
    ]);
    expect((await ask(running, '/log?after=0')).body).toEqual({ entries: done.body['changes'], last: 1 });
    expect((await ask(running, '/log?after=1')).body).toEqual({ entries: [], last: 1 });
    const truth = (await ask(running, `/truth?email=${encodeURIComponent(email)}`)).body;
    expect(truth).toMatchObject({ contact: { contact_id: person?.id, email_address: { opt_out_reason: 'By phone' } } });
    expect((await ask(running, '/truth?email=nobody@example.org')).body).toEqual({ contact: null });
    expect((await ask(running, '/truth?summary=1')).body).toMatchObject({ contacts: 60, changes: 1 });
    expect((await ask(running, '/truth?offset=10&limit=5')).body['contacts']).toHaveLength(5);
    expect((await ask(running, '/truth')).body['contacts']).toHaveLength(60);
    expect((await ask(running, '/truth?catalogue=1')).body).toHaveProperty('campaigns');
  });
});

test('clock, faults, switches and requests', async () => {
  await withSimulators({}, async (running) => {
    expect((await ask(running, '/clock', { set: '2027-01-01T00:00:00Z' })).body).toEqual({
      now: '2027-01-01T00:00:00.000Z',
    });
    expect((await ask(running, '/clock', { advance: 'soon' })).status).toBe(400);
    await ask(running, '/faults', [{ kind: 'status', status: 503, at: 1 }]);
    expect((await running.client.get('/contacts/counts')).status).toBe(503);
    expect((await ask(running, '/faults')).body).toMatchObject({ faults: [{ matched: 1, struck: 1 }] });
    expect((await ask(running, '/faults', [{ kind: 'nothing' }])).status).toBe(400);
    expect((await ask(running, '/switches', { lastPage: 'null' })).body).toMatchObject({
      lastPage: 'null',
      optoutAfter: 'works',
    });
    expect((await ask(running, '/switches', { lastPage: 'none' })).status).toBe(400);
    expect((await running.client.get('/contact_tags')).body['_links']).toBeNull();
    expect((await ask(running, '/requests')).body).toMatchObject({
      total: 2,
      excess: 0,
      byPath: { 'GET /v3/contacts/counts': 1 },
      entries: [{ n: 1, status: 503, fault: 'status' }, { n: 2 }],
    });
    expect((await ask(running, '/requests?totals=1')).body).not.toHaveProperty('entries');
  });
});

test('wrong words are 400, what the world does not allow is 409', async () => {
  await withSimulators({}, async (running) => {
    expect((await ask(running, '/mutate', { op: 'explode' })).status).toBe(400);
    expect((await ask(running, '/mutate', { op: 'unsubscribe', email: 'a@example.org', how: 'post' })).status).toBe(
      400,
    );
    expect((await ask(running, '/mutate', { op: 'unsubscribe', email: 'nobody@example.org' })).status).toBe(409);
    expect((await ask(running, '/truth?colour=red')).status).toBe(400);
  });
});

test('only JSON, only by the names of this machine', async () => {
  await withSimulators({}, async ({ ready }) => {
    const plain = await fetch(`${ready.control}/mutate`, { method: 'POST', body: '{"op":"bulkDelete","n":5}' });
    expect(plain.status).toBe(415);
    const status = await new Promise((resolve) => {
      request(`${ready.control}/truth?summary=1`, { headers: { host: 'evil.example' } }, (answer) =>
        resolve(answer.statusCode),
      ).end();
    });
    expect(status).toBe(403);
  });
});

test('the ready line is what the product prints', async () => {
  await withSimulators({}, async ({ ready }) => {
    expect(Object.keys(ready)).toEqual(['ready', 'constantContact', 'virtuous', 'control']);
    expect(Object.keys(ready.constantContact)).toEqual(['v3', 'oauth', 'token', 'apiKey', 'username', 'password']);
    expect(ready.constantContact.v3).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/v3$/);
  });
});
