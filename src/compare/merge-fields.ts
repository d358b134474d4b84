/**
 * merge-fields: the per-field three-way merge of one linked record, by direction and write rule.
 *
 * Decides, for each mapped field, the value both sides should have and what must be written where; a value that loses
 * is reported, never dropped without a word (I8). Pure and total. It never touches consent: the ledger decides that
 * apart (I1), and a caller that puts a consent field in here has a bug.
 */
import { compare } from './compare.ts';
import type { SideName } from '../model/record.ts';

export type FieldValue = string | number | boolean | null;
export type Fields = Readonly<Record<string, FieldValue>>;

export interface FieldRule {
  readonly field: string;
  readonly direction: 'primary-to-secondary' | 'secondary-to-primary' | 'two-way';
  /** `if-empty`: only fill what is empty on the target; `never`: written when the record is created, not after. */
  readonly write: 'always' | 'if-empty' | 'never';
}

/** A value that another one replaced although its own side had moved. */
export interface LostValue {
  readonly field: string;
  readonly side: SideName;
  readonly value: FieldValue;
  readonly kept: FieldValue;
}

export interface Merge {
  /** What to write on each side: only fields that differ from what stands there. */
  readonly primary: Fields;
  readonly secondary: Fields;
  /** The next baseline's fields: what both sides hold once the writes are done, the target's own where it was left alone. */
  readonly agreed: Fields;
  readonly lost: readonly LostValue[];
}

/** Merges the mapped fields of one record. `base` null: nothing was agreed yet. A side that lacks the record is null. */
export function mergeFields(
  base: Fields | null,
  primary: Fields | null,
  secondary: Fields | null,
  rules: readonly FieldRule[],
): Merge {
  const toPrimary: Record<string, FieldValue> = {};
  const toSecondary: Record<string, FieldValue> = {};
  const agreed: Record<string, FieldValue> = {};
  const lost: LostValue[] = [];
  const exists = { base: base !== null, primary: primary !== null, secondary: secondary !== null };
  for (const rule of rules) {
    const at = {
      base: valueOf(base, rule.field),
      primary: valueOf(primary, rule.field),
      secondary: valueOf(secondary, rule.field),
    };
    const source = sourceOf(rule, at, exists);
    const target: SideName = source === 'primary' ? 'secondary' : 'primary';
    // A side that lacks the record says nothing about it; it must not blank the other.
    const same = exists[target] && at[source] === at[target];
    // Nothing was ever agreed about this field: an empty one is no edit, and blanks nothing, now or later (I8, T36).
    if (!isAgreed(base, rule.field) && exists[target] && isEmpty(at[source]) && !isEmpty(at[target])) continue;
    if (!exists[source] || same || !mayWrite(rule, at[target], exists[target])) {
      // Left alone, the target's own value is the baseline: the source's would look like an edit of the target's next time.
      agreed[rule.field] = at[target];
      continue;
    }
    agreed[rule.field] = at[source];
    (target === 'primary' ? toPrimary : toSecondary)[rule.field] = at[source];
    if (exists[target] && hasMoved(exists.base, at.base, at[target]))
      lost.push({ field: rule.field, side: target, value: at[target], kept: at[source] });
  }
  return { primary: toPrimary, secondary: toSecondary, agreed, lost };
}

/**
 * Gives what is agreed before the primary's own edits are carried out: a value on its way there is still what was agreed
 * before, else the primary's old one would look like its edit.
 */
export function agreedBefore(base: Fields | null, { agreed, primary }: Pick<Merge, 'agreed' | 'primary'>): Fields {
  const before = base ?? {};
  return Object.fromEntries(
    Object.entries(agreed).flatMap(([field, value]): [string, FieldValue][] => {
      if (!Object.hasOwn(primary, field)) return [[field, value]];
      return Object.hasOwn(before, field) ? [[field, before[field] ?? null]] : [];
    }),
  );
}

function isAgreed(base: Fields | null, field: string): boolean {
  return base !== null && Object.hasOwn(base, field);
}

function valueOf(fields: Fields | null, field: string): FieldValue {
  return fields === null ? null : (fields[field] ?? null);
}

/** Before anything was agreed, whatever stands in a field is its side's own. */
function hasMoved(agreed: boolean, base: FieldValue, value: FieldValue): boolean {
  return agreed ? value !== base : !isEmpty(value);
}

function isEmpty(value: FieldValue): boolean {
  return value === null || value === '';
}

type Values = Readonly<Record<'base' | SideName, FieldValue>>;
type Present = Readonly<Record<'base' | SideName, boolean>>;

/** Which side's value counts: the rule's for one-way fields; for two-way the side that moved, the primary when both did. */
function sourceOf(rule: FieldRule, at: Values, present: Present): SideName {
  if (rule.direction === 'primary-to-secondary') return 'primary';
  if (rule.direction === 'secondary-to-primary') return 'secondary';
  if (!present.primary) return 'secondary';
  if (!present.secondary) return 'primary';
  // First meeting: nothing was agreed, so an empty field is not an edit and the filled one counts.
  if (!present.base) return isEmpty(at.primary) ? 'secondary' : 'primary';
  const verdict = compare(tag(at.base), tag(at.primary), tag(at.secondary));
  return verdict.kind === 'propagate' ? verdict.from : 'primary';
}

/** JSON text keeps "1" and 1, and null and "null", apart. */
function tag(value: FieldValue): string {
  return JSON.stringify(value);
}

function mayWrite(rule: FieldRule, target: FieldValue, exists: boolean): boolean {
  if (!exists || rule.write === 'always') return true;
  return rule.write === 'if-empty' && isEmpty(target);
}
