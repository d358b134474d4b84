import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { maskAddress, matchKey } from './address.ts';

const anyText = fc.string({ unit: 'binary', maxLength: 40 });
const local = fc.stringMatching(/^[a-z0-9][a-z0-9.+_-]{0,12}$/);
const domain = fc.stringMatching(/^[a-z][a-z0-9]{0,8}\.(org|com|example)$/);
const spaces = fc.constantFrom('', ' ', '\t', '\u00a0', '\r\n', '\u3000');
const unseen = fc.constantFrom('', '\u200b', '\u200d', '\ufeff', '\u00ad', '\u2060', '\u202e');

describe('T31: the match key', () => {
  test('is idempotent', () => {
    const text = fc.oneof(
      anyText,
      fc.tuple(anyText, anyText).map(([a, b]) => `${a}@${b}.org`),
    );
    fc.assert(
      fc.property(text, (address) => {
        const key = matchKey(address);
        if (key !== null) expect(matchKey(key)).toBe(key);
      }),
      { numRuns: 2000 },
    );
  });

  test('joins variants of case, surrounding space and invisible characters', () => {
    fc.assert(
      fc.property(local, domain, spaces, spaces, unseen, fc.boolean(), (name, host, before, after, zero, upper) => {
        const plain = `${name}@${host}`;
        const cased = upper ? plain.toUpperCase() : plain;
        const half = Math.ceil(cased.length / 2);
        const variant = `${before}${cased.slice(0, half)}${zero}${cased.slice(half)}${after}`;
        expect(matchKey(variant)).toBe(plain);
      }),
    );
  });

  test('joins composed and decomposed letters, and a domain with its A-label', () => {
    expect(matchKey('Jose\u0301@ex.org')).toBe(matchKey('Jos\u00e9@ex.org'));
    expect(matchKey('a@B\u00fccher.example')).toBe('a@xn--bcher-kva.example');
    expect(matchKey('a@XN--bcher-kva.example')).toBe('a@xn--bcher-kva.example');
    expect(matchKey('a@ex\u3002org')).toBe('a@ex.org');
  });

  test('never joins a dotless i, a dotted capital I, a plus tag, dots or another alphabet', () => {
    const apart = [
      'ivy@ex.org',
      '\u0131vy@ex.org',
      '\u0130vy@ex.org',
      'ivy+a@ex.org',
      'i.vy@ex.org',
      '\u0456vy@ex.org',
    ];
    apart.push('ivy@\u0131x.org', 'ivy@ix.org', 'STRASSE@ex.org', 'stra\u00dfe@ex.org');
    expect(new Set(apart.map(matchKey)).size).toBe(apart.length);
  });

  test('leaves the case of letters beyond ASCII in the local part alone', () => {
    expect(matchKey('\u00c9va@ex.org')).not.toBe(matchKey('\u00e9va@ex.org'));
  });

  test('of printable ASCII is the text in lower case, or null', () => {
    const printable = fc.stringMatching(/^[!-~]{1,30}$/);
    fc.assert(
      fc.property(printable, (text) => {
        expect([text.toLowerCase(), null]).toContain(matchKey(text));
      }),
    );
  });

  test('is null for what is no address', () => {
    for (const text of ['', ' ', 'ann', '@', 'ann@', '@ex.org', 'ann lee@ex.org', 'ann@ex org', 'a@x.org,b@y.org']) {
      expect(matchKey(text), text).toBeNull();
    }
    expect(matchKey('a\u0000b@ex.org')).toBeNull();
    expect(matchKey('\u200b@\u200b')).toBeNull();
    expect(matchKey('"ann lee"@ex.org')).toBe('"ann lee"@ex.org');
  });
});

describe('I20, C8: a masked address', () => {
  test('tells neither the person nor the host, and carries no control or direction mark', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          anyText,
          fc.tuple(local, domain).map((p) => p.join('@')),
        ),
        (address) => {
          expect(maskAddress(address)).toMatch(/^(\*\*\*|[a-z0-9]?\*\*\*@\*\*\*(\.[a-z0-9-]+)?)$/);
        },
      ),
    );
    expect(maskAddress('Ann.Lee@Smith.name')).toBe('a***@***.name');
    expect(maskAddress('Ann Lee')).toBe('***');
  });
});
