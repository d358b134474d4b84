/**
 * Jobs of Constant Contact V3 that put many people on lists, take them off, or give and take tags.
 *
 * One request names at most 500 contacts by their ids; what is too much is refused as the contract says, and a job stays
 * below that all the same. A list that somebody is put on is one more by which they can be mailed, and whether the account's
 * own opt-outs are lifted by it is not documented: it is declared as if they were. Nobody's permission is touched by tags or
 * by leaving a list. Must never name people in any way but by their ids: "all active contacts" is everybody.
 */
import type { MemberJobs } from '../../../connector/bulk.ts';
import type { ApiRequest } from '../../../connector/wire.ts';
import type { ConsentEffects } from '../../../model/consent-effects.ts';
import { submitActivity } from './activities.ts';
import type { Asking } from './ask.ts';
import { isPathId } from './requests.ts';

const LIMITS = { people: 450, targets: 25 };
const NOTHING: ConsentEffects = {
  newAddress: 'not-mailed',
  known: 'unchanged',
  revives: false,
  relists: false,
  movesAddress: false,
};
/** `targets`: what the ids of lists or tags are called in the body. */
interface Kind extends Pick<MemberJobs, 'what' | 'how' | 'effects'> {
  readonly kind: string;
  readonly targets: 'list_ids' | 'tag_ids';
}
const KINDS: readonly Kind[] = [
  {
    kind: 'add_list_memberships',
    what: 'lists',
    how: 'add',
    effects: { ...NOTHING, known: 'raised', relists: true },
    targets: 'list_ids',
  },
  { kind: 'remove_list_memberships', what: 'lists', how: 'remove', effects: NOTHING, targets: 'list_ids' },
  { kind: 'contacts_taggings_add', what: 'tags', how: 'add', effects: NOTHING, targets: 'tag_ids' },
  { kind: 'contacts_taggings_remove', what: 'tags', how: 'remove', effects: NOTHING, targets: 'tag_ids' },
];

/** Makes the jobs of one connection. */
export function createMemberJobs(asking: Asking): readonly MemberJobs[] {
  return KINDS.map((kind) => ({
    what: kind.what,
    how: kind.how,
    effects: kind.effects,
    limits: LIMITS,
    submit: (contactIds, targets, signal) => submitActivity(asking, buildJob(kind, contactIds, targets), signal),
  }));
}

function buildJob({ kind, targets: named }: Kind, ids: readonly string[], targets: readonly string[]): ApiRequest {
  const fits = ids.length > 0 && ids.length <= LIMITS.people && targets.length > 0 && targets.length <= LIMITS.targets;
  if (!fits || ![...ids, ...targets].every(isPathId)) throw new Error('a job was asked for what no job can do');
  return { method: 'POST', path: `/activities/${kind}`, json: { source: { contact_ids: ids }, [named]: targets } };
}
