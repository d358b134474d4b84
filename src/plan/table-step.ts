/**
 * table-step: what one pending contact means for a row in a table of the user's own.
 *
 * Pure. Fields follow the mapping's rules; consent is decided apart and may only be lowered by doubt: a row that
 * somebody in the table's own system took out stays out until that system says otherwise (I1, I2). A deleted or
 * opted-out person keeps the row and loses consent. Rows without a counterpart are never touched.
 */
import {
  agreedBefore,
  mergeFields,
  type FieldRule,
  type Fields,
  type FieldValue,
  type LostValue,
} from '../compare/merge-fields.ts';
import { MAILABLE } from '../consent/standing.ts';
import type { ContactColumn } from '../model/contact.ts';
import type { Content, RecordState } from '../model/record.ts';

export interface TableMapping {
  /** Column that holds the address; `email_address` is mapped to it. */
  readonly key: string;
  /** Canonical field to column, the key's own among them. */
  readonly columns: Readonly<Record<string, string>>;
  readonly rules: readonly FieldRule[];
  /** Null: `consent: none` was written out. */
  readonly consentColumn: string | null;
  /** The table's own opt-outs are carried to the primary. */
  readonly carries: boolean;
  /** New people of the table are made at the primary: the column with the evidence of their yes, and lists by name. */
  readonly creates: { readonly evidence: string; readonly lists: readonly string[] } | null;
}
export type Row = Readonly<Record<string, string | number | null>>;

/** What was last agreed for a row. `outHere`: the table's own system withdrew consent; with `consent` 1 that waits to be carried. */
export interface TableBase {
  readonly fields: Fields;
  readonly consent: 0 | 1 | null;
  readonly outHere: boolean;
  /** Fields that the answer to a write agreed on, and the hash of the record that still tells what stood before it (T17). */
  readonly ahead?: Ahead;
}
export interface Ahead {
  readonly of: string;
  readonly fields: readonly string[];
}

export interface TableInput {
  readonly state: RecordState;
  /** The record's: the content may be older than a write of ours. */
  readonly hash: string;
  readonly content: Content;
  readonly base: TableBase | null;
  readonly row: Row | null;
  readonly mapping: TableMapping;
}

export interface TableStep {
  readonly action: 'insert' | 'update' | 'agree' | 'skip';
  readonly reason: 'new' | 'changed' | 'same' | 'deleted' | 'opted-out' | 'no-address' | 'not-in-table' | 'met';
  readonly set: Row;
  readonly agreed: TableBase;
  /** What the table's own system changed and the primary lacks: not agreed on until the primary has it. */
  readonly edits: Fields;
  readonly lost: readonly LostValue[];
  /** The table withdrew consent which the primary has: kept out, shown, never raised. */
  readonly heldOut: boolean;
  readonly optOut: boolean;
  readonly raises: boolean;
}

/** Decides one contact against its row. */
export function tableStep(input: TableInput): TableStep {
  const { content, mapping, row, base, state, hash } = input;
  const consent = decideConsent(state, base, row, mapping.consentColumn);
  const address = content['email_address'];
  if (typeof address !== 'string' || address === '')
    return consent.lowers ? lowerOnly(input, consent) : without('no-address', input, consent);
  if (row === null && state === 'deleted') return without('not-in-table', input, consent);
  const was = base?.fields ?? null;
  const merge = mergeFields(
    was,
    fieldsOf(content, mapping, aheadOf(base, hash)),
    row === null ? null : rowFields(row, mapping),
    mapping.rules,
  );
  const set: Record<string, string | number | null> = {};
  for (const [field, value] of Object.entries(merge.secondary)) set[columnOf(mapping, field)] = cell(value);
  if (mapping.consentColumn !== null && (row === null || flag(row[mapping.consentColumn]) !== consent.value))
    set[mapping.consentColumn] = consent.value;
  const nothing = Object.keys(set).length === 0;
  return {
    action: row === null ? 'insert' : nothing ? 'agree' : 'update',
    reason: reasonOf(input, nothing, consent),
    set,
    agreed: { fields: agreedBefore(was, merge), ...agreedConsent(input, consent), ...stillAhead(base, hash) },
    edits: merge.primary,
    lost: merge.lost,
    heldOut: consent.heldOut,
    optOut: consent.lowers,
    raises: consent.raises,
  };
}

