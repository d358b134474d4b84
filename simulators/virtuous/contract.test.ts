/** Every call of the CRM's simulator, held against the vendor's published operations, if that file is at hand. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openCrmContract, type CrmContract } from '../testing/crm-contract.ts';
import { household, withCrm, type CrmGot, type CrmRunning, type Json } from '../testing/crm-client.ts';
import { callNames } from './api/router.ts';

const SPEC = join(process.env['CONCORD_SHARED'] ?? '../shared', 'api/specs/virtuous-contact-operations.json');
const TITLE = existsSync(SPEC)
  ? 'against the published operations'
  : `skipped: the vendor's operations are not at ${SPEC}`;

interface Judge {
  readonly faults: string[];
  readonly done: Set<string>;
  (method: string, path: string, body?: unknown): Promise<CrmGot>;
}

/** Makes a client that judges everything it sends and gets; `done` holds the calls that were answered well. */
function judging({ crm }: CrmRunning, contract: CrmContract): Judge {
  const faults: string[] = [];
  const done = new Set<string>();
  const judge = async (method: string, path: string, body?: unknown): Promise<CrmGot> => {
    const got = await crm.call(method, path, body);
    const told = got.text === '' ? undefined : (JSON.parse(got.text) as unknown);
    const asked = [
      ...contract.checkQuery(method, path),
      ...(body === undefined ? [] : contract.checkBody(method, path, body)),
    ];
    const found = [...asked, ...contract.checkAnswer(method, path, got.status, told)];
    faults.push(...found.map((one) => `${method} ${path} ${got.status}: ${one}`));
    if (got.status === 200) done.add(nameOf(method, path));
    return got;
  };
  return Object.assign(judge, { faults, done });
}

function nameOf(method: string, path: string): string {
  const [plain = ''] = path.split('?');
  return `${method} ${plain.replace(/\/\d+/g, '/{id}').replace(/\/CC(\/ref)?$/, (_, second) => (second === undefined ? '/{text}' : '/{text}/{text}'))}`;
}

async function walk(judge: Judge): Promise<void> {
  const made = await judge('POST', '/api/Contact', {
    ...household('tour@example.org'),
    referenceSource: 'CC',
    referenceId: 'ref',
    contactAddresses: [{ city: 'Reno', stateCode: 'NV', countryCode: 'US', isPrimary: true }],
    customFields: { 'Subscriber Status': 'new' },
  });
  const id = Number(made.body['id']);
  for (const path of [
    `/${id}`,
    '/CC/ref',
    '/Find?email=tour@example.org',
    '/ByTag/5?sortBy=Name&descending=true&take=3',
  ]) {
    await judge('GET', `/api/Contact${path}`);
  }
  for (const path of ['Types', 'Prefixes', 'CustomFields', 'QueryOptions']) await judge('GET', `/api/Contact/${path}`);
  await judge('POST', '/api/Contact/Search?take=50', { search: 'a' });
  for (const path of ['Query', 'Query/FullContact']) {
    await judge('POST', `/api/Contact/${path}?skip=0&take=1000`, { groups: [], includeArchived: true, sortBy: 'Id' });
  }
  const fields = [{ name: 'Board Prospect', value: 'True' }];
  await judge('PUT', `/api/Contact/${id}`, { contactType: 'Household', name: 'Tour', customFields: fields });
  await people(judge, id);
  await belongings(judge, id);
  await judge('PUT', `/api/Contact/Archive/${id}`, { archiveReason: 'gone' });
  await judge('GET', `/api/Contact/${id}`);
  await judge('PUT', `/api/Contact/Unarchive/${id}`);
  const hook = { payloadUrl: 'http://127.0.0.1:1/hook', secret: 's', contactCreate: true };
  const made2 = await judge('POST', '/api/Webhook', hook);
  const webhook = `/api/Webhook/${Number(made2.body['id'])}`;
  await judge('GET', webhook);
  await judge('PUT', webhook, { ...hook, contactUpdate: true });
  await judge('PUT', `${webhook}/Active?active=true`);
  await judge('DELETE', webhook);
  await judge('GET', webhook);
  const row = { referenceId: 'r', contactType: 'Household', firstName: 'A', lastName: 'B', tags: 'CC: Donors' };
  await judge('POST', '/api/Contact/Transaction', { referenceSource: 'CC', ...row });
  await judge('POST', '/api/Contact/Batch', { referenceSource: 'CC', contacts: [row] });
  for (const path of ['Organization', 'Organization/Current', 'Permission', 'Tag?take=2'])
    await judge('GET', `/api/${path}`);
  await judge('POST', '/api/Tag/Search?take=50', { search: 'CC' });
  await judge('POST', '/api/Search', { query: 'tour', filterTypes: ['Contact', 'Individual', 'Tag'] });
}

