/** Hands the command line its files: the real ones. */
import { createNodeFiles } from '../adapters/node-files.ts';
import { createRandomIds } from '../adapters/random-ids.ts';
import { createSystemClock } from '../adapters/system-clock.ts';
import type { Files } from '../ports/files.ts';

/** Makes the files of this process; a half-written one has a name of its own. */
export function createFiles(): Files {
  return createNodeFiles(createRandomIds(createSystemClock()).next());
}
