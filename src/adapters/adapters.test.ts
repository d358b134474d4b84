import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import type { HttpRequest } from '../ports/transport.ts';
import { TransportError } from '../ports/transport.ts';
import { createRandomIds } from './random-ids.ts';
import { createSystemClock } from './system-clock.ts';
import { createSystemRandom } from './system-random.ts';
import { createUndiciTransport } from './undici-transport.ts';

const NEVER = new AbortController().signal;
const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

async function serve(listener: RequestListener): Promise<string> {
  const server: Server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function transport() {
  const made = createUndiciTransport();
  open.unshift(() => made.close());
  return made;
}

const get = (url: string, more: Partial<HttpRequest> = {}): HttpRequest => ({
  method: 'GET',
  url,
  headers: {},
  timeoutMs: 5000,
  maxBytes: 1000,
  ...more,
});

async function faultOf(work: Promise<unknown>): Promise<TransportError> {
  const error: unknown = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (error instanceof TransportError) return error;
  throw new Error('expected a TransportError', { cause: error });
}

describe('the network', () => {
  test('sends method, path, headers and body, and gives the whole answer with lower-case header names', async () => {
    const url = await serve((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        response.writeHead(201, { 'X-Seen': 'yes' });
        response.end(JSON.stringify([request.method, request.url, request.headers['x-mine'], body]));
      });
    });
    const answer = await transport().exchange(
      get(`${url}/a?b=%2B`, { method: 'POST', headers: { 'x-mine': '1' }, body: 'ü' }),
      NEVER,
    );
    expect([answer.status, answer.headers['x-seen'], JSON.parse(answer.body.toString())]).toEqual([
      201,
      'yes',
      ['POST', '/a?b=%2B', '1', 'ü'],
    ]);
  });
  test('never follows a redirect', async () => {
    const asked: string[] = [];
    const url = await serve((request, response) => {
      asked.push(request.url ?? '');
      response.writeHead(302, { location: '/elsewhere' }).end();
    });
    expect((await transport().exchange(get(`${url}/here`), NEVER)).status).toBe(302);
    expect(asked).toEqual(['/here']);
  });
  test('refuses a body over the limit while it arrives', async () => {
    const url = await serve((_request, response) => void response.end('x'.repeat(5000)));
    expect((await faultOf(transport().exchange(get(url), NEVER))).fault).toBe('too-large');
  });
  test('refuses bytes that are not UTF-8 instead of changing names silently', async () => {
    const url = await serve((_request, response) => void response.end(Buffer.from([0x22, 0xe9, 0x22])));
    expect((await faultOf(transport().exchange(get(url), NEVER))).fault).toBe('reset');
  });
  test('a silent server and a trickling body both end at the time limit', async () => {
    const silent = await serve(() => undefined);
    expect((await faultOf(transport().exchange(get(silent, { timeoutMs: 100 }), NEVER))).fault).toBe('timeout');
    const trickle = await serve((_request, response) => void response.write('{'));
    expect((await faultOf(transport().exchange(get(trickle, { timeoutMs: 100 }), NEVER))).fault).toBe('timeout');
  });
  test('a cut connection is a reset that may have arrived', async () => {
    const url = await serve((request) => void request.socket.destroy());
    expect(await faultOf(transport().exchange(get(url), NEVER))).toMatchObject({ fault: 'reset', sent: true });
    const cut = await serve((request, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('{"half":');
      setImmediate(() => request.socket.destroy());
    });
    expect(await faultOf(transport().exchange(get(cut), NEVER))).toMatchObject({ fault: 'reset', sent: true });
  });
  test('a closed port proves that nothing arrived', async () => {
    const url = await serve(() => undefined);
    await open.pop()?.();
    expect(await faultOf(transport().exchange(get(url), NEVER))).toMatchObject({ fault: 'refused', sent: false });
  });
  test("the caller's signal ends it", async () => {
    const controller = new AbortController();
    const url = await serve(() => controller.abort());
    expect((await faultOf(transport().exchange(get(url), controller.signal))).fault).toBe('aborted');
    expect(await faultOf(transport().exchange(get(url), controller.signal))).toMatchObject({
      fault: 'aborted',
      sent: false,
    });
  });
  test('I20 a fault says neither address nor header', async () => {
    const url = await serve((request) => void request.socket.destroy());
    const error = await faultOf(
      transport().exchange(get(`${url}/canary`, { headers: { authorization: 'canary' } }), NEVER),
    );
    expect(JSON.stringify([error, error.message, error.stack, String(error.cause)])).not.toMatch(/canary|127\.0\.0\.1/);
  });
});

describe('time, ids, randomness', () => {
  test('the clock sleeps at least as long as asked, and ends at once when aborted', async () => {
    const clock = createSystemClock();
    const began = clock.now();
    await clock.sleep(20);
    expect(clock.now() - began).toBeGreaterThanOrEqual(19);
    const controller = new AbortController();
    const slept = clock.sleep(3_000_000_000, controller.signal);
    controller.abort(new Error('stop'));
    await expect(slept).rejects.toThrow('stop');
    await expect(clock.sleep(1, controller.signal)).rejects.toThrow('stop');
  });
  test('a ticker ticks until disposed', async () => {
    const clock = createSystemClock();
    let ticks = 0;
    {
      using _ticker = clock.every(5, () => (ticks += 1));
      await clock.sleep(40);
    }
    const then = ticks;
    expect(then).toBeGreaterThan(0);
    await clock.sleep(20);
    expect(ticks).toBe(then);
  });
  test('ids are unique, sort by their time, and fit file names', () => {
    let now = Date.UTC(2026, 0, 1);
    const ids = createRandomIds({ ...createSystemClock(), now: () => (now += 1) });
    const made = Array.from({ length: 500 }, () => ids.next());
    expect([...made].sort()).toEqual(made);
    expect(new Set(made).size).toBe(500);
    expect(made.every((id) => /^[0-9a-z-]{30}$/.test(id))).toBe(true);
  });
  test('randomness stays in [0, 1)', () => {
    const random = createSystemRandom();
    const drawn = Array.from({ length: 100 }, () => random.next());
    expect(drawn.every((value) => value >= 0 && value < 1)).toBe(true);
    expect(new Set(drawn).size).toBeGreaterThan(90);
  });
});
