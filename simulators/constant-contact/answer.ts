/**
 * answer: what a handler gives back, and the error bodies of the vendor.
 *
 * Two shapes of error exist side by side: an array for most, a bare object for 401, 429 and everything under reports. A page is
 * kept in parts until it is sent, so that faults can spoil it and the form of its last link can be chosen.
 */
import type { Switches } from '../switches.ts';

export interface Page {
  /** The path that the next link names, starting with `/v3/`. */
  readonly path: string;
  /** The property the items stand under. */
  readonly key: string;
  readonly items: readonly unknown[];
  /** The cursor of the next page, or null on the last one. */
  readonly next: string | null;
  readonly more: Readonly<Record<string, unknown>>;
}

/** The answer of a call; a body of undefined is an empty one. */
export type Reply =
  | { readonly status: number; readonly body: unknown; readonly headers?: Readonly<Record<string, string>> }
  | { readonly page: Page };

export type ErrorForm = 'array' | 'object';

/** Stops a handler with an error answer of the vendor's form. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  readonly key: string;
  readonly form: ErrorForm;

  constructor(status: number, key: string, message: string, form: ErrorForm = 'array') {
    super(message);
    this.status = status;
    this.key = key;
    this.form = form;
  }
}

/** Makes the answer of a refusal. */
export function refusalReply(refusal: Refusal): Reply {
  return errorReply(refusal.status, refusal.key, refusal.message, refusal.form);
}

/** Makes an error answer. */
export function errorReply(status: number, key: string, message: string, form: ErrorForm): Reply {
  const error = { error_key: key, error_message: message };
  return { status, body: form === 'array' ? [error] : error };
}

/** Makes the usual answer of a bare status, as the identity provider words it. */
export function usualOAuthError(status: number): Reply {
  const error = status === 401 ? 'invalid_client' : status < 500 ? 'invalid_request' : 'server_error';
  return { status, body: { error, error_description: 'The request could not be completed.' } };
}

/** Makes the usual answer of a bare status, as the vendor words it. */
export function usualError(status: number, inReports: boolean): Reply {
  const form: ErrorForm = inReports || status === 401 || status === 429 ? 'object' : 'array';
  const [key, message] = USUAL[status] ?? [
    'contacts.api.internal_server_error',
    'There was a problem with our internal service',
  ];
  return errorReply(status, key, message, form);
}

const USUAL: Readonly<Record<number, readonly [key: string, message: string]>> = {
  400: ['contacts.api.validation.error', 'The request is malformed'],
  401: ['unauthorized', 'Unauthorized'],
  403: ['forbidden', 'Forbidden'],
  404: ['contacts.api.not_found', 'Not Found'],
  405: ['method_not_allowed', 'Unsupported method used'],
  415: ['unsupported_media_type', 'Content-Type must be application/json'],
  409: ['contacts.api.conflict', 'Conflict'],
  429: ['throttled', 'Too Many Requests'],
  503: ['service_unavailable', 'Service Unavailable'],
};

/** Puts a page together, its last link in the chosen form. */
export function pageBody(page: Page, lastPage: Switches['lastPage']): Record<string, unknown> {
  const body = { [page.key]: page.items, ...page.more };
  if (page.next !== null) return { ...body, _links: { next: { href: `${page.path}?cursor=${page.next}` } } };
  switch (lastPage) {
    case 'absent':
      return body;
    case 'empty':
      return { ...body, _links: {} };
    case 'null':
      return { ...body, _links: null };
    case 'null-next':
      return { ...body, _links: { next: null } };
    case 'null-href':
      return { ...body, _links: { next: { href: null } } };
  }
}
