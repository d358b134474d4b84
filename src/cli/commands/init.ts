/**
 * `init`: asks, writes `concord.yaml` for its owner alone, and says what to do next.
 *
 * Decides that nothing is overwritten without a yes (or --force), and that only a file which loads is written.
 */
import { resolve } from 'node:path';
import { loadConfig } from '../../config/load.ts';
import { EXIT } from '../exit-codes.ts';
import type { ExitCode } from '../exit-codes.ts';
import { collectAnswers } from '../init-answers.ts';
import type { InitFlags } from '../init-answers.ts';
import { writeInitFile } from '../init-file.ts';
import { FileError } from '../../ports/files.ts';
import { PromptCancelled } from '../prompts.ts';
import type { Session } from '../session.ts';

export interface InitOptions extends InitFlags {
  readonly yes?: boolean;
  readonly force?: boolean;
}

/** Runs the command. */
export async function runInit(session: Session, options: InitOptions): Promise<ExitCode> {
  const { io, output } = session;
  const file = resolve(io.cwd, session.configFile);
  const prompts = io.interactive && options.yes !== true && !output.mode.json ? io.prompts : null;
  prompts?.begin('Concord');
  const replace = await mayReplace(file, session, options, prompts !== null);
  const answers = await collectAnswers(options, prompts);
  const text = writeInitFile(answers);
  loadConfig(text, { env: { [answers.tokenVariable]: 'not-read-yet' }, file });
  const sink = await io.files.createPrivate(file, { replace });
  await sink.write(text);
  await sink.finish();
  await output.json({ kind: 'written', file });
  if (!output.mode.quiet) await output.lines(nextSteps(session.configFile, answers.tokenVariable));
  return EXIT.ok;
}

async function mayReplace(file: string, { io }: Session, options: InitOptions, canAsk: boolean): Promise<boolean> {
  if (options.force === true || !(await io.files.exists(file))) return options.force === true;
  if (!canAsk) throw new FileError('exists', file);
  if (await io.prompts.confirm(`${file} exists already. Replace it?`)) return true;
  throw new PromptCancelled();
}

function nextSteps(configFile: string, variable: string): readonly string[] {
  const config = configFile === 'concord.yaml' ? '' : ` --config ${configFile}`;
  return [
    `Wrote ${configFile}, readable by you alone. Next:`,
    `  1. put the access token into the environment variable ${variable}`,
    `  2. concord check${config}   does everything answer?`,
    `  3. concord plan${config}    what would be written?`,
    `  4. concord sync${config}    write it`,
  ];
}
