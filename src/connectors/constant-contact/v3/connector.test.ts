import { describe, expect, test } from 'vitest';
import type { ApiAnswer, ApiRequest, Wire } from '../../../connector/wire.ts';
import { ConnectorError } from '../../../model/errors.ts';
import { CONTACT_ID, CONTACT_LIST, fullContact } from './answers.fixture.ts';
import { createConstantContactV3 } from './connector.ts';
import { INCLUDE } from './requests.ts';

const NEVER = new AbortController().signal;
const SINCE = '2024-06-01T00:00:00.123Z';
const NEXT = '/v3/contacts?cursor=bGltaXQ9MQ==';
const notFound = new ConnectorError('CC_NOT_FOUND', 'not_found', 'x', { status: 404 });

/** A wire that answers from a script and remembers the requests. */
function rig(...script: readonly unknown[]) {
  const rest = [...script];
  const requests: ApiRequest[] = [];
  const wire: Wire = {
    sent: 0,
    skewMs: null,
    write: () => Promise.reject(new Error('a source writes nothing')),
    read: async (request): Promise<ApiAnswer> => {
      requests.push(request);
      if (rest.length === 0) throw new Error('unscripted request');
      const next = rest.shift();
      if (next instanceof Error) throw next;
      return { status: 200, body: next, sourceTime: 7 };
    },
  };
  const source = createConstantContactV3({ wire, connection: 'cc' });
  const optOuts = source.optOuts;
  if (optOuts === null) throw new Error('this source has opt-outs');
  return { source, optOuts, requests };
}
const contacts = { contacts: [fullContact()], _links: { next: { href: NEXT } }, contacts_count: 2 };
const full = { limit: '500', include: INCLUDE, include_count: 'true' };

describe('which request answers which question', () => {
  test('a snapshot of contacts asks for all of them with everything, and goes on by the link alone', async () => {
    const { source, requests } = rig(contacts, { contacts: [] });
    const apart = { array: 'contacts', first: 'contact_id' };
    const first = await source.snapshot('contacts', null, NEVER);
    expect(first).toMatchObject({ next: NEXT, total: 2, sourceTime: 7 });
    expect((await source.snapshot('contacts', first.next, NEVER)).next).toBeNull();
    expect(requests).toEqual([
      { method: 'GET', path: '/contacts', query: { status: 'all', ...full }, apart },
      { method: 'GET', link: NEXT, apart },
    ]);
  });
  test('the other streams', async () => {
    const { source, requests } = rig({ lists: [CONTACT_LIST] }, { tags: [] }, { custom_fields: [] }, { segments: [] });
    for (const stream of ['lists', 'tags', 'custom_fields', 'segments'] as const)
      await source.snapshot(stream, null, NEVER);
    expect(requests.map((one) => [one.path, one.query])).toEqual([
      ['/contact_lists', { status: 'all', limit: '500', include_count: 'true' }],
      ['/contact_tags', { limit: '500' }],
      ['/contact_custom_fields', { limit: '100' }],
      ['/segments', { limit: '1000' }],
    ]);
  });
  test('every request for contacts names a status: changes, window, sweeps', async () => {
    const { source, optOuts, requests } = rig(contacts, contacts, contacts, contacts);
    await source.changes('contacts', SINCE, null, NEVER);
    await optOuts.window(SINCE, null, NEVER);
    await optOuts.sweep('unsubscribed', null, NEVER);
    await optOuts.sweep('deleted', null, NEVER);
    expect(requests.map((one) => one.query)).toEqual([
      { status: 'all', updated_after: SINCE, ...full },
      { status: 'all', optout_after: SINCE, ...full },
      { status: 'unsubscribed', ...full },
      { status: 'deleted', ...full },
    ]);
  });
  test('a stream that cannot tell its changes says so instead of pretending', async () => {
    const { source } = rig();
    await expect(source.changes('tags', SINCE, null, NEVER)).rejects.toMatchObject({ errorClass: 'bug' });
    expect(source.streams.get('tags')).toEqual({ changes: 'snapshot-only', removals: 'by-absence' });
    expect(source.streams.get('contacts')).toEqual({ changes: 'incremental', removals: 'reported' });
  });
  test('account, privileges, counts', async () => {
    const { source, optOuts, requests } = rig(
      { encoded_account_id: 'p07e1l', organization_name: 'Acme' },
      [{ privilege_id: 1, privilege_name: 'contacts:read' }, { privilege_id: 2 }],
      { total: 72, explicit: 10, implicit: 20, pending: 30, unsubscribed: '12' },
    );
    expect(await source.identify(NEVER)).toEqual({ id: 'p07e1l', name: 'Acme', sourceTime: 7 });
    expect(await source.privileges(NEVER)).toEqual(['contacts:read']);
    expect(await optOuts.counts(NEVER)).toEqual({
      total: 72,
      explicit: 10,
      implicit: 20,
      pending: 30,
      unsubscribed: null,
      sourceTime: 7,
    });
    expect(requests.map((one) => one.path)).toEqual([
      '/account/summary',
      '/account/user/privileges',
      '/contacts/counts',
    ]);
  });
  test('T35 an account without its id is no account', async () => {
    await expect(rig({ organization_name: 'Acme' }).source.identify(NEVER)).rejects.toMatchObject({
      code: 'CC_MALFORMED',
      errorClass: 'unavailable',
      facts: { connection: 'cc', request: 'GET /account/summary', status: 200 },
    });
  });
});

