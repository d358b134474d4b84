import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { keepApart, type KeptApart } from './apart.ts';

const CONTACTS = { array: 'contacts', first: 'contact_id' };

function split(body: string): { envelope: KeptApart['envelope']; texts: string[] } | null {
  const kept = keepApart(Buffer.from(body), CONTACTS);
  return kept === null ? null : { envelope: kept.envelope, texts: kept.texts.map((text) => text.toString()) };
}

describe('keeping an array apart', () => {
  test('loses nothing: envelope and elements make up the answer, whatever the values are', () => {
    const value = fc.jsonValue({ maxDepth: 3 });
    const contact = fc
      .tuple(fc.string({ unit: 'grapheme' }), fc.dictionary(fc.string({ unit: 'grapheme' }), value))
      .map(([id, more]) => ({ contact_id: id, ...more, contact_id_: id }));
    fc.assert(
      fc.property(fc.array(contact, { minLength: 1, maxLength: 6 }), value, (contacts, more) => {
        const whole = { before: more, contacts, _links: { next: { href: '/v3/contacts?cursor=x' } }, after: more };
        const kept = split(JSON.stringify(whole));
        if (kept === null) return;
        expect({
          ...(kept.envelope as object),
          contacts: JSON.parse(`[${kept.texts.join(',')}]`) as unknown,
        }).toEqual(JSON.parse(JSON.stringify(whole)));
      }),
    );
  });

  test('a value that imitates the layout stays a value', () => {
    const hostile = '},{"contact_id":"x"}],"contacts":[{"contact_id":"';
    const body = JSON.stringify({
      contacts: [{ contact_id: '1', first_name: hostile }, { contact_id: '2' }],
      note: hostile,
    });
    expect(split(body)?.texts.map((text) => (JSON.parse(text) as { contact_id: string }).contact_id)).toEqual([
      '1',
      '2',
    ]);
  });

  test.each([
    ['laid out with spaces', '{"contacts": [{"contact_id": "1"}]}'],
    ['an empty page', '{"contacts":[],"_links":{}}'],
    ['another first key', '{"contacts":[{"first_name":"A","contact_id":"1"}]}'],
    ['the same name further in', '{"page":{"contacts":[{"contact_id":"1"}]}}'],
    ['an element that does not end', '{"contacts":[{"contact_id":"1","first_name":"A'],
  ])('%s is left to the ordinary parser', (_, body) => {
    expect(split(body)).toBeNull();
  });

  test('T10: an answer cut after its elements is no JSON', () => {
    expect(() => split('{"contacts":[{"contact_id":"1"}],"_links":{"ne')).toThrow(SyntaxError);
  });
});
