/**
 * The door for a browser's answer, on a real socket of this machine.
 *
 * Decides that only a GET for exactly the registered address is an answer (a page of somebody else's may send the browser
 * here too), and that what it shows holds nothing of what came. Must never listen on any other interface.
 */
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { once } from 'node:events';
import { LoopbackTaken } from '../ports/loopback.ts';
import type { Loopback, Visit } from '../ports/loopback.ts';

const PAGES: Readonly<Record<Visit, readonly [status: number, text: string]>> = {
  'signed-in': [200, 'Thank you. Concord has its answer; this window may be closed.'],
  refused: [200, 'Signing in was refused. Concord says more in its own window.'],
  stranger: [404, 'Nothing is here.'],
};
const HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  connection: 'close',
};

/** Makes doors on this machine. */
export function createLoopback(): Loopback {
  return { listen };
}

async function listen(address: string, visit: (query: URLSearchParams) => Visit): Promise<AsyncDisposable> {
  const expected = new URL(address);
  const server = createServer((request, response) => answer(expected, request, response, visit));
  server.requestTimeout = 10_000;
  server.headersTimeout = 10_000;
  await open(server, expected);
  return {
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, 'close');
      server.close();
      // A browser that was just answered has its page by then; one that keeps a line open for later does not hold us.
      server.closeIdleConnections();
      await Promise.race([closed, lingering(server)]);
    },
  };
}

async function open(server: Server, { hostname, port }: URL): Promise<void> {
  const host = hostname === '[::1]' ? '::1' : hostname === 'localhost' ? '127.0.0.1' : hostname;
  server.listen(Number(port), host);
  try {
    await once(server, 'listening');
  } catch {
    throw new LoopbackTaken();
  }
}

function answer(
  expected: URL,
  request: IncomingMessage,
  response: ServerResponse,
  visit: (query: URLSearchParams) => Visit,
): void {
  const url = URL.parse(request.url ?? '', expected.origin);
  const here = request.method === 'GET' && request.headers.host === expected.host;
  const isAnswer = here && url !== null && url.pathname === expected.pathname;
  const [status, text] = PAGES[isAnswer ? visit(url.searchParams) : 'stranger'];
  response.writeHead(status, HEADERS);
  response.end(`<!doctype html><title>Concord</title><p>${text}</p>`);
}

function lingering(server: Server): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(() => {
      server.closeAllConnections();
      resolve();
    }, 500).unref();
  });
}
