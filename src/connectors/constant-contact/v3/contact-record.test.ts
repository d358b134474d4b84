import { describe, expect, test } from 'vitest';
import { CONTACT_COLUMNS } from '../../../model/contact.ts';
import { contentHash } from '../../../model/hash.ts';
import { CONTACT_ID, contactWithEmail, fullContact, LIST_A, LIST_B, TAG } from './answers.fixture.ts';
import { readContact } from './contact-record.ts';
import { Unreadable } from '../../reading/fields.ts';

const parse = (text: string): unknown => JSON.parse(text);

describe('a full contact', () => {
  const reading = readContact(fullContact());

  test('has all columns in their order, then the sub-resources', () => {
    expect(Object.keys(reading.content)).toEqual([
      ...CONTACT_COLUMNS,
      ...'list_memberships taggings custom_fields phone_numbers street_addresses notes sms_channel extra'.split(' '),
    ]);
  });
  test('keeps what the source said, in canonical form', () => {
    expect(reading).toMatchObject({ id: CONTACT_ID, state: 'implicit', hash: contentHash(reading.content) });
    expect(reading.content).toMatchObject({
      email_address: 'debora.lang@example.org',
      permission_to_send: 'implicit',
      opt_out_date: null,
      email_updated_at: '2016-03-03T15:53:04Z',
      birthday_month: 11,
      anniversary: '2006-11-15',
      updated_at: '2016-03-03T15:53:04.000Z',
      deleted_at: null,
      list_memberships: [LIST_A, LIST_B],
      taggings: [TAG],
      custom_fields: [
        { custom_field_id: 'a938260a-0000-11e9-a540-fa163e595123', value: 'b', choice_ids: [1, 3] },
        { custom_field_id: 'd938260a-0000-11e9-a540-fa163e595123', value: 'blue', choice_ids: null },
      ],
      sms_channel: { dial_code: '1', sms_address: '7815551212', sms_channel_consents: [], sms_channel_id: '5d6a' },
      extra: null,
    });
    expect(reading.content.phone_numbers[0]).toEqual({
      phone_number_id: '2a6a5ed8-0000-11eb-af0a-fa163e56c9b0',
      phone_number: '555-1212',
      kind: 'home',
      created_at: '2016-01-23T13:48:44Z',
      updated_at: '2016-01-23T13:48:44Z',
    });
    expect(reading.content.street_addresses[0]).toMatchObject({ city: 'Chicago', postal_code: '60754' });
    expect(reading.content.notes).toEqual([
      { note_id: '4c6a5ed8-0000-11eb-af0a-fa163e56c9b0', content: 'Met in spring', created_at: '2016-01-23T13:48:44Z' },
    ]);
  });
  test('T18 its version counts the address as well', () => {
    expect(reading.version).toBe('2016-03-03T15:53:04.000Z|2016-03-03T15:53:04Z');
    const optedOut = readContact(
      contactWithEmail({ permission_to_send: 'unsubscribed', updated_at: '2024-06-08T01:02:03Z' }),
    );
    expect(optedOut.version).not.toBe(reading.version);
    expect(optedOut.state).toBe('unsubscribed');
  });
});

describe('equal contacts have equal hashes', () => {
  const hash = readContact(fullContact()).hash;
  const without = (key: string): Record<string, unknown> =>
    Object.fromEntries(Object.entries(fullContact()).filter(([one]) => one !== key));

  test('absent, null and "" are one', () => {
    const bare = readContact(without('job_title')).hash;
    expect(readContact(fullContact({ job_title: null })).hash).toBe(bare);
    expect(readContact(fullContact({ job_title: '' })).hash).toBe(bare);
    expect(bare).not.toBe(hash);
  });
  test('a sub-resource that is missing, null or empty is one', () => {
    for (const key of ['list_memberships', 'taggings', 'custom_fields', 'phone_numbers', 'street_addresses', 'notes']) {
      const missing = readContact(without(key));
      expect(readContact(fullContact({ [key]: [] })).hash).toBe(missing.hash);
      expect(readContact(fullContact({ [key]: null })).hash).toBe(missing.hash);
    }
    expect(readContact(fullContact({ sms_channel: {} })).hash).toBe(readContact(without('sms_channel')).hash);
  });
  test('the order of keys, rows and ids does not count, and what comes twice counts once', () => {
    const raw = fullContact();
    const fields = raw['custom_fields'] as object[];
    const shuffled = Object.fromEntries(Object.entries(raw).reverse());
    expect(
      readContact({ ...shuffled, custom_fields: [...fields].reverse(), list_memberships: [LIST_A, LIST_B, LIST_A] })
        .hash,
    ).toBe(hash);
    expect(readContact(fullContact({ custom_fields: [...fields, fields[0]] })).hash).toBe(hash);
    expect(readContact(fullContact({ extra_b: { y: 1, x: 2 }, extra_a: 1 })).hash).toBe(
      readContact(fullContact({ extra_a: 1, extra_b: { x: 2, y: 1 } })).hash,
    );
  });
  test('a digit beyond the millisecond counts', () => {
    expect(readContact(fullContact({ created_at: '2016-01-23T13:48:44.1080001Z' })).hash).not.toBe(hash);
  });
});

