/**
 * One request, one parsed answer, and the connection's name on every failure.
 *
 * Decides nothing about a failure; a malformed answer is a source that answers badly, never an empty one (T10).
 */
import type { ApiAnswer, ApiRequest, Wire } from '../../connector/wire.ts';
import { ConnectorError, isErrorOf } from '../../model/errors.ts';

export interface Asking {
  readonly wire: Wire;
  readonly connection: string;
}

/** Sends a request and parses its answer; a malformed answer's error is given connection and request. */
export async function ask<T>(
  asking: Asking,
  request: ApiRequest,
  signal: AbortSignal,
  parse: (answer: ApiAnswer) => T,
): Promise<T> {
  return parsed(asking, request, await asking.wire.read(request, signal), parse);
}

/** The same for what may not be there: null for 404. */
export async function askMaybe<T>(
  asking: Asking,
  request: ApiRequest,
  signal: AbortSignal,
  parse: (answer: ApiAnswer) => T,
): Promise<T | null> {
  try {
    return await ask(asking, request, signal, parse);
  } catch (error) {
    if (isErrorOf(error, 'not_found')) return null;
    throw error;
  }
}

/** Parses an answer, and names connection and request where it is malformed. */
export function parsed<T>(
  { connection }: Asking,
  request: ApiRequest,
  answer: ApiAnswer,
  parse: (answer: ApiAnswer) => T,
): T {
  try {
    return parse(answer);
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    const facts = {
      ...error.facts,
      connection,
      request: `${request.method} ${request.path ?? ''}`,
      status: answer.status,
    };
    throw new ConnectorError(error.code, error.errorClass, error.message, facts);
  }
}

/** Says that an answer is not what was asked for: the source answers badly. */
export function malformed(why: string, code = 'VIRTUOUS_MALFORMED'): ConnectorError {
  return new ConnectorError(code, 'unavailable', why);
}
