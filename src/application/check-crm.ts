/**
 * check, of a CRM: everything a pass will need of it, in the order in which it needs it.
 *
 * Sends a handful of reads and changes nothing. A failed step skips what depends on it.
 */
import type { Call } from '../cli/application.ts';
import type { CheckStep } from '../cli/results.ts';
import type { CrmSync, VirtuousConnection } from '../config/config.ts';
import { ask } from '../connectors/virtuous/ask.ts';
import { parsePermissions, type Permission } from '../connectors/virtuous/catalogue.ts';
import { buildPermissions } from '../connectors/virtuous/requests.ts';
import { isoOf } from '../model/instant.ts';
import { fieldBook, meansCustomFields, type FieldTodo } from '../plan/crm-field-book.ts';
import { checkClock, ok, tryStep } from './check-steps.ts';
import { openCrm, type OpenCrm } from './crm.ts';
import type { Installation } from './installation.ts';
import { crmRulesOf } from './parts.ts';
import { foresee } from './sign-in-status.ts';

/** Checks one connection to a CRM. */
export async function* checkCrm(
  at: Installation,
  connection: VirtuousConnection,
  call: Call,
): AsyncGenerator<CheckStep> {
  const opened = await openCrm(at, connection, () => undefined);
  const credentials = await tryStep('credentials', connection.name, async () => {
    const account = await opened.source.identify(call.signal);
    return { account: account.id, organisation: account.name };
  });
  yield await foresee(at, connection, credentials);
  if (credentials.verdict === 'failed') return;
  yield await checkPermissions(opened, call);
  yield await checkReading(at, opened, call);
  yield await checkHour(at, opened);
  yield checkClock(opened);
}

/** The vendor's words for modules and actions are not published: what is denied of people, their tags and notes is told. */
function isNeeded({ module, action, allowed }: Permission): boolean {
  return !allowed && /contact|individual|tag|note|import/iu.test(module) && !/delete|archive|merge/iu.test(action);
}

async function checkPermissions({ asking, connection }: OpenCrm, call: Call): Promise<CheckStep> {
  return tryStep('scopes', connection.name, async () => {
    const permissions = await ask(asking, buildPermissions(), call.signal, parsePermissions);
    const missing = permissions.filter(isNeeded).map(({ module, action }) => `${module}: ${action}`);
    return missing.length === 0 ? { permissions: 'none that is needed is denied' } : { missing };
  });
}

/** Tags and fields are what lists and mapped fields stand on; a page of changes shows that contacts can be queried. */
async function checkReading(at: Installation, { source, connection }: OpenCrm, call: Call): Promise<CheckStep> {
  return tryStep('channels', connection.name, async () => {
    const tags = await source.tags(call.signal);
    const fields = await source.fields(call.signal);
    await source.changes(isoOf(at.ports.clock.now()), null, call.signal);
    return { tags: tags.length, fields: fields.length, changes: 'answers' };
  });
}

/** The connection was tried by itself: what is left is whether the file's fields are there (T42). */
export async function checkCrmFields(at: Installation, sync: CrmSync, call: Call): Promise<CheckStep> {
  const { secondary } = sync;
  const found = { crm: secondary.name };
  const rules = crmRulesOf(sync.fields);
  if (!meansCustomFields(rules)) return ok('schema', sync.name, found);
  let todo: readonly FieldTodo[] = [];
  const step = await tryStep('schema', sync.name, async () => {
    const { source } = await openCrm(at, secondary, () => undefined);
    ({ todo } = fieldBook(rules, await source.fields(call.signal)));
    return { ...found, fields: rules.length - todo.length };
  });
  if (todo.length === 0) return step;
  const messages = todo.map((one) => ({
    level: 'warning' as const,
    code: 'crm-field-left-out',
    facts: { ...one, connection: secondary.name },
  }));
  return { ...step, verdict: 'warning', messages };
}

async function checkHour(at: Installation, { connection }: OpenCrm): Promise<CheckStep> {
  const { group, perHour, share } = connection.budget;
  const window = await at.store.window(group);
  const quota = window?.quota ?? perHour;
  const remaining = window?.remaining ?? perHour;
  const step = ok('quota', connection.name, { group, perHour: quota, remaining, share });
  return remaining > (quota * (100 - share)) / 100 ? step : { ...step, verdict: 'warning' };
}
