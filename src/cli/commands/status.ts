/** `status`: freshness, outbox, held and parked work, budgets, opt-out delay, and the answer to "are we safe to send?". */
import { EXIT } from '../exit-codes.ts';
import type { ExitCode } from '../exit-codes.ts';
import { renderStatus } from '../render-status.ts';
import { readConfig, withApplication } from '../session.ts';
import type { Session } from '../session.ts';

/** Runs the command. */
export async function runStatus(session: Session): Promise<ExitCode> {
  const config = await readConfig(session);
  const report = await withApplication(session, config, ({ application }) => application.status());
  await session.output.json(report);
  await session.output.lines(renderStatus(report));
  return EXIT.ok;
}
