/**
 * crm-agreed: what is on record of one person in a CRM: before their changes are sent, and once all are carried out.
 *
 * Pure. Must never hold as agreed what only goes to the account: until that shows it, what was agreed before stands.
 */
import type { CrmChange } from '../model/crm.ts';
import type { Content } from '../model/record.ts';
import type { FlagStep } from './crm-consent.ts';
import type { CrmLife, Met } from './crm-life.ts';
import { labelsSubmitted, type LabelsAround, type LabelStep } from './crm-labels.ts';
import { NEVER_MET, type CrmBase } from './crm-mapping.ts';
import type { OutNote } from './crm-notes.ts';

/** Gives what stands once all of a step is carried out; what goes to the account is not among it yet. */
export function agreedOf(
  base: CrmBase | null,
  address: string | null,
  met: Met | null,
  flags: FlagStep,
  note: OutNote | null,
  life: CrmLife,
): CrmBase | null {
  if (met === null && Object.keys(flags.agreed).length === 0) return base;
  const { submitted, ...was } = base ?? NEVER_MET;
  const { sent: _sent, ...others } = was;
  return {
    // Whoever is met waits no longer for a review.
    ...(met === null && submitted !== undefined ? { submitted } : {}),
    ...(life.agreed === null ? was : others),
    ...life.agreed,
    // Until the CRM has the address, what it was is how the e-mail is known.
    address: life.addressStands ? address : (was.address ?? address),
    // Who was not met keeps what was agreed of the e-mails that we do not see.
    flags: { ...(met === null ? was.flags : {}), ...flags.agreed, ...life.flags },
    noted: note?.hash ?? was.noted,
    ...(life.labels === null ? {} : { labels: life.labels.agreed, labelBook: life.labels.edition }),
  };
}

/**
 * Gives what has to be on record before anything is sent; null: nothing more than there is. It is kept under where the
 * person is met now: in another contact than before no field was agreed yet.
 */
export function beforeOf(base: CrmBase | null, { labels, agreed }: CrmLife, met: Met | null): CrmBase | null {
  const sent = agreed?.sent ?? null;
  const same =
    labels === null || (!isCarried(labels) && JSON.stringify(labels.before) === JSON.stringify(labels.agreed));
  if (same && sent === null) return null;
  const was = met?.relinked === true ? withoutFields(base ?? NEVER_MET) : (base ?? NEVER_MET);
  return {
    ...was,
    ...(labels === null ? {} : { labels: labels.before, labelBook: labels.edition }),
    ...(sent === null ? {} : { sent }),
  };
}

/** What goes to the account is on record before it leaves. */
function isCarried({ lists, tags }: LabelStep): boolean {
  return [lists, tags].some(({ add, remove }) => add.length + remove.length > 0);
}

function withoutFields({ sent: _sent, ...base }: CrmBase): CrmBase {
  return { ...base, fields: {}, written: [], stored: {} };
}

/** Gives what is agreed of somebody who is submitted with their lists: what they leave meanwhile is taken at first sight. */
export function submittedOf(
  {
    base,
    content,
    labels,
  }: { readonly base: CrmBase | null; readonly content: Content; readonly labels: LabelsAround | null },
  { kind }: CrmChange,
): CrmBase | null {
  if (labels === null || kind !== 'submit') return base;
  return { ...(base ?? NEVER_MET), labels: labelsSubmitted(content, labels.book), labelBook: labels.edition };
}
