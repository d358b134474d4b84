/**
 * The life of one intended write, as a table: the store accepts no other move, and the docs' diagram is checked against it.
 */
export const OUTBOX_TRANSITIONS = {
  pending: ['leased', 'superseded'],
  leased: ['sending', 'pending'], // the lease ran out here: nothing had left
  sending: ['confirmed', 'pending', 'verifying', 'parked', 'superseded'], // stored before the write leaves; lease ran out: verifying
  verifying: ['confirmed', 'pending', 'parked', 'superseded'], // superseded here and above: its base moved, decided anew
  parked: ['pending', 'superseded', 'dismissed'], // a person moves it, or a newer plan replaces it
  confirmed: [],
  superseded: [],
  dismissed: [],
} as const;
/** Why an operation was superseded whose job ended without its person: they are made singly from then on. */
export const JOB_MISSED = 'job-missed';
export type OutboxState = keyof typeof OUTBOX_TRANSITIONS;

/** Tells whether an operation may move from one state to another. */
export function mayMove(from: OutboxState, to: OutboxState): boolean {
  return (OUTBOX_TRANSITIONS[from] as readonly OutboxState[]).includes(to);
}
