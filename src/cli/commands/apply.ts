/**
 * `apply FILE`: carries out a saved plan, refused line by line where the base has moved.
 *
 * Decides that the whole file is read and checked before the first line of it is carried out.
 */
import { resolve } from 'node:path';
import { EXIT, exitOfPass, worstExit } from '../exit-codes.ts';
import type { ExitCode } from '../exit-codes.ts';
import type { Output } from '../output.ts';
import { inspectPlanFile, readPlanOf } from '../plan-file.ts';
import { passToJson, renderRefused } from '../render-pass.ts';
import type { ApplyItem, PassResult } from '../results.ts';
import { chooseSyncs, readConfig, withApplication } from '../session.ts';
import type { Session } from '../session.ts';
import { showPass } from '../pass-of.ts';

/** Runs the command. */
export async function runApply(session: Session, file: string): Promise<ExitCode> {
  const { files, cwd } = session.io;
  const path = resolve(cwd, file);
  const config = await readConfig(session);
  const summaries = await inspectPlanFile(files, path);
  const syncs = summaries.flatMap(({ sync }) => chooseSyncs(config, sync));
  return withApplication(session, config, async ({ application, call }) => {
    const results: PassResult[] = [];
    for (const sync of syncs) {
      for await (const item of application.apply(sync, () => readPlanOf(files, path, sync), call)) {
        await showItem(item, session.output);
        if (item.kind === 'result') results.push(item.result);
      }
    }
    for (const result of results) await session.output.json(passToJson(result));
    return results.length < syncs.length ? EXIT.failed : worstExit(results.map(exitOfPass));
  });
}

async function showItem(item: ApplyItem, output: Output): Promise<void> {
  if (item.kind === 'result') return showPass(item.result, output);
  await output.json(item);
  if (!output.mode.json) await output.complain(renderRefused(item));
}
