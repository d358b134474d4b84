/**
 * `sync [SYNC]`: a full pass of each sync in turn.
 *
 * Decides that one sync's failure never keeps the next from its pass, and that with --json the last lines are one for
 * each sync, whatever became of it.
 */
import { exitOfPass, worstExit } from '../exit-codes.ts';
import type { ExitCode } from '../exit-codes.ts';
import { passOf, showPass } from '../pass-of.ts';
import { passToJson } from '../render-pass.ts';
import type { PassResult } from '../results.ts';
import { chooseSyncs, readConfig, withApplication } from '../session.ts';
import type { Session } from '../session.ts';

/** Runs the command. */
export async function runSync(session: Session, given: string | undefined): Promise<ExitCode> {
  const config = await readConfig(session);
  const syncs = chooseSyncs(config, given);
  return withApplication(session, config, async (opened) => {
    const results: PassResult[] = [];
    for (const sync of syncs) {
      const result = await passOf(sync, opened, session.output);
      results.push(result);
      await showPass(result, session.output);
    }
    for (const result of results) await session.output.json(passToJson(result));
    return worstExit(results.map(exitOfPass));
  });
}
