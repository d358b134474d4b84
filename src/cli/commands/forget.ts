/** `forget EMAIL`: erases one person from the store for good; what the two sides hold is not Concord's to erase. */
import { matchKey } from '../../model/address.ts';
import { EXIT } from '../exit-codes.ts';
import type { ExitCode } from '../exit-codes.ts';
import { UsageError } from '../messages.ts';
import { renderForget } from '../render-forget.ts';
import { readConfig, withApplication } from '../session.ts';
import type { Session } from '../session.ts';

/** Runs the command. Asking again for somebody who is forgotten is well. */
export async function runForget(session: Session, email: string): Promise<ExitCode> {
  if (matchKey(email) === null) throw new UsageError('not-an-address', {});
  const config = await readConfig(session);
  const result = await withApplication(session, config, ({ application }) => application.forget(email));
  await session.output.json(result);
  if (result.kind === 'busy') {
    const owner = `${result.owner.host}, process ${result.owner.pid}`;
    await session.output.notice({ level: 'error', code: 'other-owner', facts: { sync: result.sync, owner } });
    return EXIT.failed;
  }
  if (result.kind === 'under-way') {
    await session.output.notice({ level: 'error', code: 'opt-out-under-way', facts: { syncs: result.syncs } });
    return EXIT.failed;
  }
  await session.output.lines(renderForget(result));
  if (!result.swept) await session.output.notice({ level: 'warning', code: 'not-swept', facts: {} });
  return result.swept ? EXIT.ok : EXIT.failed;
}
