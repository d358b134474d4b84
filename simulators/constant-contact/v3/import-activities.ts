/**
 * import-activities: contacts come in bulk, as JSON or as a file.
 *
 * An import needs a list. It is judged row by row when it acts; faulty rows are only counted, so it completes all the same. What goes
 * beyond the limits is dropped without a word.
 */
import { z } from 'zod';
import type { ActivityPlan } from '../../world/activities.ts';
import { importRow } from '../../world/mutate/import-row.ts';
import type { Counts } from '../../world/types.ts';
import type { World } from '../../world/world.ts';
import { Refusal, type Reply } from '../answer.ts';
import { queueActivity, showActivity } from './activities.ts';
import { badBody, idsOf, readBody, required } from './body.ts';
import type { Call, Route } from './call.ts';
import { parseCsv } from './csv.ts';
import { checkLists } from './exists.ts';
import { isColumn, NUMBER_COLUMNS } from './import-columns.ts';
import { elementsWithin, MOST_BYTES, MOST_LINES, withinBytes } from './import-limits.ts';
import { readRow, type Cells, type SmsPermission } from './import-row-reader.ts';
import { parseMultipart, type Part } from './multipart.ts';
import { isUuid, NO_QUERY, readQuery } from './query.ts';

const MOST_TOLD = 20;
const cell = z.union([z.string(), z.number(), z.null()]);
const JSON_IMPORT = z.strictObject({
  import_data: required(z.array(z.record(z.string(), cell)).min(1, 'has fewer than 1 values')),
  list_ids: required(idsOf(50, 1)),
  sms_permission_to_send: z.enum(['explicit', 'not_set']).optional(),
});

interface Import {
  readonly listIds: readonly string[];
  readonly sms: SmsPermission | null;
  readonly rows: readonly Cells[];
  /** Rows and the header that a file has. */
  readonly lines: number;
  readonly fileName: string | null;
}

function importJson(call: Call): Reply {
  readQuery(NO_QUERY, call.raw, call.form);
  const { world } = call;
  const body = readBody(JSON_IMPORT, call.body, world.switches.current);
  checkLists(world, body.list_ids);
  checkColumns(world, body.import_data);
  const most = Math.min(world.switches.current.importRows, elementsWithin(call.body.bytes, 'import_data', MOST_BYTES));
  const rows = body.import_data.slice(0, most).map(cellsOf);
  const sms = body.sms_permission_to_send ?? null;
  return queue(world, { listIds: body.list_ids, sms, rows, lines: rows.length, fileName: null });
}

/** Refuses columns that are not there, and numbers where text belongs or the other way round. */
function checkColumns(world: World, rows: readonly Readonly<Record<string, string | number | null>>[]): void {
  const isStrict = world.switches.current.unknownKeys === 'refused';
  const faults: string[] = [];
  for (const [n, row] of rows.entries()) {
    for (const [column, value] of Object.entries(row)) {
      const fault = cellFault(column, value, isStrict);
      if (fault !== null) faults.push(`import_data[${n}].${column} ${fault}`);
    }
    if (faults.length >= MOST_TOLD) break;
  }
  if (faults.length > 0) throw badBody(faults);
}

function cellFault(column: string, value: string | number | null, isStrict: boolean): string | null {
  if (!isColumn(column)) return isStrict ? 'is not a known property' : null;
  const fits = value === null || (typeof value === 'number') === NUMBER_COLUMNS.has(column);
  return fits ? null : 'does not have a valid value';
}

function cellsOf(row: Readonly<Record<string, string | number | null>>): Cells {
  return new Map(Object.entries(row).map(([column, value]) => [column, value === null ? '' : String(value)]));
}

