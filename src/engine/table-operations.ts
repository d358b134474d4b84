/**
 * table-operations: what one decided row is in the outbox, in its link and in the journal.
 *
 * Only shapes; nothing is decided, written or stored here.
 */
import type { Fields, LostValue } from '../compare/merge-fields.ts';
import type { TableRow, TableWrite } from '../connector/side.ts';
import { contentHash } from '../model/hash.ts';
import type { Content } from '../model/record.ts';
import type { TableBase, TableMapping } from '../plan/table-step.ts';
import type { JournalEntry, LinkToStore, NewOperation, Operation, Waiting } from '../store/rows.ts';
import type { WorkContext } from './work-context.ts';
import type { PlanStep } from './lane.ts';

export interface TablePayload {
  readonly write: TableWrite;
  readonly agreed: TableBase;
  /** What was agreed before: all that stays agreed when only consent is written. */
  readonly base: TableBase | null;
  /** Key under which the row stands once written. */
  readonly secondaryId: string;
  readonly lost: readonly LostValue[];
  /** What the primary is to have of the row. */
  readonly edits: Fields;
}

/** Makes the operation that a step intends. `partly`: it carries consent alone. */
export function operationOf(ctx: WorkContext, step: PlanStep, partly: boolean): NewOperation {
  const payload = step.payload as TablePayload;
  return {
    stream: 'contacts',
    lane: step.optOut ? 'opt-out' : 'live',
    primaryId: step.id,
    recordId: step.recordId,
    recordHash: step.target,
    payload,
    baseline: baselineOf(payload.agreed, partly),
    secondaryId: payload.secondaryId,
    journal: [journalOf(ctx, step)],
  };
}

/** Makes a baseline of what is agreed. */
export function baselineOf(agreed: TableBase, partly: boolean): { hash: string; fields: Record<string, unknown> } {
  return { hash: contentHash(agreed), fields: { table: agreed, ...(partly ? { partly: true } : {}) } };
}

/** Makes the link that a confirmed operation brings. */
export function linkOfOperation(operation: Operation, agrees: boolean): LinkToStore {
  return {
    stream: 'contacts',
    primaryId: operation.primaryId,
    secondaryId: operation.secondaryId,
    baseline: operation.baseline,
    agrees: agrees ? { recordId: operation.recordId, hash: operation.recordHash } : null,
  };
}

/** Makes the link of a step that needs no write. */
export function linkOf(step: PlanStep, agrees: boolean): LinkToStore {
  const payload = step.payload as TablePayload;
  return {
    stream: 'contacts',
    primaryId: step.id,
    secondaryId: payload.secondaryId,
    baseline: baselineOf(payload.agreed, false),
    agrees: agrees ? { recordId: step.recordId, hash: step.target } : null,
  };
}

/** Narrows a step to its consent column: all else stays as it was agreed. */
export function consentOnly(mapping: TableMapping, step: PlanStep): PlanStep {
  const payload = step.payload as TablePayload;
  const column = mapping.consentColumn ?? '';
  const { base, agreed: whole } = payload;
  const ahead = base?.ahead === undefined ? {} : { ahead: base.ahead };
  const agreed: TableBase = { fields: base?.fields ?? {}, outHere: whole.outHere, consent: 0, ...ahead };
  return {
    ...step,
    payload: {
      ...payload,
      agreed,
      secondaryId: payload.write.key ?? payload.secondaryId,
      write: { ...payload.write, set: { [column]: 0 } },
    },
  };
}

/** Tells a step for the journal. */
export function journalOf(ctx: WorkContext, step: PlanStep): JournalEntry {
  const { lost } = step.payload as TablePayload;
  const consent = step.optOut || step.raises;
  return {
    run: ctx.run,
    stream: 'contacts',
    id: step.id,
    event: consent ? 'consent' : step.action === 'insert' ? 'inserted' : 'updated',
    rule: `mapping:${step.reason}`,
    before:
      step.before === null
        ? null
        : Object.fromEntries(step.changed.map((field) => [field, step.before?.[field] ?? null])),
    after: Object.fromEntries(step.changed.map((field) => [field, step.after[field] ?? null])),
    evidence:
      lost.length === 0
        ? null
        : `replaced a value of the table's own in: ${lost.map((value) => value.field).join(', ')}`,
  };
}

/** Columns under their canonical names, so that a plan reads alike for every secondary. */
export function canonicalRow(mapping: TableMapping, row: TableRow): Content {
  const byColumn = new Map(Object.entries(mapping.columns).map(([field, column]) => [column, field]));
  return Object.fromEntries(Object.entries(row).map(([column, value]) => [byColumn.get(column) ?? column, value]));
}

/** Tells that a step waits. */
export function waitOf(ctx: WorkContext, step: PlanStep, kind: 'held' | 'conflict'): Waiting {
  return { kind, stream: 'contacts', id: step.id, reason: step.reason, detail: null, run: ctx.run };
}
