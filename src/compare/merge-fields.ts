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
  /** What both sides agree on once the writes are done: the next baseline's fields, each side's own for a one-way field left alone. */
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
  for (const rule of rules) {
    const at = {
      base: valueOf(base, rule.field),
      primary: valueOf(primary, rule.field),
      secondary: valueOf(secondary, rule.field),
    };
    const source = sourceOf(rule, at, {
      base: base !== null,
      primary: primary !== null,
      secondary: secondary !== null,
    });
    const target: SideName = source === 'primary' ? 'secondary' : 'primary';
    const targetExists = (target === 'primary' ? primary : secondary) !== null;
    const value = at[source];
    if (!mayWrite(rule, at[target], targetExists)) {
      agreed[rule.field] = at[source];
      continue;
    }
    agreed[rule.field] = value;
    if (value === at[target] && targetExists) continue;
    (target === 'primary' ? toPrimary : toSecondary)[rule.field] = value;
    const targetMoved = base !== null && targetExists && at[target] !== at.base;
    if (targetMoved) lost.push({ field: rule.field, side: target, value: at[target], kept: value });
  }
  return { primary: toPrimary, secondary: toSecondary, agreed, lost };
}

function valueOf(fields: Fields | null, field: string): FieldValue {
  return fields === null ? null : (fields[field] ?? null);
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
  if (!present.base) return at.primary === null ? 'secondary' : 'primary';
  const verdict = compare(tag(at.base), tag(at.primary), tag(at.secondary));
  return verdict.kind === 'propagate' ? verdict.from : 'primary';
}

/** JSON text keeps "1" and 1, and null and "null", apart. */
function tag(value: FieldValue): string {
  return JSON.stringify(value);
}

function mayWrite(rule: FieldRule, target: FieldValue, exists: boolean): boolean {
  if (!exists || rule.write === 'always') return true;
  return rule.write === 'if-empty' && (target === null || target === '');
}
