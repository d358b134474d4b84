/**
 * check, of a CRM: everything a pass will need of it, in the order in which it needs it.
 *
 * Sends a handful of reads and changes nothing. A failed step skips what depends on it.
 */
import type { Call } from '../cli/application.ts';
import type { CheckStep } from '../cli/results.ts';
import type { VirtuousConnection } from '../config/config.ts';
import { ask } from '../connectors/virtuous/ask.ts';
import { parsePermissions, type Permission } from '../connectors/virtuous/catalogue.ts';
import { buildPermissions } from '../connectors/virtuous/requests.ts';
import { isoOf } from '../model/instant.ts';
import { checkClock, ok, tryStep } from './check-steps.ts';
import { openCrm, type OpenCrm } from './crm.ts';
import type { Installation } from './installation.ts';

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
  yield credentials;
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

async function checkHour(at: Installation, { connection }: OpenCrm): Promise<CheckStep> {
  const { group, perHour, share } = connection.budget;
  const window = await at.store.window(group);
  const quota = window?.quota ?? perHour;
  const remaining = window?.remaining ?? perHour;
  const step = ok('quota', connection.name, { group, perHour: quota, remaining, share });
  return remaining > (quota * (100 - share)) / 100 ? step : { ...step, verdict: 'warning' };
}
