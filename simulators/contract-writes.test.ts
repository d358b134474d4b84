/**
 * What is written to the simulator, and what it answers, is held against the vendor's published contract, if that file is at hand.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Got } from './testing/client.ts';
import { openContract } from './testing/contract.ts';
import { withSimulators, type Running } from './testing/start.ts';

const SPEC = join(
  process.env['CONCORD_SHARED'] ?? '../shared',
  'api/specs/constant-contact-v3-swagger2-build-3.0.178.yaml',
);
const TITLE = existsSync(SPEC) ? 'against the published contract' : `skipped: the vendor's contract is not at ${SPEC}`;

/** Sends, and expects that the request, its body and the answer are as the contract says. */
type Judge = (status: number, method: string, path: string, body?: unknown) => Promise<Got>;

async function judged(test: (judge: Judge, running: Running) => Promise<void>): Promise<void> {
  const contract = openContract(SPEC);
  await withSimulators({}, async (running) => {
    await test(async (status, method, path, body) => {
      const got = await running.client.send(method, path, body);
      const full = `/v3${path}`;
      const faults = [
        ...contract.checkRequest(method, full),
        ...contract.checkBody(method, full, body),
        ...contract.checkAnswer(method, full, got.status, got.body),
      ];
      expect([method, path, got.status, got.status < 400 ? '' : got.text, faults]).toEqual([
        method,
        path,
        status,
        status < 400 ? '' : expect.any(String),
        [],
      ]);
      return got;
    }, running);
  });
}

const NOBODY = '00000000-0000-4000-8000-000000000000';

