/**
 * The keeper: tokens to sealed rows and back, under the newest data key that this process may open (C3).
 *
 * Decides which data key seals, and that a lost master key costs new sign-ins and nothing else: what it sealed stays
 * closed, and the next sign-in gets a data key of its own. Must never log, print or keep a token anywhere else.
 */
import { z } from 'zod';
import { MasterKeyRefused } from '../model/errors.ts';
import type { Entropy } from '../ports/entropy.ts';
import type { Ids } from '../ports/ids.ts';
import { drawDataKey, unwrapDataKey } from '../secrets/data-key.ts';
import type { DataKey } from '../secrets/data-key.ts';
import type { MasterKey } from '../secrets/master-key.ts';
import { open, seal, SealBroken } from '../secrets/seal.ts';
import type { Place } from '../secrets/seal.ts';
import type { PairOf, Renewal, SealedTokens, StoredSignIn, Vault } from '../store/vault.ts';

export interface Tokens {
  readonly accessToken: string;
  /** Null where the sign-in cannot be renewed. */
  readonly refreshToken: string | null;
}

/** A stored sign-in with its tokens in clear: for the moment of a request. */
export interface OpenSignIn extends StoredSignIn {
  readonly tokens: Tokens;
}

export interface KeeperParts {
  readonly vault: Vault;
  readonly tenant: string;
  /** The master key and, during a rotation, the one before it. Throws MasterKeyRefused. */
  readonly masters: () => Promise<readonly [MasterKey, ...MasterKey[]]>;
  readonly entropy: Entropy;
  readonly ids: Ids;
}

const TOKENS = z.strictObject({ accessToken: z.string(), refreshToken: z.string().nullable() });
/** Rotations beside us that are waited out. */
const MOST_TRIES = 5;

export class Keeper {
  readonly #parts: KeeperParts;

  constructor(parts: KeeperParts) {
    this.#parts = parts;
  }

  /** Makes sure that something can be sealed. Throws MasterKeyRefused. */
  async ready(): Promise<void> {
    await this.#newestKey();
  }

  /** Gives what a connection is signed in with, or null. Throws MasterKeyRefused. */
  async load(connection: string): Promise<OpenSignIn | null> {
    for (let attempt = 1; ; attempt += 1) {
      const stored = await this.#parts.vault.signIn(connection);
      if (stored === null) return null;
      const key = await this.#keyNamed(stored.keyId);
      if (key !== null) return { ...stored, tokens: opened(key, this.#parts.tenant, stored) };
      // A rotation replaced the key between the two reads.
      if (attempt >= MOST_TRIES) throw new MasterKeyRefused('seal-broken');
    }
  }

  /** Stores a new sign-in in the place of what the connection had. */
  async put(signIn: Omit<StoredSignIn, keyof SealedTokens>, tokens: Tokens): Promise<void> {
    await this.#sealing(signIn, tokens, (sealed) => this.#parts.vault.putSignIn({ ...signIn, ...sealed }));
  }

  /** Stores what a renewal of this pair brought; tells false where somebody else renewed it first. */
  async renew(from: PairOf, dates: Omit<Renewal, keyof SealedTokens>, tokens: Tokens): Promise<boolean> {
    const next = { ...from, generation: from.generation + 1 };
    const answer = await this.#sealing(next, tokens, (sealed) =>
      this.#parts.vault.renewSignIn(from, { ...dates, ...sealed }),
    );
    return answer === 'stored';
  }

  /** Puts a new data key under the present master key in the place of all others; tells how many sign-ins moved. */
  async rotate(): Promise<number> {
    const { vault, tenant, entropy, ids } = this.#parts;
    const [master] = await this.#parts.masters();
    for (let attempt = 1; attempt <= MOST_TRIES; attempt += 1) {
      const { key, wrapped } = drawDataKey(tenant, ids.next(), master, entropy);
      const resealed = [];
      for (const { connection } of await vault.signIns()) {
        const signIn = await this.load(connection);
        if (signIn === null) continue;
        const { tokens, generation, keyId: from } = signIn;
        const pair = { connection, signIn: signIn.signIn, generation };
        resealed.push({ ...pair, from, sealed: sealedUnder(key, tenant, pair, tokens, entropy) });
      }
      if ((await vault.replaceDataKeys(wrapped, resealed)) === 'stored') return resealed.length;
    }
    throw new Error('sign-ins kept moving while their keys were rotated');
  }

  /** Seals under the newest key that opens, again if a rotation took that key away before the row was stored. */
  async #sealing<Answer extends string>(
    pair: PairOf,
    tokens: Tokens,
    store: (sealed: SealedTokens) => Promise<Answer>,
  ): Promise<Answer> {
    for (let attempt = 1; ; attempt += 1) {
      const key = await this.#newestKey();
      const sealed = sealedUnder(key, this.#parts.tenant, pair, tokens, this.#parts.entropy);
      const answer = await store({ keyId: key.keyId, sealed });
      if (answer !== 'key-gone' || attempt >= MOST_TRIES) return answer;
    }
  }

  async #newestKey(): Promise<DataKey> {
    const { vault, tenant, entropy, ids } = this.#parts;
    const masters = await this.#parts.masters();
    const usable = (await vault.dataKeys()).find(({ masterId }) => masters.some(({ id }) => id === masterId));
    if (usable !== undefined) return unwrap(() => unwrapDataKey(tenant, usable, masters));
    const { key, wrapped } = drawDataKey(tenant, ids.next(), masters[0], entropy);
    await vault.addDataKey(wrapped);
    return key;
  }

  async #keyNamed(keyId: string): Promise<DataKey | null> {
    const masters = await this.#parts.masters();
    const found = (await this.#parts.vault.dataKeys()).find((key) => key.keyId === keyId);
    return found === undefined ? null : unwrap(() => unwrapDataKey(this.#parts.tenant, found, masters));
  }
}

function sealedUnder(key: DataKey, tenant: string, pair: PairOf, tokens: Tokens, entropy: Entropy): Uint8Array {
  const { accessToken, refreshToken } = tokens;
  const plain = Buffer.from(JSON.stringify({ accessToken, refreshToken }));
  return seal(key.key, plain, placeOf(tenant, pair), entropy);
}

function opened(key: DataKey, tenant: string, stored: StoredSignIn): Tokens {
  const plain = unwrap(() => open(key.key, stored.sealed, placeOf(tenant, stored)));
  return TOKENS.parse(JSON.parse(plain.toString()));
}

function placeOf(tenant: string, { connection, signIn, generation }: PairOf): Place {
  return [tenant, 'sign_ins', 'sealed', connection, signIn, generation];
}

/** Bytes that were changed are told like a key that does not fit: neither can be mended here. */
function unwrap<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof SealBroken ? new MasterKeyRefused('seal-broken') : error;
  }
}
