/**
 * Syncs as the file has them, to syncs as the program wants them: sides looked up, streams and fields in order, frozen.
 *
 * Decides what a sync may join: in this version Constant Contact as primary, and SQLite or Virtuous CRM+ as secondary.
 */
import { CONTACT_COLUMNS } from '../model/contact.ts';
import { WRITABLE_COLUMNS } from '../model/intent.ts';
import { STREAMS } from '../model/record.ts';
import type { Schedule } from '../model/schedule.ts';
import { BOUNCE_CODES, DEFAULT_BOUNCES, MATCH_WAYS } from './config.ts';
import type {
  Connection,
  ConstantContactConnection,
  CrmFieldMapping,
  CrmLabels,
  CrmSync,
  DestructiveGuard,
  FieldMapping,
  MirrorSync,
  SqliteConnection,
  Sync,
  TableSync,
  VirtuousConnection,
} from './config.ts';
import type { Findings } from './findings.ts';
import { parseSchedule } from './intervals.ts';
import type { KeyPath } from './problems.ts';
import { CRM_SYNC, MIRROR_SYNC, TABLE_SYNC } from './schema.ts';
import type { CrmSyncText, MirrorSyncText, TableSyncText } from './schema.ts';
import { suggestText } from './suggest.ts';
import { checkPart } from './validate.ts';

export interface SyncSurroundings {
  /** The connections without problems. */
  readonly connections: readonly Connection[];
  /** The names of all, those with problems included: a sync is not blamed for what is wrong elsewhere. */
  readonly names: readonly string[];
  readonly reconcileMs: number;
  readonly findings: Findings;
}

/** Checks and resolves every sync; those with problems are left out. */
export function resolveSyncs(parts: Readonly<Record<string, unknown>>, around: SyncSurroundings): readonly Sync[] {
  return Object.entries(parts).flatMap(([name, part]) => {
    const sync = resolveSync(name, part, around);
    return sync === null ? [] : [Object.freeze(sync)];
  });
}

function resolveSync(name: string, part: unknown, around: SyncSurroundings): Sync | null {
  const path = ['syncs', name];
  const mode = modeOf(part, around);
  // Sides and schedule first and by themselves, so that they are reported whatever else is wrong with the sync.
  if (mode === 'crm') {
    const base = resolveBase(name, part, around, isVirtuous, 'an organisation in Virtuous CRM+');
    const text = checkPart(CRM_SYNC, part, path, around.findings);
    return text && base && resolveCrm({ ...base, guards: resolveGuards(text) }, text);
  }
  const base = resolveBase(name, part, around, isSqlite, 'a SQLite database');
  switch (mode) {
    case 'mirror': {
      const text = checkPart(MIRROR_SYNC, part, path, around.findings);
      return text && base && resolveMirror({ ...base, guards: resolveGuards(text) }, text);
    }
    case 'table': {
      const text = checkPart(TABLE_SYNC, part, path, around.findings);
      return text && base && resolveTable({ ...base, guards: resolveGuards(text) }, text);
    }
    case 'neither':
      around.findings.add(
        [...path, 'mode'],
        'is missing or not right; expected mode: mirror with streams, or contacts with a table',
        'value',
      );
      return null;
  }
}

/** A table sync is known by its `contacts`, one with a CRM by its secondary: their `mode` may be left out. */
function modeOf(part: unknown, { connections }: SyncSurroundings): 'mirror' | 'table' | 'crm' | 'neither' {
  if (part === null || typeof part !== 'object' || Array.isArray(part)) return 'neither';
  const { mode, contacts, secondary } = part as Record<string, unknown>;
  if (mode === 'mirror') return 'mirror';
  if (mode === 'crm') return 'crm';
  const isWithCrm = connections.some((connection) => connection.name === secondary && isVirtuous(connection));
  // Whoever names a table means one.
  const table = (contacts as { readonly table?: unknown } | null | undefined)?.table;
  if (mode === undefined && isWithCrm && table === undefined) return 'crm';
  return mode === 'table' || (mode === undefined && contacts !== undefined) ? 'table' : 'neither';
}

type Base<S extends Connection> = Pick<Sync, 'name' | 'primary' | 'schedule' | 'reconcileMs' | 'guards'> & {
  readonly secondary: S;
};

function resolveBase<S extends Connection>(
  name: string,
  part: unknown,
  around: SyncSurroundings,
  fits: (connection: Connection) => connection is S,
  kind: string,
): Omit<Base<S>, 'guards'> | null {
  const said = (part ?? {}) as Record<string, unknown>;
  const path = ['syncs', name];
  const primary = resolveSide([...path, 'primary'], said['primary'], around, isConstantContact, 'Constant Contact');
  const secondary = resolveSide([...path, 'secondary'], said['secondary'], around, fits, kind);
  const schedule = resolveSchedule([...path, 'schedule'], said['schedule'], around.findings);
  return primary && secondary && { name, primary, secondary, schedule, reconcileMs: around.reconcileMs };
}

function resolveSchedule(path: KeyPath, said: unknown, findings: Findings): Schedule | null {
  if (typeof said !== 'string') return null;
  const schedule = parseSchedule(said);
  if (schedule === null) {
    findings.add(path, 'is no schedule; expected "every 1h" (s, m, h, d) or a cron expression of five fields', 'value');
  }
  return schedule && Object.freeze(schedule);
}

