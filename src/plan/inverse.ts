/**
 * inverse: what would take back one change that a run made, in three groups: reversible, partly, never.
 *
 * Pure. Reversible is only what would stand: a value of a field that goes both ways, still where the run put it, while
 * the account has not moved since both sides agreed. Put back into the table it is the table's own edit, and the next
 * pass carries it. Must never give a line that raises consent, nor guess a value that the journal does not hold.
 */
import type { FieldValue } from '../compare/merge-fields.ts';
import { CONSENT_COLUMNS } from '../model/contact.ts';
import type { Content } from '../model/record.ts';
import { filledFields, saysYes, type Row, type TableBase, type TableMapping } from './table-step.ts';

/** Why a change can, or cannot, be taken back. */
export type InverseReason =
  | 'goes-both-ways'
  | 'row-inserted'
  | 'contact-made'
  | 'consent-raised'
  | 'consent-lowered'
  | 'opt-out-carried'
  | 'mirror'
  | 'loaded'
  | 'deleted-there'
  | 'account-decides'
  | 'address'
  | 'not-mapped'
  | 'row-gone'
  | 'changed-since'
  | 'account-moved'
  | 'not-settled'
  | 'person-gone'
  | 'not-on-record'
  | 'crm-flag-off'
  | 'crm-flag-on'
  | 'crm-note'
  | 'crm-reference'
  | 'crm-made'
  | 'crm-field'
  | 'crm-said-so'
  | 'unknown-change';
export type InverseGroup = 'reversible' | 'partly' | 'never';
type Place = 'table' | 'account' | 'mirror' | 'crm';

