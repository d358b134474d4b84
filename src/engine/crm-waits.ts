/**
 * crm-waits: what of somebody in a CRM waits, for a person or for the organisation's review, and what no longer does.
 *
 * Only shapes; nothing is decided, written or stored here.
 */
import type { CrmBase } from '../plan/crm-mapping.ts';
import type { CrmConflictReason, CrmStep } from '../plan/crm-step.ts';
import type { Waiting, WaitingKey } from '../store/rows.ts';
import { waitKey } from './context.ts';
import { IN_REVIEW, inReview } from './crm-submitted.ts';
import type { WorkContext } from './work-context.ts';

/** The CRM refused what is to be written about somebody. */
export const REFUSED = 'crm-write-refused';
/** The account may mail this person, and their flag in the CRM says no. */
export const KEPT_OUT = 'out-in-crm';
const CONFLICTS: readonly CrmConflictReason[] = [
  'gone',
  'two-references',
  'reference-of-another',
  'switched-on',
  'address-moved-there',
  'address-moved-both',
  'address-nowhere',
];

/** What a step says of what waits. */
export interface Told {
  readonly conflicts: CrmStep['conflicts'];
  readonly keptOut: boolean;
  readonly agreed: CrmBase | null;
  /** Earlier operations that end with it. */
  readonly replaces?: readonly unknown[];
}

/** Names why something waits for a person. */
export function waitingReason(reason: CrmConflictReason | undefined): string {
  return `crm-${reason ?? 'conflict'}`;
}

/** Tells what of a person waits now, and what no longer does. */
export function waitsOf(
  ctx: WorkContext,
  id: string,
  { conflicts, keptOut, agreed, replaces = [] }: Told,
): { readonly waiting: readonly Waiting[]; readonly settled: readonly WaitingKey[] } {
  const common = { stream: 'contacts', id, run: ctx.run } as const;
  const submitted = agreed?.submitted !== undefined;
  // Told again it would be looked for again at once.
  const known = ctx.waits.has(waitKey('contacts', id, IN_REVIEW));
  const byReason = Map.groupBy(conflicts, ({ reason }) => waitingReason(reason));
  return {
    waiting: [
      ...[...byReason].map(([reason, found]): Waiting => {
        const contacts = found.flatMap(({ contactId }) => contactId ?? []);
        return {
          ...common,
          kind: 'conflict',
          reason,
          detail: { why: contacts.length > 0 ? `contact ${contacts.join(', ')}` : null },
        };
      }),
      ...(keptOut ? [{ ...common, kind: 'held', reason: KEPT_OUT, detail: null } as const] : []),
      ...(submitted && !known ? [inReview(ctx, id, replaces.length > 0)] : []),
    ],
    settled: [...CONFLICTS.map(waitingReason), KEPT_OUT, REFUSED, ...(submitted ? [] : [IN_REVIEW])].map((reason) => ({
      stream: 'contacts',
      id,
      reason,
    })),
  };
}
