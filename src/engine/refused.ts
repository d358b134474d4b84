/**
 * refused: what the primary refused, or a person dismissed: as it is it is not sent again.
 *
 * Known by the person, what was agreed then, and the values: another value, or another agreement, is another thing. Must
 * never hide an opt-out: those are tried by every pass.
 */
import type { PersonIntent, SetChange } from '../model/intent.ts';
import type { Operation } from '../store/rows.ts';
import type { PersonPayload } from './submit-intents.ts';
import type { WorkContext } from './work-context.ts';

const MOST = 10_000;

/** Reads what waits for a person at the primary. */
export function parkedAtPrimary(ctx: WorkContext): Promise<readonly Operation[]> {
  return ctx.store.operations(ctx.sync.name, 'parked', MOST, 'primary');
}

/** Names what is not to be sent again. */
export async function refusedThere(ctx: WorkContext): Promise<ReadonlySet<string>> {
  const dismissed = await ctx.store.operations(ctx.sync.name, 'dismissed', MOST, 'primary');
  return new Set(
    [...dismissed, ...(await parkedAtPrimary(ctx))].map((operation) =>
      refusalOf(operation.primaryId, operation.baseline.hash, wantedIn(intentIn(operation))),
    ),
  );
}

/** Names one write as {@link refusedThere} does. */
export function refusalOf(id: string, baseHash: string, fields: object): string {
  return `${id} ${baseHash} ${textOf(fields)}`;
}

/** What an intent would change. Who is made gets lists by the file, not by an edit: they tell nothing apart. */
export function wantedIn({ contactId, fields, customFields, lists, tags }: PersonIntent): object {
  const changes = (set: SetChange): boolean => contactId !== null && set.add.length + set.remove.length > 0;
  return {
    ...fields,
    ...(Object.keys(customFields).length > 0 ? { custom_fields: textOf(customFields) } : {}),
    ...(changes(lists) ? { list_memberships: lists } : {}),
    ...(changes(tags) ? { taggings: tags } : {}),
  };
}

export function intentIn({ payload }: Operation): PersonIntent {
  return (payload as PersonPayload).intent;
}

/** Writes values so that equal ones have equal text. */
export function textOf(fields: object): string {
  return JSON.stringify(Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1)));
}
