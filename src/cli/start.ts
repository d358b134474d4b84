/**
 * The process: streams, signals, last-resort handlers, exit. The only place that joins the command line to the rest.
 *
 * Decides that nothing unexpected ends in silence or in a stack trace: one sentence and a non-zero exit (C9).
 */
import process from 'node:process';
import { createPorts } from '../application/ports.ts';
import { createClackPrompts } from './clack-prompts.ts';
import { EXIT } from './exit-codes.ts';
import { main } from './main.ts';
import { explain, noticeOf } from './messages.ts';
import { readAll, wrapStream } from './process-io.ts';
import { listenForSignals } from './signals.ts';

function lastResort(error: unknown): void {
  process.stderr.write(`error: ${explain(noticeOf(error))}\n`);
  if (process.argv.includes('--verbose') && error instanceof Error) process.stderr.write(`${error.stack ?? ''}\n`);
  process.exit(EXIT.failed);
}

process.on('uncaughtException', lastResort);
process.on('unhandledRejection', lastResort);

const { files, clock, drawKey } = createPorts();
const interruption = listenForSignals(
  process,
  () => clock.now(),
  (code) => process.exit(code),
);
const gone = (): never => process.exit(EXIT.ok);
const exit = await main(process.argv.slice(2), {
  stdout: wrapStream(process.stdout, gone),
  stderr: wrapStream(process.stderr, gone),
  barStream: process.stderr.isTTY ? process.stderr : null,
  interactive: process.stdin.isTTY && process.stdout.isTTY,
  env: process.env,
  cwd: process.cwd(),
  signal: interruption.signal,
  files,
  drawKey,
  readInput: () => readAll(process.stdin),
  prompts: createClackPrompts(),
  openApplication: async (config) => {
    // Only now: `init`, `simulate` and --help start without a database driver.
    const { openApplication } = await import('../application/open.ts');
    return openApplication(config);
  },
});
process.exit(exit);
