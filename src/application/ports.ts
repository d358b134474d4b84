/**
 * The ports of this machine that the command line itself needs; everything else is put together when a command opens the
 * application.
 */
import { createNodeFiles } from '../adapters/node-files.ts';
import { createRandomIds } from '../adapters/random-ids.ts';
import { createSystemClock } from '../adapters/system-clock.ts';
import type { Clock } from '../ports/clock.ts';
import type { Files } from '../ports/files.ts';

/** Makes the files and the clock of this machine. */
export function createPorts(): { readonly files: Files; readonly clock: Clock } {
  const clock = createSystemClock();
  return { clock, files: createNodeFiles(createRandomIds(clock).next()) };
}
