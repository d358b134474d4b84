import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readAll } from '../reading/refusal.ts';
import { fullContact, individual, method } from './answers.fixture.ts';
import { readContact } from './contact-record.ts';

const read = (more: Record<string, unknown> = {}) => readContact(fullContact(more)).content;
const email = (more: Record<string, unknown>) =>
  read({ contactIndividuals: [individual({ contactMethods: [method(more)] })] }).individuals[0]?.emails[0];

describe('a contact in canonical form', () => {
  test('a household with everything', () => {
    const { id, version, state, content } = readContact(fullContact());
    expect([id, version, state]).toEqual(['4711', '2017-12-07T20:37:02.893Z|2018-01-01T00:00:00.500Z', 'none']);
    expect(content).toMatchObject({
      contact_id: '4711',
      type: 'Household',
      name: 'Ada and Ben Mora',
      merged_into: null,
      archived: null,
      references: [{ source: 'Constant Contact', id: 'cc-1' }],
      tags: ['Board', 'CC: News'],
      custom_fields: { 'Shoe size': '42' },
      individuals: [
        {
          id: '815',
          first_name: 'Ada',
          last_name: 'Mora',
          primary: true,
          emails: [{ id: '30', type: 'Home Email', address: 'Ada@Example.org', opted_in: true, primary: true }],
        },
      ],
      created_at: '2016-02-10T00:00:00.000Z',
      updated_at: '2017-12-07T20:37:02.893Z',
      extra: { lifeToDateGiving: '$1,200', lastGiftDate: 'Unavailable' },
    });
  });

  test('money for display, phones and fields nobody documented are kept, never refused', () => {
    const { extra } = read({ brandNew: { a: [1] } });
    expect(extra).toMatchObject({
      brandNew: { a: [1] },
      giftAskAmount: '$0',
      contactIndividuals: { '815': { birthDate: '9/4/1998', contactMethods: [{ value: '555-0100' }] } },
    });
  });

  test.each([
    ['contactIndividuals', null],
    ['contactIndividuals', []],
    ['contactIndividuals', undefined],
    ['tags', null],
    ['contactReferences', null],
    ['customFields', null],
  ])('%s may be %j', (key, value) => expect(readContact(fullContact({ [key]: value })).id).toBe('4711'));

  test('an individual without methods has no addresses', () => {
    expect(read({ contactIndividuals: [individual({ contactMethods: null })] }).individuals[0]?.emails).toEqual([]);
  });

  test('T29 merged and archived are told where the answer tells them', () => {
    expect(read({ mergedIntoContactId: 9 }).merged_into).toBe('9');
    expect(read({ mergedIntoContactId: 0 }).merged_into).toBeNull();
    expect([read({ isArchived: true }).archived, read({ isArchived: false }).archived]).toEqual([true, false]);
  });

  test.each([
    [true, true],
    [false, false],
    ['False', false],
    [null, null],
    [undefined, null],
    ['perhaps', null],
    [1, null],
  ])('I2 an opt-in of %j is %j: nothing but a yes is a yes', (isOptedIn, opted) =>
    expect(email({ isOptedIn })?.opted_in).toBe(opted),
  );

  test.each([
    ['Work Email', 'x@example.org', true],
    ['Parish', 'x@example.org', true],
    ['Twitter', 'x@example.org', false],
    ['Work Phone', 'x@example.org', false],
    ['Other', '@x', false],
    ['Home Email', '', false],
    ['Home Email', null, false],
  ])('a method of kind %j with %j holds an address: %j', (type, value, holds) =>
    expect(email({ type, value }) !== undefined).toBe(holds),
  );

  test('who asks and how is no part of a contact', () => {
    const { isCurrentUserFollowing: _, ...plain } = fullContact();
    const other = { ...plain, primaryAvatarUrl: 'https://x/1.png', modifiedDateTimeUtc: '2017-12-07T20:37:02.893Z' };
    expect(readContact(other).hash).toBe(readContact(fullContact()).hash);
    const digits = (fraction: string) => {
      const phone = { id: 31, type: 'Home Phone', value: '1', modifiedDateTimeUtc: `2018-01-01T00:00:00${fraction}` };
      const modifiedDateTimeUtc = `2018-01-01T00:00:00${fraction}`;
      return readContact(
        fullContact({ contactIndividuals: [individual({ modifiedDateTimeUtc, contactMethods: [phone] })] }),
      );
    };
    expect(digits('.5000000').hash).toBe(digits('.5').hash);
  });

  test('a contact whose opt-in turned has another hash', () => {
    const out = fullContact({ contactIndividuals: [individual({ contactMethods: [method({ isOptedIn: false })] })] });
    const into = fullContact({ contactIndividuals: [individual({ contactMethods: [method()] })] });
    expect(readContact(out).hash).not.toBe(readContact(into).hash);
  });
});

describe('I17 a contact that cannot be understood is refused with its reason', () => {
  test.each([
    [{ id: 'x' }, 'x', 'id: not an id'],
    [{ id: 0 }, '0', 'id: not an id'],
    [{ contactIndividuals: [individual({ id: null })] }, '4711', 'contactIndividuals.id: missing'],
    [{ contactIndividuals: 'none' }, '4711', 'contactIndividuals: not a list'],
    [
      { contactIndividuals: [individual({ contactMethods: [method({ id: -1 })] })] },
      '4711',
      'contactMethods.id: not an id',
    ],
    [
      { contactIndividuals: [individual(), individual({ firstName: 'Bo' })] },
      '4711',
      'contactIndividuals: one id twice with different values',
    ],
    [{ name: { first: 'x' } }, '4711', 'name: not text'],
    [{ tags: 'x' }, '4711', 'tags: not a list'],
    [{ mergedIntoContactId: 'none' }, '4711', 'mergedIntoContactId: not an id'],
  ])('%j', (more, id, reason) => {
    const { readings, refused } = readAll([fullContact(more), fullContact({ id: 5 })], readContact, 'id');
    expect(readings.map((one) => one.id)).toEqual(['5']);
    expect(refused).toEqual([{ id, reason }]);
  });

  test('whatever JSON stands in its place, nothing but a refusal comes of it', () => {
    const place = fc.constantFrom(...Object.keys(fullContact()));
    fc.assert(
      fc.property(place, fc.jsonValue(), (key, value) => {
        const { readings, refused } = readAll([fullContact({ [key]: value })], readContact, 'id');
        expect(readings.length + refused.length).toBe(1);
      }),
      { numRuns: 500 },
    );
  });

  test('in whatever order the parts come, the contact is the same', () => {
    const people = [individual(), individual({ id: 9, contactMethods: [method({ id: 7 }), method({ id: 100 })] })];
    const tags = ['a', 'b', 'c'];
    const same = readContact(fullContact({ contactIndividuals: people, tags })).hash;
    const mixed = fc.tuple(fc.shuffledSubarray(people, { minLength: 2 }), fc.shuffledSubarray(tags, { minLength: 3 }));
    fc.assert(
      fc.property(mixed, ([contactIndividuals, some]) => {
        expect(readContact(fullContact({ contactIndividuals, tags: some })).hash).toBe(same);
      }),
    );
  });
});
