/**
 * installation: what the calls of one application share. Holds no behaviour.
 */
import type { Config } from '../config/config.ts';
import type { Store } from '../store/store.ts';
import type { Ports } from './parts.ts';

/** What the calls of one application share. */
export interface Installation {
  readonly config: Config;
  readonly store: Store;
  readonly ports: Ports;
}