async function people(judge: Judge, contactId: number): Promise<void> {
  const made = await judge('POST', '/api/ContactIndividual', {
    contactId,
    firstName: 'Otto',
    lastName: 'Tour',
    contactMethods: [{ type: 'Work Email', value: 'otto@example.org', isOptedIn: true }],
    birthMonth: 9,
    birthDay: 4,
    birthYear: 1998,
  });
  const id = Number(made.body['id']);
  await judge('GET', `/api/ContactIndividual/${id}`);
  await judge('GET', `/api/ContactIndividual/ByContact/${contactId}`);
  await judge('GET', '/api/ContactIndividual/Find?email=otto@example.org');
  await judge('GET', '/api/ContactIndividual/CustomFields');
  await judge('GET', '/api/ContactIndividual/QueryOptions');
  await judge('POST', '/api/ContactIndividual/Query?take=1000', { groups: [] });
  await judge('PUT', `/api/ContactIndividual/${id}`, { firstName: 'O', lastName: 'T', setAsPrimary: true });
  const method = { type: 'Home Email', value: 'home@example.org', isOptedIn: true };
  const email = await judge('POST', '/api/ContactMethod', { contactIndividualId: id, ...method });
  const path = `/api/ContactMethod/${Number(email.body['id'])}`;
  await judge('GET', path);
  await judge('PUT', path, { ...method, isOptedIn: false, setAsPrimary: true });
  await judge('PUT', path.replace('Method/', 'Method/Archive/'));
  await judge('PUT', path.replace('Method/', 'Method/Unarchive/'));
  await judge('DELETE', path);
  await judge('GET', path);
  await judge('GET', '/api/ContactMethod/Types');
  await judge('GET', '/api/ContactMethod/RelatedTypes?name=Home%20Email');
  await judge('DELETE', `/api/ContactIndividual/${id}`);
}

async function belongings(judge: Judge, contactId: number): Promise<void> {
  const address = await judge('POST', '/api/ContactAddress', { contactId, city: 'Elko', setAsPrimary: true });
  const place = `/api/ContactAddress/${Number(address.body['id'])}`;
  await judge('GET', place);
  await judge('GET', `/api/ContactAddress/ByContact/${contactId}`);
  await judge('PUT', place, { city: 'Ely' });
  await judge('PUT', place.replace('Address/', 'Address/Archive/'));
  await judge('PUT', place.replace('Address/', 'Address/Unarchive/'));
  await judge('DELETE', place);
  await judge('POST', '/api/ContactReference', { contactId, referenceSource: 'Other', referenceId: '1' });
  await judge('DELETE', '/api/ContactReference/CC?referenceId=ref');
  const tag = await judge('POST', '/api/ContactTag', { contactId, tagId: 5 });
  await judge('GET', `/api/ContactTag/ByContact/${contactId}?take=5`);
  await judge('DELETE', `/api/ContactTag/${Number(tag.body['contactTagId'])}`);
  const note = await judge('POST', '/api/ContactNote', { contactId, type: 'General', note: 'x', important: true });
  const path = `/api/ContactNote/${Number(note.body['id'])}`;
  await judge('GET', path);
  await judge('PUT', path, { type: 'Call', note: 'y', noteDateTime: '2026-01-02T03:04:05' });
  await judge('GET', `/api/ContactNote/ByContact/${contactId}?sortBy=Id`);
  await judge('GET', `/api/ContactNote/Important/ByContact/${contactId}`);
  await judge('POST', '/api/ContactNote/Query', { groups: [] });
  await judge('GET', '/api/ContactNote/Types');
  await judge('GET', '/api/ContactNote/QueryOptions');
  await judge('DELETE', path);
}

