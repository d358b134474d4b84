/**
 * client: the plainest client there is, for the simulator's own tests: no retry, no waiting, no opinion.
 */
import type { Simulators } from '../main.ts';

export type Json = { readonly [key: string]: unknown };

export interface Got {
  readonly status: number;
  readonly body: Json;
  readonly text: string;
  readonly headers: Headers;
}

export interface PlainClient {
  /** Gets a path: below the base, or from `/v3/` on as a next link names it. */
  get(path: string, init?: RequestInit): Promise<Got>;
  /** Walks a collection to its end; calls back between the pages. */
  walk(path: string, key: string, between?: (page: number) => void): Promise<Json[]>;
  /** Sends a JSON body, or none, with a method. */
  send(method: string, path: string, body?: unknown): Promise<Got>;
  /** Posts a form to the identity provider. */
  post(path: string, form: Record<string, string>, headers?: Record<string, string>): Promise<Got>;
}

/** Makes a client for a running simulator. */
export function plainClient(simulators: Simulators): PlainClient {
  const { v3, oauth, token } = simulators.ready.constantContact;
  const send = async (url: string, init: RequestInit): Promise<Got> => {
    const answer = await fetch(url, { redirect: 'manual', ...init });
    const text = await answer.text();
    return { status: answer.status, body: parseOrEmpty(text), text, headers: answer.headers };
  };
  const get: PlainClient['get'] = (path, init = {}) =>
    send(path.startsWith('/v3/') ? new URL(path, v3).href : v3 + path, {
      headers: { authorization: `Bearer ${token}` },
      ...init,
    });
  return {
    get,
    async walk(path, key, between) {
      const rows: Json[] = [];
      let next: string | undefined = path;
      for (let page = 1; next !== undefined && page < 1000; page += 1) {
        const { body } = await get(next);
        rows.push(...(body[key] as Json[]));
        next = nextOf(body);
        between?.(page);
      }
      return rows;
    },
    send: (method, path, body) =>
      get(path, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    post: (path, form, headers = {}) =>
      send(oauth + path, { method: 'POST', body: new URLSearchParams(form), headers }),
  };
}

/** Tells the next link of a page, whatever form its absence has. */
export function nextOf(body: Json): string | undefined {
  const links = body['_links'] as { next?: { href?: string | null } | null } | null | undefined;
  return links?.next?.href ?? undefined;
}

function parseOrEmpty(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return {};
  }
}