function importFile(call: Call): Reply {
  readQuery(NO_QUERY, call.raw, call.form);
  const { world } = call;
  const parts = parseMultipart(call.body);
  if (parts === null) throw new Refusal(415, 'unsupported_media_type', 'Content-Type must be left to the client');
  const file = parts.find((one) => one.name === 'file');
  if (file === undefined) throw badBody(['file is missing']);
  if (file.fileName === null || !/\.csv$/i.test(file.fileName)) {
    throw new Refusal(415, 'unsupported_media_type', 'file must be of type .csv');
  }
  const listIds = listIdsOf(textOf(parts, 'list_ids'));
  checkLists(world, listIds);
  const sms = smsOf(textOf(parts, 'sms_permission_to_send'));
  const [header = [], ...lines] = parseCsv(withinBytes(file.bytes).toString('utf8')).slice(0, MOST_LINES);
  checkHeader(world, header, sms);
  const rows = lines.map((line): Cells => new Map(header.map((column, at) => [column, line[at] ?? ''])));
  return queue(world, { listIds, sms, rows, lines: rows.length + 1, fileName: file.fileName });
}

function listIdsOf(text: string | null): string[] {
  const ids =
    text === null || text === ''
      ? []
      : text
          .toLowerCase()
          .split(',')
          .map((id) => id.trim());
  if (ids.length === 0) throw badBody(['list_ids is missing']);
  if (ids.length > 50) throw badBody(['list_ids has more than 50 values']);
  if (!ids.every(isUuid)) throw badBody(['list_ids is in an invalid format']);
  return ids;
}

function smsOf(text: string | null): SmsPermission | null {
  if (text === null || text === 'explicit' || text === 'not_set') return text;
  throw badBody(['sms_permission_to_send does not have a valid value']);
}

function checkHeader(world: World, header: readonly string[], sms: SmsPermission | null): void {
  if (!header.includes('email') && !header.includes('sms_number')) {
    throw badBody(['file must have a column email or sms_number']);
  }
  if (header.includes('sms_number') && sms === null) throw badBody(['sms_permission_to_send is missing']);
  const unknown = header.filter((column) => !isColumn(column));
  if (unknown.length > 0 && world.switches.current.unknownKeys === 'refused') {
    throw badBody(unknown.map((column) => `${column} is not a known column`));
  }
}

function textOf(parts: readonly Part[], name: string): string | null {
  return parts.find((one) => one.name === name && one.fileName === null)?.bytes.toString('utf8') ?? null;
}

function queue(world: World, asked: Import): Reply {
  const kind = asked.fileName === null ? 'contacts_json_import' : 'contacts_file_import';
  const counts = { items_total_count: asked.lines, person_count: asked.rows.length, ...NO_FAULTS };
  const plan: ActivityPlan = { kind, counts, run: () => run(world, asked) };
  const named = asked.fileName === null ? plan : { ...plan, sourceFileName: asked.fileName };
  return { status: 201, body: showActivity(world, queueActivity(world, named)) };
}

const NO_FAULTS = { error_count: 0, correctable_count: 0, cannot_add_to_list_count: 0 };

/** Imports all rows in turn; of two with one address, the later has the last word. */
function run(world: World, { rows, sms, listIds, lines }: Import): { counts: Counts; errors: string[] } {
  const counts = { ...NO_FAULTS, items_completed_count: lines };
  const why = new Map<string, number>();
  for (const cells of rows) {
    const read = readRow(world, cells, sms);
    if (read.kind === 'row') {
      if (importRow(world, read.row, listIds) === 'not_listed') counts.cannot_add_to_list_count += 1;
      continue;
    }
    counts[read.kind === 'error' ? 'error_count' : 'correctable_count'] += 1;
    why.set(read.why, (why.get(read.why) ?? 0) + 1);
  }
  return { counts, errors: [...why].map(([text, n]) => `${n} x ${text}`) };
}

const COMMON = {
  method: 'POST',
  scopes: ['contact_data'],
  privilege: 'contacts:write',
  form: 'array',
  collection: false,
} as const;

/** The calls that import contacts. */
export const IMPORT_ROUTES: readonly Route[] = [
  { ...COMMON, path: '/activities/contacts_json_import', handle: importJson },
  { ...COMMON, path: '/activities/contacts_file_import', handle: importFile },
];
