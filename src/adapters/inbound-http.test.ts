/** The door for deliveries on a real socket: bounded in size, time and number, and dumb to whoever knocks wrongly. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { InboundTaken, type OpenInbound, type Posted } from '../ports/inbound.ts';
import { createInbound, MOST_BYTES } from './inbound-http.ts';

let open: OpenInbound;
let seen: Posted[];
let answer: (posted: Posted) => Promise<number>;
beforeEach(async () => {
  seen = [];
  answer = async () => 204;
  open = await createInbound().listen({ host: '127.0.0.1', port: 0 }, (posted) => {
    seen.push(posted);
    return answer(posted);
  });
});
afterEach(() => open[Symbol.asyncDispose]());

const post = async (init: RequestInit & { path?: string } = {}): Promise<number> => {
  const url = `http://127.0.0.1:${open.port}${init.path ?? '/hooks/crm?x=1'}`;
  const response = await fetch(url, { method: 'POST', ...init });
  expect(await response.text()).toBe('');
  return response.status;
};

describe('C5: the door for deliveries', () => {
  test('hands on path, headers and the exact bytes, and answers with the status alone', async () => {
    expect(await post({ body: '{"a": "Zoë"}\r\n', headers: { 'X-Sig': 'abc' } })).toBe(204);
    expect(seen).toMatchObject([{ path: '/hooks/crm', headers: { 'x-sig': 'abc' } }]);
    expect(new TextDecoder().decode(seen[0]?.body)).toBe('{"a": "Zoë"}\r\n');
  });

  test('another method, a compressed body, one that is too large: refused unread', async () => {
    expect(await post({ method: 'GET' })).toBe(405);
    expect(await post({ body: gzipSync('x'), headers: { 'content-encoding': 'gzip' } })).toBe(415);
    expect(await post({ body: new Uint8Array(MOST_BYTES) })).toBe(204);
    expect(await post({ body: new Uint8Array(MOST_BYTES + 1) })).toBe(413);
    expect(seen).toHaveLength(1);
  });

  test('a body that does not say how long it is, is bounded all the same', async () => {
    const socket = connect(open.port, '127.0.0.1');
    socket.write('POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n');
    const piece = 'x'.repeat(65_536);
    for (let sent = 0; sent <= MOST_BYTES; sent += piece.length) socket.write(`10000\r\n${piece}\r\n`);
    const [first] = (await once(socket, 'data')) as [Buffer];
    expect(first.toString()).toMatch(/^HTTP\/1.1 413 /u);
    socket.destroy();
    expect(seen).toEqual([]);
  });

  test('a header that came twice counts for none', async () => {
    const socket = connect(open.port, '127.0.0.1');
    socket.end('POST / HTTP/1.1\r\nhost: x\r\nx-sig: a\r\nx-sig: b\r\ncontent-length: 0\r\nconnection: close\r\n\r\n');
    await once(socket, 'data');
    expect(seen[0]?.headers['x-sig']).toBeUndefined();
  });

  test('whoever answers badly is a 500 without a word', async () => {
    answer = () => Promise.reject(new Error('secret of the house'));
    expect(await post({ body: 'x' })).toBe(500);
  });

  test('more than sixteen at once are told to come later, and none of those at work is lost', async () => {
    const gate = Promise.withResolvers<void>();
    answer = async () => {
      await gate.promise;
      return 204;
    };
    const first = Array.from({ length: 16 }, () => post({ body: 'x' }));
    while (seen.length < 16) await new Promise((done) => setTimeout(done, 1));
    expect(await post({ body: 'x' })).toBe(503);
    gate.resolve();
    expect(await Promise.all(first)).toEqual(first.map(() => 204));
  });

  test('a taken place is said to be taken', async () => {
    const again = createInbound().listen({ host: '127.0.0.1', port: open.port }, async () => 204);
    await expect(again).rejects.toThrow(InboundTaken);
  });
});
