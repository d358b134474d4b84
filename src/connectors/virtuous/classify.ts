/**
 * What a failed answer of this API means.
 *
 * Error bodies come in three shapes: `{message, modelState}`, the OAuth host's `{error, error_description}`, and the
 * documented `{error: {code, message, details}}`. 404 has no body at all, and is an absence only then: one with a body
 * that is no JSON never gets here. A missing permission is told once as 400 with a sentence. Pure; must never let a
 * message through: it holds field values and addresses.
 */
import type { Classified } from '../../connector/wire.ts';
import type { ErrorClass } from '../../model/errors.ts';
import { isRecord } from '../reading/fields.ts';

const BY_STATUS: ReadonlyMap<number, readonly [code: string, errorClass: ErrorClass]> = new Map([
  [400, ['VIRTUOUS_BAD_REQUEST', 'refused_request']],
  [401, ['VIRTUOUS_UNAUTHORIZED', 'auth']],
  [403, ['VIRTUOUS_FORBIDDEN', 'forbidden']],
  [404, ['VIRTUOUS_NOT_FOUND', 'not_found']],
  [405, ['VIRTUOUS_METHOD_NOT_ALLOWED', 'refused_request']],
  [408, ['VIRTUOUS_UNAVAILABLE', 'unavailable']],
  [409, ['VIRTUOUS_CONFLICT', 'rejected']],
  [413, ['VIRTUOUS_TOO_LARGE', 'refused_request']],
  [415, ['VIRTUOUS_MEDIA_TYPE', 'refused_request']],
  [422, ['VIRTUOUS_BAD_REQUEST', 'refused_request']],
  [429, ['VIRTUOUS_THROTTLED', 'throttled']],
]);

/** Classifies a failed answer by status and body. */
export function classify(status: number, body: unknown): Classified {
  const vendorKey = errorKey(body);
  if (status === 400 && saysNotPermitted(body))
    return { code: 'VIRTUOUS_FORBIDDEN', errorClass: 'forbidden', vendorKey };
  const [code, errorClass] = BY_STATUS.get(status) ?? byRange(status);
  return { code, errorClass, vendorKey };
}

/** Finds the vendor's key in any of the three shapes: a code, an OAuth error, or the first field that is at fault. */
export function errorKey(body: unknown): string | null {
  if (!isRecord(body)) return null;
  const { error, modelState } = body;
  const key = isRecord(error) ? error['code'] : (error ?? (isRecord(modelState) ? Object.keys(modelState)[0] : null));
  return typeof key === 'string' && key !== '' ? key : null;
}

/** "The current user does not have permissions to perform this action.", with status 400. */
function saysNotPermitted(body: unknown): boolean {
  if (!isRecord(body) || body['modelState'] !== undefined) return false;
  const message = isRecord(body['error']) ? body['error']['message'] : body['message'];
  return typeof message === 'string' && /\bnot have permission/iu.test(message);
}

function byRange(status: number): readonly [string, ErrorClass] {
  return status >= 500 ? ['VIRTUOUS_UNAVAILABLE', 'unavailable'] : ['VIRTUOUS_REFUSED', 'refused_request'];
}
