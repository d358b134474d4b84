/**
 * The vault's contract: the sign-ins of connections, sealed, and the wrapped keys they are sealed under (C3, I15).
 *
 * A store keeps bytes that it cannot open. Dates stand beside them in clear, so that `status` needs no key. A renewal is
 * stored only over the very pair that it was made from: whoever comes second finds out, and two owners do no harm.
 */

/** A data key, wrapped by the master key that `masterId` names. */
export interface WrappedKey {
  readonly keyId: string;
  readonly masterId: string;
  readonly wrapped: Uint8Array;
}

/** One pair of tokens of one connection. */
export interface PairOf {
  readonly connection: string;
  /** Names what a person consented to; a renewal keeps it. */
  readonly signIn: string;
  /** Rises with each renewal. */
  readonly generation: number;
}

export interface SealedTokens {
  /** The data key they are sealed under. */
  readonly keyId: string;
  readonly sealed: Uint8Array;
}

export interface StoredSignIn extends PairOf, SealedTokens {
  readonly signedInAt: number;
  /** When the refresh token was last given out or used: it dies of 180 days without. */
  readonly usedAt: number;
  /** When the access token ends; null: nobody said. */
  readonly accessUntil: number | null;
  /** False where there is no refresh token. */
  readonly renewable: boolean;
  /** When the refresh token was refused for good; null: it is not known to be. */
  readonly lostAt: number | null;
}

/** What a renewal brought. */
export interface Renewal extends SealedTokens {
  readonly usedAt: number;
  readonly accessUntil: number | null;
}

/** `key-gone`: the keys were rotated meanwhile, seal again under the newest. */
export type VaultAnswer = 'stored' | 'superseded' | 'key-gone';

export interface Vault {
  /** Lists the wrapped data keys of this tenant, newest first. */
  dataKeys(): Promise<readonly WrappedKey[]>;
  addDataKey(key: WrappedKey): Promise<void>;
  signIn(connection: string): Promise<StoredSignIn | null>;
  signIns(): Promise<readonly StoredSignIn[]>;
  /** Puts a sign-in in the place of whatever the connection had. */
  putSignIn(signIn: StoredSignIn): Promise<Exclude<VaultAnswer, 'superseded'>>;
  /** Stores the next generation over exactly this pair, which is then not lost whatever was thought of it. */
  renewSignIn(from: PairOf, to: Renewal): Promise<VaultAnswer>;
  /** Notes that the refresh token of exactly this pair was refused for good. */
  loseSignIn(pair: PairOf): Promise<Exclude<VaultAnswer, 'key-gone'>>;
  removeSignIn(connection: string): Promise<void>;
  /** Puts one new data key in the place of all others, with every sign-in sealed anew; `superseded` and nothing changed if any has moved. */
  replaceDataKeys(
    key: WrappedKey,
    resealed: readonly (PairOf & { readonly from: string; readonly sealed: Uint8Array })[],
  ): Promise<Exclude<VaultAnswer, 'key-gone'>>;
}
