/** `release HASH`: lets exactly the stopped plan with this hash through; the next pass carries it out. */
import { EXIT } from '../exit-codes.ts';
import type { ExitCode } from '../exit-codes.ts';
import { readConfig, withApplication } from '../session.ts';
import type { Session } from '../session.ts';

/** Runs the command. */
export async function runRelease(session: Session, hash: string): Promise<ExitCode> {
  const config = await readConfig(session);
  const result = await withApplication(session, config, ({ application }) => application.release(hash));
  await session.output.json(result);
  if (!result.known) {
    await session.output.notice({ level: 'error', code: 'unknown-stop', facts: { hash } });
    return EXIT.failed;
  }
  const sync = result.sync ?? '';
  if (!session.output.mode.quiet)
    await session.output.lines([`Released. \`concord sync ${sync}\` now carries out exactly this plan.`]);
  return EXIT.ok;
}
