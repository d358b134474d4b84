import { describe, expect, test } from 'vitest';
import { classify, errorKey } from './classify.ts';

describe('error bodies in all three shapes', () => {
  test.each([
    [401, { message: 'Authorization has been denied for this request.' }, 'auth', null],
    [401, undefined, 'auth', null],
    [
      400,
      { message: 'The request is invalid.', modelState: { 'contact.name': ['x'] } },
      'refused_request',
      'contact.name',
    ],
    [400, { error: 'invalid_grant', error_description: 'x' }, 'refused_request', 'invalid_grant'],
    [400, { error: { code: 'VALIDATION_FAILED', message: 'x', details: [] } }, 'refused_request', 'VALIDATION_FAILED'],
    [400, { message: 'The current user does not have permissions to perform this action.' }, 'forbidden', null],
    [403, { error: { code: 'FORBIDDEN' } }, 'forbidden', 'FORBIDDEN'],
    [404, undefined, 'not_found', null],
    [404, { error: { code: 'NOT_FOUND' } }, 'not_found', 'NOT_FOUND'],
    [405, undefined, 'refused_request', null],
    [409, { error: { code: 'CONFLICT' } }, 'rejected', 'CONFLICT'],
    [418, null, 'refused_request', null],
    [429, { error: { code: 'RATE_LIMITED' } }, 'throttled', 'RATE_LIMITED'],
    [429, undefined, 'throttled', null],
    [500, { message: 'An error has occurred.' }, 'unavailable', null],
    [502, undefined, 'unavailable', null],
    [520, undefined, 'unavailable', null],
    [503, { error: { code: 'SERVICE_UNAVAILABLE' } }, 'unavailable', 'SERVICE_UNAVAILABLE'],
  ] as const)('%i %j is %s', (status, body, errorClass, vendorKey) => {
    expect(classify(status, body)).toMatchObject({ errorClass, vendorKey });
  });

  test('a field at fault whose message speaks of permissions is no missing permission', () => {
    const body = { message: 'You do not have permission', modelState: { 'contact.name': ['x'] } };
    expect(classify(400, body).errorClass).toBe('refused_request');
  });

  test.each([[null], [[]], [7], [{ error: 5 }], [{ error: '' }], [{ error: {} }], [{ modelState: {} }]])(
    '%j has no key',
    (body) => expect(errorKey(body)).toBeNull(),
  );
});
