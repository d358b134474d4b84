/**
 * source: whom a bulk activity is about, as things stand when it acts.
 *
 * Deleted contacts are nobody's members and never meant, except by their own ids, where they count as missing.
 */
import { DAY } from '../clock.ts';
import type { Person } from '../types.ts';
import type { World } from '../world.ts';

export type BulkSource =
  | { readonly by: 'contacts'; readonly ids: readonly string[] }
  | { readonly by: 'lists'; readonly ids: readonly string[] }
  | { readonly by: 'tags'; readonly ids: readonly string[] }
  | { readonly by: 'segment'; readonly id: number }
  | { readonly by: 'active' }
  | { readonly by: 'new' };

const NEW_FOR = 30 * DAY;

/** Finds the contacts of a source, and the ids that name nobody. */
export function findSource(
  world: World,
  source: BulkSource,
  except: readonly string[],
): { readonly people: readonly Person[]; readonly missing: readonly string[] } {
  if (source.by === 'contacts') {
    const found = source.ids.map((id) => world.people.get(id));
    const people = found
      .filter((one) => one !== undefined && one.deletedAt === null)
      .filter((one) => one !== undefined);
    const there = new Set(people.map((one) => one.id));
    return { people, missing: source.ids.filter((id) => !there.has(id)) };
  }
  const left = new Set(except);
  const fits = testOf(world, source);
  const people = [...world.people.values()].filter((one) => one.deletedAt === null && !left.has(one.id) && fits(one));
  return { people, missing: [] };
}

function testOf(world: World, source: Exclude<BulkSource, { by: 'contacts' }>): (person: Person) => boolean {
  switch (source.by) {
    case 'lists':
      return (person) => person.lists.some((id) => source.ids.includes(id));
    case 'tags':
      return (person) => person.tags.some((id) => source.ids.includes(id));
    case 'segment': {
      const listId = world.segments.get(source.id)?.listId;
      return (person) => listId !== undefined && person.lists.includes(listId);
    }
    case 'active':
      return ({ email }) => email?.permission === 'explicit' || email?.permission === 'implicit';
    case 'new': {
      const since = world.clock.now() - NEW_FOR;
      return (person) => person.createdAt > since;
    }
  }
}
