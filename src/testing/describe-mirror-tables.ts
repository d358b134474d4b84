/**
 * The mirror's suite, part two: whose tables these are, which mirror this is, and what a crash between two steps leaves.
 */
import { expect, test } from 'vitest';
import type { MirrorSide } from '../connector/side.ts';
import { ConnectorError } from '../model/errors.ts';
import { STREAMS } from '../model/record.ts';
import { crashAt, Killed } from './crash-points.ts';
import type { MirrorPlace } from './describe-mirror-kit.ts';
import { contactContent } from './mirror-contents.ts';

const TABLES = {
  contacts: `contact_id email_address permission_to_send opt_in_source opt_in_date opt_out_source opt_out_date
    opt_out_reason email_updated_at confirm_status first_name last_name job_title company_name birthday_month birthday_day
    anniversary create_source update_source created_at updated_at deleted_at`,
  contact_lists: 'list_id name description favorite created_at updated_at deleted_at',
  list_memberships: 'contact_id list_id',
  tags: 'tag_id name tag_source created_at updated_at deleted_at',
  contact_tags: 'contact_id tag_id',
  custom_fields: 'custom_field_id label name type metadata created_at updated_at deleted_at',
  custom_field_choices: 'custom_field_id choice_id choice_label display_order',
  contact_custom_fields: 'contact_id custom_field_id value choice_ids',
  phone_numbers: 'phone_number_id contact_id phone_number kind created_at updated_at',
  street_addresses: 'street_address_id contact_id kind street city state postal_code country created_at updated_at',
  notes: 'note_id contact_id content created_at',
  sms_channels: 'contact_id',
  segments: 'segment_id name',
};

const times = { created_at: 'c', updated_at: 'u' };
const full = contactContent('ann', {
  street_addresses: [
    {
      street_address_id: 's',
      kind: 'home',
      street: '1 Main',
      city: 'X',
      state: 'MA',
      postal_code: '01',
      country: 'US',
      ...times,
    },
  ],
  notes: [{ note_id: 'n', content: 'hello', created_at: 'c' }],
  sms_channel: { dial_code: '+1', sms_channel_consents: [{ consent_type: 'promotional_sms' }] },
});
const choices = [{ choice_id: 1, choice_label: 'one', display_order: 2 }];
const none = { created_at: null, updated_at: null, deleted_at: null, extra: null };

async function fill(mirror: MirrorSide): Promise<void> {
  await mirror.write('contacts', [{ id: 'a', content: full }]);
  await mirror.write('lists', [{ id: 'l', content: { name: 'L', description: null, favorite: true, ...none } }]);
  await mirror.write('tags', [{ id: 't', content: { name: 'T', tag_source: null, ...none } }]);
  const field = { label: 'F', name: 'f', type: 'string', metadata: null, ...none };
  const { extra, ...columns } = field;
  await mirror.write('custom_fields', [{ id: 'f', content: { ...columns, choices, extra } }]);
  const segment = {
    name: 'S',
    segment_criteria: null,
    created_at: null,
    edited_at: null,
    deleted_at: null,
    extra: null,
  };
  await mirror.write('segments', [{ id: 's', content: segment }]);
}

