/**
 * inverse-crm: what of one change that a run made in a CRM, or carried out of it, a person can take back, and where.
 *
 * Pure. Nothing is reversible by ourselves: a CRM is where people work, a flag that fell is the word of a person, and what
 * the account decides would be written again. So each line says why, and what to do instead. Must never give a line that
 * raises consent (I1).
 */
import type { FieldValue } from '../compare/merge-fields.ts';
import { isSilent, type DoneChange, type InverseLine } from './inverse.ts';

type Judgement = Pick<InverseLine, 'group' | 'reason'>;

/** Gives the lines of one entry; none where it changed neither side. */
export function inverseInCrm({ event, rule, before, after }: DoneChange): readonly InverseLine[] {
  if (event === 'loaded' || isSilent(event)) return [];
  if (rule === 'opted-out-in-crm') return [whole('account', { group: 'never', reason: 'opt-out-carried' })];
  const where = rule === 'edited-in-crm' || event === 'made' ? 'account' : 'crm';
  if (event === 'made') return [whole(where, { group: 'partly', reason: 'contact-made' })];
  if (event === 'submitted' || event === 'created') return [whole(where, { group: 'partly', reason: 'crm-made' })];
  // Of somebody who was forgotten nothing is left here but that something was done.
  if (!isObject(before) || !isObject(after)) return [whole(where, { group: 'never', reason: 'not-on-record' })];
  if (where === 'crm' && !rule.startsWith('crm:')) return [whole(where, { group: 'never', reason: 'unknown-change' })];
  return Object.keys(after).map((field): InverseLine => {
    const [from, to] = [valueOf(after[field]), valueOf(before[field])];
    const judged = where === 'account' ? SAID_THERE : judge(field, from);
    return { where, field, from, to, ...judged };
  });
}

const SAID_THERE: Judgement = { group: 'never', reason: 'crm-said-so' };

/** Fields are named as the plan shows them: a kind, and where it stands if that is not the person's own place. */
const KINDS: readonly (readonly [kind: RegExp, Judgement])[] = [
  [/^note\b/, { group: 'partly', reason: 'crm-note' }],
  [/^reference\b/, { group: 'never', reason: 'crm-reference' }],
];

function judge(field: string, from: FieldValue): Judgement {
  if (/^opted_in\b/.test(field))
    return from === true ? { group: 'partly', reason: 'crm-flag-on' } : { group: 'never', reason: 'crm-flag-off' };
  return KINDS.find(([kind]) => kind.test(field))?.[1] ?? { group: 'never', reason: 'crm-field' };
}

function whole(where: InverseLine['where'], judged: Judgement): InverseLine {
  return { where, field: null, from: null, to: null, ...judged };
}

function valueOf(value: unknown): FieldValue {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
