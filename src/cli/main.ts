/**
 * `main`: from arguments to an exit code, with everything of the process handed in.
 *
 * Decides what becomes of an error: one sentence on standard error, its code for a program, and an exit code; never a
 * stack without --verbose. Must never reach for `process`.
 */
import { CommanderError } from 'commander';
import type { Command } from 'commander';
import metadata from '../../package.json' with { type: 'json' };
import { ConfigError } from '../config/problems.ts';
import { isErrorOf } from '../model/errors.ts';
import { showProblems } from './commands/check.ts';
import { escapeText } from './escape.ts';
import { EXIT } from './exit-codes.ts';
import type { ExitCode } from './exit-codes.ts';
import type { Io } from './io.ts';
import { isUsageError, noticeOf, UsageError } from './messages.ts';
import { Output } from './output.ts';
import { PromptCancelled } from './prompts.ts';
import { buildProgram } from './program.ts';
import type { GlobalOptions, Start } from './program.ts';

/** Runs one command line (without the program's own name) and tells the exit code. Never throws. */
export async function main(argv: readonly string[], io: Io): Promise<ExitCode> {
  let exit: ExitCode = EXIT.ok;
  const start: Start = async (command, run) => {
    const { config, json = false, quiet = false, verbose = false } = command.optsWithGlobals<GlobalOptions>();
    const output = new Output(io, { json, quiet, verbose });
    try {
      exit = await run({ io, output, configFile: config });
    } catch (error) {
      exit = await fail(error, output, io.signal.aborted);
    }
  };
  const written: Promise<void>[] = [];
  try {
    await configure(buildProgram(metadata.version, start), io, written).parseAsync([...argv], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError))
      exit = await fail(error, new Output(io, { json: false, quiet: false, verbose: false }), false);
    else exit = error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  }
  await Promise.all(written);
  return exit;
}

/** Makes commander answer through our streams and throw instead of ending the process. */
function configure(program: Command, io: Io, written: Promise<void>[]): Command {
  for (const command of [program, ...program.commands]) {
    command.exitOverride().configureOutput({
      writeOut: (text) => void written.push(io.stdout.write(text)),
      writeErr: (text) => void written.push(io.stderr.write(text)),
      outputError: (text, write) => write(`${text.trimEnd().split('\n').map(escapeText).join(' ')}\n`),
    });
  }
  return program;
}

async function fail(error: unknown, output: Output, aborted: boolean): Promise<ExitCode> {
  if (error instanceof ConfigError) {
    await showProblems(error.file, error.problems, output);
    return EXIT.usage;
  }
  await output.trace(error);
  await output.notice(error instanceof UsageError ? error.notice : noticeOf(error));
  if (isUsageError(error)) return EXIT.usage;
  if (error instanceof PromptCancelled || aborted) return EXIT.failed;
  return isErrorOf(error, 'auth') ? EXIT.reconnect : EXIT.failed;
}
