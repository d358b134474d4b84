/**
 * The ports of this machine that the command line itself needs; everything else is put together when a command opens the
 * application.
 */
import { createNodeFiles } from '../adapters/node-files.ts';
import { createRandomIds } from '../adapters/random-ids.ts';
import { createSystemClock } from '../adapters/system-clock.ts';
import { createSystemEntropy } from '../adapters/system-entropy.ts';
import type { Clock } from '../ports/clock.ts';
import type { Files } from '../ports/files.ts';
import { drawMasterKey } from '../secrets/master-key.ts';

/** Makes the files and the clock of this machine, and its way to a new master key. */
export function createPorts(): { readonly files: Files; readonly clock: Clock; readonly drawKey: () => string } {
  const clock = createSystemClock();
  const entropy = createSystemEntropy();
  return { clock, drawKey: () => drawMasterKey(entropy), files: createNodeFiles(createRandomIds(clock).next()) };
}
