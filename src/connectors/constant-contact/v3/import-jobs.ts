/**
 * The JSON import of Constant Contact V3 as a job that makes many people.
 *
 * It cannot run without a list, makes people implicit, sets neither permission nor tags, and puts people on the list
 * though they left it. Beyond 4 MB or 40,000 rows it drops people in silence, so a job stays far below.
 * A finished one tells how many it left out and never whom. Must never be sent twice.
 */
import type { BulkTarget, JobStanding } from '../../../connector/bulk.ts';
import type { ApiAnswer, ApiRequest } from '../../../connector/wire.ts';
import { matchKey } from '../../../model/address.ts';
import { ConnectorError, isErrorOf } from '../../../model/errors.ts';
import type { PersonIntent } from '../../../model/intent.ts';
import { ask, type Asking } from './ask.ts';
import { isRecord } from '../../reading/fields.ts';
import { count, malformed, parseEnvelope } from './pages.ts';
import { isPathId } from './requests.ts';

const PATH = '/activities/contacts_json_import';
const LIMITS = { rows: 5_000, bytes: 1_000_000 };
/** The import's own limit, shorter than that of a contact. */
const MOST_TEXT = 50;
const TEXTS: ReadonlySet<string> = new Set(['first_name', 'last_name', 'job_title', 'company_name']);
const ENDED: ReadonlySet<string> = new Set(['completed', 'cancelled', 'failed', 'timed_out']);
const RUNNING: ReadonlySet<string> = new Set(['initialized', 'processing']);

export type ImportRow = Readonly<Record<string, string | number>>;

/** Makes the import of one connection. */
export function createImportJobs(asking: Asking): BulkTarget {
  return {
    kind: 'contacts_json_import',
    effects: { newAddress: 'implicit', known: 'unchanged', revives: true, relists: true, movesAddress: false },
    limits: LIMITS,
    calls: 2,
    readBack: 500,
    rowBytes: (intent) => {
      const row = importRow(intent);
      return row === null ? null : Buffer.byteLength(JSON.stringify(row)) + 1;
    },
    submit: (intents, lists, signal) => submit(asking, intents, lists, signal),
    standing: (remoteId, signal) => standing(asking, remoteId, signal),
    find: (people, from, until, signal) => find(asking, people, from, until, signal),
  };
}

/** Writes a person as a row; null where the import could not make them as wanted. */
export function importRow(intent: PersonIntent): ImportRow | null {
  const { address, contactId, permission, customFields, tags, fields } = intent;
  if (contactId !== null || permission !== 'implicit' || tags.add.length > 0) return null;
  if (Object.keys(customFields).length > 0) return null;
  if (matchKey(address) === null || address.length > MOST_TEXT) return null;
  const row: Record<string, string | number> = { email: address };
  for (const [column, value] of Object.entries(fields)) {
    if (value === null || value === undefined) continue;
    if (!TEXTS.has(column) || typeof value !== 'string' || value.length > MOST_TEXT) return null;
    // What a blank cell does is not known.
    if (value !== '') row[column] = value;
  }
  return row;
}

/** Builds the one request of a job. */
export function buildImport(rows: readonly ImportRow[], lists: readonly string[]): ApiRequest {
  return { method: 'POST', path: PATH, json: { import_data: rows, list_ids: lists } };
}

async function submit(
  asking: Asking,
  intents: readonly PersonIntent[],
  lists: readonly string[],
  signal: AbortSignal,
): Promise<string> {
  const rows = intents.map(importRow);
  const fit = rows.filter((row) => row !== null);
  if (fit.length < rows.length || fit.length > LIMITS.rows || lists.length === 0)
    throw new Error('an import was asked for what no import can do');
  const { body } = await asking.wire.write(buildImport(fit, lists), signal);
  const id = isRecord(body) ? body['activity_id'] : null;
  if (typeof id === 'string' && isPathId(id)) return id;
  const facts = { connection: asking.connection, request: `POST ${PATH}` };
  throw new ConnectorError('CC_OUTCOME_UNKNOWN', 'unknown_outcome', 'the import was answered without its id', facts);
}

async function standing(asking: Asking, id: string, signal: AbortSignal): Promise<JobStanding> {
  if (!isPathId(id)) return { kind: 'gone' };
  try {
    return await ask(asking, { method: 'GET', path: `/activities/${id}` }, signal, parseActivity);
  } catch (error) {
    if (isErrorOf(error, 'not_found')) return { kind: 'gone' };
    throw error;
  }
}

/** Reads how an activity stands. */
export function parseActivity(answer: ApiAnswer): JobStanding {
  const body = isRecord(answer.body) ? answer.body : {};
  const { state, status } = body;
  if (typeof state !== 'string') throw malformed('the activity has no state');
  if (RUNNING.has(state)) return { kind: 'running' };
  if (!ENDED.has(state)) throw malformed('the activity is in no known state');
  const counts = isRecord(status) ? status : {};
  const figure = (key: string): number => count(counts[key]) ?? 0;
  const told = Array.isArray(body['activity_errors']) ? body['activity_errors'].length : 0;
  const faults = figure('error_count') + figure('correctable_count') + figure('cannot_add_to_list_count');
  return {
    kind: 'ended',
    complete: state === 'completed',
    taken: count(counts['items_total_count']),
    faults: faults > 0 ? faults : told,
  };
}

/** Looks through the newest activities for a job whose answer was lost. The list shows ten days. */
async function find(
  asking: Asking,
  people: number,
  from: number,
  until: number,
  signal: AbortSignal,
): Promise<readonly string[] | null> {
  const request: ApiRequest = { method: 'GET', path: '/activities', query: { limit: '500' } };
  const skew = asking.wire.skewMs ?? 0;
  return ask(asking, request, signal, (answer) => parseCandidates(answer, people, from + skew, until + skew));
}

/** Picks the activities of so many rows that began in a time; null where the page cannot tell. */
export function parseCandidates(
  answer: ApiAnswer,
  people: number,
  from: number,
  until: number,
): readonly string[] | null {
  const { raws, next } = parseEnvelope(answer, 'activities', null);
  const found: string[] = [];
  let oldest = Infinity;
  for (const raw of raws) {
    const { activity_id: id, created_at: created, status } = isRecord(raw) ? raw : {};
    const at = typeof created === 'string' ? Date.parse(created) : Number.NaN;
    if (Number.isNaN(at) || typeof id !== 'string' || !isPathId(id)) return null;
    oldest = Math.min(oldest, at);
    if (at < from || at > until) continue;
    const total = isRecord(status) ? count(status['items_total_count']) : null;
    if (total === null) return null;
    // Whether the header counts is said of files, and not of this.
    if (total === people || total === people + 1) found.push(id);
  }
  return next !== null && oldest > from ? null : found;
}
