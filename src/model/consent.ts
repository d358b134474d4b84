/**
 * One consent fact: somebody opted out or in, or is in doubt, by one channel's word.
 *
 * It belongs to an address (its match key), a medium and a scope, and outlives the contact that it was read from.
 * Append-only in the store; repeating one is harmless. Must never hold a decision: what follows from the facts is
 * computed by consent/ each time.
 */
import type { SideName } from './record.ts';

export type Medium = 'email' | 'sms';
/** All mail, or one list: `list:<id>`, the id as the side that the fact comes from names it. */
export type Scope = 'all' | `list:${string}`;
/** `unknown`: a flag that was switched by nobody we know. `operator`: who runs Concord, by a recorded release. */
export type Actor = 'person' | 'account' | 'operator' | 'unknown';

export interface ConsentFact {
  /** The record that the fact was read from, as its side names it; empty where there was none. */
  readonly contactId: string;
  /**
   * Match key of the address; for `sms` the telephone number, `tel:+` and its digits. Null where the source told none:
   * the fact is joined to an address as soon as the contact's is known.
   */
  readonly matchKey: string | null;
  readonly medium: Medium;
  readonly scope: Scope;
  /** The sync and the side of it that said so. */
  readonly sync: string;
  readonly side: SideName;
  /** `hold`: neither may be mailed nor said no, such as the new address of somebody whose old one is out (T27). */
  readonly fact: 'out' | 'in' | 'hold';
  readonly channel: string;
  readonly actor: Actor;
  /** Source's time, ISO UTC text; null where it said none. */
  readonly at: string | null;
  /** When we read it, ms since 1970 by our clock. */
  readonly readAt: number;
  readonly evidence: string;
  readonly run: string;
}