describe('T9 a continuation that the source refuses is a cursor that is gone', () => {
  test.each(['refused_request', 'not_found'] as const)('%s', async (errorClass) => {
    const refusal = new ConnectorError('CC_X', errorClass, 'x', { status: 400 });
    await expect(rig(refusal).source.snapshot('contacts', NEXT, NEVER)).rejects.toMatchObject({
      errorClass: 'cursor_gone',
      facts: { status: 400 },
    });
    await expect(rig(refusal).source.snapshot('contacts', null, NEVER)).rejects.toMatchObject({ errorClass });
  });
  test('any other failure stays what it is', async () => {
    const down = new ConnectorError('CC_UNAVAILABLE', 'unavailable', 'x');
    await expect(rig(down).source.snapshot('contacts', NEXT, NEVER)).rejects.toBe(down);
  });
});

describe('I9 a direct read', () => {
  test('finds a record with everything, deleted ones included', async () => {
    const { source, requests } = rig(fullContact({ deleted_at: '2024-01-01' }));
    const read = await source.readOne('contacts', CONTACT_ID, NEVER);
    expect(read).toMatchObject({ kind: 'found', sourceTime: 7, reading: { id: CONTACT_ID, state: 'deleted' } });
    expect(requests).toEqual([{ method: 'GET', path: `/contacts/${CONTACT_ID}`, query: { include: INCLUDE } }]);
  });
  test("says gone only for the source's own 404", async () => {
    expect(await rig(notFound).source.readOne('contacts', CONTACT_ID, NEVER)).toEqual({ kind: 'gone' });
    const down = new ConnectorError('CC_NOT_FOUND_UNPROVEN', 'unavailable', 'x', { status: 404 });
    await expect(rig(down).source.readOne('contacts', CONTACT_ID, NEVER)).rejects.toBe(down);
  });
  test("refuses what cannot be read, and disbelieves another record's answer", async () => {
    expect(await rig(fullContact({ first_name: {} })).source.readOne('contacts', CONTACT_ID, NEVER)).toEqual({
      kind: 'refused',
      reason: 'first_name: not text',
    });
    await expect(rig(fullContact()).source.readOne('contacts', 'other', NEVER)).rejects.toMatchObject({
      errorClass: 'unavailable',
    });
  });
  test.each(['../account', 'a/b', 'a?b', '', '..', 'a b', 'x'.repeat(65)])(
    'C6 never builds a path from the id %j',
    async (id) => {
      const { source, requests } = rig();
      expect(await source.readOne('lists', id, NEVER)).toMatchObject({ kind: 'refused' });
      expect(requests).toEqual([]);
    },
  );
  test('a deleted segment still answers: the complete listing has the last word', async () => {
    const segment = { segment_id: 14, segment_criteria: '{}' };
    const link = '/v3/segments?cursor=2';
    const listing = { segments: [{ segment_id: 1 }], _links: { next: { href: link } } };
    expect(await rig(segment, listing, { segments: [] }).source.readOne('segments', '14', NEVER)).toEqual({
      kind: 'gone',
    });
    expect(
      await rig(segment, listing, { segments: [{ segment_id: 14 }] }).source.readOne('segments', '14', NEVER),
    ).toMatchObject({ kind: 'found' });
    const down = new ConnectorError('CC_UNAVAILABLE', 'unavailable', 'x');
    await expect(rig(segment, listing, down).source.readOne('segments', '14', NEVER)).rejects.toBe(down);
  });
});

