/**
 * `plan [SYNC]`: what a pass would do, line by line, and what it would cost; `--out FILE` saves it for `apply`, `--explain`
 * says how new people would be made.
 *
 * Decides that an incomplete plan is never saved.
 */
import { resolve } from 'node:path';
import { EXIT, exitOfEnding, worstExit } from '../exit-codes.ts';
import type { ExitCode } from '../exit-codes.ts';
import type { Output } from '../output.ts';
import { PlanWriter } from '../plan-file.ts';
import { renderExplained, renderPlanLine, renderPlanSummary } from '../render-pass.ts';
import type { PlanItem, PlanSummary } from '../results.ts';
import { chooseSyncs, readConfig, withApplication } from '../session.ts';
import type { Opened, Session } from '../session.ts';

/** Runs the command. */
export async function runPlan(
  session: Session,
  given: string | undefined,
  { out, explain = false }: { readonly out?: string; readonly explain?: boolean },
): Promise<ExitCode> {
  const config = await readConfig(session);
  const syncs = chooseSyncs(config, given);
  const writer = out === undefined ? null : await PlanWriter.begin(session.io.files, resolve(session.io.cwd, out));
  try {
    const exits = await withApplication(session, config, (opened) =>
      planAll(syncs, opened, { output: session.output, explain, writer }),
    );
    const complete = exits.every((exit) => exit === EXIT.ok || exit === EXIT.attention);
    await (complete ? writer?.finish() : writer?.discard());
    return worstExit(exits);
  } catch (error) {
    await writer?.discard();
    throw error;
  }
}

interface Telling {
  readonly output: Output;
  readonly explain: boolean;
  readonly writer: PlanWriter | null;
}

async function planAll(
  syncs: readonly string[],
  opened: Opened,
  { output, explain, writer }: Telling,
): Promise<readonly ExitCode[]> {
  const exits: ExitCode[] = [];
  for (const sync of syncs) {
    let exit: ExitCode = EXIT.failed; // a plan without its summary did not end
    for await (const item of opened.application.plan(sync, opened.call)) {
      await writer?.add(item);
      await output.json(item);
      await showItem(item, output, explain);
      if (item.kind === 'summary') exit = exitOfEnding(item, item.agree);
    }
    exits.push(exit);
  }
  return exits;
}

async function showItem(item: PlanItem, output: Output, explain: boolean): Promise<void> {
  if (item.kind === 'line') await output.lines(renderPlanLine(item));
  else {
    await showSummary(item, output);
    if (explain) await output.lines(renderExplained(item));
  }
}

async function showSummary(summary: PlanSummary, output: Output): Promise<void> {
  for (const notice of summary.messages) if (!output.mode.json) await output.notice(notice);
  await output.lines(renderPlanSummary(summary));
}
