/**
 * answer: what a handler gives back, and the shapes of the CRM's errors.
 *
 * As recorded an error is `message`, for bad input with `modelState`; the documents promise another shape (virtuous-crm §10). A 404
 * has no body at all. A list is kept in parts until it is sent, so that faults can spoil it.
 */
import type { Switches } from '../../switches.ts';

export type Reply =
  | { readonly status: number; readonly body: unknown; readonly headers?: Readonly<Record<string, string>> }
  | { readonly list: readonly unknown[]; readonly total: number };

export type ModelState = Readonly<Record<string, readonly string[]>>;

/** Stops a handler with an error answer. */
export class CrmRefusal extends Error {
  override readonly name = 'CrmRefusal';
  readonly status: number;
  readonly state: ModelState | null;

  constructor(status: number, message: string, state: ModelState | null = null) {
    super(message);
    this.status = status;
    this.state = state;
  }
}

/** An answer that there is no such thing: without a body, as recorded. */
export function missing(): CrmRefusal {
  return new CrmRefusal(404, '');
}

/** An answer that the request is not valid, naming what is wrong. */
export function invalid(state: ModelState): CrmRefusal {
  return new CrmRefusal(400, 'The request is invalid.', state);
}

const CODES: Readonly<Record<number, string>> = {
  400: 'BAD_REQUEST',
  401: 'UNAUTHENTICATED',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  409: 'CONFLICT',
  429: 'RATE_LIMITED',
  503: 'SERVICE_UNAVAILABLE',
};

/** Makes the answer of a refusal, in the shape that the switches choose. */
export function refusalReply(
  { status, message, state }: Pick<CrmRefusal, 'status' | 'message' | 'state'>,
  switches: Switches,
): { readonly status: number; readonly body: unknown; readonly headers?: Readonly<Record<string, string>> } {
  if (status === 404) return { status, body: undefined };
  if (status === 401 && switches.crmUnauthorized === 'text') {
    return { status, body: message, headers: { 'content-type': 'text/plain', 'www-authenticate': 'Bearer' } };
  }
  const headers = status === 401 ? { headers: { 'www-authenticate': 'Bearer' } } : {};
  // Being throttled is documented in the promised shape alone (virtuous-crm §2).
  if (switches.crmErrors === 'target' || status === 429)
    return { status, body: targetError(status, message, state), ...headers };
  return { status, body: state === null ? { message } : { message, modelState: state }, ...headers };
}

function targetError(status: number, message: string, state: ModelState | null): unknown {
  const code = state === null ? (CODES[status] ?? 'INTERNAL_ERROR') : 'VALIDATION_FAILED';
  const details = Object.entries(state ?? {}).flatMap(([field, texts]) =>
    texts.map((text) => ({ field, code: 'INVALID', message: text })),
  );
  return { error: { code, message, details } };
}

const USUAL: Readonly<Record<number, string>> = {
  400: 'The request is invalid.',
  401: 'Authorization has been denied for this request.',
  403: 'The current user does not have permissions to perform this action.',
  409: 'The record was changed by another request.',
  429: 'Rate limit exceeded.',
};

/** Makes the usual answer of a bare status. */
export function usualError(status: number, switches: Switches): ReturnType<typeof refusalReply> {
  return refusalReply({ status, message: USUAL[status] ?? 'An error has occurred.', state: null }, switches);
}
