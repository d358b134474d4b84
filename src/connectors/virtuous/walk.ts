/**
 * Walking through all contacts, or all that changed: one stretch of ids after the other, as large as the vendor bears.
 *
 * A page that is too much for the vendor is asked for again smaller, down to one contact; one that still cannot be
 * answered is refused by its id and walked past. Later pages grow again. Must never take it on trust that the vendor
 * heard the condition, the order or the size: a page that shows otherwise ends the walk with a reason, for else it would
 * leave people out or never end.
 */
import type { CrmPage, CrmRead } from '../../connector/crm.ts';
import type { ApiAnswer } from '../../connector/wire.ts';
import { ConnectorError, isErrorOf } from '../../model/errors.ts';
import { isRecord } from '../reading/fields.ts';
import { readAll } from '../reading/refusal.ts';
import { ask, malformed, parsed, type Asking } from './ask.ts';
import { readContact } from './contact-record.ts';
import { readOne } from './find.ts';
import { isId, numericId } from './ids.ts';
import { isLast, parseList } from './lists.ts';
import { buildFirstId, buildStretch } from './requests.ts';

/** What two careful clients of this API go down to. */
const SIZES = [1000, 500, 250, 50, 10, 1] as const;
/** So many pages of one size come well before a larger one is tried. */
const STEADY_PAGES = 2;

/** Where a walk stands; kept by others as text. */
interface Place {
  readonly after: string;
  /** Index into SIZES. */
  readonly size: number;
  /** Pages in a row that came well at this size. */
  readonly steady: number;
  /** Rows of the page before, where it was short without being the last; 0 where it was not. */
  readonly short: number;
}
const START: Place = { after: '0', size: 0, steady: 0, short: 0 };

/** Asks for the page at `from`, null for the first. Throws ConnectorError; `cursor_gone` for a place that is none. */
export async function walkPage(
  asking: Asking,
  since: string | null,
  from: string | null,
  signal: AbortSignal,
): Promise<CrmPage> {
  const start = from === null ? START : placeOf(from);
  for (let { size } = start; ; size += 1) {
    const place = size === start.size ? start : { ...start, size, steady: 0, short: 0 };
    const stretch = { after: place.after, take: SIZES[size] ?? 1, since };
    const request = buildStretch(stretch);
    let answer: ApiAnswer;
    try {
      answer = await asking.wire.read(request, signal);
    } catch (error) {
      if (!mayBeTooMuch(error)) throw error;
      if (stretch.take > 1) continue;
      return passOver(asking, { place, since, error }, signal);
    }
    return parsed(asking, request, answer, () => pageOf(answer, place));
  }
}

/** A server that was reached and gave up, took too long, or sent too much or half of it. */
function mayBeTooMuch(error: unknown): error is ConnectorError {
  if (!isErrorOf(error, 'unavailable')) return false;
  const { status } = error.facts;
  return status === undefined ? /^SOURCE_(TIMEOUT|RESET|TOO_LARGE)$/u.test(error.code) : status >= 500 || status < 300;
}

/** One contact that cannot be answered: the abbreviated query says which it is, or that the source answers nothing at all. */
async function passOver(
  asking: Asking,
  { place, since, error }: { readonly place: Place; readonly since: string | null; readonly error: ConnectorError },
  signal: AbortSignal,
): Promise<CrmPage> {
  const stretch = { after: place.after, take: 1, since };
  const found = await ask(asking, buildFirstId(stretch), signal, (answer) => {
    const [first] = parseList(answer).rows;
    return { id: first === undefined ? null : idOf(first), sourceTime: answer.sourceTime };
  });
  if (found.id === null) return { readings: [], refused: [], next: null, sourceTime: found.sourceTime, total: null };
  if (!isAfter(found.id, place.after)) throw conditionIgnored();
  const next = textOf({ after: found.id, size: place.size - 1, steady: 0, short: 0 });
  const single = await readOrNull(asking, found.id, signal);
  if (single?.kind === 'found')
    return { readings: [single.reading], refused: [], next, sourceTime: found.sourceTime, total: null };
  const reason = single?.kind === 'refused' ? single.reason : `the source cannot answer it: ${error.code}`;
  return { readings: [], refused: [{ id: found.id, reason }], next, sourceTime: found.sourceTime, total: null };
}

/** What the query cannot answer a direct read may; null where that fails too. */
async function readOrNull(asking: Asking, id: string, signal: AbortSignal): Promise<CrmRead | null> {
  try {
    return await readOne(asking, id, signal);
  } catch (error) {
    if (mayBeTooMuch(error)) return null;
    throw error;
  }
}

function pageOf(answer: ApiAnswer, place: Place): CrmPage {
  const list = parseList(answer);
  const take = SIZES[place.size] ?? 1;
  const { rows, total } = list;
  const after = lastOf(rows, place.after);
  if (rows.length > take) throw malformed('the page has more rows than were asked for', 'VIRTUOUS_TAKE_IGNORED');
  const last = isLast(list, take);
  const short = rows.length < take ? rows.length : 0;
  if (!last && short > 0 && short === place.short)
    throw malformed(`the source answers ${short} rows whatever is asked for`, 'VIRTUOUS_TAKE_IGNORED');
  return {
    ...readAll(rows, readContact, 'id'),
    next: last ? null : textOf({ ...grown(place), after, short }),
    sourceTime: answer.sourceTime,
    // Of what is left, for the condition leaves out what came before.
    total: place.after === '0' ? total : null,
  };
}

function grown({ size, steady }: Place): Pick<Place, 'size' | 'steady'> {
  return steady + 1 < STEADY_PAGES || size === 0 ? { size, steady: steady + 1 } : { size: size - 1, steady: 0 };
}

/** The last id of a page whose ids rise from `after` on. A row without an id is refused by whoever reads it. */
function lastOf(rows: readonly unknown[], after: string): string {
  let last = after;
  for (const one of rows) {
    const id = idOf(one);
    if (id === null) continue;
    if (!isAfter(id, after)) throw conditionIgnored();
    if (!isAfter(id, last)) throw malformed('the page is not in the order of the ids', 'VIRTUOUS_SORT_IGNORED');
    last = id;
  }
  if (last === after && rows.length > 0) throw malformed('no row of the page has an id');
  return last;
}

function conditionIgnored(): ConnectorError {
  return malformed('the page shows contacts that were not asked for', 'VIRTUOUS_CONDITION_IGNORED');
}

function idOf(raw: unknown): string | null {
  try {
    return isRecord(raw) ? numericId(raw['id'], 'id') : null;
  } catch {
    return null;
  }
}

function isAfter(id: string, after: string): boolean {
  return Number(id) > Number(after);
}

function textOf({ after, size, steady, short }: Place): string {
  return [after, size, Math.min(steady, STEADY_PAGES), short].join('.');
}

function placeOf(text: string): Place {
  const [after = '', size = -1, steady = -1, short = -1] = text
    .split('.')
    .map((part, at) => (at === 0 ? part : Number(part)));
  const known = typeof after === 'string' && (after === '0' || isId(after)) && SIZES[Number(size)] !== undefined;
  if (!known || !(Number(steady) >= 0) || !(Number(short) >= 0))
    throw new ConnectorError('VIRTUOUS_CURSOR_GONE', 'cursor_gone', 'this is no place where a walk can go on');
  return { after, size: Number(size), steady: Number(steady), short: Number(short) };
}
