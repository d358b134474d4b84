/** `evidence EMAIL`: the proof of consent for one address, for somebody who was not there. */
import { matchKey } from '../../model/address.ts';
import { EXIT } from '../exit-codes.ts';
import type { ExitCode } from '../exit-codes.ts';
import { UsageError } from '../messages.ts';
import { renderEvidence } from '../render-evidence.ts';
import { readConfig, withApplication } from '../session.ts';
import type { Session } from '../session.ts';

/** Runs the command. A ledger that is not whole fails it: the page is then no proof. */
export async function runEvidence(session: Session, email: string): Promise<ExitCode> {
  if (matchKey(email) === null) throw new UsageError('not-an-address', {});
  const config = await readConfig(session);
  const page = await withApplication(session, config, ({ application }) => application.evidence(email));
  await session.output.json(page);
  await session.output.lines(renderEvidence(page));
  if (page.ledger.whole) return EXIT.ok;
  await session.output.notice({ level: 'error', code: 'ledger-broken', facts: page.ledger.broken });
  return EXIT.failed;
}
