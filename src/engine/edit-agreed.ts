/**
 * edit-agreed: what both sides agree on by the answer to an edit of the table's, before the account is read again.
 *
 * Must never move what was not sent, nor believe the older reading about what was.
 */
import type { TableBase } from '../plan/table-step.ts';
import type { LinkToStore, Operation } from '../store/rows.ts';
import { baseOf, memberLink, type MemberBase } from './members-read.ts';
import type { PersonPayload } from './submit-intents.ts';
import { baselineOf } from './table-operations.ts';
import type { WorkContext } from './work-context.ts';

/** Tells an edit of fields from one of memberships alone. */
export function hasFields({ payload }: Pick<Operation, 'payload'>): boolean {
  return Object.keys((payload as PersonPayload).intent.fields).length > 0;
}

/**
 * An edit that the account was read back with is agreed: an owner who edits again before the next reading is the only one who did.
 * Nothing else of the link moves, nor a field that was agreed on otherwise since the edit was decided. The record tells what stood
 * before until it is read again, and is not believed about these fields (T17).
 */
export async function linkOfEdit(ctx: WorkContext, operation: Operation): Promise<LinkToStore | null> {
  const { primaryId, secondaryId, baseline, payload } = operation;
  const link = (await ctx.store.linksBySecondary(ctx.sync.name, 'contacts', [secondaryId])).get(secondaryId);
  const now = (link?.baseline?.fields['table'] ?? null) as TableBase | null;
  const then = (baseline.fields['table'] ?? null) as TableBase | null;
  if (link?.primaryId !== primaryId || now === null || then === null) return null;
  const sent = Object.entries((payload as PersonPayload).intent.fields);
  const moved = sent.filter(([field]) => (now.fields[field] ?? null) === (then.fields[field] ?? null));
  const fields = { ...now.fields, ...Object.fromEntries(moved) };
  const older = now.ahead?.of === operation.recordHash ? now.ahead.fields : [];
  const ahead = { of: operation.recordHash, fields: [...new Set([...older, ...moved.map(([field]) => field)])].sort() };
  const agreed: TableBase = { ...now, fields, ahead };
  const partly = link.baseline?.fields['partly'] === true;
  return { stream: 'contacts', primaryId, secondaryId, baseline: baselineOf(agreed, partly), agrees: null };
}

/** What an operation keeps of memberships for its answer. */
export interface ListsMore {
  readonly members: MemberBase | null;
  readonly membersFrom: string | null;
}

/**
 * Lists that the account was read back with are agreed. Where their rows went together with the person's own meanwhile, that stays so: of
 * what was agreed then nothing stands at home any more, which would look like the owner's leaving (I8).
 */
export async function linkOfLists(ctx: WorkContext, operation: Operation): Promise<LinkToStore | null> {
  const { primaryId, secondaryId, payload } = operation;
  const { more, intent } = payload as PersonPayload;
  const { members = null, membersFrom = null } = (more ?? {}) as Partial<ListsMore>;
  if (members === null) return null;
  const link = (await ctx.store.links(ctx.sync.name, 'lists', [primaryId])).get(primaryId);
  const now = baseOf(link);
  if (now === null || (link?.baseline?.hash ?? null) === membersFrom)
    return memberLink(primaryId, secondaryId, members);
  const removed = new Set(intent.lists.remove);
  const lists = Object.fromEntries(Object.entries(now.lists).filter(([id]) => !removed.has(id)));
  return memberLink(primaryId, link?.secondaryId ?? secondaryId, { ...now, lists, until: members.until });
}
