/**
 * crm-submitted: who was submitted to a CRM, and so is never submitted again: by their link, or by what a kill left.
 *
 * Only shapes; nothing is decided, written or stored here. A submission that left, or may have left, and one that was
 * accepted are the same here: nothing can show that it is not there (I6).
 */
import { matchKey } from '../model/address.ts';
import type { CrmChange, NewCrmPerson } from '../model/crm.ts';
import { isoOf } from '../model/instant.ts';
import { NEVER_MET, type CrmBase } from '../plan/crm-mapping.ts';
import type { Operation, Waiting } from '../store/rows.ts';
import type { WorkContext } from './work-context.ts';

/** Operations into the CRM that have not ended, by person. */
export type Leftovers = ReadonlyMap<string, readonly Operation[]>;
/** Waits until the organisation has imported somebody. */
export const IN_REVIEW = 'in-review';

/** The one change that makes somebody. */
export type MakingChange = Extract<CrmChange, { kind: 'submit' | 'create' }>;

/** Gives the one change of an operation that makes somebody; null: it makes nobody. */
export function newPersonIn({ payload }: Pick<Operation, 'payload'>): MakingChange | null {
  const { changes } = payload as { readonly changes: readonly CrmChange[] };
  return changes.find((change) => change.kind === 'submit' || change.kind === 'create') ?? null;
}

/** Says what was agreed of somebody, where an operation that may have arrived says that they were submitted. */
export function orSubmitted(base: CrmBase | null, left: readonly Operation[]): CrmBase | null {
  if (base?.submitted !== undefined) return base;
  const sent = left.find((one) => one.state === 'verifying' && newPersonIn(one)?.kind === 'submit');
  const person = sent === undefined ? null : newPersonIn(sent);
  if (sent === undefined || person === null) return base;
  const { agreed } = sent.payload as { readonly agreed: CrmBase | null };
  return submittedBase(agreed ?? base, person.person, sent.sentAt ?? 0);
}

/** Makes what is on record of somebody from their submission on: how they are known at first sight. */
export function submittedBase(base: CrmBase | null, { address }: NewCrmPerson, at: number): CrmBase {
  return { ...(base ?? NEVER_MET), address: matchKey(address), submitted: isoOf(at) };
}

/** Makes what tells people that somebody waits. `unsure`: the answer to the submission was lost. */
export function inReview({ run }: Pick<WorkContext, 'run'>, id: string, unsure: boolean): Waiting {
  const detail = { why: null, lookedAt: null, unsure } satisfies ReviewDetail;
  return { kind: 'held', stream: 'contacts', id, reason: IN_REVIEW, detail, run };
}

/** What is kept beside somebody who waits. */
export interface ReviewDetail {
  readonly why: null;
  /** When they were last looked for, ms since 1970. */
  readonly lookedAt: number | null;
  readonly unsure: boolean;
}
