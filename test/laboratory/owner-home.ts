/**
 * What the table's owner does where the table makes people and has memberships: enters people, takes rows away, puts them on lists.
 *
 * Keeps what the owner did, so that oracles can tell it from what Concord did. Must never look at Concord's store.
 */
import { addressKey } from '../../simulators/world/world.ts';
import type { Secondary } from './secondary.ts';

/** One entry of a person by the owner. */
export interface Entered {
  readonly address: string;
  readonly evidence: boolean;
}

export interface List {
  readonly id: string;
  readonly name: string;
}

export class OwnerHome {
  /** In the order of their entry; somebody may be entered twice. */
  readonly entered: Entered[] = [];
  /** Rows that their owner took away, by address. */
  readonly gone = new Set<string>();
  /** Memberships that the owner ever wrote or deleted, by address and the list's id. */
  readonly joined = new Set<string>();
  readonly left = new Set<string>();
  /** Lists whose memberships went with a row that its owner took away, by address. */
  readonly #wentAlong = new Map<string, readonly string[]>();
  readonly #secondary: Secondary;

  constructor(secondary: Secondary) {
    this.#secondary = secondary;
  }

  /** Enters somebody with a yes; false: their row is there. */
  enter(address: string, given: string, evidence: boolean): boolean {
    const sql = `INSERT INTO people (email, given_name, may_email, signed_up) VALUES (?, ?, 1, ?)
      ON CONFLICT DO NOTHING RETURNING id`;
    const rows = this.#secondary.asOwner(sql, address, given, evidence ? 'form, 2026-01-02' : null);
    if (rows.length === 0) return false;
    this.entered.push({ address, evidence });
    this.#secondary.renamed.add(address);
    this.#secondary.names.set(address, given);
    this.#secondary.ownersYes.add(address);
    this.gone.delete(address);
    this.#secondary.count(address);
    // Their row is back and those of the lists are not: now they were taken off them.
    for (const listId of this.#wentAlong.get(address) ?? []) this.#noteLeft(address, listId);
    this.#wentAlong.delete(address);
    return true;
  }

  /** Takes a row away, with its memberships or without: whoever has no row is taken off no list by that. */
  takeAway(address: string, withMemberships: boolean, idOf: (name: string) => string): boolean {
    const rows = this.#secondary.asOwner('DELETE FROM people WHERE email = ? RETURNING id', address);
    if (rows.length === 0) return false;
    this.gone.add(address);
    for (const { id } of rows) {
      this.#secondary.withdrawn.delete(Number(id));
      this.#secondary.remarks.delete(Number(id));
    }
    if (!withMemberships) return true;
    const sql = 'DELETE FROM newsletter_members WHERE email = ? RETURNING list_name';
    const lists = this.#secondary.asOwner(sql, address).map((row) => idOf(String(row['list_name'])));
    this.#wentAlong.set(address, [...(this.#wentAlong.get(address) ?? []), ...lists]);
    return true;
  }

  putOn(address: string, list: List): boolean {
    const sql =
      'INSERT INTO newsletter_members (email, list_name) VALUES (?, ?) ON CONFLICT DO NOTHING RETURNING email';
    if (this.#secondary.asOwner(sql, address, list.name).length === 0) return false;
    this.joined.add(membership(address, list.id));
    this.#secondary.count(address);
    return true;
  }

  takeOff(address: string, list: List): boolean {
    const sql = 'DELETE FROM newsletter_members WHERE email = ? AND list_name = ? RETURNING email';
    if (this.#secondary.asOwner(sql, address, list.name).length === 0) return false;
    this.#noteLeft(address, list.id);
    return true;
  }

  /** A slip: many memberships vanish. */
  takeManyOff(count: number, idOf: (name: string) => string): boolean {
    const sql = `DELETE FROM newsletter_members WHERE rowid IN (SELECT rowid FROM newsletter_members ORDER BY email, list_name LIMIT ?)
      RETURNING email, list_name`;
    const rows = this.#secondary.asOwner(sql, count);
    for (const row of rows) this.#noteLeft(String(row['email']), idOf(String(row['list_name'])));
    return rows.length > 0;
  }

  /** The address that was entered so many places before the last one. */
  lastEntered(before: number): string | null {
    return this.entered.at(-1 - before)?.address ?? null;
  }

  #noteLeft(address: string, listId: string): void {
    this.left.add(membership(address, listId));
    this.#secondary.count(address);
  }
}

/** Names a membership. */
export function membership(address: string, listId: string): string {
  return `${addressKey(address)} ${listId}`;
}
