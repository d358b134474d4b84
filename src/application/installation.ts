/**
 * installation: what the calls of one application share. Holds no behaviour.
 */
import type { Config } from '../config/config.ts';
import type { Clock } from '../ports/clock.ts';
import type { Entropy } from '../ports/entropy.ts';
import type { Ids } from '../ports/ids.ts';
import type { Inbound } from '../ports/inbound.ts';
import type { KeyFiles } from '../ports/key-files.ts';
import type { Loopback } from '../ports/loopback.ts';
import type { Random } from '../ports/random.ts';
import type { Steps } from '../ports/steps.ts';
import type { Transport } from '../ports/transport.ts';
import type { Keeper } from '../sign-in/keeper.ts';
import type { Owner } from '../store/rows.ts';
import type { Store } from '../store/store.ts';

/** Everything from outside that the application uses; a test hands in its own. */
export interface Ports {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly random: Random;
  readonly steps: Steps;
  readonly transport: Transport;
  readonly entropy: Entropy;
  readonly keyFiles: KeyFiles;
  readonly loopback: Loopback;
  readonly inbound: Inbound;
  readonly owner: Owner;
}

/** What the calls of one application share. */
export interface Installation {
  readonly config: Config;
  readonly store: Store;
  /** Keeps what connections are signed in with. */
  readonly keeper: Keeper;
  readonly ports: Ports;
}
