/**
 * page-notes: what one page leaves behind beside its records: who waits and for what, who no longer does, whose state moved.
 *
 * Pure but for looking at what is known to wait. Must never decide about a record: store-page has done so.
 */
import type { ConsentFact } from '../model/consent.ts';
import type { Page, Reading } from '../model/record.ts';
import type { JournalEntry, Known, Shelf, Waiting, WaitingKey } from '../store/rows.ts';
import { type PassContext, waitKey } from './context.ts';

/** A page's readings once they are settled against what is on record. */
export interface SettledPage {
  readonly readings: readonly Reading[];
  readonly overruled: readonly ConsentFact[];
  /** What is on record about the people on this page. */
  readonly facts: ReadonlyMap<string, readonly ConsentFact[]>;
}

/** Says who could not be understood, and why. */
export function refusals(ctx: PassContext, shelf: Shelf, page: Page): Waiting[] {
  return page.refused.map((bad) => ({
    kind: 'parked',
    stream: shelf.stream,
    id: bad.id,
    reason: 'unreadable',
    detail: { why: bad.reason },
    run: ctx.run,
  }));
}

/** Says whose permission nobody documented. */
export function heldOf(ctx: PassContext, shelf: Shelf, changed: readonly Reading[]): Waiting[] {
  return changed
    .filter((reading) => reading.state === 'held')
    .map((reading) => ({
      kind: 'held',
      stream: shelf.stream,
      id: reading.id,
      reason: 'unknown-permission',
      detail: null,
      run: ctx.run,
    }));
}

/** Says about whom the source and a standing OUT disagree. */
export function overruledOf(ctx: PassContext, overruled: readonly ConsentFact[]): Waiting[] {
  return overruled.map((fact) => ({
    kind: 'alarm',
    stream: 'contacts',
    id: fact.contactId,
    reason: 'opt-out-contradicted',
    detail: { channel: fact.channel, at: fact.at },
    run: ctx.run,
  }));
}

/** A record that reads well again no longer waits for its old reason. Only what is known to wait is looked at: few. */
export function clearedBy(ctx: PassContext, shelf: Shelf, settled: SettledPage, same: readonly Known[]): WaitingKey[] {
  if (ctx.waits.size === 0) return [];
  const overruled = new Set(settled.overruled.map((fact) => fact.contactId));
  const shown = [
    ...settled.readings.map(({ id, state }) => ({ id, state, read: true })),
    ...same.map(({ id, state }) => ({ id, state, read: false })),
  ];
  return shown.flatMap(({ id, state, read }) => {
    const over = [
      'unreadable',
      ...(state === 'held' ? [] : ['unknown-permission']),
      // A text that is stored already was not settled anew: whether it contradicts an OUT stays as it was found.
      ...(overruled.has(id) || !read ? [] : ['opt-out-contradicted']),
    ];
    return over
      .filter((reason) => ctx.waits.has(waitKey(shelf.stream, id, reason)))
      .map((reason) => ({ stream: shelf.stream, id, reason }));
  });
}

/** Journals whose state moved, by which channel. */
export function consentJournal(
  ctx: PassContext,
  shelf: Shelf,
  changed: readonly Reading[],
  known: ReadonlyMap<string, Known>,
  channel: string,
): JournalEntry[] {
  if (shelf.stream !== 'contacts') return [];
  return changed
    .filter((reading) => known.get(reading.id)?.state !== reading.state)
    .map((reading) => ({
      run: ctx.run,
      stream: shelf.stream,
      id: reading.id,
      event: 'seen',
      rule: 'state-changed',
      before: known.get(reading.id)?.state ?? null,
      after: reading.state,
      evidence: channel,
    }));
}
