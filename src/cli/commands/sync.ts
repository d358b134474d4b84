/**
 * `sync [SYNC]`: a full pass of each sync in turn.
 *
 * Decides that one sync's failure never keeps the next from its pass, and that with --json the last lines are one for
 * each sync, whatever became of it.
 */
import { exitOfPass, worstExit } from '../exit-codes.ts';
import type { ExitCode } from '../exit-codes.ts';
import { noticeOf } from '../messages.ts';
import type { Output } from '../output.ts';
import { passToJson, renderPass } from '../render-pass.ts';
import type { Notice, PassResult } from '../results.ts';
import { chooseSyncs, readConfig, withApplication } from '../session.ts';
import type { Opened, Session } from '../session.ts';

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

/** Shows what a person reads of a finished pass; a program gets its line at the very end. */
export async function showPass(result: PassResult, output: Output): Promise<void> {
  for (const notice of result.messages) await output.notice(notice, endingFacts(result));
  if (!output.mode.quiet || result.outcome !== 'done') await output.lines(renderPass(result));
}

async function passOf(sync: string, { application, call }: Opened, output: Output): Promise<PassResult> {
  if (call.signal.aborted) return emptyPass(sync, 'partial', { level: 'warning', code: 'interrupted', facts: {} });
  try {
    return await application.sync(sync, call);
  } catch (error) {
    await output.trace(error);
    return emptyPass(sync, call.signal.aborted ? 'partial' : 'failed', noticeOf(error));
  }
}

/** A pass that never began still has its line. */
function emptyPass(sync: string, outcome: 'partial' | 'failed', notice: Notice): PassResult {
  const { errorClass, connection } = notice.facts;
  const reconnect = errorClass === 'auth' ? String(connection ?? '') : null;
  const none = {
    read: 0,
    unchanged: 0,
    applied: 0,
    skipped: {},
    held: 0,
    parked: 0,
    conflicts: 0,
    disagreeing: 0,
    waiting: { parked: 0, conflicts: 0 },
  };
  return { sync, run: null, outcome, reconnect, messages: [notice], ...none, requests: {}, durationMs: 0 };
}

/** Gives what a program needs beside a message and does not find in the contract's line. */
export function endingFacts({ sync, stopHash, resumeAt, owner }: PassResult): Readonly<Record<string, unknown>> {
  return { sync, ...(stopHash && { stopHash }), ...(resumeAt && { resumeAt }), ...(owner && { owner }) };
}
