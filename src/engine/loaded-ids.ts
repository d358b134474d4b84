/**
 * loaded-ids: which ids a first load has met, so that a new one need not be looked up.
 *
 * A set of 64-bit fingerprints: eight bytes an id, where the ids themselves would take a hundred. Two ids with one
 * fingerprint cost a look-up in the store and nothing else: it never says "new" of an id that was met.
 */
import type { Known, Shelf } from '../store/rows.ts';
import type { PassContext } from './context.ts';

const BATCH = 5000;

export class LoadedIds {
  #size = 0;
  /** Open addressing, two words a slot; a slot with both words 0 is free. */
  #slots = new Uint32Array(2 * 4096);

  has(id: string): boolean {
    const [low, high] = fingerprint(id);
    return this.#slots[this.#find(low, high)] !== 0;
  }

  add(id: string): void {
    const [low, high] = fingerprint(id);
    const at = this.#find(low, high);
    if (this.#slots[at] !== 0) return;
    this.#slots[at] = low;
    this.#slots[at + 1] = high;
    this.#size += 1;
    if (this.#size * 4 > this.#slots.length) this.#grow();
  }

  /** Finds the slot of a fingerprint, or the free one where it belongs. */
  #find(low: number, high: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    for (let at = (high * 2) & mask; ; at = (at + 2) & mask) {
      if (slots[at] === 0 || (slots[at] === low && slots[at + 1] === high)) return at;
    }
  }

  #grow(): void {
    const before = this.#slots;
    this.#slots = new Uint32Array(before.length * 2);
    for (let at = 0; at < before.length; at += 2) {
      const low = before[at] ?? 0;
      const high = before[at + 1] ?? 0;
      if (low === 0) continue;
      const to = this.#find(low, high);
      this.#slots[to] = low;
      this.#slots[to + 1] = high;
    }
  }
}

/** Two independent 32-bit hashes of an id; the first is never 0, which means "free". */
function fingerprint(id: string): readonly [number, number] {
  let low = 0x811c9dc5;
  let high = 0x9e3779b9;
  for (let at = 0; at < id.length; at += 1) {
    const code = id.charCodeAt(at);
    low = Math.imul(low ^ code, 0x01000193);
    high = Math.imul(high ^ code, 0x85ebca6b);
    high ^= high >>> 13;
  }
  return [low >>> 0 || 1, high >>> 0];
}

/** Gathers the ids that an interrupted load has stored already. */
export async function loadedIds(ctx: PassContext, shelf: Shelf): Promise<LoadedIds> {
  const ids = new LoadedIds();
  for (let after = 0; ;) {
    const batch = await ctx.store.records(shelf, after, BATCH);
    const last = batch.at(-1);
    if (last === undefined) return ids;
    after = last.recordId;
    for (const record of batch) ids.add(record.id);
  }
}

/** Looks ids up; during a load only those that were met, which a shifting page order makes few. */
export async function lookUp(
  ctx: PassContext,
  shelf: Shelf,
  ids: readonly string[],
  load: LoadedIds | undefined,
): Promise<ReadonlyMap<string, Known>> {
  if (load === undefined) return ctx.store.known(shelf, ids);
  const met = ids.filter((id) => load.has(id));
  if (met.length === 0) return new Map();
  await ctx.store.finishAppend(ctx.lease, shelf);
  return ctx.store.known(shelf, met);
}