/** Declares the tests. */
export function describeMirrorTables(at: () => MirrorPlace): void {
  test('prepare makes the tables and columns of the contract, and may be repeated', async () => {
    const mirror = await at().open();
    await mirror.prepare(['contacts']);
    await mirror.prepare(STREAMS);
    await fill(mirror);
    const identity = await mirror.identity();
    await mirror.prepare(STREAMS);
    for (const [table, columns] of Object.entries(TABLES)) {
      const [row] = await at().rows(table);
      expect(Object.keys(row ?? {}), table).toEqual(expect.arrayContaining(columns.split(/\s+/)));
    }
    expect(await mirror.identity()).toBe(identity);
    expect((await mirror.read('contacts', ['a'])).get('a')).toEqual(full);
    await mirror.close();
  });

  test('a mirror that was never prepared reads as empty and creates nothing', async () => {
    const mirror = await at().open();
    expect(await mirror.identity()).toBe('');
    expect(await mirror.count('contacts')).toBe(0);
    expect((await mirror.read('contacts', ['a'])).size).toBe(0);
    expect(await mirror.scan('lists', null, 10)).toEqual([]);
    expect(await mirror.findByAddress('a@example.org')).toEqual([]);
    await mirror.inspect(STREAMS);
    await mirror.close();
    expect(await at().tables()).toEqual([]);
  });

  test.each(['contacts', 'NOTES', 'concord_mirror'])(
    'a foreign table %s is refused and left as it was',
    async (table) => {
      await at().makeForeign(table);
      const mirror = await at().open();
      for (const ask of ['inspect', 'prepare'] as const) {
        const refusal = await mirror[ask](STREAMS).catch((error: unknown) => error);
        expect(refusal, ask).toBeInstanceOf(ConnectorError);
        expect(refusal, ask).toMatchObject({ errorClass: 'rejected' });
      }
      expect(await at().tables()).toEqual([table]);
      expect(Object.keys((await at().rows(table))[0] ?? {})).toEqual(['theirs']);
      await mirror.close();
    },
  );

  test('a foreign table that comes later is refused too, and hinders no other stream', async () => {
    const mirror = await at().open();
    await mirror.prepare(['contacts']);
    await at().makeForeign('tags');
    await expect(mirror.prepare(['contacts', 'tags'])).rejects.toMatchObject({ errorClass: 'rejected' });
    expect(await mirror.count('tags')).toBe(0);
    await mirror.prepare(['contacts', 'lists']);
    await mirror.close();
  });

  test('identity stays over a restart; a mirror in another place, or one that lost a table, has another', async () => {
    const mirror = await at().open();
    await mirror.prepare(['contacts', 'tags']);
    const identity = await mirror.identity();
    await mirror.close();
    const again = await at().open();
    expect(await again.identity()).toBe(identity);
    await at().dropTable('contact_tags');
    await again.prepare(['contacts', 'tags']);
    expect(await again.identity()).not.toBe(identity);
    await again.close();
    const other = await at().open({ prefix: 'other_' });
    await other.prepare(['contacts']);
    expect(await other.identity()).not.toBe(identity);
    await other.close();
  });

  test('C7: two mirrors stand side by side by their prefixes, be they hostile', async () => {
    const names = ['', 'a_', '"; DROP TABLE contacts; --', "it's "];
    const mirrors = await Promise.all(names.map((prefix) => at().open({ prefix })));
    for (const mirror of mirrors) await mirror.prepare(STREAMS);
    for (const [n, mirror] of mirrors.entries()) {
      await mirror.write('contacts', [{ id: 'a', content: contactContent(`x${n}`) }]);
    }
    for (const [n, mirror] of mirrors.entries()) {
      expect((await mirror.scan('contacts', null, 9)).map(({ content }) => content['first_name'])).toEqual([`x${n}`]);
      await mirror.close();
    }
  });

  test('C7: a prefix under which one mirror’s table would be another’s is refused', async () => {
    const plain = await at().open();
    await plain.prepare(['contacts']);
    await plain.write('contacts', [{ id: 'a', content: full }]);
    const other = await at().open({ prefix: 'contact_' });
    await expect(other.prepare(['tags'])).rejects.toMatchObject({ errorClass: 'rejected' });
    expect((await plain.read('contacts', ['a'])).get('a')).toEqual(full);
    await Promise.all([plain.close(), other.close()]);
  });

  test('I5: killed at any step and repeated, the mirror is as if nothing had happened', async () => {
    const story = async (mirror: MirrorSide): Promise<void> => {
      await mirror.prepare(STREAMS);
      await fill(mirror);
      await mirror.writeConsent([{ id: 'a', content: { ...full, permission_to_send: 'unsubscribed' } }]);
    };
    const notes = crashAt();
    const quiet = await at().open({ steps: notes, prefix: 'quiet_' });
    await story(quiet);
    const wanted = await quiet.scan('contacts', null, 9);
    await quiet.close();
    expect(notes.visited).toContain('mirror:writeConsent:after-commit');
    for (let step = 0; step < notes.visited.length; step++) {
      const prefix = `crash${step}_`;
      const dying = await at().open({ steps: crashAt(step), prefix });
      await expect(story(dying)).rejects.toThrow(Killed);
      await dying.close();
      const next = await at().open({ prefix });
      await story(next);
      expect(await next.scan('contacts', null, 9)).toEqual(wanted);
      expect(await at().rows(`${prefix}list_memberships`)).toHaveLength(2);
      expect(await at().rows(`${prefix}custom_field_choices`)).toHaveLength(1);
      await next.close();
    }
  });
}
