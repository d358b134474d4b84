/**
 * Every request and every answer of a whole scenario, as they crossed the network, for the vendor's contract to judge.
 *
 * Sits around the transport, so it sees what was really sent, retries included. It changes nothing.
 */
import type { Transport } from '../../src/ports/transport.ts';
import type { Contract } from '../../simulators/testing/contract.ts';

export interface Exchanged {
  readonly method: string;
  /** With its query, from the root. */
  readonly path: string;
  readonly status: number;
  /** Undefined where the answer was no JSON. */
  readonly body: unknown;
}

/** Wraps a transport so that each complete exchange is noted. */
export function recording(transport: Transport, exchanged: Exchanged[]): Transport {
  return {
    exchange: async (request, signal) => {
      const answer = await transport.exchange(request, signal);
      const { pathname, search } = new URL(request.url);
      const body = jsonOf(answer.body.toString());
      exchanged.push({ method: request.method, path: pathname + search, status: answer.status, body });
      return answer;
    },
    close: () => transport.close(),
  };
}

/** Lists what the contract has against requests and answers, each once, with the call it is about. */
export function violationsOf(contract: Contract, exchanged: readonly Exchanged[]): string[] {
  const found = exchanged.flatMap(({ method, path, status, body }) => {
    const asked = contract.checkRequest(method, path).map((fault) => `request ${fault}`);
    const answered = contract.checkAnswer(method, path, status, body).map((fault) => `answer ${fault}`);
    return [...asked, ...answered].map((fault) => `${method} ${path} ${status}: ${fault}`);
  });
  return [...new Set(found)];
}

/** Names the calls that were made, ids left out: what a scenario has covered. */
export function callsOf(exchanged: readonly Exchanged[]): string[] {
  const names = exchanged.map(({ path, status }) => {
    const [pathname = ''] = path.split('?');
    const call = pathname.replace(/^\/v3/u, '').replaceAll(/\/[0-9a-f]{8}-[0-9a-f-]{27}|\/\d+/gu, '/{id}');
    return `${call} ${status}`;
  });
  return [...new Set(names)].sort();
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
