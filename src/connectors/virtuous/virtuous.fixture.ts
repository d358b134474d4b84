/** A wire whose answers are scripted or computed, for the tests beside this file. It remembers every request. */
import type { ApiAnswer, ApiRequest, Wire } from '../../connector/wire.ts';
import { ConnectorError, type ErrorClass } from '../../model/errors.ts';
import type { Asking } from './ask.ts';

export interface Rig {
  readonly asking: Asking;
  readonly requests: ApiRequest[];
  /** Method and path of each request, in order. */
  readonly calls: () => string[];
}

/** Answers in order; an error is thrown, and a request beyond the script is an error of the test. */
export function scripted(...script: readonly unknown[]): Rig {
  const rest = [...script];
  return answering(() => {
    if (rest.length === 0) throw new Error('unscripted request');
    return rest.shift();
  });
}

/** Answers each request with what a function makes of it. */
export function answering(answer: (request: ApiRequest) => unknown): Rig {
  const requests: ApiRequest[] = [];
  const exchange = async (request: ApiRequest): Promise<ApiAnswer> => {
    requests.push(request);
    const body = answer(request);
    if (body instanceof Error) throw body;
    return { status: 200, body, sourceTime: 7 };
  };
  const wire: Wire = { sent: 0, skewMs: null, read: exchange, write: exchange };
  const calls = () => requests.map(({ method, path }) => `${method} ${path}`);
  return { asking: { wire, connection: 'crm' }, requests, calls };
}

export function failure(errorClass: ErrorClass, status?: number, code = 'VIRTUOUS_TEST'): ConnectorError {
  return new ConnectorError(code, errorClass, 'x', status === undefined ? {} : { status });
}
