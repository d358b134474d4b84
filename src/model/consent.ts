/**
 * One consent fact: somebody opted out or in, by one channel's word.
 *
 * Append-only in the store; repeating one is harmless. Must never hold a decision: what follows from the facts is
 * computed by consent/ each time.
 */
export interface ConsentFact {
  readonly contactId: string;
  readonly matchKey: string | null;
  readonly fact: 'out' | 'in';
  readonly channel: string;
  readonly actor: 'person' | 'account' | 'unknown';
  /** Source's time, ISO UTC text; null where it said none. */
  readonly at: string | null;
  /** When we read it, ms since 1970 by our clock. */
  readonly readAt: number;
  readonly evidence: string;
  readonly run: string;
}
