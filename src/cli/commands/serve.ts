/**
 * `serve`: runs the schedules of the configuration until ^C or SIGTERM.
 *
 * Decides what is told of each pass: what `sync` tells, and when the next one is. Trouble of a pass never ends it; a
 * signal ends it cleanly, with exit 0.
 */
import { EXIT } from '../exit-codes.ts';
import type { ExitCode } from '../exit-codes.ts';
import { UsageError } from '../messages.ts';
import type { Output } from '../output.ts';
import { passOf, showPass } from '../pass-of.ts';
import { passToJson } from '../render-pass.ts';
import type { ServeItem } from '../serve-results.ts';
import { readConfig, withApplication } from '../session.ts';
import type { Session } from '../session.ts';
import { formatInstant } from '../text.ts';

/** Runs the command. Throws UsageError where no sync has a schedule. */
export async function runServe(session: Session): Promise<ExitCode> {
  const config = await readConfig(session);
  if (config.syncs.every(({ schedule }) => schedule === null)) throw new UsageError('no-schedule', {});
  return withApplication(session, config, async ({ application, call: { signal } }) => {
    // No bar: several syncs may be at work, and a daemon's log is read afterwards.
    const call = { signal, progress: () => undefined };
    const items = application.serve((sync) => passOf(sync, { application, call }, session.output), call);
    for await (const item of items) await show(item, session.output);
    await session.output.notice({ level: 'note', code: 'serve-ended', facts: {} });
    return EXIT.ok;
  });
}

async function show(item: ServeItem, output: Output): Promise<void> {
  if (item.kind === 'serving') {
    await output.json(item);
    if (output.mode.quiet) return;
    await output.lines([
      ...item.syncs.map(({ sync, nextAt }) => nextLine(sync, nextAt)),
      ...(item.listening === null ? [] : [`Receiving webhooks on port ${item.listening}, at /hooks/CONNECTION.`]),
      ...item.unscheduled.map((sync) => `${sync}: no schedule; runs only by \`concord sync ${sync}\`.`),
    ]);
    return;
  }
  if (item.kind === 'alarm') {
    const facts = { connection: item.connection };
    await output.notice({ level: 'warning', code: 'delivery-twice', facts });
    return;
  }
  const { result, nextAt } = item;
  await showPass(result, output);
  await output.json(passToJson(result));
  await output.json({ kind: 'next', sync: result.sync, nextAt });
  if (!output.mode.quiet) await output.lines([nextLine(result.sync, nextAt)]);
}

function nextLine(sync: string, nextAt: number | null): string {
  return nextAt === null ? `${sync}: its schedule never comes.` : `${sync}: next pass at ${formatInstant(nextAt)}.`;
}
