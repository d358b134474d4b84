/**
 * Lets something happen between two requests of a pass: people work in the account while we read it.
 */
import type { HttpAnswer, HttpRequest, Transport } from '../../src/ports/transport.ts';

/** Calls `happens` after the n-th answered request whose URL fits (counted from 1), and after each when `nth` is null. */
export function afterRequest(
  pattern: RegExp,
  nth: number | null,
  happens: (n: number) => void,
): (transport: Transport) => Transport {
  let count = 0;
  return (transport) => ({
    close: () => transport.close(),
    async exchange(request, signal) {
      const answer = await transport.exchange(request, signal);
      if (!pattern.test(request.url)) return answer;
      count += 1;
      if (nth === null || nth === count) happens(count);
      return answer;
    },
  });
}

/** Rewrites the JSON body of every answer whose URL fits. */
export function rewriteAnswers(
  pattern: RegExp,
  rewrite: (body: Record<string, unknown>, request: HttpRequest) => unknown,
): (transport: Transport) => Transport {
  return (transport) => ({
    close: () => transport.close(),
    async exchange(request, signal): Promise<HttpAnswer> {
      const answer = await transport.exchange(request, signal);
      if (!pattern.test(request.url) || answer.status !== 200) return answer;
      return {
        ...answer,
        body: JSON.stringify(rewrite(JSON.parse(answer.body.toString()) as Record<string, unknown>, request)),
      };
    },
  });
}

/** A request of the incremental read, of a complete walk (first page or later), or of one person. */
export const CHANGES = /\/contacts\?.*updated_after=/;
export const ANY_CONTACTS = /\/contacts\?/;

/** A contact as an answer shows it. */
export type Shown = Record<string, unknown> & { readonly contact_id: string };

/** Rewrites the people on every page of every listing. */
export function showing(
  rewrite: (people: readonly Shown[], url: string) => readonly Shown[],
): (transport: Transport) => Transport {
  return rewriteAnswers(ANY_CONTACTS, (body, request) =>
    Array.isArray(body['contacts'])
      ? { ...body, contacts: rewrite(body['contacts'] as readonly Shown[], request.url) }
      : body,
  );
}
