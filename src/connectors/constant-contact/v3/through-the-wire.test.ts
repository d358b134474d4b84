import { describe, expect, test } from 'vitest';
import { fixedAccess } from '../../../connector/access.ts';
import { createMemoryLedger } from '../../../http/memory-ledger.fixture.ts';
import { createWire } from '../../../http/wire.ts';
import { createFakeClock } from '../../../testing/fake-clock.ts';
import type { Scripted } from '../../../testing/fake-transport.ts';
import { createFakeTransport, jsonAnswer, textAnswer } from '../../../testing/fake-transport.ts';
import { CONTACT_ID, fullContact } from './answers.fixture.ts';
import { classify } from './classify.ts';
import { createConstantContactV3 } from './connector.ts';
import { CONSTANT_CONTACT_V3_BASE_URL, CONSTANT_CONTACT_V3_BUDGET } from './declaration.ts';

const NEVER = new AbortController().signal;
const notFound = jsonAnswer(404, [{ error_key: 'contacts.api.not_found', error_message: 'ann@example.org' }]);

function rig(...script: readonly Scripted[]) {
  const transport = createFakeTransport(...script);
  const wire = createWire({
    connection: 'cc',
    baseUrl: CONSTANT_CONTACT_V3_BASE_URL,
    group: 'key',
    limits: CONSTANT_CONTACT_V3_BUDGET,
    access: fixedAccess(() => 'token'),
    classify,
    transport,
    ledger: createMemoryLedger(),
    clock: createFakeClock(),
    random: { next: () => 0 },
  });
  return { source: createConstantContactV3({ wire, connection: 'cc' }), transport, wire };
}
const contacts = (ids: readonly string[], cursor: string | null, date = 'Thu, 01 Jan 2026 12:00:00 GMT') =>
  jsonAnswer(
    200,
    {
      contacts: ids.map((contact_id) => fullContact({ contact_id })),
      _links: cursor === null ? {} : { next: { href: `/v3/contacts?cursor=${cursor}` } },
    },
    { date },
  );

describe('the connector on its wire', () => {
  test('walks all pages through trouble, and each link goes to the pinned host', async () => {
    const cut = textAnswer(200, contacts(['a', 'b'], 'x').body.toString().slice(0, 900));
    const throttled = jsonAnswer(429, { error_key: 'throttled', error_message: 'Too Many Requests' });
    const { source, transport, wire } = rig(contacts(['a', 'b'], 'bGlt+Q=='), cut, throttled, contacts(['c'], null));
    const first = await source.snapshot('contacts', null, NEVER);
    const second = await source.snapshot('contacts', first.next, NEVER);
    const unread = [...(first.unread ?? []), ...(second.unread ?? [])];
    expect(unread.flatMap((one) => one.read().readings).map((one) => one.id)).toEqual(['a', 'b', 'c']);
    expect([first.sourceTime, second.next, wire.sent]).toEqual([Date.UTC(2026, 0, 1, 12), null, 4]);
    expect(transport.requests.map((one) => one.url)).toEqual([
      'https://api.cc.email/v3/contacts?status=all&limit=500&include=custom_fields%2Clist_memberships%2Cphone_numbers%2Cstreet_addresses%2Ctaggings%2Cnotes&include_count=true',
      ...Array.from({ length: 3 }, () => 'https://api.cc.email/v3/contacts?cursor=bGlt%2BQ=='),
    ]);
  });
  test('T10 a listing that is answered 202 or by an empty list is no end', async () => {
    const { source } = rig(
      ...Array.from({ length: 5 }, () => jsonAnswer(202, { status: 'processing' })),
      jsonAnswer(200, []),
    );
    await expect(source.snapshot('contacts', null, NEVER)).rejects.toMatchObject({ errorClass: 'not_ready' });
    await expect(source.snapshot('contacts', null, NEVER)).rejects.toMatchObject({ errorClass: 'unavailable' });
  });
  test('I9 gone is only what the source itself says', async () => {
    const html = textAnswer(404, '<html>');
    const { source } = rig(notFound, html, html, html, html, html);
    expect(await source.readOne('contacts', CONTACT_ID, NEVER)).toEqual({ kind: 'gone' });
    await expect(source.readOne('contacts', CONTACT_ID, NEVER)).rejects.toMatchObject({ errorClass: 'unavailable' });
  });
  test('T9 an expired cursor restarts the window, and a stored link of another host is never asked', async () => {
    const { source, transport } = rig(jsonAnswer(400, [{ error_key: 'contacts.api.validation.error' }]));
    await expect(source.snapshot('contacts', '/v3/contacts?cursor=old', NEVER)).rejects.toMatchObject({
      errorClass: 'cursor_gone',
    });
    await expect(source.snapshot('contacts', 'https://evil.example/v3/contacts', NEVER)).rejects.toMatchObject({
      errorClass: 'cursor_gone',
    });
    expect(transport.requests).toHaveLength(1);
  });
});
