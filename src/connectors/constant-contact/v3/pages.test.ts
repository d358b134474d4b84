import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ConnectorError, isErrorOf } from '../../../model/errors.ts';
import { STREAMS } from '../../../model/record.ts';
import { CONTACT_ID, CONTACT_LIST, CUSTOM_FIELD, fullContact, TAG } from './answers.fixture.ts';
import { parseAccount, parseCounts, parsePrivileges } from './account.ts';
import { parseReport, parseReportIds, parseSentCampaigns } from './campaigns.ts';
import { parseOne } from './direct-read.ts';
import { parsePage, SHAPES } from './pages.ts';

const answer = (body: unknown) => ({ status: 200, body, sourceTime: 7 });
const page = (more: Record<string, unknown>, from: string | null = null) =>
  parsePage('contacts', answer({ contacts: [fullContact()], ...more }), from);

describe('T10 I9 only a well-formed page without next is an end', () => {
  test.each([
    [{ _links: {} }],
    [{}],
    [{ _links: null }],
    [{ _links: { next: null } }],
    [{ _links: { self: { href: '/v3/contacts' } } }],
    [{ _links: { next: { href: null } } }],
  ])('%j is the last page', (links) => expect(page(links).next).toBeNull());
  test.each([
    [[]],
    ['{}'],
    [undefined],
    [{ contacts: {} }],
    [{ contacts: null }],
    [{ lists: [] }],
    [{ contacts: [], _links: [] }],
    [{ contacts: [], _links: 'x' }],
    [{ contacts: [], _links: { next: 'x' } }],
    [{ contacts: [], _links: { next: {} } }],
    [{ contacts: [], _links: { next: { href: '' } } }],
    [{ error_key: 'x' }],
  ])('%j is a source that answers badly', (body) => {
    expect(errorOf(() => parsePage('contacts', answer(body), null)).errorClass).toBe('unavailable');
  });
});

describe('C7 next links', () => {
  const next = (href: string) => page({ _links: { next: { href } } }).next;
  test('are paths on this host; a bare plus in a cursor is encoded', () => {
    expect(next('/v3/contacts?cursor=bGltaXQ9MSZuZXh0PTI=')).toBe('/v3/contacts?cursor=bGltaXQ9MSZuZXh0PTI=');
    expect(next('/v3/contact_tags?cursor=a+b%2Fc')).toBe('/v3/contact_tags?cursor=a%2Bb%2Fc');
  });
  test.each([
    'https://evil.example/v3/contacts',
    'https://api.cc.email/v3/contacts',
    '//evil.example/v3',
    '/\\evil.example',
    '\\/evil.example',
    '/v3/../admin',
    '/v3/%2E%2E/admin',
    '/v3/..%2fadmin',
    '/v3/contacts\n',
    '/v3/contacts#x',
    'contacts?cursor=x',
    'javascript:1',
  ])('%j is not followed, and its page not believed', (href) => {
    const error = errorOf(() => next(href));
    expect(error.errorClass).toBe('unavailable');
    expect(error.message).not.toContain('evil');
  });
  test('T9 a link that leads to its own page restarts the window', () => {
    const from = '/v3/contacts?cursor=x';
    expect(errorOf(() => page({ _links: { next: { href: from } } }, from)).errorClass).toBe('cursor_gone');
  });
});

describe('I17 one bad record never spoils its page', () => {
  test('the others are read, and it is refused with its id or a hash', () => {
    const raws = [
      fullContact(),
      { contact_id: 'bad-1', first_name: [] },
      'canary',
      null,
      { contact_id: {} },
      { ...fullContact(), contact_id: 'c2' },
    ];
    const read = parsePage('contacts', answer({ contacts: raws, contacts_count: 6 }), null);
    expect(read.readings.map((one) => one.id)).toEqual([CONTACT_ID, 'c2']);
    expect(read.refused.map((one) => one.reason)).toEqual([
      'first_name: not text',
      'contact: not a list of objects',
      'contact: not a list of objects',
      'contact_id: not an id',
    ]);
    expect(read.refused[0]?.id).toBe('bad-1');
    expect(read.refused.slice(1).every((one) => /^\?[\w-]{22}$/.test(one.id))).toBe(true);
    expect([read.total, read.sourceTime]).toEqual([6, 7]);
  });
  test('the total is told only as a figure', () => {
    for (const odd of ['6', -1, 1.5, null]) expect(page({ contacts_count: odd }).total).toBeNull();
  });
  test('every stream reads its records under its own key', () => {
    const samples = {
      contacts: fullContact(),
      lists: CONTACT_LIST,
      tags: { tag_id: TAG },
      custom_fields: CUSTOM_FIELD,
      segments: { segment_id: 1 },
    };
    for (const stream of STREAMS) {
      const read = parsePage(stream, answer({ [SHAPES[stream].records]: [samples[stream]], lists_count: 4 }), null);
      expect([stream, read.readings.length, read.refused.length]).toEqual([stream, 1, 0]);
      expect(read.total).toBe(stream === 'lists' ? 4 : null);
    }
  });
});

describe('whatever JSON comes, nothing is thrown but a ConnectorError', () => {
  const shaped = fc.record(
    Object.fromEntries(
      [...Object.keys(fullContact()), 'deleted_at', 'odd', '__proto__'].map((key) => [key, fc.jsonValue()]),
    ),
    { requiredKeys: [] },
  );
  const nearly = fc
    .tuple(fc.constantFrom(...Object.keys(fullContact())), fc.jsonValue())
    .map(([key, value]) => ({ ...fullContact(), [key]: value }));

  test('each record of a page is read or refused', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(shaped, nearly, fc.jsonValue()), { maxLength: 5 }),
        fc.constantFrom(...STREAMS),
        (raws, stream) => {
          const read = parsePage(stream, answer({ [SHAPES[stream].records]: JSON.parse(JSON.stringify(raws)) }), null);
          expect(read.readings.length + read.refused.length).toBe(raws.length);
          for (const one of read.readings) expect(one.hash).toMatch(/^[\w-]{22}$/);
        },
      ),
      { numRuns: 1500 },
    );
  });
  test('any whole answer is an answer or an error that is understood', () => {
    const parsers = [
      ...STREAMS.map((stream) => (body: unknown) => parsePage(stream, answer(body), null)),
      ...STREAMS.map((stream) => (body: unknown) => parseOne(stream, 'x', answer(body))),
      (body: unknown) => parseAccount(answer(body)),
      (body: unknown) => parsePrivileges(answer(body)),
      (body: unknown) => parseCounts(answer(body)),
      (body: unknown) => parseReportIds(answer(body)),
      (body: unknown) => parseReport(answer(body), null),
      (body: unknown) => parseSentCampaigns(answer(body), '2024-01-01T00:00:00Z', null),
    ];
    const keys = fc.constantFrom(
      'contacts',
      'lists',
      '_links',
      'tracking_activities',
      'campaign_activities',
      'bulk_email_campaign_summaries',
    );
    const bodies = fc.oneof(fc.jsonValue(), fc.dictionary(keys, fc.jsonValue()));
    fc.assert(
      fc.property(fc.constantFrom(...parsers), bodies, (parse, body) => {
        try {
          parse(body);
        } catch (error) {
          expect(isErrorOf(error, 'unavailable', 'cursor_gone')).toBe(true);
        }
      }),
      { numRuns: 3000 },
    );
  });
});

function errorOf(work: () => unknown): ConnectorError {
  try {
    work();
  } catch (error) {
    if (error instanceof ConnectorError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}
