/**
 * Every kind of answer of the simulator is held against the vendor's published contract, if that file is at hand.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openContract } from './testing/contract.ts';
import { nextOf } from './testing/client.ts';
import { withSimulators, type Running } from './testing/start.ts';

const SPEC = join(
  process.env['CONCORD_SHARED'] ?? '../shared',
  'api/specs/constant-contact-v3-swagger2-build-3.0.178.yaml',
);
const EVERYTHING = 'custom_fields,list_memberships,phone_numbers,street_addresses,taggings,notes';
const TITLE = existsSync(SPEC) ? 'against the published contract' : `skipped: the vendor's contract is not at ${SPEC}`;

const COLLECTIONS = [
  `/contacts?status=all&limit=25&include_count=true&include=${EVERYTHING}`,
  '/contacts?status=deleted,unsubscribed',
  '/contacts?updated_after=2020-01-01T00:00:00Z&optout_before=2026-11-02T00:00:00.000%2B00:00',
  '/contacts?segment_id=1001&limit=3',
  '/contact_lists?limit=2&status=all&include_count=true&include_membership_count=active',
  '/contact_tags?limit=2&include_count=true',
  '/contact_custom_fields?limit=4',
  '/segments?limit=1&sort_by=name',
  '/emails?limit=3&after_date=2020-01-01T00:00:00Z',
  '/reports/summary_reports/email_campaign_summaries?limit=2',
];

function singles({ world }: Running): string[] {
  const people = [...world.state.people.keys()].flatMap((id) => [
    `/contacts/${id}`,
    `/contacts/${id}?include=${EVERYTHING}`,
  ]);
  const campaigns = [...world.state.campaigns.values()];
  const activities = campaigns.flatMap((one) => one.activities.map((activity) => activity.id));
  const kinds = ['sends', 'opens', 'optouts', 'bounces'];
  return [
    ...people,
    '/contacts/counts',
    '/contacts/counts?include=new_subscriber',
    ...[...world.state.lists.keys()].map((id) => `/contact_lists/${id}?include_membership_count=all`),
    ...[...world.state.tags.keys()].map((id) => `/contact_tags/${id}?include_count=true`),
    ...[...world.state.fields.keys()].map((id) => `/contact_custom_fields/${id}`),
    ...[...world.state.segments.keys()].map((id) => `/segments/${id}`),
    ...campaigns.map((one) => `/emails/${one.id}`),
    ...activities.map((id) => `/emails/activities/${id}?include=html_content,permalink_url,document_properties`),
    ...activities.flatMap((id) => kinds.map((kind) => `/reports/email_reports/${id}/tracking/${kind}?limit=5`)),
    '/account/summary?extra_fields=physical_address',
    '/account/user/privileges',
  ];
}

const WRONG = [
  '/contacts/no-id',
  '/contacts/00000000-0000-4000-8000-000000000000',
  '/contact_lists/00000000-0000-4000-8000-000000000000',
  '/contact_tags/00000000-0000-4000-8000-000000000000',
  '/contact_custom_fields/x',
  '/segments/999',
  '/emails/x',
  '/emails/activities/x',
  '/reports/email_reports/00000000-0000-4000-8000-000000000000/tracking/optouts',
  '/contacts?limit=501',
  '/contact_lists?limit=0',
  '/contact_lists/00000000-0000-4000-8000-000000000000?colour=red',
  '/account/user/privileges?colour=red',
];

describe.skipIf(!existsSync(SPEC))(TITLE, () => {
  test('every answer, followed to its last page, is as the contract says', async () => {
    const contract = openContract(SPEC);
    await withSimulators({ contacts: 80 }, async (running) => {
      const violations: string[] = [];
      for (const start of [...COLLECTIONS, ...singles(running)]) {
        for (let path: string | undefined = `/v3${start}`; path !== undefined;) {
          const { status, body } = await running.client.get(path);
          const asked = contract.checkRequest('GET', path);
          violations.push(
            ...[...asked, ...contract.checkAnswer('GET', path, status, body)].map((one) => `${status} ${path}: ${one}`),
          );
          path = nextOf(body);
        }
      }
      expect(violations).toEqual([]);
    });
  });

  test('errors have a declared status', async () => {
    const contract = openContract(SPEC);
    await withSimulators({}, async ({ client }) => {
      for (const path of WRONG.map((one) => `/v3${one}`)) {
        const { status, body } = await client.get(path);
        expect(status, path).toBeGreaterThanOrEqual(400);
        expect(contract.checkAnswer('GET', path, status, body), path).toEqual([]);
      }
    });
  });

  test('a missing privilege and a used-up quota are declared, or excused', async () => {
    const contract = openContract(SPEC);
    await withSimulators({ quota: { perSecond: 4, perDay: 1000 } }, async (running) => {
      const judge = async (path: string): Promise<void> => {
        const { status, body } = await running.client.get(path);
        expect([path, status, contract.checkAnswer('GET', `/v3${path}`, status, body)]).toEqual([
          path,
          expect.any(Number),
          [],
        ]);
      };
      for (const path of [...COLLECTIONS, '/segments/1001', '/account/summary', '/contacts/counts']) await judge(path);
      expect(running.requests.excess).toBeGreaterThan(5);
      running.world.mutate({ op: 'setPrivileges', privileges: [] });
      for (const path of [...COLLECTIONS, '/segments/1001', '/account/summary', '/contacts/counts']) {
        running.world.clock.advance('PT1S');
        expect((await running.client.get(path)).status).toBe(403);
        running.world.clock.advance('PT1S');
        await judge(path);
      }
    });
  });

  test('the judge itself finds faults', () => {
    const contract = openContract(SPEC);
    expect(contract.checkRequest('GET', '/v3/contacts?updated_since=2026-01-01')).toEqual([
      'unknown query parameter: updated_since',
    ]);
    expect(contract.checkRequest('GET', '/v3/contacts?status=all,gone&limit=501')).toHaveLength(2);
    expect(contract.checkRequest('GET', '/v3/nowhere')).toEqual(['no such operation']);
    const wrong = { contacts: [{ contact_id: 'x', first_name: 5, nickname: 'y' }] };
    expect(contract.checkAnswer('GET', '/v3/contacts', 200, wrong)).toHaveLength(3);
    expect(contract.checkAnswer('GET', '/v3/contacts', 418, {})).toEqual(['undeclared status 418']);
  });
});
