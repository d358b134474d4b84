/**
 * bulk: the same thing happens to many people at once, as after an import, a staff mistake or a busy hour.
 *
 * Who is taken is drawn from the world's chance without repetition, so a seed replays it. Takes fewer people where there are
 * not enough.
 */
import type { Person } from '../types.ts';
import type { Change, World } from '../world.ts';
import { unsubscribe } from './consent.ts';
import { create, edit, remove } from './people.ts';
import type { Op } from './operations.ts';

/** Edits n contacts that are not deleted; without `set`, each gets a new job title. */
export function bulkEdit(world: World, op: Op<'bulkEdit'>): Change[] {
  const round = world.changes.length;
  return draw(world, op.n, (person) => person.deletedAt === null).flatMap((person) =>
    edit(world, {
      op: 'edit',
      contact_id: person.id,
      source: 'Account',
      set: op.set ?? { job_title: `Edited ${round}` },
    }),
  );
}

/** Unsubscribes n contacts that may be mailed. */
export function bulkUnsubscribe(world: World, op: Op<'bulkUnsubscribe'>): Change[] {
  const mailable = ({ deletedAt, email }: Person): boolean =>
    deletedAt === null && (email?.permission === 'explicit' || email?.permission === 'implicit');
  return draw(world, op.n, mailable).flatMap((person) =>
    unsubscribe(world, { op: 'unsubscribe', contact_id: person.id, how: op.how }),
  );
}

/** Deletes n contacts. */
export function bulkDelete(world: World, op: Op<'bulkDelete'>): Change[] {
  return draw(world, op.n, (person) => person.deletedAt === null).flatMap((person) =>
    remove(world, { op: 'delete', contact_id: person.id }),
  );
}

/** Creates n contacts with new addresses. */
export function bulkCreate(world: World, op: Op<'bulkCreate'>): Change[] {
  const lists = [...world.lists.values()].filter((list) => list.deletedAt === null).map((list) => list.id);
  return Array.from({ length: op.n }).flatMap(() => {
    const email_address = `new.${world.people.size}.${world.random.token(4).toLowerCase()}@example.org`;
    return create(world, {
      op: 'create',
      contact: { email_address, first_name: 'New', list_memberships: lists.slice(0, 1) },
    });
  });
}

function draw(world: World, n: number, fits: (person: Person) => boolean): Person[] {
  const fitting = [...world.people.values()].filter(fits);
  const most = Math.min(n, fitting.length);
  for (let at = 0; at < most; at += 1) {
    const from = world.random.int(at, fitting.length - 1);
    const [here, there] = [fitting[at], fitting[from]];
    if (here !== undefined && there !== undefined) [fitting[at], fitting[from]] = [there, here];
  }
  return fitting.slice(0, most);
}
