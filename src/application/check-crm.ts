/**
 * check, of a CRM: everything a pass will need of it, in the order in which it needs it.
 *
 * Sends a handful of reads and changes nothing. A failed step skips what depends on it.
 */
import type { Call } from '../cli/application.ts';
import type { CheckStep, Notice } from '../cli/results.ts';
import type { CrmSync, VirtuousConnection } from '../config/config.ts';
import { ask } from '../connectors/virtuous/ask.ts';
import { parsePermissions, type Permission } from '../connectors/virtuous/catalogue.ts';
import { buildPermissions } from '../connectors/virtuous/requests.ts';
import { readAccountFields } from '../engine/account-fields.ts';
import { hasLabels, readLabelNames } from '../engine/crm-label-names.ts';
import { isoOf } from '../model/instant.ts';
import {
  accountFieldBook,
  meansAccountFields,
  type AccountFieldBook,
  type AccountFieldTodo,
} from '../plan/account-field-book.ts';
import { fieldBook, labelFields, meansCustomFields, withFields, type FieldTodo } from '../plan/crm-field-book.ts';
import type { CrmFieldRule } from '../plan/crm-mapping.ts';
import { labelBook, type LabelTodo } from '../plan/crm-label-book.ts';
import { checkClock, ok, tryStep } from './check-steps.ts';
import { openCrm, type OpenCrm } from './crm.ts';
import type { Installation } from './installation.ts';
import { crmMappingOf, openSource } from './parts.ts';
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

/**
 * The connections were tried by themselves: what is left is whether the file's fields are there, and a tag for each list
 * and tag that is to have one (T42).
 */
export async function checkCrmPlaces(at: Installation, sync: CrmSync, call: Call): Promise<CheckStep> {
  const { secondary } = sync;
  const mapping = crmMappingOf(sync);
  const rules = [...mapping.fields, ...labelFields(mapping)];
  const found = { crm: secondary.name };
  const asked = meansCustomFields(rules) || meansAccountFields(rules) || hasLabels(mapping);
  if (!asked) return ok('schema', sync.name, found);
  let own: readonly AccountFieldTodo[] = [];
  let fields: readonly FieldTodo[] = [];
  let labels: readonly LabelTodo[] = [];
  const step = await tryStep('schema', sync.name, async () => {
    const here = await accountFieldsOf(at, sync, rules, call);
    const { source } = await openCrm(at, secondary, () => undefined);
    const { rules: known } = here;
    const book = meansCustomFields(known)
      ? fieldBook(known, await source.fields(call.signal))
      : { rules: known, todo: [] };
    own = here.todo;
    fields = book.todo;
    const placed = withFields(mapping, book.rules);
    const told = { ...found, ...(rules.length === 0 ? {} : { fields: book.rules.length }) };
    if (!hasLabels(placed)) return told;
    const { source: account } = await openSource(at, sync.primary, () => undefined);
    const names = await readLabelNames({ account, crm: source }, placed, call.signal);
    const { book: written, todo } = labelBook(names, names.crmTags, placed);
    labels = todo;
    return { ...told, labels: written.size };
  });
  if (own.length + fields.length + labels.length === 0) return step;
  const connection = secondary.name;
  const messages = [
    ...own.map((one) => warning('account-field-left-out', { ...one, connection: sync.primary.name })),
    ...fields.map(({ field, to, reason }) => warning('crm-field-left-out', { field, to, reason, connection })),
    ...labels.map(({ name, reason }) => warning(`crm-label-${reason}`, { name, connection })),
  ];
  return { ...step, verdict: 'warning', messages };
}

function warning(code: string, facts: Notice['facts']): Notice {
  return { level: 'warning', code, facts };
}

async function accountFieldsOf(
  at: Installation,
  { primary }: CrmSync,
  rules: readonly CrmFieldRule[],
  call: Call,
): Promise<AccountFieldBook> {
  if (!meansAccountFields(rules)) return { rules, todo: [] };
  const { source } = await openSource(at, primary, () => undefined);
  return accountFieldBook(rules, await readAccountFields(source, call.signal));
}

async function checkHour(at: Installation, { connection }: OpenCrm): Promise<CheckStep> {
  const { group, perHour, share } = connection.budget;
  const window = await at.store.window(group);
  const quota = window?.quota ?? perHour;
  const remaining = window?.remaining ?? perHour;
  const step = ok('quota', connection.name, { group, perHour: quota, remaining, share });
  return remaining > (quota * (100 - share)) / 100 ? step : { ...step, verdict: 'warning' };
}
