/**
 * What Concord wrote into the account, by the truth log, which knows every writer, and by the requests that it sent: I1, I3, I6, I8, I10
 * where a table is carried. What a job of its own does there is its write as well.
 *
 * Must never judge by what Concord says it wrote.
 */
import { detailsOf } from '../../../simulators/world/details.ts';
import type { Person } from '../../../simulators/world/types.ts';
import { addressKey, type Change, type World } from '../../../simulators/world/world.ts';
import type { Finding, Moment, Oracle } from '../moment.ts';
import { membership } from '../owner-home.ts';
import { isMailable, type ConsentTruth } from './consent-truth.ts';
import { isMet } from './jobs.ts';

/** Judges each write once, and at rest what should have been written. */
export function ourWrites(truth: ConsentTruth): Oracle {
  const counted = new Map<string, number>();
  let read = 0;
  let sent = 0;
  return {
    after(moment) {
      truth.refresh();
      const { changes } = moment.world;
      const ours = changes.slice(read).filter(isOurs);
      read = changes.length;
      const { entries } = moment.installation.simulator.requests;
      const requests = entries.slice(sent);
      sent = entries.length;
      return [
        ...forbidden(moment, requests),
        ...ours.flatMap((change) => [
          ...raises(moment, truth, change),
          ...touches(moment, truth, change),
          ...doubled(moment, truth, change, counted),
        ]),
      ];
    },
    atRest(moment) {
      if (moment.sync !== 'website' || !moment.setup.twoWay) return [];
      return notCarried(moment, truth);
    },
  };
}

/** Tells a change of a contact that Concord made, by a call or by a job: nobody else here has either. */
export function isOurs({ by, after, before }: Change): boolean {
  return by.actor !== 'control' && (after !== null || before !== null);
}

/**
 * I1. Nothing that Concord writes makes somebody mailable, but that somebody new whom the owner entered with evidence is made, at whose
 * address nobody ever left by themselves and stayed out.
 */
function raises({ installation }: Moment, truth: ConsentTruth, { before, after, by, n }: Change): Finding[] {
  if (after === null || !isMailable(after) || (before !== null && isMailable(before))) return [];
  const address = after.email?.address ?? '';
  const entered = installation.home.entered.some((one) => one.evidence && one.address === address);
  // Somebody whom the account deleted while the job was queued comes back by it, with the permission that they had.
  const overtaken = before === null || by.actor === 'activity';
  if (entered && overtaken && !truth.isAddressOut(address, n)) return [];
  return [{ id: 'I1', text: `our write made ${after.id} mailable` }];
}

/** I8. It changes what it is about and nothing else. */
function touches(moment: Moment, truth: ConsentTruth, change: Change): Finding[] {
  const { before, after, n, by } = change;
  if (after === null) return [{ id: 'I8', text: `our write ${n} destroyed a contact` }];
  if (before === null) return listsTouched(moment, truth, change);
  const [was, is] = [untouched(moment.world, before), untouched(moment.world, after)];
  // A job finds its people by address when it acts: whoever came back to life by it had gone while it was queued.
  const spared = by.actor === 'activity' ? ['deletedAt'] : [];
  if (movedUnderWay(moment, change)) return [];
  const changed = Object.keys(was).filter((key) => was[key] !== is[key] && !spared.includes(key));
  const told = changed.map((key) => `${key}: ${was[key] ?? ''} became ${is[key] ?? ''}`);
  return [
    ...(changed.length === 0 ? [] : [{ id: 'I8', text: `our write to ${after.id} changed ${told.join('; ')}` }]),
    ...listsTouched(moment, truth, change),
  ];
}

/**
 * Somebody else changed the person between our reading of them and the write that follows it. The account takes whole contacts and no
 * condition, so the moment of that round trip is beyond anybody's help (T38).
 */
function movedUnderWay({ world, installation }: Moment, { after, at, n }: Change): boolean {
  const id = after?.id ?? '';
  const { entries } = installation.simulator.requests;
  const read = entries.findLast((one) => one.method === 'GET' && one.at <= at && one.path.includes(id));
  if (read === undefined) return false;
  const since = world.changes.slice(0, n - 1).filter((one) => one.after?.id === id && one.by.actor === 'control');
  return since.some((one) => one.at >= read.at);
}