describe.skipIf(!existsSync(SPEC))(TITLE, () => {
  test('the writes of one contact', async () => {
    await judged(async (judge, { world }) => {
      const { lists, tags, fields, people } = world.state;
      const [list = ''] = lists.keys();
      const [, , out] = people.values();
      const email_address = { address: 'all@example.org', permission_to_send: 'implicit' };
      const whole = {
        email_address,
        first_name: 'A',
        last_name: 'B',
        job_title: 'C',
        company_name: 'D',
        birthday_month: 1,
        birthday_day: 2,
        anniversary: '2001-02-03',
        custom_fields: [...fields.values()].map((field) =>
          field.choices.length > 0
            ? { custom_field_id: field.id, choice_ids: ['100'] }
            : { custom_field_id: field.id, value: field.type === 'boolean' ? 'true' : '1' },
        ),
        phone_numbers: [{ phone_number: '1', kind: 'home' }],
        street_addresses: [
          { kind: 'home', street: '1 Main St', city: 'A', state: 'B', postal_code: '1', country: 'US' },
        ],
        list_memberships: [list],
        taggings: [...tags.keys()],
        notes: [{ content: 'x' }],
        sms_channel: {
          full_sms_address: '+15550001111',
          sms_channel_consents: [{ sms_consent_permission: 'explicit', consent_type: 'promotional_sms' }],
        },
      };
      const { body } = await judge(201, 'POST', '/contacts', { ...whole, create_source: 'Account' });
      const path = `/contacts/${String(body['contact_id'])}`;
      await judge(409, 'POST', '/contacts', { ...whole, create_source: 'Account' });
      await judge(400, 'POST', '/contacts', { create_source: 'Account' });
      await judge(200, 'PUT', path, { ...whole, update_source: 'Account' });
      await judge(200, 'PUT', path, { email_address, update_source: 'Contact' });
      await judge(404, 'PUT', `/contacts/${NOBODY}`, { email_address, update_source: 'Contact' });
      await judge(204, 'DELETE', path);
      await judge(404, 'DELETE', `/contacts/${NOBODY}`);
      await judge(200, 'POST', '/contacts/sign_up_form', {
        email_address: 'all@example.org',
        list_memberships: [list],
        street_address: { kind: 'work', city: 'A' },
        phone_number: '1',
      });
      await judge(201, 'POST', '/contacts/sign_up_form', { email_address: 'n@example.org', list_memberships: [list] });
      await judge(200, 'PUT', `/contacts/resubscribe/${out?.id}`, { list_ids: [list] });
      await judge(409, 'PUT', `/contacts/resubscribe/${out?.id}`, { list_ids: [list] });
    });
  });

  test('the writes of lists, tags and custom fields, and their activities', async () => {
    await judged(async (judge, { world }) => {
      const list = await judge(201, 'POST', '/contact_lists', { name: 'A', description: 'B', favorite: true });
      const listPath = `/contact_lists/${String(list.body['list_id'])}`;
      await judge(409, 'POST', '/contact_lists', { name: 'A' });
      await judge(200, 'PUT', listPath, { name: 'C' });
      await judge(400, 'PUT', listPath, { name: [...world.state.lists.values()][0]?.name });
      await judge(404, 'PUT', `/contact_lists/${NOBODY}`, { name: 'D' });
      await judge(404, 'DELETE', `/contact_lists/${NOBODY}`);
      const gone = await judge(202, 'DELETE', listPath);
      const tag = await judge(201, 'POST', '/contact_tags', { name: 'A', tag_source: 'Contact' });
      const tagPath = `/contact_tags/${String(tag.body['tag_id'])}`;
      await judge(409, 'POST', '/contact_tags', { name: 'A' });
      await judge(200, 'PUT', tagPath, { name: 'B' });
      await judge(202, 'DELETE', tagPath);
      const choices = [{ choice_label: 'S', display_order: 1 }];
      const field = await judge(201, 'POST', '/contact_custom_fields', { label: 'A', type: 'multi_select', choices });
      const fieldPath = `/contact_custom_fields/${String(field.body['custom_field_id'])}`;
      await judge(409, 'POST', '/contact_custom_fields', { label: 'A', type: 'string' });
      await judge(200, 'PUT', fieldPath, { label: 'B', choices: [{ choice_id: 100, choice_label: 'M' }] });
      await judge(204, 'DELETE', fieldPath);
      await judge(201, 'POST', '/activities/list_delete', { list_ids: [list.body['list_id']] });
      await judge(201, 'POST', '/activities/contacts_tags_delete', { tag_ids: [tag.body['tag_id']] });
      const custom_field_ids = [[...world.state.fields.keys()][0]];
      await judge(201, 'POST', '/activities/custom_fields_delete', { custom_field_ids });
      for (const seconds of [0, 2, 10]) {
        world.clock.advance(seconds * 1000);
        await judge(200, 'GET', `/activities/${String(gone.body['activity_id'])}`);
        await judge(200, 'GET', '/activities?limit=2');
        await judge(200, 'GET', '/activities?state=processing');
      }
      await judge(404, 'GET', `/activities/${NOBODY}`);
    });
  });

  test('bulk activities, and how they look while they run and afterwards', async () => {
    await judged(async (judge, { world, ready, client }) => {
      const [list = ''] = [...world.state.lists.keys()];
      const [tag = ''] = [...world.state.tags.keys()];
      const [a = '', b = ''] = [...world.state.people.keys()];
      const field = [...world.state.fields.values()][0]?.name ?? '';
      const row = { email: 'a@example.org', birthday_month: 1, birthday_day: 2, 'home country': 'US' };
      const rows = [row, { ...row, home_country: 'US', [`cf:${field}`]: 'x' }, { email: 'bad' }];
      const asked = [
        await judge(201, 'POST', '/activities/contacts_json_import', { import_data: rows, list_ids: [list] }),
        await judge(201, 'POST', '/activities/add_list_memberships', {
          source: { all_active_contacts: true },
          exclude: { contact_ids: [a] },
          list_ids: [list],
        }),
        await judge(201, 'POST', '/activities/add_list_memberships', {
          source: { segment_id: 1001 },
          list_ids: [list],
        }),
        await judge(201, 'POST', '/activities/remove_list_memberships', {
          source: { contact_ids: [a, b] },
          list_ids: [list],
        }),
        await judge(201, 'POST', '/activities/contacts_taggings_add', {
          source: { new_subscriber: true },
          tag_ids: [tag],
        }),
        await judge(201, 'POST', '/activities/contacts_taggings_remove', {
          source: { list_ids: [list] },
          tag_ids: [tag],
        }),
        await judge(201, 'POST', '/activities/contact_delete', { contact_ids: [a, NOBODY] }),
        await judge(201, 'POST', '/activities/contact_delete', { list_ids: [list] }),
      ];
      await judge(400, 'POST', '/activities/contact_delete', {});
      const form = new FormData();
      form.append('file', new Blob(['email\na@example.org']), 'people.csv');
      form.append('list_ids', list);
      const headers = { authorization: `Bearer ${ready.constantContact.token}` };
      const sent = await client.get('/activities/contacts_file_import', { method: 'POST', headers, body: form });
      const contract = openContract(SPEC);
      const path = '/v3/activities/contacts_file_import';
      expect([sent.status, contract.checkAnswer('POST', path, 201, sent.body)]).toEqual([201, []]);
      for (const seconds of [0, 2, 10]) {
        world.clock.advance(seconds * 1000);
        for (const one of [...asked, sent]) await judge(200, 'GET', `/activities/${String(one.body['activity_id'])}`);
        await judge(200, 'GET', '/activities?limit=500');
      }
      const states = (await client.get('/activities')).body['activities'] as { state: string }[];
      expect(states.map((one) => one.state)).toEqual(Array.from({ length: 9 }, () => 'completed'));
    });
  });

  test('the judge itself finds faults in bodies', () => {
    const contract = openContract(SPEC);
    const wrong = { first_name: 5, nickname: 'x', list_memberships: ['no-id'] };
    expect(contract.checkBody('POST', '/v3/contacts', wrong)).toHaveLength(3);
    expect(contract.checkBody('PUT', `/v3/contacts/${NOBODY}`, {})).toEqual([
      "must have required property 'update_source'",
    ]);
    expect(contract.checkBody('POST', '/v3/contacts', undefined)).toEqual(['the body is missing']);
    expect(contract.checkBody('DELETE', `/v3/contacts/${NOBODY}`, {})).toEqual(['a body where none is declared']);
  });
});
