import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isSignedBy, SIGNATURE_ENCODINGS } from './signature.ts';

const SECRET = 'whsec-one';
const sign = (body: string, secret: string, encoding: 'base64' | 'hex'): string =>
  createHmac('sha256', secret).update(body).digest(encoding);
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('C5: a signature', () => {
  test.each(SIGNATURE_ENCODINGS)(
    'in %s is known by its secret, and by the one before while both are good',
    (encoding) => {
      const body = '{"event":"ContactUpdate","name":"Zoë"}';
      const said = sign(body, SECRET, encoding);
      expect(isSignedBy(bytes(body), said, [SECRET], encoding)).toBe(true);
      expect(isSignedBy(bytes(body), said, ['the-next', SECRET], encoding)).toBe(true);
      expect(isSignedBy(bytes(body), said, ['the-next'], encoding)).toBe(false);
      expect(isSignedBy(bytes(body), said, [], encoding)).toBe(false);
    },
  );

  test('is refused when the body differs by anything, a line end above all', () => {
    const said = sign('{"a":1}\n', SECRET, 'base64');
    expect(isSignedBy(bytes('{"a":1}'), said, [SECRET], 'base64')).toBe(false);
  });

  test('is refused in the other encoding, cut short, lengthened, with a prefix, or missing', () => {
    const said = sign('x', SECRET, 'base64');
    for (const wrong of [
      undefined,
      '',
      said.slice(1),
      `${said}=`,
      `sha256=${said}`,
      sign('x', SECRET, 'hex'),
      ` ${said}`,
    ])
      expect(isSignedBy(bytes('x'), wrong, [SECRET], 'base64')).toBe(false);
    expect(isSignedBy(bytes('x'), said, [SECRET], 'hex')).toBe(false);
  });

  test('no text of a stranger passes, and none throws', () => {
    fc.assert(
      fc.property(
        fc.uint8Array(),
        fc.string({ unit: 'binary' }),
        fc.constantFrom(...SIGNATURE_ENCODINGS),
        (body, said, encoding) => {
          expect(isSignedBy(body, said, [SECRET], encoding)).toBe(false);
        },
      ),
    );
  });
});
