/**
 * What an operation may do to consent: the words in which a target declares it, and by which the door judges.
 *
 * Shapes only. They stand here because neither of the two may know the other.
 */

/**
 * What an operation may do to the consent of those it names, at worst.
 *
 * `newAddress`: how an address that the system did not know may be mailed afterwards. `known`: what becomes of the
 * permission of one that it knew: `as-sent` takes what the request says, `raised` says that somebody who opted out may
 * be mailed again.
 */
export interface ConsentEffects {
  readonly newAddress: 'not-mailed' | 'implicit' | 'explicit' | 'as-sent';
  readonly known: 'unchanged' | 'lowered' | 'raised' | 'explicit' | 'as-sent';
  /** A deleted person comes back. */
  readonly revives: boolean;
  /** Puts people on lists, also on one that they left. */
  readonly relists: boolean;
  /** The person may be mailed at another address than before. */
  readonly movesAddress: boolean;
}
