/**
 * What a failed answer of this API means.
 *
 * Error bodies come as an array of `{error_key, error_message}`, as one such object, or as the OAuth host's
 * `{error, error_description}`. 429 has three meanings that only the key tells apart. Pure; must never let a message
 * through: it holds field values and addresses.
 */
import type { Classified } from '../../../connector/wire.ts';
import type { ErrorClass } from '../../../model/errors.ts';
import { isRecord } from '../../reading/fields.ts';

const BY_STATUS: ReadonlyMap<number, readonly [code: string, errorClass: ErrorClass]> = new Map([
  [400, ['CC_BAD_REQUEST', 'refused_request']],
  [401, ['CC_UNAUTHORIZED', 'auth']],
  [403, ['CC_FORBIDDEN', 'forbidden']],
  [405, ['CC_METHOD_NOT_ALLOWED', 'refused_request']],
  [406, ['CC_NOT_ACCEPTABLE', 'refused_request']],
  [408, ['CC_UNAVAILABLE', 'unavailable']],
  [409, ['CC_CONFLICT', 'rejected']],
  [410, ['CC_GONE', 'refused_request']],
  [413, ['CC_TOO_LARGE', 'refused_request']],
  [415, ['CC_MEDIA_TYPE', 'refused_request']],
]);

/** Classifies a failed answer by status and body. */
export function classify(status: number, body: unknown): Classified {
  const vendorKey = errorKey(body);
  if (status === 429) return { ...classify429(vendorKey), vendorKey };
  if (status === 404) return { ...classify404(vendorKey, body), vendorKey };
  const [code, errorClass] = BY_STATUS.get(status) ?? byRange(status, vendorKey);
  return { code, errorClass, vendorKey };
}

/** Finds the vendor's key in any of the three shapes. */
export function errorKey(body: unknown): string | null {
  const first: unknown = Array.isArray(body) ? body[0] : body;
  if (!isRecord(first)) return null;
  const key = first['error_key'] ?? first['error'];
  return typeof key === 'string' && key !== '' ? key : null;
}

/** Per second, per day, or the queue of bulk activities. A key nobody documented waits, which costs least. */
function classify429(key: string | null): { readonly code: string; readonly errorClass: ErrorClass } {
  if (key !== null && /quota/i.test(key)) return { code: 'CC_QUOTA_EXCEEDED', errorClass: 'quota_exceeded' };
  return { code: key === null || key === 'throttled' ? 'CC_THROTTLED' : 'CC_TOO_MANY', errorClass: 'throttled' };
}

/** Only the API's own words prove an absence; a 404 of something in front of it proves nothing (I9). */
function classify404(key: string | null, body: unknown): { readonly code: string; readonly errorClass: ErrorClass } {
  if (key !== null) return { code: 'CC_NOT_FOUND', errorClass: 'not_found' };
  return body === undefined
    ? { code: 'CC_NOT_FOUND_UNPROVEN', errorClass: 'unavailable' }
    : { code: 'CC_NO_SUCH_REQUEST', errorClass: 'refused_request' };
}

function byRange(status: number, key: string | null): readonly [string, ErrorClass] {
  if (key === 'invalid_grant' || key === 'invalid_client' || key === 'invalid_token')
    return ['CC_UNAUTHORIZED', 'auth'];
  return status >= 500 ? ['CC_UNAVAILABLE', 'unavailable'] : ['CC_REFUSED', 'refused_request'];
}
