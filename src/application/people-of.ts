/**
 * people-of: who has an address, in one sync: the contacts that the store knows and the other side shows under it.
 *
 * Reads the store and the secondary, sends nothing. Must never find anybody by less than the whole match key.
 */
import type { Sync } from '../config/config.ts';
import type { Content } from '../model/record.ts';
import type { Known } from '../store/rows.ts';
import type { Installation } from './installation.ts';
import { openSide } from './parts.ts';

export interface PersonOf {
  readonly record: Known;
  /** As last agreed; empty where the other side no longer shows it. */
  readonly content: Content;
}

/** Finds everybody with this address. */
export async function peopleOf(at: Installation, sync: Sync, key: string): Promise<readonly PersonOf[]> {
  const shelf = await at.store.shelf(sync.name, 'primary', 'contacts');
  const side = await openSide(at, sync);
  try {
    const people: PersonOf[] = [];
    for (const id of await side.lane.find({ store: at.store, sync: sync.name }, key)) {
      const record = await at.store.record(shelf, id);
      if (record === null) continue;
      people.push({ record, content: (await side.lane.content(at, shelf, record.id)) ?? {} });
    }
    return people;
  } finally {
    await side.close();
  }
}

/** Finds the ids of everybody whom the other side shows with this address, known to the store or not. */
export async function idsOf(at: Installation, sync: Sync, key: string): Promise<readonly string[]> {
  const side = await openSide(at, sync);
  try {
    return await side.lane.find({ store: at.store, sync: sync.name }, key);
  } finally {
    await side.close();
  }
}
