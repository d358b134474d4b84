/**
 * check: tries everything a pass will need, in the order in which it needs it, and says which step fails.
 *
 * Sends a handful of reads and changes nothing. A failed step skips what depends on it.
 */
import { mayWrite } from '../adapters/node-files.ts';
import type { Call } from '../cli/application.ts';
import { noticeOf } from '../cli/messages.ts';
import type { CheckStep } from '../cli/results.ts';
import type { ConstantContactConnection, SqliteConnection, Sync } from '../config/config.ts';
import {
  CONSTANT_CONTACT_V3_PRIVILEGES,
  CONSTANT_CONTACT_V3_WRITE_PRIVILEGES,
} from '../connectors/constant-contact/v3/declaration.ts';
import { ConnectorError, isErrorOf } from '../model/errors.ts';
import { isoOf } from '../model/instant.ts';
import { checkCrm, checkCrmPlaces } from './check-crm.ts';
import { checkClock, failedBy, ok, tryStep } from './check-steps.ts';
import type { Installation } from './installation.ts';
import { foresee } from './sign-in-status.ts';
import { openSide, openSource, specOf, writesToPrimary, type OpenSource } from './parts.ts';

/** Checks store, connections and secondaries. */
export async function* checkAll(at: Installation, call: Call): AsyncGenerator<CheckStep> {
  yield ok('store', null, { file: at.config.store });
  const sources = new Set(at.config.syncs.map((sync) => sync.primary));
  for (const connection of sources) yield* checkSource(at, connection, call);
  for (const connection of at.config.connections)
    if (connection.connector === 'virtuous') yield* checkCrm(at, connection, call);
  for (const sync of at.config.syncs)
    yield await (sync.mode === 'crm' ? checkCrmPlaces(at, sync, call) : checkSide(at, sync));
}

async function* checkSource(
  at: Installation,
  connection: ConstantContactConnection,
  call: Call,
): AsyncGenerator<CheckStep> {
  let opened: OpenSource | null = null;
  const credentials = await tryStep('credentials', connection.name, async () => {
    opened = await openSource(at, connection, () => undefined);
    const account = await opened.source.identify(call.signal);
    return { account: account.id, organisation: account.name };
  });
  yield await foresee(at, connection, credentials);
  if (opened === null || credentials.verdict === 'failed') return;
  yield await checkPrivileges(
    opened,
    at.config.syncs.some((sync) => sync.primary === connection && writesToPrimary(sync)),
    call,
  );
  yield await checkChannels(at, opened, call);
  yield await checkQuota(at, opened);
  yield checkClock(opened);
}

async function checkPrivileges({ source, connection }: OpenSource, writes: boolean, call: Call): Promise<CheckStep> {
  return tryStep('scopes', connection.name, async () => {
    const held = new Set(await source.privileges(call.signal));
    const needed = [...CONSTANT_CONTACT_V3_PRIVILEGES, ...(writes ? CONSTANT_CONTACT_V3_WRITE_PRIVILEGES : [])];
    const missing = needed.filter(({ privilege }) => !held.has(privilege));
    return missing.length === 0
      ? { privileges: 'all that are needed' }
      : { missing: missing.map(({ privilege, without }) => `${privilege} (without it: ${without})`) };
  });
}

/** Tries each way by which an opt-out can become known. */
async function checkChannels(at: Installation, { source, connection }: OpenSource, call: Call): Promise<CheckStep> {
  const channels = source.optOuts;
  if (channels === null) return ok('channels', connection.name, {});
  const found: Record<string, string> = {};
  const messages: CheckStep['messages'][number][] = [];
  const bound = isoOf(at.ports.clock.now() - 60_000);
  const tries = {
    changes: () => source.changes('contacts', bound, null, call.signal),
    'optout-window': () => channels.window(bound, null, call.signal),
    counts: () => channels.counts(call.signal),
    'campaign-reports': () => channels.sentCampaigns(bound, null, call.signal),
  };
  for (const [channel, read] of Object.entries(tries)) {
    try {
      await read();
      found[channel] = 'answers';
    } catch (error) {
      found[channel] = 'does not answer';
      // Without the contacts themselves there is nothing that the other channels could stand in for.
      if (channel === 'changes')
        return { ...ok('channels', connection.name, found), ...failedBy(error, connection.name) };
      const code = isErrorOf(error, 'forbidden', 'refused_request', 'not_found') ? 'channel-refused' : 'channel-down';
      messages.push({ level: 'warning', code, facts: { ...noticeOf(error).facts, channel } });
    }
  }
  return { ...ok('channels', connection.name, found), verdict: messages.length === 0 ? 'ok' : 'warning', messages };
}

async function checkQuota(at: Installation, { connection }: OpenSource): Promise<CheckStep> {
  const { group, perDay, perSecond } = connection.budget;
  const day = isoOf(at.ports.clock.now()).slice(0, 10);
  const spent = await at.store.spent(group, day);
  const step = ok('quota', connection.name, { group, spent, perDay, perSecond });
  return spent < perDay ? step : { ...step, verdict: 'warning' };
}

/** A user's table must stand as mapped; a mirror is created by its first pass and only has to be possible. */
async function checkSide(at: Installation, sync: Exclude<Sync, { mode: 'crm' }>): Promise<CheckStep> {
  const { file } = sync.secondary;
  return tryStep('schema', sync.name, async () => {
    const side = await openSide(at, sync);
    try {
      await side.lane.inspect(specOf(sync).streams);
      demandWritable(sync.secondary);
    } finally {
      await side.close();
    }
    return sync.mode === 'mirror' && mayWrite(file) === null
      ? { file, mirror: 'is created by the first pass' }
      : { file };
  });
}

function demandWritable({ name, file }: SqliteConnection): void {
  if (mayWrite(file) !== false) return;
  throw new ConnectorError('SQLITE_READONLY', 'forbidden', 'the file may not be written', { connection: name });
}
