/**
 * One answer to one page of readings.
 *
 * A page is well formed only with its array and a readable end or next link; anything else is a source that answers
 * badly, never an empty or a last page (T10). A next link that repeats the one just followed is a loop (T9). Pure.
 */
import { isAscii } from 'node:buffer';
import type { ApiAnswer } from '../../../connector/wire.ts';
import { ConnectorError } from '../../../model/errors.ts';
import { textHash } from '../../../model/hash.ts';
import type { Page, StreamName, Unread } from '../../../model/record.ts';
import { readContact } from './contact-record.ts';
import { isRecord } from '../../reading/fields.ts';
import type { Json } from '../../reading/fields.ts';
import { nextOf } from './links.ts';
import { readAll } from '../../reading/refusal.ts';
import type { ReadRecord } from '../../reading/refusal.ts';
import { readCustomField, readList, readSegment, readTag } from './schema-records.ts';

export interface StreamShape {
  /** The key under which a page holds its records. */
  readonly records: string;
  readonly id: string;
  /** The key of the total, where a page tells one. */
  readonly total: string | null;
  readonly read: ReadRecord;
}

export const SHAPES: Readonly<Record<StreamName, StreamShape>> = {
  contacts: { records: 'contacts', id: 'contact_id', total: 'contacts_count', read: readContact },
  lists: { records: 'lists', id: 'list_id', total: 'lists_count', read: readList },
  tags: { records: 'tags', id: 'tag_id', total: null, read: readTag },
  custom_fields: { records: 'custom_fields', id: 'custom_field_id', total: null, read: readCustomField },
  segments: { records: 'segments', id: 'segment_id', total: null, read: readSegment },
};

/** Reads a page of a stream; `from` is the link that led here. Throws ConnectorError for a page that is none. */
export function parsePage(stream: StreamName, answer: ApiAnswer, from: string | null): Page {
  const shape = SHAPES[stream];
  const { body, raws, next } = parseEnvelope(answer, shape.records, from);
  const total = shape.total === null ? null : count(body[shape.total]);
  const unread = (answer.apart ?? []).map((recordText) => unreadOf(recordText, shape));
  return {
    ...readAll(raws, shape.read, shape.id),
    next,
    sourceTime: answer.sourceTime,
    total,
    ...(unread.length > 0 ? { unread } : {}),
  };
}

/** Changes whenever the same text would be read as other content: what was read before is then read anew. */
const READER = '1';

/** A record that is parsed only when its text is new; its layout puts the id first. */
function unreadOf(recordText: Buffer, shape: StreamShape): Unread {
  const opening = `{"${shape.id}":"`.length;
  const id = recordText.toString('utf8', opening, recordText.indexOf(0x22, opening));
  return {
    id,
    textHash: READER + textHash(recordText),
    read: () => readAll(parseTexts(decode(recordText)), shape.read, shape.id),
  };
}

/** Nearly every record is plain ASCII, which is copied and not decoded. */
function decode(recordText: Buffer): string {
  return recordText.toString(isAscii(recordText) ? 'latin1' : 'utf8');
}

/** A record laid out otherwise hangs on the text of the one before it: read as a list, none is lost. */
function parseTexts(recordText: string): readonly unknown[] {
  try {
    return [JSON.parse(recordText)];
  } catch {
    return parseSeveral(recordText);
  }
}

function parseSeveral(recordText: string): readonly unknown[] {
  try {
    return JSON.parse(`[${recordText}]`) as unknown[];
  } catch {
    throw malformed('a record on the page is not JSON');
  }
}

/** Reads what all paged answers have in common: the array under its key, and where the next page is. */
export function parseEnvelope(
  answer: ApiAnswer,
  key: string,
  from: string | null,
): { readonly body: Json; readonly raws: readonly unknown[]; readonly next: string | null } {
  const { body } = answer;
  if (!isRecord(body)) throw malformed('the page is not an object');
  const raws = body[key];
  if (!Array.isArray(raws)) throw malformed(`the page has no ${key}`);
  const next = nextOf(body);
  if (next.kind === 'doubt') throw malformed('the page has no readable end and no next link that may be followed');
  if (next.kind === 'last') return { body, raws, next: null };
  if (next.link === from)
    throw new ConnectorError('CC_CURSOR_REPEATS', 'cursor_gone', 'the next link leads to its own page');
  return { body, raws, next: next.link };
}

/** Says that an answer is not what was asked for: the source answers badly. */
export function malformed(why: string): ConnectorError {
  return new ConnectorError('CC_MALFORMED', 'unavailable', why);
}

/** Reads a figure; null for anything that is none. */
export function count(value: unknown): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null;
}
