/**
 * What an oracle is shown after each command: how it ended, what was written, and when it began. The truth is the simulator's.
 */
import type { World } from '../../simulators/world/world.ts';
import type { PassResult, PlanItem, VerifyItem } from '../../src/cli/results.ts';
import type { Row } from '../harness/mirror-truth.ts';
import type { Ended, Installation } from './installation.ts';
import type { Blow, Setup, SyncName } from './history.ts';
import type { SeenWrite } from './secondary.ts';

export type Command = 'pass' | 'plan' | 'verify' | 'release';
export type Answer = PassResult | readonly PlanItem[] | readonly VerifyItem[] | null;

export interface Moment {
  readonly command: Command;
  readonly sync: SyncName;
  readonly blow: Blow | null;
  readonly ended: Ended<Answer>;
  /** Of a pass that gave one. */
  readonly result: PassResult | null;
  readonly writes: readonly SeenWrite[];
  /** By the source's clock. */
  readonly beganAt: number;
  /** How many changes the truth log had when the command began. */
  readonly changesBefore: number;
  /** Nothing has gone wrong with the account since this instant (the source's); null: something does. */
  readonly fairSince: number | null;
  /** No answer has been a lie since this instant (the source's), however many were missing. */
  readonly honestSince: number;
  readonly setup: Setup;
  readonly world: World;
  readonly installation: Installation;
  /** The mirror's people; none while there is no mirror. */
  readonly mirror: readonly Row[];
  /** The user's table, and who is on which list by it. */
  readonly table: readonly Row[];
  readonly members: readonly Row[];
  /** How many intended writes of the sync are in which state, as `status` tells it; asked at rest alone. */
  readonly outbox: Readonly<Record<string, number>>;
  /** How many conflicts wait for a person, as `status` tells it; asked at rest alone. */
  readonly conflicts: number;
}

/** Tells whether a command ended by saying that a person has to sign in anew. */
export function saysSignInLost(ended: Ended<Answer>): boolean {
  if (ended.kind === 'killed') return false;
  const code = ended.kind === 'failed' ? (ended.error as { readonly code?: unknown } | null)?.code : null;
  return code === SIGN_IN_LOST || (ended.kind === 'answer' && JSON.stringify(ended.answer).includes(SIGN_IN_LOST));
}
const SIGN_IN_LOST = 'SIGN_IN_LOST';

/** What stands against a promise. */
export interface Finding {
  /** The promise's id. */
  readonly id: string;
  readonly text: string;
}

/** Holds one promise against the truth. It may remember what it saw; it must never look at Concord's store. */
export interface Oracle {
  after(moment: Moment): readonly Finding[];
  /** Asked once, when the account stands still, the weather is fair and passes have been run until nothing was left to do. */
  atRest?(moment: Moment): readonly Finding[];
}