describe('I2 T23 doubt means out', () => {
  test.each([
    ['explicit', 'explicit'],
    ['implicit', 'implicit'],
    ['not_set', 'not_set'],
    ['pending_confirmation', 'pending_confirmation'],
    ['temp_hold', 'temp_hold'],
    ['unsubscribed', 'unsubscribed'],
  ])('%s is %s', (permission, state) => {
    const reading = readContact(contactWithEmail({ permission_to_send: permission }));
    expect([reading.state, reading.content.permission_to_send, reading.content.extra]).toEqual([
      state,
      permission,
      null,
    ]);
  });
  test.each([['super_explicit'], ['EXPLICIT'], [1], [true], [{ explicit: true }], ['__proto__'], ['constructor']])(
    'an undocumented permission (%j) is held, and kept raw',
    (permission) => {
      const reading = readContact(contactWithEmail({ permission_to_send: permission }));
      expect([reading.state, reading.content.permission_to_send]).toEqual(['held', null]);
      expect(reading.content.extra).toEqual({ email_address: { permission_to_send: permission } });
    },
  );
  test('a missing permission is held', () => {
    expect(readContact(contactWithEmail({ permission_to_send: undefined })).state).toBe('held');
    expect(readContact(contactWithEmail({ permission_to_send: null })).state).toBe('held');
  });
  test('deleted wins over any permission, readable or not', () => {
    expect(readContact(fullContact({ deleted_at: '2016-07-08' }))).toMatchObject({
      state: 'deleted',
      content: { deleted_at: '2016-07-08', extra: null },
    });
    for (const odd of ['gone', 20160708, true, {}]) {
      const reading = readContact(fullContact({ deleted_at: odd }));
      expect(reading).toMatchObject({ state: 'deleted', content: { deleted_at: null, extra: { deleted_at: odd } } });
    }
    for (const none of [null, '', false]) expect(readContact(fullContact({ deleted_at: none })).state).toBe('implicit');
  });
  test('T19 a consent date known to the day takes its strict end, and is kept as it came', () => {
    const { content } = readContact(contactWithEmail({ opt_in_date: '2024-05-01', opt_out_date: '2024-05-01' }));
    expect([content.opt_in_date, content.opt_out_date]).toEqual(['2024-05-01T00:00:00Z', '2024-05-01T23:59:59Z']);
    expect(content.extra).toEqual({ email_address: { opt_in_date: '2024-05-01', opt_out_date: '2024-05-01' } });
  });
  test('an unreadable consent date is null and kept raw, and the contact is read', () => {
    const reading = readContact(
      contactWithEmail({ permission_to_send: 'unsubscribed', opt_out_date: 'soon', opt_in_date: 5 }),
    );
    expect(reading.state).toBe('unsubscribed');
    expect(reading.content).toMatchObject({ opt_out_date: null, opt_in_date: null });
    expect(reading.content.extra).toEqual({ email_address: { opt_in_date: 5, opt_out_date: 'soon' } });
  });
  test('without an address nobody is mailable, but an opt-out is one', () => {
    for (const email of [undefined, null, {}, { address: '', permission_to_send: 'explicit' }]) {
      expect(readContact(fullContact({ email_address: email })).state).toBe('none');
    }
    expect(readContact(fullContact({ email_address: { permission_to_send: 'unsubscribed' } })).state).toBe(
      'unsubscribed',
    );
  });
});

describe('T30 of the API: a contact with only an SMS channel', () => {
  test('is read, with all columns of the address null', () => {
    const reading = readContact(
      parse('{"contact_id":"c1","sms_channel":{"sms_address":"7815551212"},"updated_at":"2025-05-01T00:00:00Z"}'),
    );
    expect(reading).toMatchObject({ id: 'c1', state: 'none', version: '2025-05-01T00:00:00Z|' });
    expect(reading.content).toMatchObject({
      email_address: null,
      email_updated_at: null,
      sms_channel: { sms_address: '7815551212' },
    });
  });
});

