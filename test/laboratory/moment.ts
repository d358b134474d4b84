/**
 * What an oracle is shown after each command: how it ended, what was written, and when it began. The truth is the simulator's.
 */
import type { World } from '../../simulators/world/world.ts';
import type { PassResult, PlanItem, VerifyItem } from '../../src/cli/results.ts';
import type { Row } from '../harness/mirror-truth.ts';
import type { Installation } from './installation.ts';
import type { Blow, CommonSetup, Setup, SyncName } from './history.ts';
import type { Ended, Machine } from './machine.ts';
import type { SeenWrite } from './secondary.ts';

export type Command = 'pass' | 'plan' | 'verify' | 'release';
export type Answer = PassResult | readonly PlanItem[] | readonly VerifyItem[] | null;

/** What holds of a command whatever the systems are. */
export interface CommonMoment<N extends string = string> {
  readonly command: Command;
  readonly sync: N;
  readonly blow: Blow | null;
  readonly ended: Ended<Answer>;
  /** Of a pass that gave one. */
  readonly result: PassResult | null;
  /** By the source's clock. */
  readonly beganAt: number;
  /** How many changes the truth log had when the command began. */
  readonly changesBefore: number;
  /** Nothing has gone wrong with the account since this instant (the source's); null: something does. */
  readonly fairSince: number | null;
  /** No answer has been a lie since this instant (the source's), however many were missing. */
  readonly honestSince: number;
  readonly setup: CommonSetup<N>;
  readonly world: World;
  readonly installation: Machine;
  /** How many intended writes of the sync are in which state, as `status` tells it; asked at rest alone. */
  readonly outbox: Readonly<Record<string, number>>;
  /** How many conflicts wait for a person, as `status` tells it; asked at rest alone. */
  readonly conflicts: number;
}

/** What is seen beside an account with a mirror and a user's table. */
export interface Moment extends CommonMoment<SyncName> {
  readonly setup: Setup;
  readonly installation: Installation;
  readonly writes: readonly SeenWrite[];
  /** The mirror's people; none while there is no mirror. */
  readonly mirror: readonly Row[];
  /** The user's table, and who is on which list by it. */
  readonly table: readonly Row[];
  readonly members: readonly Row[];
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
export interface Oracle<M = Moment> {
  after(moment: M): readonly Finding[];
  /** Asked once, when the account stands still, the weather is fair and passes have been run until nothing was left to do. */
  atRest?(moment: M): readonly Finding[];
}
