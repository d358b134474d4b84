/** `why EMAIL`: the story of one person; `--list NAME` asks why they are, or are not, in a list. */
import { EXIT } from '../exit-codes.ts';
import type { ExitCode } from '../exit-codes.ts';
import { renderWhy } from '../render-why.ts';
import { readConfig, withApplication } from '../session.ts';
import type { Session } from '../session.ts';

/** Runs the command. An address that was never seen is an answer, too. */
export async function runWhy(session: Session, email: string, list: string | undefined): Promise<ExitCode> {
  const config = await readConfig(session);
  const story = await withApplication(session, config, ({ application }) => application.why(email, list ?? null));
  await session.output.json(story);
  await session.output.lines(renderWhy(story));
  return EXIT.ok;
}