describe.skipIf(!existsSync(SPEC))(TITLE, () => {
  test('every call there is answers as published, or is excused', async () => {
    const contract = openCrmContract(SPEC);
    await withCrm({}, async (running) => {
      const judge = judging(running, contract);
      await walk(judge);
      expect(judge.faults).toEqual([]);
      const unsigned = 'GET /api/Contact/ByReference/{text}';
      expect(callNames().filter((name) => !judge.done.has(name) && name !== unsigned)).toEqual([]);
    });
  });

  test('errors have a declared status, or are excused', async () => {
    const contract = openCrmContract(SPEC);
    await withCrm({ switches: { crmRatePerHour: 14 } }, async (running) => {
      const judge = judging(running, contract);
      const wrong: readonly (readonly [string, string, unknown?])[] = [
        ['GET', '/api/Contact/99999999'],
        ['GET', '/api/Contact/ByReference/1'],
        ['GET', '/api/ContactMethod/1'],
        ['GET', '/api/ContactIndividual/1'],
        ['GET', '/api/ContactNote/1'],
        ['PUT', '/api/Contact/99999999', { contactType: 'Household', name: 'x' }],
        ['PUT', '/api/ContactMethod/1', { type: 'Home Email', value: 'x' }],
        ['POST', '/api/Contact', {}],
        ['POST', '/api/ContactTag', { tagId: 99, contactId: 1 }],
        ['POST', '/api/Contact/Query', { groups: [{ conditions: [{ parameter: 'X', operator: 'Is' }] }] }],
        ['DELETE', '/api/ContactTag/1'],
        ['DELETE', '/api/ContactReference/X?referenceId=1'],
        ['GET', '/api/Tag?take=5000'],
        ['GET', '/api/Contact/Find'],
      ];
      for (const [method, path, body] of wrong) expect((await judge(method, path, body)).status).toBeGreaterThan(399);
      expect((await judge('GET', '/api/Tag')).status).toBe(429);
      expect(judge.faults.filter((one) => !one.includes('unknown query'))).toEqual([]);
    });
  });

  test('tokens and strangers too', async () => {
    const contract = openCrmContract(SPEC);
    await withCrm({}, async ({ crm, ready }) => {
      const { username, password } = ready.virtuous;
      for (const user of [username, 'crm-two-factor@example.org', 'nobody']) {
        const { status, body } = await crm.token({ grant_type: 'password', username: user, password });
        expect(contract.checkAnswer('POST', '/Token', status, body)).toEqual([]);
      }
      const { status, body } = await crm.raw('/api/Tag', {});
      expect([status, contract.checkAnswer('GET', '/api/Tag', status, body)]).toEqual([401, []]);
    });
  });

  test('the judge itself finds faults', () => {
    const contract = openCrmContract(SPEC);
    const tag = { id: 1, tagName: 'x', tagGroupName: 'y', contactsByTagUrl: 'z' };
    const judge = (list: Json[]): string[] => contract.checkAnswer('GET', '/api/Tag', 200, { list, total: 1 });
    expect(judge([tag])).toEqual([]);
    expect(judge([{ ...tag, id: '1', colour: 'red' }])).toEqual([
      '.list[].colour is not published',
      '.list[].id is not <integer>',
    ]);
    expect(judge([{ id: 1 }])).toHaveLength(3);
    expect(contract.checkQuery('GET', '/api/Tag?page=1')).toEqual(['unknown query parameter: page']);
    expect(contract.checkBody('POST', '/api/ContactTag', { tagId: '5' })).toEqual(['body.tagId is not <integer>']);
    expect(contract.checkAnswer('GET', '/api/Tag', 418, {})).toEqual(['undeclared status 418']);
    expect(contract.checkQuery('POST', '/api/Tag/Bulk')).toEqual(['no such operation']);
  });
});