describe('what has no column is kept', () => {
  test('unknown keys anywhere, sorted deep', () => {
    const { content } = readContact(
      fullContact({
        zeta: { b: 1, a: [{ d: 1, c: 2 }] },
        notes: [{ note_id: 'n1', content: 'x', pinned: true }],
        email_address: { address: 'a@example.org', permission_to_send: 'explicit', bounced: 2 },
      }),
    );
    expect(JSON.stringify(content.extra)).toBe(
      '{"email_address":{"bounced":2},"notes":{"n1.pinned":true},"zeta":{"a":[{"c":2,"d":1}],"b":1}}',
    );
  });
  test('unreadable times, as they came', () => {
    const { content } = readContact(fullContact({ updated_at: '2024-10-30 noon', anniversary: 'spring' }));
    expect(content).toMatchObject({
      updated_at: null,
      anniversary: null,
      extra: { updated_at: '2024-10-30 noon', anniversary: 'spring' },
    });
  });
});

describe('C7 keys that could reach a prototype', () => {
  test('are kept nowhere and harm nothing', () => {
    const hostile = '"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"prototype":1';
    const reading = readContact(
      parse(`{"contact_id":"c1",${hostile},"email_address":{"address":"a@example.org","permission_to_send":"explicit",${hostile}},
        "custom_fields":[{"custom_field_id":"f1","value":"v",${hostile}}],"sms_channel":{"a":{${hostile},"b":1}},"fine":{${hostile},"x":1}}`),
    );
    expect(JSON.stringify(reading.content)).not.toMatch(/polluted|__proto__|constructor/);
    expect(reading.content).toMatchObject({ sms_channel: { a: { b: 1 } }, extra: { fine: { x: 1 } } });
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
  test('an id that is such a key is an id', () => {
    expect(
      readContact(
        parse('{"contact_id":"__proto__","custom_fields":[{"custom_field_id":"__proto__","value":"v","odd":1}]}'),
      ).id,
    ).toBe('__proto__');
  });
});

describe('values of another type', () => {
  test('are taken where nothing is lost', () => {
    const { content } = readContact(
      fullContact({
        first_name: 42,
        birthday_month: '11',
        custom_fields: [{ custom_field_id: 'f', value: 12.5, choice_ids: ['2', 1] }],
      }),
    );
    expect(content).toMatchObject({ first_name: '42', birthday_month: 11 });
    expect(content.custom_fields).toEqual([{ custom_field_id: 'f', value: '12.5', choice_ids: [1, 2] }]);
    expect(
      readContact(fullContact({ custom_fields: [{ custom_field_id: 'f', value: false }] })).content.custom_fields[0]
        ?.value,
    ).toBe('false');
  });
  test.each([
    [{ contact_id: undefined }, 'contact_id: missing'],
    [{ contact_id: 17 }, 'contact_id: not an id'],
    [{ contact_id: 'a b' }, 'contact_id: not an id'],
    [{ first_name: ['canary'] }, 'first_name: not text'],
    [{ first_name: true }, 'first_name: not text'],
    [{ first_name: 1e300 }, 'first_name: not text'],
    [{ birthday_day: 'canary' }, 'birthday_day: not a whole number'],
    [{ birthday_day: 1.5 }, 'birthday_day: not a whole number'],
    [{ updated_at: {} }, 'updated_at: not text'],
    [{ email_address: 'canary@example.org' }, 'email_address: not an object'],
    [{ email_address: { address: {} } }, 'email_address.address: not text'],
    [{ list_memberships: 'canary' }, 'list_memberships: not a list'],
    [{ list_memberships: [{}] }, 'list_memberships: not an id'],
    [{ taggings: [null] }, 'taggings: missing'],
    [{ custom_fields: ['canary'] }, 'custom_fields: not a list of objects'],
    [{ custom_fields: [{ value: 'canary' }] }, 'custom_fields.custom_field_id: missing'],
    [
      { custom_fields: [{ custom_field_id: 'f', choice_ids: ['canary'] }] },
      'custom_fields.choice_ids: not a whole number',
    ],
    [
      {
        notes: [
          { note_id: 'n', content: 'canary' },
          { note_id: 'n', content: 'b' },
        ],
      },
      'notes: one id twice with different values',
    ],
    [{ sms_channel: 'canary' }, 'sms_channel: not an object'],
  ])('%j is refused: %s', (more, reason) => {
    const refusal = refusalOf(fullContact(more));
    expect(refusal).toBe(reason);
    expect(refusal).not.toContain('canary');
  });
  test('nesting that would exhaust the stack is refused', () => {
    const depth = 100_000;
    expect(refusalOf(parse(`{"contact_id":"c","bomb":${'['.repeat(depth)}${']'.repeat(depth)}}`))).toBe(
      'bomb: nested too deep',
    );
    expect(refusalOf(parse(`{"contact_id":"c","sms_channel":${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}}`))).toBe(
      'sms_channel: nested too deep',
    );
  });
});

function refusalOf(raw: unknown): string {
  try {
    readContact(raw);
  } catch (error) {
    if (error instanceof Unreadable) return error.message;
    throw error;
  }
  throw new Error('it was read');
}
