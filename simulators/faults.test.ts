/**
 * Each fault of the plan does what its name says, and is told in the request log.
 */
import { expect, test } from 'vitest';
import { parseFaultPlan, type Fault } from './faults/plan.ts';
import { nextOf, type Json } from './testing/client.ts';
import { withSimulators, type Running } from './testing/start.ts';

const PAGE = '/contacts?status=all&limit=10';

async function under(fault: Fault, look: (running: Running) => Promise<void>): Promise<void> {
  await withSimulators({ faults: [fault] }, look);
}

test.each(['reset-before', 'reset-after'] as const)('%s breaks the connection, once', async (kind) => {
  await under({ kind, at: 1 }, async ({ client, requests }) => {
    await expect(client.get(PAGE)).rejects.toThrow('fetch failed');
    expect((await client.get(PAGE)).status).toBe(200);
    expect(requests.entries.map((one) => [one.status, one.fault])).toEqual([
      [null, kind],
      [200, null],
    ]);
  });
});

test('refuse takes no connection for a while', async () => {
  await under({ kind: 'refuse', at: 1, ms: 300 }, async ({ client }) => {
    await expect(client.get(PAGE)).rejects.toThrow('fetch failed');
    await expect(client.get(PAGE)).rejects.toThrow('fetch failed');
    await expect.poll(async () => (await client.get(PAGE).catch(() => null))?.status, { timeout: 10_000 }).toBe(200);
  });
});

test('timeout never answers', async () => {
  await under({ kind: 'timeout', at: 1 }, async ({ client, ready, requests }) => {
    const headers = { authorization: `Bearer ${ready.constantContact.token}` };
    await expect(client.get(PAGE, { headers, signal: AbortSignal.timeout(100) })).rejects.toThrow('aborted');
    await expect.poll(() => requests.entries[0]?.fault).toBe('timeout');
    expect((await client.get(PAGE)).status).toBe(200);
  });
});

test('timeout does not hold up closing', async () => {
  let hanging: Promise<unknown> = Promise.resolve();
  await under({ kind: 'timeout' }, async ({ client, requests }) => {
    hanging = client.get(PAGE).catch((error: unknown) => error);
    await expect.poll(() => requests.total).toBe(1);
  });
  expect(await hanging).toBeInstanceOf(Error);
});

test.each([401, 403, 404, 409, 500, 503])('status %i answers with the error form of the vendor', async (status) => {
  await under({ kind: 'status', status }, async ({ client }) => {
    const answer = await client.get(PAGE);
    expect(answer.status).toBe(status);
    const error = status === 401 ? answer.body : (answer.body as unknown as Json[])[0];
    expect(error).toMatchObject({ error_key: expect.any(String) });
  });
});

test('status 202 means not ready; a body can be given', async () => {
  await under({ kind: 'status', status: 202 }, async ({ client }) => {
    expect(await client.get(PAGE)).toMatchObject({ status: 202, body: { status: 'processing' } });
  });
  await under({ kind: 'status', status: 500, body: { message: 'x' } }, async ({ client }) => {
    expect(await client.get(PAGE)).toMatchObject({ status: 500, body: { message: 'x' } });
  });
});

test('html, truncated JSON and a slow answer', async () => {
  await under({ kind: 'html' }, async ({ client }) => {
    const { status, text, headers } = await client.get(PAGE);
    expect([status, headers.get('content-type'), text.slice(0, 9)]).toEqual([
      200,
      'text/html; charset=utf-8',
      '<!DOCTYPE',
    ]);
  });
  await under({ kind: 'truncated-json' }, async ({ client }) => {
    const { status, text } = await client.get(PAGE);
    expect(status).toBe(200);
    expect(text.startsWith('{"contacts":')).toBe(true);
    expect(() => JSON.parse(text) as unknown).toThrow(SyntaxError);
  });
  await under({ kind: 'slow', ms: 120 }, async ({ client }) => {
    const started = performance.now();
    await client.get(PAGE);
    expect(performance.now() - started).toBeGreaterThan(100);
  });
});