/** One entry of the journal. */
export interface DoneChange {
  readonly event: string;
  readonly rule: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** How things stand now about the record of that entry. */
export interface Present {
  /** Null: the sync writes a mirror. */
  readonly mapping: TableMapping | null;
  /** The row, by columns; null: there is none, or nobody knows which. */
  readonly row: Row | null;
  /** What both sides last agreed on. */
  readonly base: TableBase | null;
  /** The primary's record as it was last read. */
  readonly content: Content | null;
  /** The account takes edits of this person. */
  readonly editable: boolean;
}

export interface InverseLine {
  readonly group: InverseGroup;
  /** Where the run wrote. */
  readonly where: Place;
  /** Null: the whole record. */
  readonly field: string | null;
  /** What the run wrote, and what stood there before; null where nothing is to be said. */
  readonly from: FieldValue;
  readonly to: FieldValue;
  readonly reason: InverseReason;
}

/** Notes in the journal that changed neither side. */
const SILENT = new Set([
  'seen',
  'decided',
  'forgotten',
  'agreed',
  'held',
  'skipped',
  'conflict',
  'stopped',
  'released',
]);
const NEVER_HELD_BACK = 'opt-outs-are-never-held-back';
const CONSENT: ReadonlySet<string> = new Set([...CONSENT_COLUMNS, 'deleted_at']);

/** Tells an entry that is a note alone: neither side was changed. */
export function isSilent(event: string): boolean {
  return SILENT.has(event);
}

/** Gives the lines that would take back one entry; none where it changed neither side. */
export function inverseOf(done: DoneChange, present: Present): readonly InverseLine[] {
  const { event, rule } = done;
  const { mapping } = present;
  if (event === 'loaded') return mapping === null ? [whole('never', 'mirror', 'loaded')] : [];
  if (isSilent(event)) return [];
  if (rule.startsWith('primary-wins:') || (rule === NEVER_HELD_BACK && mapping === null))
    return [whole('never', 'mirror', event === 'deleted' ? 'deleted-there' : 'mirror')];
  if (event === 'made') return [whole('partly', 'account', 'contact-made')];
  if (rule === 'opted-out-in-table') return [whole('never', 'account', 'opt-out-carried')];
  if (rule === 'edited-in-table') return fieldLines(done, present, 'account');
  if (!rule.startsWith('mapping:') && rule !== NEVER_HELD_BACK) return [whole('never', 'table', 'unknown-change')];
  if (event === 'inserted')
    return [present.row === null ? whole('never', 'table', 'row-gone') : whole('partly', 'table', 'row-inserted')];
  return fieldLines(done, present, 'table');
}

function whole(group: InverseGroup, where: Place, reason: InverseReason): InverseLine {
  return { group, where, field: null, from: null, to: null, reason };
}

function fieldLines(done: DoneChange, present: Present, where: Place): readonly InverseLine[] {
  const { before, after } = done;
  // Of somebody who was forgotten nothing is left here but that something was done.
  if (!isObject(before) || !isObject(after)) return [whole('never', where, 'not-on-record')];
  return Object.keys(after).map((field): InverseLine => {
    const [from, to] = [after[field], before[field]];
    if (!isValue(from) || !isValue(to)) return { ...whole('never', where, 'not-on-record'), field };
    const change: Change = { where, field, from, to, deletion: done.rule === 'mapping:deleted' };
    return { where, field, from, to, ...judge(change, present) };
  });
}

interface Change extends Pick<InverseLine, 'where' | 'from' | 'to'> {
  readonly field: string;
  readonly deletion: boolean;
}
type Verdict = Pick<InverseLine, 'group' | 'reason'>;

function judge(change: Change, present: Present): Verdict {
  const { mapping, row } = present;
  if (mapping === null) return never('not-mapped');
  const { field } = change;
  if (field === mapping.consentColumn || CONSENT.has(field)) return judgeConsent(change, mapping);
  const rule = mapping.rules.find((one) => one.field === field);
  const column = mapping.columns[field];
  if (rule === undefined || column === undefined) return never('not-mapped');
  if (column === mapping.key) return never('address');
  if (rule.direction !== 'two-way' || rule.write !== 'always') return never('account-decides');
  if (row === null) return never('row-gone');
  if (!present.editable) return never('person-gone');
  if (formOf(mapping, field, row[column] ?? null) !== formOf(mapping, field, change.from))
    return never('changed-since');
  return judgeAccount(change, mapping, present);
}

/** Lowering is all that anybody but the person may do, and the table's own system does it better than we: then it is its word. */
function judgeConsent({ field, from, deletion }: Change, mapping: TableMapping): Verdict {
  if (field === mapping.consentColumn && saysYes({ [field]: cellOf(from) }, mapping))
    return { group: 'partly', reason: 'consent-raised' };
  return never(deletion ? 'deleted-there' : 'consent-lowered');
}

/** An account that moved since the two agreed would win over the value that was put back. */
function judgeAccount({ where, field, from, to }: Change, mapping: TableMapping, present: Present): Verdict {
  const { content, base } = present;
  if (content === null || base === null) return never('account-moved');
  const there = valueOf(content[field]);
  const agreed = valueOf(base.fields[field]);
  const sent = formOf(mapping, field, from);
  if (where === 'account' && there !== sent)
    return never(there === formOf(mapping, field, to) ? 'not-settled' : 'account-moved');
  return there === agreed ? { group: 'reversible', reason: 'goes-both-ways' } : never('account-moved');
}

function never(reason: InverseReason): Verdict {
  return { group: 'never', reason };
}

/** Gives a value as the primary would have it, so that a column of numbers compares with the account's text. */
function formOf(mapping: TableMapping, field: string, value: FieldValue): FieldValue {
  return filledFields({ [mapping.columns[field] ?? field]: cellOf(value) }, mapping)[field] ?? null;
}

function cellOf(value: FieldValue): string | number | null {
  return typeof value === 'boolean' ? Number(value) : value;
}

function valueOf(value: unknown): FieldValue {
  return isValue(value) && value !== '' ? (value ?? null) : null;
}

function isValue(value: unknown): value is FieldValue {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
