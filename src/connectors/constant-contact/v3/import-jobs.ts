/**
 * The JSON import of Constant Contact V3 as a job that makes many people.
 *
 * It cannot run without a list, makes people implicit, sets neither permission nor tags, and puts people on the list
 * though they left it. Beyond 4 MB or 40,000 rows it drops people in silence, so a job stays far below.
 * A finished one tells how many it left out and never whom. Must never be sent twice.
 */
import type { BulkTarget } from '../../../connector/bulk.ts';
import type { ApiRequest } from '../../../connector/wire.ts';
import { matchKey } from '../../../model/address.ts';
import type { PersonIntent } from '../../../model/intent.ts';
import { ACTIVITIES_PAGE, findActivity, standings, submitActivity } from './activities.ts';
import type { Asking } from './ask.ts';
import { createMemberJobs } from './member-jobs.ts';

const PATH = '/activities/contacts_json_import';
const LIMITS = { rows: 5_000, bytes: 1_000_000 };
/** The import's own limit, shorter than that of a contact. */
const MOST_TEXT = 50;
const TEXTS: ReadonlySet<string> = new Set(['first_name', 'last_name', 'job_title', 'company_name']);

export type ImportRow = Readonly<Record<string, string | number>>;

/** Makes the import of one connection. */
export function createImportJobs(asking: Asking): BulkTarget {
  return {
    kind: 'contacts_json_import',
    effects: { newAddress: 'implicit', known: 'unchanged', revives: true, relists: true, movesAddress: false },
    limits: LIMITS,
    calls: 1,
    readBack: 500,
    rowBytes: (intent) => {
      const row = importRow(intent);
      return row === null ? null : Buffer.byteLength(JSON.stringify(row)) + 1;
    },
    submit: (intents, lists, signal) => submit(asking, intents, lists, signal),
    standings: (remoteIds, signal) => standings(asking, remoteIds, signal),
    find: (people, from, until, signal) => findActivity(asking, people, from, until, signal),
    toldAtOnce: ACTIVITIES_PAGE,
    members: createMemberJobs(asking),
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
  return submitActivity(asking, buildImport(fit, lists), signal);
}
