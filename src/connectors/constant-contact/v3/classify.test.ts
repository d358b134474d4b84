import { describe, expect, test } from 'vitest';
import { classify } from './classify.ts';

describe('error bodies in all their shapes', () => {
  test.each([
    [401, { error_key: 'unauthorized', error_message: 'Unauthorized' }, 'auth', 'unauthorized'],
    [401, undefined, 'auth', null],
    [
      400,
      [{ error_key: 'contacts.api.validation.error', error_message: 'x' }],
      'refused_request',
      'contacts.api.validation.error',
    ],
    [
      400,
      { error: 'invalid_grant', error_description: 'unknown, invalid, or expired refresh token' },
      'refused_request',
      'invalid_grant',
    ],
    [403, [{ error_key: 'forbidden' }], 'forbidden', 'forbidden'],
    [
      404,
      [{ error_key: 'contacts.api.not_found', error_message: 'contact_id is in an invalid format' }],
      'not_found',
      'contacts.api.not_found',
    ],
    [404, { message: 'no Route matched' }, 'refused_request', null],
    [404, undefined, 'unavailable', null],
    [405, undefined, 'refused_request', null],
    [406, [], 'refused_request', null],
    [409, [{ error_key: 'contacts.api.conflict' }], 'rejected', 'contacts.api.conflict'],
    [415, undefined, 'refused_request', null],
    [418, null, 'refused_request', null],
    [429, { error_key: 'throttled', error_message: 'Too Many Requests' }, 'throttled', 'throttled'],
    [429, { error_key: 'quota_exceeded', error_message: 'Limit Exceeded' }, 'quota_exceeded', 'quota_exceeded'],
    [429, [{ error_key: 'activities.api.too_many' }], 'throttled', 'activities.api.too_many'],
    [429, undefined, 'throttled', null],
    [500, 'oops', 'unavailable', null],
    [503, [{ error_key: 'x' }], 'unavailable', 'x'],
  ] as const)('%i %j is %s', (status, body, errorClass, vendorKey) => {
    expect(classify(status, body)).toMatchObject({ errorClass, vendorKey });
  });
  test('the three meanings of 429 have a code each', () => {
    const codes = ['throttled', 'quota_exceeded', 'activities.api.too_many'].map(
      (error_key) => classify(429, { error_key }).code,
    );
    expect(new Set(codes).size).toBe(3);
  });
  test.each([
    [[null]],
    [[[]]],
    [{ error_key: 5 }],
    [{ error_key: '' }],
    [7],
    [JSON.parse('{"__proto__":{"error_key":"x"}}')],
  ])('%j has no key', (body) => expect(classify(500, body).vendorKey).toBeNull());
});
