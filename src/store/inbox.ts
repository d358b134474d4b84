/**
 * The inbox's contract: what a system told by itself, kept before it is answered (I3, I16).
 *
 * A delivery is a hint: it names records that may have moved, and what they are now is read from their system. So no
 * content of a delivery is kept, only the ids. Must never be asked what a record is.
 */

/** One delivery as it was received, already proven to come from its sender. */
export interface DeliveryToTake {
  readonly connection: string;
  /** The sender's own id, else one made of its content. */
  readonly deliveryId: string;
  /** Of the whole body: the same id with another body is no repetition. */
  readonly bodyHash: string;
  /** Ids of the records it names. */
  readonly records: readonly string[];
}

/** `repeat`: it is known, nothing was changed. `other-body`: its id is known with another content; nothing was changed. `full`: too much waits already. */
export type TakenDelivery = 'new' | 'repeat' | 'other-body' | 'full';

/** A record that may have moved. */
export interface Hint {
  readonly hintId: number;
  readonly recordId: string;
  /** When it was first told of, ms since 1970 by our clock. */
  readonly since: number;
}

export interface Inbox {
  /** Keeps a delivery and its hints in one transaction; ids are remembered for eight days. A record that waits already is renewed, not doubled. */
  takeDelivery(delivery: DeliveryToTake): Promise<TakenDelivery>;
  /** Lists what waits to be read, oldest first. */
  hints(connection: string, limit: number): Promise<readonly Hint[]>;
  /** Forgets hints that were read; one that was told of again since then has another id and stays. */
  settleHints(hintIds: readonly number[]): Promise<void>;
}
