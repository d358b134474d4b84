/**
 * One request, one parsed answer, and the connection's name on every failure.
 *
 * Decides what a failure means at this place: a continuation that the source no longer knows is a cursor that is gone
 * (T9), not a request that will never be answered.
 */
import type { ApiAnswer, ApiRequest, Wire } from '../../../connector/wire.ts';
import { ConnectorError, isErrorOf } from '../../../model/errors.ts';
import { buildNext } from './requests.ts';

export interface Asking {
  readonly wire: Wire;
  readonly connection: string;
}

/** Sends a request and parses its answer; a malformed answer's error is given connection and request. */
export async function ask<T>(
  { wire, connection }: Asking,
  request: ApiRequest,
  signal: AbortSignal,
  parse: (answer: ApiAnswer) => T,
): Promise<T> {
  const answer = await wire.read(request, signal);
  try {
    return parse(answer);
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    const facts = { ...error.facts, connection, request: labelOf(request), status: answer.status };
    throw new ConnectorError(error.code, error.errorClass, error.message, facts);
  }
}

/** Asks for a page: the first by its request, a later one by the link that led to it. Throws `cursor_gone` for a dead link. */
export async function askPage<T>(
  asking: Asking,
  first: ApiRequest,
  from: string | null,
  signal: AbortSignal,
  parse: (answer: ApiAnswer) => T,
): Promise<T> {
  if (from === null) return ask(asking, first, signal, parse);
  try {
    return await ask(asking, buildNext(from, first), signal, parse);
  } catch (error) {
    if (!isErrorOf(error, 'refused_request', 'not_found')) throw error;
    throw new ConnectorError('CC_CURSOR_GONE', 'cursor_gone', 'the source no longer continues here', error.facts);
  }
}

function labelOf(request: ApiRequest): string {
  return `${request.method} ${request.path ?? request.link?.split('?', 1)[0] ?? ''}`;
}
