import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readDelivery } from './delivery.ts';

const bytes = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
const EVENT = {
  event: 'ContactUpdate',
  eventId: 'e-1',
  eventDateTimeUtc: '2026-11-24T10:00:00.123',
  organization: { id: 3 },
};

describe('I16: a delivery', () => {
  test('of one contact names it, with the time as UTC', () => {
    expect(readDelivery(bytes({ ...EVENT, contact: { id: 5, contactIndividuals: null, extra: {} } }))).toEqual({
      id: 'e-1',
      at: Date.UTC(2026, 10, 24, 10),
      contacts: ['5'],
    });
  });

  test('of a batch names each contact once, and is known by its body', () => {
    const batch = {
      event: 'ContactUpdate',
      models: [{ contact: { id: 5 } }, { contact: { id: '7' } }, { contact: { id: 5 } }, {}],
    };
    const read = readDelivery(bytes(batch));
    expect(read).toMatchObject({ at: null, contacts: ['5', '7'] });
    expect(read?.id).toMatch(/^body:/u);
    expect(readDelivery(bytes(batch))?.id).toBe(read?.id);
    expect(readDelivery(bytes({ ...batch, event: 'ContactCreate' }))?.id).not.toBe(read?.id);
  });

  test('about something else names nobody', () => {
    expect(readDelivery(bytes({ ...EVENT, event: 'GiftCreate', gift: { id: 9, contactId: 5 } }))?.contacts).toEqual([]);
  });

  test.each([[0], [-5], [1.5], [1e300], ['5/../6'], ['05'], [''], [null], [{}], [true]])(
    'an id of %j is none',
    (id) => {
      expect(readDelivery(bytes({ ...EVENT, contact: { id } }))?.contacts).toEqual([]);
    },
  );

  test.each(['', 'null', '[]', '"x"', '5', '{', '{"models":{}}', '{"models":5}', '\u{feff}\u0000'])(
    '%j is none',
    (text) => {
      expect(readDelivery(new TextEncoder().encode(text))).toBeNull();
    },
  );

  test('more records than a sender has reason for are refused', () => {
    expect(readDelivery(bytes({ models: Array.from({ length: 10_001 }, () => ({})) }))).toBeNull();
  });

  test('bytes that are no text are none', () => {
    expect(readDelivery(new Uint8Array([0x7b, 0xff, 0x7d]))).toBeNull();
  });

  test('C7: a key that would change a prototype is data', () => {
    const read = readDelivery(new TextEncoder().encode('{"__proto__":{"contact":{"id":5}},"eventId":"e"}'));
    expect(read).toEqual({ id: 'e', at: null, contacts: [] });
  });

  test('is total: whatever JSON comes, it is read or refused', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const read = readDelivery(bytes(value));
        expect(read === null || read.contacts.every((id) => /^[1-9]\d*$/u.test(id))).toBe(true);
      }),
    );
  });
});
