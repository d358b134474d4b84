/**
 * One pass as a command runs it: whatever goes wrong is a result.
 *
 * Decides what stands for a pass that never began. Shared by `sync` and `serve`, so that both show the same.
 */
import { noticeOf } from './messages.ts';
import type { Output } from './output.ts';
import { renderPass } from './render-pass.ts';
import type { Notice, PassResult } from './results.ts';
import type { Opened } from './session.ts';

/** Runs one pass; never throws. */
export async function passOf(
  sync: string,
  { application, call }: Pick<Opened, 'application' | 'call'>,
  output: Output,
): Promise<PassResult> {
  if (call.signal.aborted) return emptyPass(sync, 'partial', { level: 'warning', code: 'interrupted', facts: {} });
  try {
    return await application.sync(sync, call);
  } catch (error) {
    await output.trace(error);
    return emptyPass(sync, call.signal.aborted ? 'partial' : 'failed', noticeOf(error));
  }
}

/** Shows what a person reads of a finished pass; a program gets its line by itself. */
export async function showPass(result: PassResult, output: Output): Promise<void> {
  for (const notice of result.messages) await output.notice(notice, endingFacts(result));
  if (!output.mode.quiet || result.outcome !== 'done') await output.lines(renderPass(result));
}

/** Gives what a program needs beside a message and does not find in the contract's line. */
export function endingFacts({ sync, stopHash, resumeAt, owner }: PassResult): Readonly<Record<string, unknown>> {
  return { sync, ...(stopHash && { stopHash }), ...(resumeAt && { resumeAt }), ...(owner && { owner }) };
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