describe('T18 opt-outs by campaign', () => {
  const sent = (campaign_id: string, last_sent_date: unknown, optouts?: number) => ({
    campaign_id,
    last_sent_date,
    unique_counts: { optouts },
  });
  const link = '/v3/reports/summary_reports/email_campaign_summaries?cursor=2';
  const page = (...campaigns: unknown[]) => ({
    bulk_email_campaign_summaries: campaigns,
    _links: { next: { href: link } },
  });

  test('lists what was sent since, and stops paging once that is passed', async () => {
    const { optOuts, requests } = rig(
      page(sent('a', '2024-06-08T00:00:00.000Z', 3), sent('b', '2024-06-01T00:00:00.123Z')),
      page(
        sent('c', '2024-06-01T00:00:01.000Z'),
        sent('d', '2024-05-31T20:00:00-04:00'),
        sent('e', '2024-05-01T00:00:00Z'),
      ),
    );
    const first = await optOuts.sentCampaigns(SINCE, null, NEVER);
    expect(first).toEqual({
      campaigns: [
        { campaignId: 'a', lastSent: '2024-06-08T00:00:00.000Z', optOuts: 3 },
        { campaignId: 'b', lastSent: '2024-06-01T00:00:00.123Z', optOuts: null },
      ],
      next: link,
    });
    const second = await optOuts.sentCampaigns(SINCE, '/v3/reports/x?cursor=1', NEVER);
    expect([second.campaigns.map((one) => one.campaignId), second.next]).toEqual([['c'], null]);
    expect(requests[0]).toEqual({
      method: 'GET',
      path: '/reports/summary_reports/email_campaign_summaries',
      query: { limit: '500' },
      urgent: true,
    });
    expect(requests[1]).toEqual({ method: 'GET', link: '/v3/reports/x?cursor=1', urgent: true });
  });
  test('goes on where the order is not as promised, and reads a campaign whose date is unreadable', async () => {
    const unordered = await rig(
      page(sent('a', '2024-01-01T00:00:00Z'), sent('b', '2024-07-01T00:00:00Z')),
    ).optOuts.sentCampaigns(SINCE, null, NEVER);
    expect([unordered.campaigns.map((one) => one.campaignId), unordered.next]).toEqual([['b'], link]);
    const odd = await rig(page(sent('a', 'recently'), sent('never', undefined))).optOuts.sentCampaigns(
      SINCE,
      null,
      NEVER,
    );
    expect(odd.campaigns).toEqual([{ campaignId: 'a', lastSent: SINCE, optOuts: null }]);
  });
  test('reports are those of mailed activities', async () => {
    const activities = [
      { campaign_activity_id: 'p1', role: 'primary_email' },
      { campaign_activity_id: 'p2', role: 'permalink' },
      { campaign_activity_id: 'p3', role: 'RESEND' },
      { campaign_activity_id: '../x', role: 'resend' },
      null,
    ];
    const { optOuts, requests } = rig({ campaign_activities: activities });
    expect(await optOuts.reportIds('a', NEVER)).toEqual(['p1', 'p3']);
    expect(requests[0]?.path).toBe('/emails/a');
  });
  test('a row is an opt-out of somebody, or counted as refused', async () => {
    const row = {
      contact_id: 'c1',
      tracking_activity_type: 'em_optouts',
      email_address: 'a@example.org',
      created_time: '2024-06-08T01:02:03.456+00:00',
      opt_out_reason: 'too many',
    };
    const rows = [
      row,
      { ...row, contact_id: null },
      { ...row, tracking_activity_type: 'em_opens' },
      5,
      { contact_id: 'c2', created_time: 'x' },
    ];
    const { optOuts, requests } = rig({ tracking_activities: rows, _links: {} });
    expect(await optOuts.report('p1', null, NEVER)).toEqual({
      notices: [
        { contactId: 'c1', address: 'a@example.org', at: '2024-06-08T01:02:03.456Z', reason: 'too many' },
        { contactId: 'c2', address: null, at: null, reason: null },
      ],
      refused: 3,
      next: null,
      sourceTime: 7,
    });
    expect(requests[0]).toEqual({
      method: 'GET',
      path: '/reports/email_reports/p1/tracking/optouts',
      query: { limit: '500' },
      urgent: true,
    });
  });
  test('a row is a bounce of an address with its code, whatever that is, or counted as refused', async () => {
    const row = {
      contact_id: 'c1',
      tracking_activity_type: 'em_bounces',
      email_address: 'a@example.org',
      current_email_address: 'b@example.org',
      bounce_code: 'B',
      created_time: '2024-06-08T01:02:03.456+00:00',
    };
    const rows = [
      row,
      { ...row, bounce_code: 'new', created_time: 'x' },
      { ...row, bounce_code: null },
      { ...row, email_address: '' },
      { ...row, tracking_activity_type: 'em_optouts' },
      5,
    ];
    const { optOuts, requests } = rig({ tracking_activities: rows, _links: {} });
    expect(await optOuts.bounces('p1', null, NEVER)).toEqual({
      notices: [
        { contactId: 'c1', address: 'a@example.org', code: 'B', at: '2024-06-08T01:02:03.456Z' },
        { contactId: 'c1', address: 'a@example.org', code: 'new', at: null },
      ],
      refused: 4,
      next: null,
    });
    // No opt-out: it may not use what is kept for them.
    expect(requests[0]).toEqual({
      method: 'GET',
      path: '/reports/email_reports/p1/tracking/bounces',
      query: { limit: '500' },
    });
    expect(await rig(notFound).optOuts.bounces('p1', null, NEVER)).toMatchObject({ notices: [], next: null });
    await expect(rig().optOuts.bounces('../x', null, NEVER)).rejects.toMatchObject({ code: 'CC_MALFORMED' });
  });
  test('a campaign or report that is proven not to exist has nothing to tell; any other failure is thrown', async () => {
    expect(await rig(notFound).optOuts.reportIds('a', NEVER)).toEqual([]);
    expect(await rig(notFound).optOuts.report('p1', null, NEVER)).toMatchObject({ notices: [], next: null });
    const refused = new ConnectorError('CC_FORBIDDEN', 'forbidden', 'x');
    await expect(rig(refused).optOuts.report('p1', null, NEVER)).rejects.toBe(refused);
    await expect(rig().optOuts.report('../x', null, NEVER)).rejects.toMatchObject({ code: 'CC_MALFORMED' });
  });
});