/** Gives a row's mapped values in the primary's form, those that are filled. */
export function filledFields(row: Row, mapping: TableMapping): Fields {
  const rules = mapping.rules.map((rule) => ({ ...rule, direction: 'two-way' as const }));
  return Object.fromEntries(
    Object.entries(rowFields(row, { ...mapping, rules })).filter(([, value]) => value !== null),
  );
}

/** Tells a clear yes in a row's consent cell. */
export function saysYes(row: Row, { consentColumn }: TableMapping): boolean {
  return consentColumn !== null && flag(row[consentColumn]) === 1;
}

/** Tells which values of a row the table's own system changed since they were agreed on, and the primary is to have. */
export function editsOf(
  { content, hash }: Pick<TableInput, 'content' | 'hash'>,
  base: TableBase,
  row: Row,
  mapping: TableMapping,
): Fields {
  const primary = fieldsOf(content, mapping, aheadOf(base, hash));
  return mergeFields(base.fields, primary, rowFields(row, mapping), mapping.rules).primary;
}

/** What the primary holds by the answer to our own write, while its record tells what stood there before: that is nobody's edit. */
function aheadOf(base: TableBase | null, hash: string): Fields {
  if (base?.ahead?.of !== hash) return {};
  return Object.fromEntries(base.ahead.fields.map((field) => [field, base.fields[field] ?? null]));
}

function stillAhead(base: TableBase | null, hash: string): Pick<TableBase, 'ahead'> {
  return base?.ahead?.of === hash ? { ahead: base.ahead } : {};
}

/** Tells, without looking at the primary, whether a row may hold such an edit. */
export function mayBeEdited(base: TableBase, row: Row, mapping: TableMapping): boolean {
  const now = rowFields(row, mapping);
  return mapping.rules.some(
    ({ field, direction }) => direction === 'two-way' && (now[field] ?? null) !== (base.fields[field] ?? null),
  );
}

/**
 * A no that has to be carried is out here at once, but agreed on only when the primary has it: until then the yes stands in the
 * baseline, also while the primary shows the person in a way that is neither.
 */
function agreedConsent(
  { mapping, base, row, state }: TableInput,
  { value, outHere }: ConsentDecision,
): Pick<TableBase, 'consent' | 'outHere'> {
  if (mapping.consentColumn === null) return { consent: null, outHere };
  if (!OUT_THERE.has(state) && withdrewFrom(base, row, mapping)) return { consent: 1, outHere };
  return { consent: value, outHere };
}

/**
 * Tells a no that the table's own system wrote where both had agreed on a yes, and that is to be carried. A no that stood
 * there when the two first met was never a change of mind, and an erased cell says nothing.
 */
export function withdrewFrom(base: TableBase | null, row: Row | null, mapping: TableMapping): boolean {
  const { carries, consentColumn } = mapping;
  if (!carries || consentColumn === null || base?.consent !== 1 || row === null) return false;
  return isClearNo(row[consentColumn]);
}

const OUT_THERE: ReadonlySet<RecordState> = new Set<RecordState>(['unsubscribed', 'deleted']);

interface ConsentDecision {
  readonly value: 0 | 1;
  readonly outHere: boolean;
  readonly heldOut: boolean;
  readonly lowers: boolean;
  readonly raises: boolean;
}

function decideConsent(
  state: RecordState,
  base: TableBase | null,
  row: Row | null,
  column: string | null,
): ConsentDecision {
  const mailable = MAILABLE.has(state);
  if (column === null) return { value: 0, outHere: false, heldOut: false, lowers: false, raises: false };
  const stands = row === null ? null : flag(row[column]);
  const outHere = row === null ? base?.outHere === true : withdrawn(stands, base);
  const value = mailable && !outHere ? 1 : 0;
  return {
    value,
    outHere,
    heldOut: mailable && outHere,
    lowers: stands === 1 && value === 0,
    raises: value === 1 && row !== null && stands !== 1,
  };
}

