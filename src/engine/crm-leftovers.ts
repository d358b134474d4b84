/**
 * crm-leftovers: what earlier operations of somebody left that did not end well, and what of it the next plan takes along.
 *
 * An operation whose outcome nobody learnt stays until one that replaces it is intended, so that a note which may not
 * have been written yet is not forgotten by a kill (I5). Reads only. Must never send anything.
 */
import type { CrmTarget } from '../connector/crm.ts';
import type { CrmChange } from '../model/crm.ts';
import { isAway } from '../plan/crm-household.ts';
import type { Operation } from '../store/rows.ts';
import { payloadIn, planStep } from './crm-operations.ts';
import type { Decided } from './crm-people.ts';
import type { PlanStep } from './lane.ts';
import type { Leftovers } from './crm-submitted.ts';
import type { WorkContext } from './work-context.ts';

/** How long a read may show what stood before a write of ours (T17). */
const VISIBLE_MS = 2 * 60_000;
/** More than any pass leaves. */
const MOST = 20_000;
/** Why an operation is looked at again that was accepted and read back otherwise. */
export const DIFFERS = 'differs';

export type NoteChange = Extract<CrmChange, { kind: 'note' }>;

/** Lists operations into the CRM that have not ended, by person. */
export async function leftovers(ctx: WorkContext): Promise<Leftovers> {
  const states = ['pending', 'verifying', 'parked'] as const;
  const found = await Promise.all(states.map((state) => ctx.store.operations(ctx.sync.name, state, MOST, 'secondary')));
  return Map.groupBy(found.flat(), ({ primaryId }) => primaryId);
}

/** Makes the plan's step of one person, with what earlier operations left. `walked`: nobody is unknown only because nobody was read. */
export function stepWith(
  { clock }: WorkContext,
  target: CrmTarget,
  decided: Decided,
  left: readonly Operation[],
  walked: boolean,
): PlanStep {
  const { step } = decided;
  const changes = withNotes(
    step.changes,
    stillWanted(
      decided,
      left.flatMap((one) => notesIn(payloadIn(one).changes)),
    ),
  );
  const now = clock.now();
  const isFresh = ({ state, sentAt }: Operation): boolean =>
    state === 'verifying' && sentAt !== null && Math.abs(now - sentAt) < VISIBLE_MS;
  const isSame = (one: Operation): boolean => one.state === 'parked' && sameChanges(payloadIn(one).changes, changes);
  // Nobody is made, nor left out for good, before the CRM was read completely.
  const unread = !walked && (step.reason === 'new' || (changes.length === 0 && step.action === 'skip'));
  return planStep(
    decided,
    {
      changes,
      replaces: left.map(({ opId, state }) => ({ opId, state })),
      differed: left.some(({ reason }) => reason === DIFFERS),
      waits: unread || left.some(isFresh) ? 'unfinished' : left.some(isSame) ? 'parked' : null,
    },
    callsFor(target, changes),
  );
}

/** Each contact is read before and after; the first reading spares the first change what it would ask for. */
function callsFor(target: CrmTarget, changes: readonly CrmChange[]): number {
  const first = new Map<string, CrmChange>();
  for (const change of changes)
    if ('contactId' in change && !first.has(change.contactId)) first.set(change.contactId, change);
  const calls = changes.reduce((sum, { kind }) => sum + (target.changes.get(kind)?.calls ?? 0), 0);
  const spared = [...first.values()].reduce((sum, { kind }) => sum + (target.changes.get(kind)?.spared ?? 0), 0);
  return calls + 2 * first.size - spared;
}

/** Picks the notes of some changes. */
export function notesIn(changes: readonly CrmChange[]): readonly NoteChange[] {
  return changes.filter((change) => change.kind === 'note');
}

/** Of notes that were planned: those of somebody who is out still, in contacts that are there still. No other could ever be written. */
export function stillWanted(
  { input, step }: Pick<Decided, 'input' | 'step'>,
  notes: readonly NoteChange[],
): readonly NoteChange[] {
  if (step.out === null) return [];
  const there = new Set(input.households.filter((one) => !isAway(one)).map((one) => one.contact_id));
  return notes.filter(({ contactId }) => there.has(contactId));
}

/** Adds notes that are not among some changes already. */
export function withNotes(changes: readonly CrmChange[], notes: readonly NoteChange[]): readonly CrmChange[] {
  const all = new Map(notesIn(changes).map((note) => [noteKey(note), note]));
  const more = notes.filter((note) => {
    const known = all.has(noteKey(note));
    all.set(noteKey(note), note);
    return !known;
  });
  return [...changes, ...more];
}

function noteKey({ contactId, text }: NoteChange): string {
  return `${contactId}\n${text}`;
}

/** Tells whether two plans ask for the same: a note whose reason has no time of its own is dated when it is planned. */
export function sameChanges(a: readonly CrmChange[], b: readonly CrmChange[]): boolean {
  return textOf(a) === textOf(b);
}

function textOf(changes: readonly CrmChange[]): string {
  return JSON.stringify(changes.map((change) => (change.kind === 'note' ? { ...change, at: null } : change)));
}