/** Everything about a person but what is carried, and the times and numbers that any write moves. */
function untouched(world: World, person: Person): Readonly<Record<string, string>> {
  const {
    firstName: _name,
    updatedAt: _at,
    updateSource: _by,
    email,
    details: _details,
    lists: _lists,
    ...rest
  } = person;
  const { fields, phones, addresses, notes } = detailsOf(person, world.firstFields);
  const parts = {
    ...rest,
    email: email === null ? null : [email.address, email.optInSource, email.optInDate, email.createdAt],
    fields: fields.filter(({ fieldId }) => world.fields.has(fieldId)),
    phones: phones.map(({ number, kind }) => [number, kind]),
    addresses: addresses.map(({ id: _id, createdAt: _made, updatedAt: _moved, ...place }) => place),
    notes,
  };
  return Object.fromEntries(Object.entries(parts).map(([key, value]) => [key, JSON.stringify(value)]));
}

/** I8. Nobody is put on a list, or taken off one, but where the owner did so at home; new people come on the list of the file. */
function listsTouched({ world, installation }: Moment, truth: ConsentTruth, { before, after }: Change): Finding[] {
  if (after === null) return [];
  const { home, firstListId } = installation;
  const was = before?.lists ?? [];
  const added = after.lists.filter((id) => !was.includes(id));
  const removed = was.filter((id) => !after.lists.includes(id) && world.lists.get(id)?.deletedAt === null);
  const theirs = truth.addressesOf(after.id);
  const did = (asked: ReadonlySet<string>, id: string): boolean => theirs.some((one) => asked.has(membership(one, id)));
  const isNew = home.entered.some(({ address }) => theirs.includes(addressKey(address)));
  const wrong = [
    ...added.filter((id) => !did(home.joined, id) && !(isNew && id === firstListId)).map((id) => `put on ${id}`),
    ...removed.filter((id) => !did(home.left, id)).map((id) => `taken off ${id}`),
  ];
  return wrong.length === 0 ? [] : [{ id: 'I8', text: `${after.id} was ${wrong.join(', ')} and nobody asked` }];
}

/**
 * I10. A pass that a guard stopped has sent nothing that could change the account, refused or not; nor has whatever promises to write
 * nothing. A renewal of the sign-in changes no contact.
 */
function forbidden(
  { command, result, sync }: Moment,
  requests: readonly { readonly method: string; readonly path: string }[],
): Finding[] {
  if (command === 'pass' && result?.outcome !== 'stopped') return [];
  const stopped = command === 'pass' ? ' was stopped and' : '';
  return requests
    .filter(({ method, path }) => method !== 'GET' && !path.includes('/oauth2/'))
    .map(({ method, path }) => ({ id: 'I10', text: `${command} ${sync}${stopped} sent ${method} ${path}` }));
}

/**
 * I6. No more writes to a person than their rows were changed, and than the account itself put them on a list or took them off after a write
 * of ours: before that is read back, nobody can tell it from a job that missed them, and a list tells no time (I18).
 */
function doubled(
  { installation, world }: Moment,
  truth: ConsentTruth,
  { after, n }: Change,
  counted: Map<string, number>,
): Finding[] {
  if (after === null) return [];
  const times = (counted.get(after.id) ?? 0) + 1;
  counted.set(after.id, times);
  const edits = [...installation.secondary.edits]
    .filter(([address]) => truth.holdersOf(address).has(after.id))
    .reduce((sum, [, n]) => sum + n, 0);
  const undone = times <= edits ? 0 : world.changes.slice(0, n).filter((one) => isListMove(one, after.id)).length;
  return times <= edits + undone
    ? []
    : [{ id: 'I6', text: `${after.id} was written ${times} times for ${edits} edits` }];
}

function isListMove({ by, kind, after }: Change, id: string): boolean {
  return by.actor === 'control' && after?.id === id && (kind === 'contact.list_joined' || kind === 'contact.list_left');
}

/**
 * I3. Whom the table's owner took out is out in the account, unless they came back there afterwards. A no that stood in a row when the
 * two first met is held, for it may mean that nobody was asked.
 */
function notCarried(moment: Moment, truth: ConsentTruth): Finding[] {
  const { world, table, installation } = moment;
  return [...installation.secondary.withdrawn].flatMap(([rowId, changes]) => {
    const address = String(table.find(({ id }) => id === rowId)?.['email']);
    const person = world.owner(address);
    if (person === null || !isMailable(person) || truth.holdersOf(address).size > 1 || isMet(moment, address))
      return [];
    const since = world.changes
      .slice(changes)
      .some(({ after, before }) => after?.id === person.id && before !== null && !isMailable(before));
    const { swapped } = truth.of(person.id);
    return since || swapped
      ? []
      : [{ id: 'I3', text: `${person.id} was taken out in the table and is mailable in the account` }];
  });
}
