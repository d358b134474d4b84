/** `conflicts` and `parked`, and the decisions `retry`, `dismiss` and `resolve`: what waits for a person. */
import { EXIT } from '../exit-codes.ts';
import type { ExitCode } from '../exit-codes.ts';
import { renderSettled, renderWaiting } from '../render-waiting.ts';
import { chooseSyncs, readConfig, withApplication } from '../session.ts';
import type { Session } from '../session.ts';
import type { Decision } from '../waiting-results.ts';

const NOTHING = { conflicts: 'No conflicts, and no alarms.', parked: 'Nothing is parked.' } as const;
const KINDS = { conflicts: ['conflict', 'alarm'], parked: ['parked'] } as const;

/** Lists what waits; that something does is no failure of this command. */
export async function runList(
  session: Session,
  what: keyof typeof KINDS,
  given: string | undefined,
): Promise<ExitCode> {
  const config = await readConfig(session);
  const syncs = chooseSyncs(config, given);
  const list = await withApplication(session, config, ({ application }) => application.waiting(syncs, KINDS[what]));
  for (const item of list.items) await session.output.json(item);
  await session.output.lines(renderWaiting(list, NOTHING[what]));
  return EXIT.ok;
}

/** Takes a decision; nothing is sent before the next pass. */
export async function runDecision(
  session: Session,
  decision: Decision,
  sync: string,
  id: string | undefined,
): Promise<ExitCode> {
  const config = await readConfig(session);
  chooseSyncs(config, sync);
  const result = await withApplication(session, config, ({ application, call }) =>
    application.settle(sync, decision, id ?? null, call),
  );
  await session.output.json(result);
  const { owner, refused } = result;
  if (owner !== null || refused !== null) {
    const code = owner !== null ? 'other-owner' : `decision-${refused}`;
    await session.output.notice({ level: 'error', code, facts: { sync, id: id ?? null, decision, owner } });
    return EXIT.failed;
  }
  if (!session.output.mode.quiet) await session.output.lines(renderSettled(result));
  return EXIT.ok;
}