test('empty-list ends a walk too early; items-missing and items-twice bend a page', async () => {
  await under({ kind: 'empty-list', at: 3 }, async ({ client }) => {
    expect(await client.walk(PAGE, 'contacts')).toHaveLength(20);
  });
  await under({ kind: 'items-missing' }, async ({ client }) => {
    expect((await client.get(PAGE)).body['contacts']).toHaveLength(6);
  });
  await under({ kind: 'items-twice' }, async ({ client }) => {
    expect((await client.get(PAGE)).body['contacts']).toHaveLength(14);
  });
});

test('repeat-cursor gives back the link of the request; cursor-expired refuses one', async () => {
  await under({ kind: 'repeat-cursor', at: 2 }, async ({ client }) => {
    const first = nextOf((await client.get(PAGE)).body);
    const again = nextOf((await client.get(first ?? '')).body);
    expect(again).toBe(first);
  });
  await under({ kind: 'cursor-expired', times: 1 }, async ({ client }) => {
    const first = nextOf((await client.get(PAGE)).body) ?? '';
    expect((await client.get(first)).status).toBe(400);
    expect((await client.get(first)).status).toBe(200);
  });
});

test('stale-read shows contacts as before their last change', async () => {
  await under({ kind: 'stale-read', ms: 60_000 }, async ({ client, world }) => {
    const [person] = world.state.people.values();
    world.mutate({ op: 'edit', contact_id: person?.id ?? '', set: { job_title: 'New title' } });
    world.mutate({ op: 'create', contact: { email_address: 'fresh@example.org' } });
    expect((await client.get(`/contacts/${person?.id}`)).body['job_title']).toBe(person?.jobTitle ?? undefined);
    expect((await client.get('/contacts?email=fresh@example.org')).body['contacts']).toEqual([]);
    world.clock.advance('PT2M');
    expect((await client.get(`/contacts/${person?.id}`)).body['job_title']).toBe('New title');
    expect((await client.get('/contacts?email=fresh@example.org')).body['contacts']).toHaveLength(1);
  });
});

test('a fault strikes by path, by count, by times and by seeded chance', async () => {
  const strikes = async (fault: Fault, seed: number): Promise<string> => {
    let seen = '';
    await withSimulators({ faults: [fault], seed }, async ({ client }) => {
      for (let n = 0; n < 12; n += 1) seen += (await client.get('/contacts/counts')).status === 500 ? 'x' : '.';
    });
    return seen;
  };
  expect(await strikes({ kind: 'status', status: 500, at: { every: 4 } }, 1)).toBe('...x...x...x');
  expect(await strikes({ kind: 'status', status: 500, at: { every: 2 }, times: 2 }, 1)).toBe('.x.x........');
  expect(await strikes({ kind: 'status', status: 500, match: { path: 'contact_lists' } }, 1)).toBe('............');
  const chance = { kind: 'status', status: 500, probability: 0.5 } as const;
  expect(await strikes(chance, 7)).toBe(await strikes(chance, 7));
  expect(await strikes(chance, 7)).not.toBe(await strikes(chance, 8));
});

test('a plan may be a bare list or stand under faults; unknown words are refused', () => {
  expect(parseFaultPlan([{ kind: 'html' }])).toEqual({ faults: [{ kind: 'html' }], seed: null });
  expect(parseFaultPlan({ faults: [{ kind: 'html', at: 2 }], seed: 5 })).toEqual({
    faults: [{ kind: 'html', at: 2 }],
    seed: 5,
  });
  expect(() => parseFaultPlan([{ kind: 'earthquake' }])).toThrow('kind');
  expect(() => parseFaultPlan([{ kind: 'html', match: { path: '(' } }])).toThrow('not a regular expression');
});
