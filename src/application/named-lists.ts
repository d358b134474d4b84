/**
 * named-lists: which list a person means by a name, and how a list's id is told to them.
 *
 * Reads the store and the secondary, sends nothing. Names are compared as written; a list whose name was never read is
 * told by its id.
 */
import type { Sync } from '../config/config.ts';
import { LIST_NAMES } from '../engine/list-ids.ts';
import type { Installation } from './installation.ts';
import { openSide } from './parts.ts';

/** An account has at most 1,000 lists. */
const MOST_LISTS = 5000;

/** Finds the ids of the lists with this name, or the one with this id. */
export async function listsNamed(at: Installation, sync: Sync, name: string): Promise<readonly string[]> {
  const kept = await namesKept(at, sync);
  const ids = new Set([...kept].flatMap(([id, one]) => (one === name || id === name ? [id] : [])));
  for (const id of await inMirror(at, sync, name)) ids.add(id);
  return [...ids];
}

/** Reads the names of lists that passes have read, by list id. */
export async function namesKept(at: Installation, sync: Sync): Promise<ReadonlyMap<string, string>> {
  const kept = (await at.store.mark(sync.name, LIST_NAMES)) as Readonly<Record<string, string>> | null;
  return new Map(Object.entries(kept ?? {}));
}

async function inMirror(at: Installation, sync: Sync, name: string): Promise<readonly string[]> {
  const shelf = await at.store.shelf(sync.name, 'primary', 'lists');
  const lists = await at.store.records(shelf, 0, MOST_LISTS);
  if (lists.length === 0) return [];
  const side = await openSide(at, sync);
  try {
    const contents = await Promise.all(lists.map((list) => side.lane.content(at, shelf, list.id)));
    return lists.filter((_, index) => contents[index]?.['name'] === name).map((list) => list.id);
  } finally {
    await side.close();
  }
}
