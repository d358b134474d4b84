/**
 * The vault in SQLite: sealed sign-ins and wrapped data keys (C3, I15).
 *
 * Decides by generation, not by a lease, whether a renewal may be stored: a paused owner's pair is worth keeping while
 * nobody else renewed, and worth nothing afterwards. Must never see a key or a token.
 */
import type { PairOf, Renewal, StoredSignIn, Vault, VaultAnswer, WrappedKey } from '../vault.ts';
import type { Db } from './database.ts';

interface SignInRow extends Omit<StoredSignIn, 'renewable'> {
  readonly renewable: number;
}

const COLUMNS = `connection, sign_in AS signIn, generation, key_id AS keyId, sealed, signed_in_at AS signedInAt,
  used_at AS usedAt, access_until AS accessUntil, renewable, lost_at AS lostAt`;

/** Lists the wrapped data keys of this tenant, newest first. */
export function dataKeys(db: Db): readonly WrappedKey[] {
  return db.all<WrappedKey>(
    `SELECT key_id AS keyId, master_id AS masterId, wrapped FROM data_keys WHERE tenant = @tenant
     ORDER BY made_at DESC, rowid DESC`,
  );
}

export function addDataKey(db: Db, key: WrappedKey): void {
  db.write('addDataKey', () => insertKey(db, key));
}

export function signIn(db: Db, connection: string): StoredSignIn | null {
  const row = db.one<SignInRow>(
    `SELECT ${COLUMNS} FROM sign_ins WHERE tenant = @tenant AND connection = ?`,
    connection,
  );
  return row === undefined ? null : fromRow(row);
}

export function signIns(db: Db): readonly StoredSignIn[] {
  return db
    .all<SignInRow>(`SELECT ${COLUMNS} FROM sign_ins WHERE tenant = @tenant ORDER BY connection`)
    .map((row) => fromRow(row));
}

/** Puts a sign-in in the place of whatever the connection had. */
export function putSignIn(db: Db, given: StoredSignIn): Exclude<VaultAnswer, 'superseded'> {
  return db.write('putSignIn', () => {
    if (!hasKey(db, given.keyId)) return 'key-gone';
    db.run(
      `INSERT OR REPLACE INTO sign_ins (tenant, connection, sign_in, generation, key_id, sealed, signed_in_at, used_at,
         access_until, renewable, lost_at)
       VALUES (@tenant, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      given.connection,
      given.signIn,
      given.generation,
      given.keyId,
      given.sealed,
      given.signedInAt,
      given.usedAt,
      given.accessUntil,
      given.renewable ? 1 : 0,
      given.lostAt,
    );
    return 'stored';
  });
}

/** Stores the next generation over exactly this pair. */
export function renewSignIn(db: Db, from: PairOf, to: Renewal): VaultAnswer {
  return db.write('renewSignIn', () => {
    if (!hasKey(db, to.keyId)) return 'key-gone';
    const changed = db.run(
      `UPDATE sign_ins SET generation = generation + 1, key_id = ?, sealed = ?, used_at = ?, access_until = ?,
         lost_at = NULL
       WHERE tenant = @tenant AND connection = ? AND sign_in = ? AND generation = ?`,
      to.keyId,
      to.sealed,
      to.usedAt,
      to.accessUntil,
      ...keyOf(from),
    );
    return changed === 1 ? 'stored' : 'superseded';
  });
}

/** Notes that the refresh token of exactly this pair was refused for good. */
export function loseSignIn(db: Db, pair: PairOf): Exclude<VaultAnswer, 'key-gone'> {
  return db.write('loseSignIn', () => {
    const changed = db.run(
      `UPDATE sign_ins SET lost_at = coalesce(lost_at, ?)
       WHERE tenant = @tenant AND connection = ? AND sign_in = ? AND generation = ?`,
      db.clock.now(),
      ...keyOf(pair),
    );
    return changed === 1 ? 'stored' : 'superseded';
  });
}

export function removeSignIn(db: Db, connection: string): void {
  db.write('removeSignIn', () => {
    db.run('DELETE FROM sign_ins WHERE tenant = @tenant AND connection = ?', connection);
  });
}

/** Puts one new data key in the place of all others; all sign-ins move with it, or nothing does. */
export function replaceDataKeys(
  db: Db,
  key: WrappedKey,
  resealed: Parameters<Vault['replaceDataKeys']>[1],
): Exclude<VaultAnswer, 'key-gone'> {
  return db.write('replaceDataKeys', () => {
    const stored = signIns(db);
    const same = stored.length === resealed.length && resealed.every((one) => stored.some((row) => isFrom(row, one)));
    if (!same) return 'superseded';
    insertKey(db, key);
    for (const one of resealed) {
      db.run(
        `UPDATE sign_ins SET key_id = ?, sealed = ?
         WHERE tenant = @tenant AND connection = ? AND sign_in = ? AND generation = ?`,
        key.keyId,
        one.sealed,
        ...keyOf(one),
      );
    }
    db.run('DELETE FROM data_keys WHERE tenant = @tenant AND key_id <> ?', key.keyId);
    return 'stored';
  });
}

function isFrom(row: StoredSignIn, one: PairOf & { readonly from: string }): boolean {
  const samePair = row.connection === one.connection && row.signIn === one.signIn && row.generation === one.generation;
  return samePair && row.keyId === one.from;
}

function hasKey(db: Db, keyId: string): boolean {
  return db.one('SELECT 1 FROM data_keys WHERE tenant = @tenant AND key_id = ?', keyId) !== undefined;
}

function insertKey(db: Db, { keyId, masterId, wrapped }: WrappedKey): void {
  db.run(
    'INSERT INTO data_keys (tenant, key_id, master_id, wrapped, made_at) VALUES (@tenant, ?, ?, ?, ?)',
    keyId,
    masterId,
    wrapped,
    db.clock.now(),
  );
}

function keyOf({ connection, signIn: id, generation }: PairOf): readonly [string, string, number] {
  return [connection, id, generation];
}

function fromRow(row: SignInRow): StoredSignIn {
  return { ...row, renewable: row.renewable === 1 };
}
