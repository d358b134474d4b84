/** `undo RUN`: the inverse plan of one run, in three groups; with `--apply` what is reversible is put back. */
import { EXIT, exitOfPass } from '../exit-codes.ts';
import type { ExitCode } from '../exit-codes.ts';
import { renderUndoLine, renderUndone, renderUndoSummary } from '../render-undo.ts';
import { readConfig, withApplication } from '../session.ts';
import type { Opened, Session } from '../session.ts';
import { endingFacts } from '../pass-of.ts';

/** Runs the command. A run that nobody knows fails it; where nothing is reversible nothing is written. */
export async function runUndo(session: Session, run: string, apply: boolean): Promise<ExitCode> {
  const config = await readConfig(session);
  return withApplication(session, config, async (opened) => {
    let reversible = 0;
    for await (const item of opened.application.undo(run)) {
      await session.output.json(item);
      if (item.kind === 'refused') {
        const { reason, sync } = item;
        await session.output.notice({ level: 'error', code: `undo-${reason}`, facts: { run, sync } });
        return EXIT.failed;
      }
      if (item.kind === 'line') await session.output.lines(renderUndoLine(item));
      else {
        reversible = item.lines.reversible;
        await session.output.lines(renderUndoSummary(item, apply && reversible > 0));
      }
    }
    return apply && reversible > 0 ? putBack(session, run, opened) : EXIT.ok;
  });
}

async function putBack({ output }: Session, run: string, { application, call }: Opened): Promise<ExitCode> {
  const result = await application.applyUndo(run, call);
  for (const notice of result.messages) await output.notice(notice, endingFacts(result));
  await output.lines(renderUndone(run, result));
  await output.json({ kind: 'result', ...result });
  return exitOfPass(result);
}
