/** `verify [SYNC]`: reads both sides completely and accounts for each difference. */
import { EXIT, exitOfEnding, worstExit } from '../exit-codes.ts';
import type { ExitCode } from '../exit-codes.ts';
import type { Output } from '../output.ts';
import { renderDifference, renderVerifySummary } from '../render-pass.ts';
import type { VerifyItem } from '../results.ts';
import { chooseSyncs, readConfig, withApplication } from '../session.ts';
import type { Session } from '../session.ts';

/** Runs the command. */
export async function runVerify(session: Session, given: string | undefined): Promise<ExitCode> {
  const config = await readConfig(session);
  const syncs = chooseSyncs(config, given);
  return withApplication(session, config, async ({ application, call }) => {
    const exits: ExitCode[] = [];
    for (const sync of syncs) {
      let exit: ExitCode = EXIT.failed; // a verification without its summary did not end
      for await (const item of application.verify(sync, call)) {
        await session.output.json(item);
        await showItem(item, session.output);
        if (item.kind === 'summary') exit = exitOfEnding(item, item.agree);
      }
      exits.push(exit);
    }
    return worstExit(exits);
  });
}

async function showItem(item: VerifyItem, output: Output): Promise<void> {
  if (item.kind === 'difference') return output.lines([renderDifference(item)]);
  for (const notice of item.messages) if (!output.mode.json) await output.notice(notice);
  await output.lines(renderVerifySummary(item));
}
