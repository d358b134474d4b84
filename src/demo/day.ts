/**
 * The day that the demo lives through: who does what, and when.
 *
 * Pure: chosen from the truth, always in the same order, nobody twice, so that each line of the story has one cause.
 */
import { listOf, partOf, textOf, type Operation, type Truth, type World } from './world.ts';

const HOUR = 3_600_000;
/** People needed so that everybody in the day is somebody else. */
export const FEWEST_PEOPLE = 60;
export const DAY_MS = 24 * HOUR;

/** One thing of the day; `said` is how the story counts it. */
export interface Happening {
  readonly said: string;
  readonly operation: Operation;
}

interface Cast {
  /** Takes the next mailable person that nobody else of the day is. */
  readonly next: (fits?: (truth: Truth) => boolean) => Truth;
  readonly lists: readonly string[];
  readonly tags: readonly string[];
  readonly gone: Truth;
}

/** Writes the day's script for an account. */
export function planDay(world: World): readonly Happening[] {
  const cast = castOf(world);
  return [...departures(cast), ...edits(cast), ...memberships(cast)];
}

function departures({ next, gone }: Cast): Happening[] {
  const leave = (how: 'campaign' | 'contact' | 'account', said: string, reason?: string): Happening => ({
    said,
    operation: {
      op: 'unsubscribe',
      contact_id: idOf(next()),
      how,
      ...(reason !== undefined && { reason }),
    },
  });
  return [
    leave('campaign', 'opted out', 'I get too many'),
    leave('contact', 'opted out'),
    leave('campaign', 'opted out'),
    leave('account', 'opted out', 'Asked by telephone'),
    { said: 'signed up again', operation: { op: 'resubscribe', contact_id: idOf(gone) } },
    { said: 'deleted', operation: { op: 'delete', contact_id: idOf(next()) } },
  ];
}

function edits({ next, lists }: Cast): Happening[] {
  const phone_numbers = [{ phone_number: '+1 555 0100', kind: 'mobile' as const }];
  return [
    { said: 'edited', operation: { op: 'edit', contact_id: idOf(next()), set: { job_title: 'Treasurer' } } },
    { said: 'edited', operation: { op: 'edit', contact_id: idOf(next()), set: { phone_numbers } } },
    {
      said: 'took another address',
      operation: { op: 'changeAddress', contact_id: idOf(next()), address: 'new.address@example.org' },
    },
    {
      said: 'new',
      operation: {
        op: 'create',
        contact: {
          email_address: 'new.person@example.org',
          permission_to_send: 'explicit',
          first_name: 'Nia',
          create_source: 'Contact',
          list_memberships: lists.slice(0, 1),
        },
      },
    },
  ];
}

function memberships({ next, lists, tags }: Cast): Happening[] {
  const [list = '', other = list] = lists;
  const [tag = ''] = tags;
  const outside = next((truth) => !listOf<string>(truth, 'list_memberships').includes(list));
  const inside = next((truth) => listOf<string>(truth, 'list_memberships').includes(other));
  const untagged = next((truth) => !listOf<string>(truth, 'taggings').includes(tag));
  return [
    { said: 'joined a list', operation: { op: 'joinList', contact_id: idOf(outside), list_id: list } },
    { said: 'left a list', operation: { op: 'leaveList', contact_id: idOf(inside), list_id: other } },
    { said: 'tagged', operation: { op: 'tag', contact_id: idOf(untagged), tag_id: tag } },
    { said: 'list renamed', operation: { op: 'renameList', list_id: list, name: 'Friends of the garden' } },
  ];
}

function castOf(world: World): Cast {
  const people = [...world.contacts()];
  const left = people.filter((truth) => isMailable(truth));
  const gone = people.find((truth) => permissionOf(truth) === 'unsubscribed' && truth['deleted_at'] === undefined);
  if (gone === undefined) throw new Error('nobody in this world has opted out');
  const catalogue = world.catalogue();
  return {
    next: (fits = () => true) => {
      const found = left.find(fits);
      if (found === undefined) throw new Error('this world is too small for a day');
      left.splice(left.indexOf(found), 1);
      return found;
    },
    lists: listOf(catalogue, 'lists')
      .filter((list) => list['deleted_at'] === null)
      .map((list) => textOf(list, 'list_id') ?? ''),
    tags: listOf(catalogue, 'tags').map((tag) => textOf(tag, 'tag_id') ?? ''),
    gone,
  };
}

function isMailable(truth: Truth): boolean {
  const permission = permissionOf(truth);
  return truth['deleted_at'] === undefined && (permission === 'explicit' || permission === 'implicit');
}

function permissionOf(truth: Truth): string | null {
  return textOf(partOf(truth, 'email_address'), 'permission_to_send');
}

function idOf(truth: Truth): string {
  return textOf(truth, 'contact_id') ?? '';
}
