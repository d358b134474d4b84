/**
 * Door: what Constant Contact, or whoever stands in front of it, answers.
 *
 * A body is text as it comes from the network; it goes through the wire's judgement and then to the parser that asked.
 * Every record of a page must come out as a reading or as a refusal, none twice and none not at all (I17).
 */
import type { ApiAnswer } from '../../src/connector/wire.ts';
import { parseAccount, parseCounts, parsePrivileges } from '../../src/connectors/constant-contact/v3/account.ts';
import { parseReport, parseReportIds, parseSentCampaigns } from '../../src/connectors/constant-contact/v3/campaigns.ts';
import { classify } from '../../src/connectors/constant-contact/v3/classify.ts';
import { parseOne } from '../../src/connectors/constant-contact/v3/direct-read.ts';
import { parsePage, SHAPES } from '../../src/connectors/constant-contact/v3/pages.ts';
import { judgeAnswer } from '../../src/http/judge.ts';
import { ConnectorError, ERROR_CLASSES } from '../../src/model/errors.ts';
import type { StreamName } from '../../src/model/record.ts';
import { type Door, type Json, listOf, member, numberOf, promise, textOf } from './door.ts';
import { damageText, type Draw, spoil, text } from './draw.ts';
import { CAMPAIGNS, ERRORS, RECORDS, REPORT } from './good-answers.ts';

const STREAMS = Object.keys(SHAPES) as StreamName[];
const ASKS = [
  'page',
  'page',
  'page',
  'one',
  'campaigns',
  'reports',
  'report',
  'account',
  'counts',
  'privileges',
  'error',
];
/** How the network hands a body over: as text, as bytes, or as bytes that are no UTF-8. */
const BYTES = ['none', 'utf8', 'utf8', 'latin1'] as const;
const STATUSES = [400, 401, 403, 404, 409, 429, 500, 503, 302, 202, 204, 299, 999];

export const answers: Door = {
  name: 'answers',
  weight: 40,
  make,
  open,
  refuses: (error) => error instanceof ConnectorError,
};

function make(draw: Draw): Json {
  const ask = draw.pick(ASKS);
  const stream = draw.pick(STREAMS);
  const rate = draw.pick([0.01, 0.05, 0.2]);
  const spoilt = JSON.stringify(spoil(draw, goodBody(draw, ask, stream), rate));
  const body = draw.chance(0.2) ? damageText(draw, spoilt) : spoilt;
  const status = ask === 'error' ? draw.pick(STATUSES) : draw.chance(0.05) ? draw.pick(STATUSES) : 200;
  const headers = draw.chance(0.1) ? { date: text(draw, 100), 'retry-after': text(draw, 100) } : {};
  return { ask, stream, status, apart: draw.chance(0.4), bytes: draw.pick(BYTES), headers, body };
}

function goodBody(draw: Draw, ask: string, stream: StreamName): Json {
  if (ask === 'page') {
    const rows = Array.from({ length: 1 + draw.below(4) }, () => RECORDS[stream]);
    return { [SHAPES[stream].records]: rows, contacts_count: 3, _links: { next: { href: '/v3/contacts?cursor=b+1' } } };
  }
  if (ask === 'one') return RECORDS[stream];
  if (ask === 'campaigns') return CAMPAIGNS;
  if (ask === 'reports') return { campaign_activities: [{ campaign_activity_id: 'a-1', role: 'primary_email' }] };
  if (ask === 'report') return REPORT;
  if (ask === 'account') return { encoded_account_id: 'a0', organization_name: 'Acme' };
  if (ask === 'counts') return { total: 9, explicit: 3, implicit: 3, pending: 1, unsubscribed: 2 };
  if (ask === 'privileges') return [{ privilege_id: 1, privilege_name: 'contacts:read' }];
  return draw.pick(ERRORS);
}

function open(input: Json): void {
  const ask = textOf(member(input, 'ask'));
  const stream = STREAMS.find((name) => name === member(input, 'stream')) ?? 'contacts';
  const { records, id } = SHAPES[stream];
  const apart = ask === 'page' && member(input, 'apart') === true ? { array: records, first: id } : undefined;
  const headers = Object.fromEntries(
    ['date', 'retry-after'].map((name) => [name, textOf(member(member(input, 'headers'), name))]),
  );
  const status = numberOf(member(input, 'status'));
  const asked = apart === undefined ? {} : { apart };
  const outcome = judgeAnswer({ status, headers, body: bodyOf(input) }, classify, asked);
  if (outcome.kind === 'success') return read(ask, stream, outcome.answer);
  const { errorClass, vendorKey } = outcome.classified;
  promise(Object.hasOwn(ERROR_CLASSES, errorClass), 'a failure has a class that nobody handles');
  promise(vendorKey === null || /^[\w.-]{1,80}$/.test(vendorKey), 'a key of the vendor is free text');
}

function bodyOf(input: Json): string | Buffer {
  const encoding = BYTES.find((one) => one === member(input, 'bytes')) ?? 'none';
  const body = textOf(member(input, 'body'));
  return encoding === 'none' ? body : Buffer.from(body, encoding);
}

function read(ask: string, stream: StreamName, answer: ApiAnswer): void {
  if (ask === 'page') return readPage(stream, answer);
  if (ask === 'one') parseOne(stream, '1618ae62-4752-11e9-9c8a-fa163e6b01c1', answer);
  if (ask === 'campaigns') parseSentCampaigns(answer, '2026-01-01T00:00:00Z', null);
  if (ask === 'reports') parseReportIds(answer);
  if (ask === 'report') {
    const { notices, refused } = parseReport(answer, null);
    const rows = listOf(member(answer.body as Json, 'tracking_activities'));
    promise(notices.length + refused === rows.length, 'a row of a report was lost');
  }
  if (ask === 'account') parseAccount(answer);
  if (ask === 'counts') parseCounts(answer);
  if (ask === 'privileges') parsePrivileges(answer);
}

function readPage(stream: StreamName, answer: ApiAnswer): void {
  const page = parsePage(stream, answer, null);
  const here = listOf(member(answer.body as Json, SHAPES[stream].records)).length;
  promise(page.readings.length + page.refused.length === here, 'a record of a page was lost');
  for (const unread of page.unread ?? []) {
    const late = unread.read();
    promise(late.readings.length + late.refused.length > 0, 'a record that was kept as text was lost');
  }
  for (const { id, hash, content } of page.readings) {
    promise(id !== '' && id.length <= 64, 'an id that is none was taken');
    promise(/^[\w+/=-]+$/.test(hash), 'a reading has no hash');
    JSON.stringify(content);
  }
}
