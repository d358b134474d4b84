/**
 * Lists of this API: `{list, total}`, or a bare array where an operation is an exception; and reading one to its end.
 *
 * `total` may be the whole list's or only the page's size: it is never what ends a list. Pure but for `askAll`, which
 * must never go on where the source answers the same page again.
 */
import type { ApiAnswer, ApiRequest } from '../../connector/wire.ts';
import { isRecord, type Json } from '../reading/fields.ts';
import { ask, malformed, type Asking } from './ask.ts';
import { MOST_ROWS } from './requests.ts';

export interface List {
  readonly rows: readonly unknown[];
  readonly total: number | null;
}

/** What one answers who was asked for a page size and did not hear: the API's own default. */
export const DEFAULT_TAKE = 10;
/** More pages than any list here has. */
const MOST_PAGES = 100;

/** Reads a list's answer. Throws ConnectorError for one that is none. */
export function parseList({ body }: ApiAnswer): List {
  if (!isRecord(body)) throw malformed('the answer is not an object');
  const rows = body['list'];
  if (!Array.isArray(rows)) throw malformed('the answer has no list');
  const { total } = body;
  const known = typeof total === 'number' && Number.isSafeInteger(total) && total >= 0;
  return { rows, total: known ? total : null };
}

/** Reads a bare array's answer; one in a list is taken too. */
export function parseArray(answer: ApiAnswer): readonly unknown[] {
  return Array.isArray(answer.body) ? answer.body : parseList(answer).rows;
}

/** Tells a page after which nothing comes: an empty one, or a short one whose own total says that it is all. */
export function isLast({ rows, total }: List, take: number, before = 0): boolean {
  if (rows.length === 0) return true;
  return rows.length < take && rows.length !== DEFAULT_TAKE && total === before + rows.length;
}

/**
 * Reads every page of a list by `skip`, in the order given, each row once by its id; `done` ends it early. Throws
 * ConnectorError for a list that does not move on.
 */
export async function askAll(
  asking: Asking,
  build: (skip: number) => ApiRequest,
  idKey: string,
  signal: AbortSignal,
  done: (rows: readonly Json[]) => boolean = () => false,
): Promise<readonly Json[]> {
  const found = new Map<unknown, Json>();
  for (let skip = 0, pages = 0; pages < MOST_PAGES; pages += 1) {
    const list = await ask(asking, build(skip), signal, parseList);
    const rows = list.rows.filter((one): one is Json => isRecord(one));
    const fresh = rows.filter((one) => !found.has(one[idKey]));
    for (const one of fresh) found.set(one[idKey], one);
    if (list.rows.length > MOST_ROWS) throw malformed('the answer has more rows than were asked for');
    if (isLast(list, MOST_ROWS, skip) || done(fresh)) return [...found.values()];
    if (fresh.length === 0) throw malformed('the list shows the same page again', 'VIRTUOUS_SKIP_IGNORED');
    skip += list.rows.length;
  }
  throw malformed('the list does not end');
}
