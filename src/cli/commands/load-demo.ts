/** `demo`: loaded by a path made at run time, because it starts the simulators and is not part of every build. */
import { extname } from 'node:path';
import type { ExitCode } from '../exit-codes.ts';
import { UsageError } from '../messages.ts';
import type { Io } from '../io.ts';
import type { Session } from '../session.ts';

export interface DemoOptions {
  readonly contacts?: number;
  readonly seed?: number;
  /** With a CRM beside the account. */
  readonly crm?: boolean;
  /** Leave the configuration, the store and the mirror behind, to be asked. */
  readonly keep?: boolean;
  readonly json: boolean;
  readonly quiet: boolean;
}

interface DemoModule {
  runDemo(io: Io, options: DemoOptions): Promise<ExitCode>;
}

/** Runs the command. */
export async function startDemo(
  { io, output }: Session,
  options: Pick<DemoOptions, 'contacts' | 'seed' | 'crm' | 'keep'>,
): Promise<ExitCode> {
  const path = `./demo${extname(import.meta.url)}`;
  let demo: DemoModule;
  try {
    demo = (await import(path)) as DemoModule;
  } catch (error) {
    await output.trace(error);
    throw new UsageError('no-demo', {});
  }
  return demo.runDemo(io, { ...options, json: output.mode.json, quiet: output.mode.quiet });
}
