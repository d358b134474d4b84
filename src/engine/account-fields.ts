/**
 * account-fields: the account's custom fields as they are now, and the rules that mean them.
 *
 * Asked once a session, and only where the file means one. A list of fields that is refused leaves only those rules out: an
 * opt-out must never wait for them (I3, T42). Must never write.
 */
import { ConnectorError } from '../model/errors.ts';
import {
  accountFieldBook,
  meansAccountFields,
  type AccountField,
  type AccountFieldBook,
} from '../plan/account-field-book.ts';
import type { CrmFieldRule } from '../plan/crm-mapping.ts';
import type { SourceConnector } from '../connector/source.ts';
import { warn } from './context.ts';
import { readWhole } from './unread.ts';
import type { WorkContext } from './work-context.ts';

const MOST_PAGES = 20;

/** Finds the account's fields that rules mean; says which are left out. */
export async function placeAccountFields(
  ctx: WorkContext,
  rules: readonly CrmFieldRule[],
): Promise<readonly CrmFieldRule[]> {
  if (!meansAccountFields(rules)) return rules;
  const book = await askFor(ctx, rules);
  for (const one of book.todo) warn(ctx, 'account-field-left-out', { ...one, connection: ctx.sync.primary });
  return book.rules;
}

async function askFor(ctx: WorkContext, rules: readonly CrmFieldRule[]): Promise<AccountFieldBook> {
  try {
    await ctx.keepLease();
    return accountFieldBook(rules, await readAccountFields(ctx.source, ctx.signal));
  } catch (error) {
    if (!(error instanceof ConnectorError) || ['auth', 'bug'].includes(error.errorClass) || ctx.signal.aborted)
      throw error;
    warn(ctx, 'account-fields-unread', { connection: ctx.sync.primary, code: error.code });
    return { rules: rules.filter((rule) => !meansAccountFields([rule])), todo: [] };
  }
}

/** Reads the account's living custom fields. Throws ConnectorError. */
export async function readAccountFields(
  source: Pick<SourceConnector, 'snapshot'>,
  signal: AbortSignal,
): Promise<readonly AccountField[]> {
  const fields: AccountField[] = [];
  let from: string | null = null;
  for (let pages = 0; pages < MOST_PAGES; pages += 1) {
    const page = readWhole(await source.snapshot('custom_fields', from, signal));
    for (const { id, state, content } of page.readings)
      if (state !== 'deleted')
        fields.push({ id, name: text(content['name']), label: text(content['label']), type: text(content['type']) });
    if (page.next === null) break;
    from = page.next;
  }
  return fields;
}

function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