/**
 * Nobody but the table's own system writes 0, or erases the cell, where we did not agree on 0. Once it did, only its own
 * 1 takes that back: an erased cell says nothing, and a row that came back is the same person.
 */
function withdrawn(stands: 0 | 1 | null, base: TableBase | null): boolean {
  if (stands === 1) return false;
  if (stands === 0) return base === null || base.consent !== 0 || base.outHere;
  return base !== null && (base.consent === 1 || base.outHere);
}

/** Reads a consent cell: null is "nothing said", anything that means no is 0. */
function flag(value: string | number | null | undefined): 0 | 1 | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'number') return value === 0 ? 0 : 1;
  return ['1', 'true', 't', 'yes', 'y', 'on'].includes(value.trim().toLowerCase()) ? 1 : 0;
}

/** What may cost somebody their subscription must be said clearly: a word that nobody foresaw keeps them out here, and goes nowhere. */
function isClearNo(value: string | number | null | undefined): boolean {
  return value === 0 || (typeof value === 'string' && NO_WORDS.has(value.trim().toLowerCase()));
}
const NO_WORDS: ReadonlySet<string> = new Set(['0', 'false', 'f', 'no', 'n', 'off']);

function reasonOf(input: TableInput, nothing: boolean, consent: ConsentDecision): TableStep['reason'] {
  if (input.row === null) return 'new';
  if (nothing) return input.base === null ? 'met' : 'same';
  if (input.state === 'deleted') return 'deleted';
  return consent.lowers ? 'opted-out' : 'changed';
}

/** A contact that lost its address keeps its row as it is, but for consent: what stood there may be mailed no more. */
function lowerOnly(input: TableInput, consent: ConsentDecision): TableStep {
  const { base, mapping, state } = input;
  return {
    action: 'update',
    reason: state === 'unsubscribed' ? 'opted-out' : 'no-address',
    set: mapping.consentColumn === null ? {} : { [mapping.consentColumn]: 0 },
    agreed: { fields: base?.fields ?? {}, consent: 0, outHere: consent.outHere, ...stillAhead(base, input.hash) },
    edits: {},
    lost: [],
    heldOut: false,
    optOut: true,
    raises: false,
  };
}

function without(reason: 'no-address' | 'not-in-table', input: TableInput, consent: ConsentDecision): TableStep {
  const agreed: TableBase = input.base ?? { fields: {}, consent: null, outHere: consent.outHere };
  return { action: 'skip', reason, set: {}, agreed, edits: {}, lost: [], heldOut: false, optOut: false, raises: false };
}

function fieldsOf(content: Content, mapping: TableMapping, ahead: Fields): Fields {
  return Object.fromEntries(
    mapping.rules.map(({ field }) => {
      const value = Object.hasOwn(ahead, field) ? ahead[field] : content[field];
      return [field, (value ?? null) as FieldValue];
    }),
  );
}

function rowFields(row: Row, mapping: TableMapping): Fields {
  return Object.fromEntries(
    mapping.rules.map(({ field, direction }) => {
      const value = row[columnOf(mapping, field)] ?? null;
      return [field, direction === 'two-way' ? inPrimarysForm(field, value) : value];
    }),
  );
}

/** What goes both ways is compared in the primary's own types, else a column of numbers would differ from its text for ever. */
function inPrimarysForm(field: string, value: string | number | null): FieldValue {
  if (value === null || value === '') return null;
  if (!WHOLE_NUMBERS.has(field)) return String(value);
  return typeof value === 'string' && /^\d{1,2}$/.test(value.trim()) ? Number(value) : value;
}
const WHOLE_NUMBERS: ReadonlySet<string> = new Set(['birthday_month', 'birthday_day'] satisfies ContactColumn[]);

function columnOf(mapping: TableMapping, field: string): string {
  return mapping.columns[field] ?? field;
}

function cell(value: FieldValue): string | number | null {
  return typeof value === 'boolean' ? Number(value) : value;
}
