/**
 * What one exchange means: an answer, or a failure with its class.
 *
 * Only well-formed JSON is ever data: an HTML page with status 200, an empty or a cut body is a source that answers
 * badly, and an HTML 404 in front of the API proves no absence (I9). Pure; must never put a body, an address, a query
 * or a token into an error (I20).
 *
 * JSON.parse keeps `__proto__` as an own property, takes the last of duplicate keys, and does not recurse: size is
 * bounded by the transport, and whoever walks unknown values bounds their depth there.
 */
import type { ApiAnswer, ApiRequest, Classified, Classify } from '../connector/wire.ts';
import type { HttpAnswer, TransportError } from '../ports/transport.ts';
import { keepApart, type Apart } from './apart.ts';
import { httpDate, retryAfterMs } from './backoff.ts';

export interface Failure {
  readonly kind: 'failure';
  readonly classified: Classified;
  readonly status: number | null;
  readonly retryAfterMs: number | null;
  /** False where the very same answer would come again. */
  readonly mayPass: boolean;
  /** False where nothing of the request can have reached the source. */
  readonly arrived: boolean;
  readonly sourceTime: number | null;
}
export interface Success {
  readonly kind: 'success';
  readonly answer: ApiAnswer;
}
export type Outcome = Success | Failure;

type Body =
  | { readonly kind: 'json'; readonly value: unknown; readonly apart?: readonly Buffer[] }
  | { readonly kind: 'empty' }
  | { readonly kind: 'other' };

/** Judges a complete exchange by what was asked for. */
export function judgeAnswer(
  answer: HttpAnswer,
  classify: Classify,
  { apart, mayBeEmpty }: Pick<ApiRequest, 'apart' | 'mayBeEmpty'>,
): Outcome {
  const body = parseBody(answer.body, answer.status === 200 ? apart : undefined);
  const date = httpDate(answer.headers['date']);
  const sourceTime = Number.isNaN(date) ? null : date;
  const { status } = answer;
  if (status >= 200 && status < 300 && status !== 202) {
    if (body.kind === 'json')
      return {
        kind: 'success',
        answer: { status, body: body.value, sourceTime, ...(body.apart === undefined ? {} : { apart: body.apart }) },
      };
    const saysNothing = status === 204 || (mayBeEmpty === true && body.kind === 'empty');
    if (saysNothing) return { kind: 'success', answer: { status, body: undefined, sourceTime } };
  }
  const classified = classifyFailure(status, body, classify);
  const after = retryAfterMs(answer.headers['retry-after'], sourceTime);
  return {
    kind: 'failure',
    classified: sane(classified),
    status,
    retryAfterMs: after,
    mayPass: true,
    arrived: true,
    sourceTime,
  };
}

/** Judges an exchange that brought no answer. */
export function judgeFault(error: TransportError): Failure {
  const code = `SOURCE_${error.fault.toUpperCase().replaceAll('-', '_')}`;
  const classified = { code, errorClass: 'unavailable', vendorKey: null } as const;
  // Another try would bring the same 32 MB again.
  return {
    kind: 'failure',
    classified,
    status: null,
    retryAfterMs: null,
    mayPass: error.fault !== 'too-large',
    arrived: error.sent,
    sourceTime: null,
  };
}

/** Tells whether a write may have been carried out although it failed: it arrived, and no clear word came back (I6). */
export function mayHaveActed({ arrived, classified: { errorClass } }: Failure): boolean {
  return arrived && (errorClass === 'unavailable' || errorClass === 'not_ready');
}

/** The same failure as an outcome that only a read can tell. */
export function outcomeUnknown(failure: Failure): Failure {
  return { ...failure, classified: { ...failure.classified, errorClass: 'unknown_outcome' } };
}

function classifyFailure(status: number, body: Body, classify: Classify): Classified {
  if (status === 202) return { code: 'SOURCE_NOT_READY', errorClass: 'not_ready', vendorKey: null };
  if (status < 300) return { code: 'SOURCE_NOT_JSON', errorClass: 'unavailable', vendorKey: null };
  if (status < 400) return { code: 'SOURCE_REDIRECTED', errorClass: 'refused_request', vendorKey: null };
  const behindSomethingElse = body.kind === 'other' && status < 500 && status !== 401 && status !== 429;
  if (behindSomethingElse) return { code: 'SOURCE_NOT_JSON', errorClass: 'unavailable', vendorKey: null };
  return classify(status, body.kind === 'json' ? body.value : undefined);
}

/** Drops a vendor's key that does not look like one: it could be free text, with anything in it. */
function sane(classified: Classified): Classified {
  const key = classified.vendorKey;
  return key === null || /^[\w.-]{1,80}$/.test(key) ? classified : { ...classified, vendorKey: null };
}

function parseBody(body: string | Buffer, apart: Apart | undefined): Body {
  if (body.length === 0) return { kind: 'empty' };
  try {
    const kept = apart === undefined ? null : keepApart(typeof body === 'string' ? Buffer.from(body) : body, apart);
    if (kept !== null) return { kind: 'json', value: kept.envelope, apart: kept.texts };
    return { kind: 'json', value: JSON.parse(body.toString()) };
  } catch {
    return { kind: 'other' };
  }
}
