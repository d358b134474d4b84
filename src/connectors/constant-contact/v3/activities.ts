/**
 * Bulk activities of Constant Contact V3: how one is asked for, how one stands, and which is the one whose answer was lost.
 *
 * An activity answers before it works, tells how many it left out and never whom, and is forgotten after ten days. The list
 * of activities tells many ends in one request. Must never be sent twice.
 */
import type { JobStanding } from '../../../connector/bulk.ts';
import type { ApiAnswer, ApiRequest } from '../../../connector/wire.ts';
import { ConnectorError, isErrorOf } from '../../../model/errors.ts';
import { ask, type Asking } from './ask.ts';
import { isRecord } from '../../reading/fields.ts';
import { count, malformed, parseEnvelope } from './pages.ts';
import { isPathId } from './requests.ts';

/** Longest page of the list of activities. */
export const ACTIVITIES_PAGE = 500;
const ENDED: ReadonlySet<string> = new Set(['completed', 'cancelled', 'failed', 'timed_out']);
const RUNNING: ReadonlySet<string> = new Set(['initialized', 'processing']);

/** Sends the one request of an activity; gives its id. Throws ConnectorError, `unknown_outcome` when it may have been taken. */
export async function submitActivity(asking: Asking, request: ApiRequest, signal: AbortSignal): Promise<string> {
  const { body } = await asking.wire.write(request, signal);
  const id = isRecord(body) ? body['activity_id'] : null;
  if (typeof id === 'string' && isPathId(id)) return id;
  const facts = { connection: asking.connection, request: `POST ${request.path ?? ''}` };
  throw new ConnectorError('CC_OUTCOME_UNKNOWN', 'unknown_outcome', 'the activity was answered without its id', facts);
}

/** Asks how activities stand: several by the list, and one by one those that it does not show. */
export async function standings(
  asking: Asking,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, JobStanding>> {
  const listed = ids.length > 1 ? await ask(asking, LIST, signal, parseListed) : new Map<string, JobStanding>();
  const found = new Map<string, JobStanding>();
  for (const id of ids) found.set(id, listed.get(id) ?? (await standing(asking, id, signal)));
  return found;
}

const LIST: ApiRequest = { method: 'GET', path: '/activities', query: { limit: String(ACTIVITIES_PAGE) } };

/** Reads how the activities of a page stand. One that cannot be read is left out. */
export function parseListed(answer: ApiAnswer): ReadonlyMap<string, JobStanding> {
  const found = new Map<string, JobStanding>();
  for (const raw of parseEnvelope(answer, 'activities', null).raws) {
    const { activity_id: id, state } = isRecord(raw) ? raw : {};
    if (typeof id !== 'string' || typeof state !== 'string') continue;
    if (RUNNING.has(state) || ENDED.has(state)) found.set(id, parseActivity({ ...answer, body: raw }));
  }
  return found;
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
export async function findActivity(
  asking: Asking,
  people: number,
  from: number,
  until: number,
  signal: AbortSignal,
): Promise<readonly string[] | null> {
  const skew = asking.wire.skewMs ?? 0;
  return ask(asking, LIST, signal, (answer) => parseCandidates(answer, people, from + skew, until + skew));
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
