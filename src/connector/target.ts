/**
 * What a system promises whose people can be written: its operations, each with what it does to consent.
 *
 * Interfaces only. The guard at the door judges by the declaration alone, so an operation without one cannot be sent;
 * a false declaration is the one bug that this design cannot catch, hence the conformance suite tries each against its
 * simulator. A target classifies and never retries (the wire does), never stores, never decides who is written.
 */

/**
 * What an operation may do to the consent of those it names, at worst.
 *
 * `newAddress`: how an address that the system did not know may be mailed afterwards. `known`: what becomes of the
 * permission of one that it knew: `as-sent` takes what the request says.
 */
export interface ConsentEffects {
  readonly newAddress: 'not-mailed' | 'implicit' | 'explicit' | 'as-sent';
  readonly known: 'unchanged' | 'lowered' | 'explicit' | 'as-sent';
  /** A deleted person comes back. */
  readonly revives: boolean;
  /** Puts people on lists, also on one that they left. */
  readonly relists: boolean;
  /** The person may be mailed at another address than before. */
  readonly movesAddress: boolean;
}