function resolveSide<C extends Connection>(
  path: KeyPath,
  name: unknown,
  around: SyncSurroundings,
  fits: (connection: Connection) => connection is C,
  kind: string,
): C | null {
  if (typeof name !== 'string') return null; // the shape's check says so
  const connection = around.connections.find((candidate) => candidate.name === name);
  if (connection !== undefined && fits(connection)) return connection;
  if (connection !== undefined) {
    const why = connection.connector === 'virtuous' ? 'a mirror or a table in Virtuous CRM+' : 'another direction';
    around.findings.add(path, `must be ${kind}: ${why} is not in this version`, 'value');
  } else if (!around.names.includes(name)) {
    around.findings.add(path, `names no connection of this file; ${suggestText(name, around.names)}`, 'value');
  }
  return null;
}

function isConstantContact(connection: Connection): connection is ConstantContactConnection {
  return connection.connector === 'constant-contact';
}

function isVirtuous(connection: Connection): connection is VirtuousConnection {
  return connection.connector === 'virtuous';
}

function isSqlite(connection: Connection): connection is SqliteConnection {
  return connection.connector === 'sqlite';
}

function resolveGuards(text: MirrorSyncText | TableSyncText | CrmSyncText): { readonly destructive: DestructiveGuard } {
  const said = text.guards?.destructive;
  return Object.freeze({ destructive: Object.freeze({ percent: said?.percent ?? 5, atLeast: said?.atLeast ?? 20 }) });
}

function resolveMirror(base: Base<SqliteConnection>, text: MirrorSyncText): MirrorSync {
  const wanted = text.streams;
  const streams = STREAMS.filter((stream) => wanted === 'all' || wanted.includes(stream));
  return { ...base, mode: 'mirror', prefix: text.prefix ?? '', streams: Object.freeze(streams) };
}

function resolveTable(base: Base<SqliteConnection>, { contacts, lists: said }: TableSyncText): TableSync {
  const fields = CONTACT_COLUMNS.flatMap((from): readonly FieldMapping[] => {
    const said = contacts.fields[from];
    if (said === undefined) return [];
    const { to, write = 'always', direction = 'primary-to-secondary' } = typeof said === 'string' ? { to: said } : said;
    return [Object.freeze({ from, to, direction, write })];
  });
  const address = fields.find(({ from }) => from === 'email_address');
  const key = address !== undefined && sameName(address.to, contacts.key) ? address.to : contacts.key;
  const consent =
    contacts.consent === 'none'
      ? null
      : Object.freeze({
          column: contacts.consent.column,
          direction: contacts.consent.direction ?? ('primary-to-secondary' as const),
        });
  const create =
    contacts.create === undefined
      ? null
      : Object.freeze({ evidence: contacts.create.evidence, lists: Object.freeze(contacts.create.lists ?? []) });
  const lists =
    said === undefined
      ? null
      : Object.freeze({
          table: said.table,
          person: said.person,
          list: said.list,
          direction: said.direction ?? ('primary-to-secondary' as const),
        });
  return { ...base, mode: 'table', table: contacts.table, key, fields: Object.freeze(fields), consent, create, lists };
}

function resolveCrm(base: Base<VirtuousConnection>, { contacts, consent, lists, tags }: CrmSyncText): CrmSync {
  const said = contacts?.match ?? ['email'];
  return {
    ...base,
    mode: 'crm',
    match: Object.freeze(MATCH_WAYS.filter((way) => said.includes(way))),
    fields: Object.freeze(crmFieldsOf(contacts)),
    consent: Object.freeze({
      direction: consent.direction ?? ('primary-to-secondary' as const),
      bounces: Object.freeze(BOUNCE_CODES.filter((code) => (consent.bounces ?? DEFAULT_BOUNCES).includes(code))),
    }),
    create: contacts?.create ?? 'transaction',
    newFromSecondary: resolveNew(contacts?.newFromSecondary),
    placeholder: contacts?.placeholder === undefined ? null : Object.freeze({ ...contacts.placeholder }),
    addressType: contacts?.addressType ?? 'Home Email',
    lists: resolveLabels(lists),
    tags: resolveLabels(tags),
  };
}

function resolveLabels(said: CrmSyncText['lists']): CrmLabels | null {
  if (said === undefined) return null;
  const { direction = 'primary-to-secondary' } = said;
  if (said.as === 'field') return Object.freeze({ as: said.as, field: said.field, direction });
  return Object.freeze({ as: said.as, prefix: said.prefix ?? 'CC: ', direction });
}

function resolveNew(said: NonNullable<CrmSyncText['contacts']>['newFromSecondary']): CrmSync['newFromSecondary'] {
  if (said === undefined) return null;
  return Object.freeze({ evidence: Object.freeze(said.evidence), lists: Object.freeze([...new Set(said.lists)]) });
}

function crmFieldsOf(contacts: CrmSyncText['contacts']): readonly CrmFieldMapping[] {
  const { fields = {}, direction: usual = 'primary-to-secondary' } = contacts ?? {};
  const columns: readonly string[] = WRITABLE_COLUMNS;
  const named = Object.keys(fields) as (keyof typeof fields)[];
  const custom = named.filter((name) => !columns.includes(name)).sort();
  return [...WRITABLE_COLUMNS, ...custom].flatMap((from): readonly CrmFieldMapping[] => {
    const field = Object.hasOwn(fields, from) ? fields[from] : undefined;
    if (field === undefined) return [];
    const { to, direction = usual, write = 'always' } = typeof field === 'string' ? { to: field } : field;
    return [Object.freeze({ from, to, direction, write })];
  });
}

/** Tells whether two names are one to SQLite, which ignores the case of ASCII letters. */
export function sameName(a: string, b: string): boolean {
  return fold(a) === fold(b);
}

/** Folds a table or column name as SQLite compares it. */
export function fold(name: string): string {
  return name.replaceAll(/[A-Z]/gu, (letter) => letter.toLowerCase());
}
