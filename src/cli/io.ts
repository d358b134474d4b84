/**
 * Everything of the process that a command may touch, in one value: `main` runs in a test as it runs in a terminal.
 *
 * Holds no behaviour. Nothing in cli/ but start.ts, process-io.ts and signals.ts may reach for `process`.
 */
import type { Writable } from 'node:stream';
import type { Files } from '../ports/files.ts';
import type { OpenApplication } from './application.ts';
import type { Prompts } from './prompts.ts';

export interface TextStream {
  /** Resolves when the next write may follow. */
  write(text: string): Promise<void>;
  readonly isTTY: boolean;
}

export interface Io {
  readonly stdout: TextStream;
  readonly stderr: TextStream;
  /** Where a progress bar may draw; null when standard error is no terminal. */
  readonly barStream: Writable | null;
  /** True when somebody can answer questions. */
  readonly interactive: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Aborted by the first SIGINT or SIGTERM. */
  readonly signal: AbortSignal;
  readonly files: Files;
  /** Reads standard input to its end, at most 16 KB: where a token is piped in. */
  readonly readInput: () => Promise<string>;
  /** Draws a new master key, as a key file holds it. */
  readonly drawKey: () => string;
  readonly prompts: Prompts;
  readonly openApplication: OpenApplication;
}
