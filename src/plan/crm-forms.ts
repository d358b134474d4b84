/**
 * crm-forms: values that are one though they are written otherwise here and there, and values on their way to the account.
 *
 * Pure. Right after a write of ours a system may show its own form of the value (T41), on either side: that is no edit. What
 * the account shows of our own writes came from here, whatever became of the answer: it is agreed on, so that a second
 * edit in the CRM is not taken for a clash. Must never take a value for ours that we did not send.
 */
import type { Fields, FieldValue } from '../compare/merge-fields.ts';
import { isStoredForm } from '../compare/stored-form.ts';
import type { CrmBase } from './crm-mapping.ts';

/** One person's values as both sides have them, in one form. */
export interface Alike {
  /** What is agreed on, with what has arrived at the account; null: nothing was agreed yet. */
  readonly both: Fields | null;
  /** The CRM's own form of what is agreed on. */
  readonly stored: Fields;
  /** What the CRM shows, in our form. */
  readonly there: Fields;
}

/** Brings what both sides show into one form; `shown`: as the CRM writes it. */
export function alike(base: CrmBase | null, here: Fields, shown: Fields): Alike {
  const arrived = arrivedOf(base, here);
  const agreed = { ...base?.fields, ...arrived };
  const both = Object.keys(agreed).length === 0 ? null : agreed;
  const stored = { ...storedNow(base, shown), ...keptAtAccount(base, arrived, shown) };
  return { both, stored, there: inOurForm(shown, stored, both) };
}

/** What the CRM made of our last write, and what it made of those before as long as it still stands there. */
function storedNow(base: CrmBase | null, shown: Fields): Fields {
  if (base === null) return {};
  const learnt = base.written.flatMap((field): [string, FieldValue][] => {
    const [ours, theirs] = [base.fields[field] ?? null, shown[field] ?? null];
    return typeof ours === 'string' && typeof theirs === 'string' && ours !== theirs && isStoredForm(ours, theirs)
      ? [[field, theirs]]
      : [];
  });
  const kept = Object.entries(base.stored).filter(([field, value]) => shown[field] === value);
  return Object.fromEntries([...kept, ...learnt]);
}

/**
 * What the account shows of the values that we sent it, in the form that it keeps: agreed on, whatever became of the answer.
 * Only where it is another than before: else nothing has arrived.
 */
function arrivedOf(base: CrmBase | null, here: Fields): Fields {
  const sent = Object.entries(base?.sent ?? {});
  return Object.fromEntries(
    sent.flatMap(([field, values]) => {
      const [now, was] = [here[field] ?? null, base?.fields[field] ?? null];
      return values.some((value) => value === now || (now !== was && isFormOf(value, now)))
        ? [[field, now] as const]
        : [];
    }),
  );
}

/** Where the account keeps our value in a form of its own, what stands in the CRM is the CRM's form of it. */
function keptAtAccount(base: CrmBase | null, arrived: Fields, shown: Fields): Fields {
  const ours = (field: string): FieldValue => shown[field] ?? null;
  return Object.fromEntries(
    Object.entries(arrived).flatMap(([field, now]) =>
      ours(field) !== now && base?.sent?.[field]?.includes(ours(field)) === true && isFormOf(ours(field), now)
        ? [[field, ours(field)] as const]
        : [],
    ),
  );
}

function isFormOf(written: FieldValue, stored: FieldValue): boolean {
  if (typeof written !== 'string' || typeof stored !== 'string') return false;
  return plain(written) === plain(stored) || isStoredForm(written, stored);
}

/** Without words, only the space round and between signs may be the account's own. */
function plain(text: string): string {
  return text.normalize('NFC').trim().replace(/\s+/g, ' ');
}

/** Several writes may be on their way before the account shows one of them. */
export function sentBy(names: readonly string[], toAccount: Fields, base: CrmBase | null): Pick<CrmBase, 'sent'> {
  if (names.length === 0) return {};
  const valuesOf = (field: string): readonly FieldValue[] => {
    const value = toAccount[field] ?? null;
    return [...(base?.sent?.[field] ?? []).filter((other) => other !== value), value].slice(-MOST_SENT);
  };
  return { sent: Object.fromEntries(names.map((field) => [field, valuesOf(field)])) };
}
const MOST_SENT = 8;

/** A value that stands there in the CRM's own form is the one that was agreed on. */
function inOurForm(shown: Fields, stored: Fields, agreed: Fields | null): Fields {
  return Object.fromEntries(
    Object.entries(shown).map(([field, value]) => [
      field,
      Object.hasOwn(stored, field) && stored[field] === value ? (agreed?.[field] ?? null) : value,
    ]),
  );
}

/** A form of a value that is agreed on no more says nothing. */
export function stillStored(stored: Fields, agreed: Fields, there: Fields): Fields {
  return Object.fromEntries(Object.entries(stored).filter(([field]) => agreed[field] === there[field]));
}
