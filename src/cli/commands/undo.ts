/** `undo RUN`: the inverse plan of one run, shown in three groups; it writes nothing. */
import { EXIT } from '../exit-codes.ts';
import type { ExitCode } from '../exit-codes.ts';
import { renderUndoLine, renderUndoSummary } from '../render-undo.ts';
import { readConfig, withApplication } from '../session.ts';
import type { Session } from '../session.ts';

/** Runs the command. A run that nobody knows fails it. */
export async function runUndo(session: Session, run: string): Promise<ExitCode> {
  const config = await readConfig(session);
  return withApplication(session, config, async ({ application }) => {
    let exit: ExitCode = EXIT.failed;
    for await (const item of application.undo(run)) {
      await session.output.json(item);
      if (item.kind === 'refused') {
        const { reason, sync } = item;
        await session.output.notice({ level: 'error', code: `undo-${reason}`, facts: { run, sync } });
      } else if (item.kind === 'line') await session.output.lines(renderUndoLine(item));
      else {
        exit = EXIT.ok;
        await session.output.lines(renderUndoSummary(item));
      }
    }
    return exit;
  });
}
