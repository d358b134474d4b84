/**
 * Lets an act happen in the account, or in the table beside it.
 *
 * What the world does not allow (leaving twice, deleting the deleted) does not happen: so an event can be dropped from a history and the
 * rest still makes sense. Must never look at Concord's store, and never touch a row as Concord would.
 */
import type { WorldHandle } from '../../simulators/control/handle.ts';
import { MutationError, type OperationInput } from '../../simulators/world/mutate/operations.ts';
import type { Person } from '../../simulators/world/types.ts';
import { performAtHome } from './act-home.ts';
import type { Act, CatalogueAct, HomeAct, TokenAct } from './history.ts';
import type { OwnerHome } from './owner-home.ts';
import type { Secondary } from './secondary.ts';

/** Performs an act; tells whether anything happened. */
export function perform(act: Act, world: WorldHandle, secondary: Secondary, home: OwnerHome): boolean {
  if (isOfTokens(act)) {
    world.mutate({ op: act.do === 'grants-end' ? 'revokeGrants' : 'expireAccessTokens' });
    return true;
  }
  if (isAtHome(act))
    return performAtHome(act, {
      world,
      secondary,
      home,
      addressAt: (who) => personAt(world, who)?.email?.address ?? null,
    });
  return performInAccount(act, world) ?? inTheTable(act, world, secondary);
}

/** Performs what happens in the account; null: it happens in the table. */
export function performInAccount(act: ElsewhereAct, world: WorldHandle): boolean | null {
  const operations = operationsOf(act, world);
  if (operations === null) return null;
  try {
    return operations.length > 0 && world.mutate(operations).length > 0;
  } catch (error) {
    if (error instanceof MutationError) return false;
    throw error;
  }
}

const AT_HOME: Readonly<Record<HomeAct['do'], true>> = {
  'row-new': true,
  'rows-new-many': true,
  'row-again': true,
  'row-gone': true,
  'entered-name': true,
  'entered-out': true,
  'entered-gone': true,
  'entered-signs-up': true,
  'row-on-list': true,
  'row-off-list': true,
  'entered-on-list': true,
  'members-gone-many': true,
  'job-speed': true,
  'job-stop': true,
  'jobs-forgotten': true,
};

function isAtHome(act: Act): act is HomeAct {
  return Object.hasOwn(AT_HOME, act.do);
}

function isOfTokens(act: Act): act is TokenAct {
  return act.do === 'tokens-expire' || act.do === 'grants-end';
}

export type ElsewhereAct = Exclude<Act, HomeAct | TokenAct>;

/** Says an act in the world's words; null: it happens in the table. */
function operationsOf(act: ElsewhereAct, world: WorldHandle): readonly OperationInput[] | null {
  switch (act.do) {
    case 'row-out':
    case 'row-in':
    case 'row-name':
    case 'row-remark':
    case 'rows-out-many':
      return null;
    case 'join':
      return [joining(act.n, `new.${act.n}@example.org`)];
    case 'catalogue':
      return changing(act.what, act.n, world);
    case 'campaign':
      return [{ op: 'createCampaign', name: `Mailing ${act.n}`, list_ids: [] }];
    case 'blank-many':
      return [{ op: 'bulkEdit', n: act.n, set: { first_name: null, last_name: null } }];
    case 'leave-many':
      return [{ op: 'bulkUnsubscribe', n: act.n }];
    case 'delete-many':
      return [{ op: 'bulkDelete', n: act.n }];
    default: {
      const person = personAt(world, act.who);
      return person === null ? [] : ofPerson(act, person, world);
    }
  }
}

type PersonAct = Extract<ElsewhereAct, { readonly who: number }>;

function ofPerson(act: PersonAct, person: Person, world: WorldHandle): readonly OperationInput[] {
  const contact_id = person.id;
  const gone = person.deletedAt !== null;
  const permission = person.email?.permission ?? null;
  switch (act.do) {
    case 'leave':
      return gone || permission === null || permission === 'unsubscribed'
        ? []
        : [{ op: 'unsubscribe', contact_id, how: act.how }];
    case 'return':
      return gone || permission !== 'unsubscribed' ? [] : [{ op: 'resubscribe', contact_id, how: act.how }];
    case 'permission':
      return gone || permission === null || permission === 'unsubscribed'
        ? []
        : [{ op: 'setPermission', contact_id, permission: act.word }];
    case 'edit':
      return gone
        ? []
        : [{ op: 'edit', contact_id, set: { first_name: `Name ${act.n}`, job_title: `Job ${act.n % 7}` } }];
    case 'delete':
      return [{ op: 'delete', contact_id }];
    case 'revive':
      return [{ op: 'revive', contact_id }];
    case 'readd':
      return gone && person.email !== null ? [joining(0, person.email.address)] : [];
    default:
      return gone ? [] : moving(act, person, world);
  }
}

function moving(act: PersonAct, { id: contact_id, email }: Person, world: WorldHandle): readonly OperationInput[] {
  switch (act.do) {
    case 'move':
      return email === null ? [] : [{ op: 'changeAddress', contact_id, address: `moved.${act.n}@example.org` }];
    case 'swap': {
      const other = personAt(world, act.with);
      if (email === null || other === null || other.email === null) return [];
      return other.deletedAt === null && other.id !== contact_id
        ? [{ op: 'swapAddresses', contact_ids: [contact_id, other.id] }]
        : [];
    }
    case 'take-address': {
      const address = leftAddress(world, act.from);
      return address === null ? [] : [joining(act.who, address)];
    }
    case 'join-list':
      return pick(listIds(world), act.n).map((list_id) => ({ op: 'joinList', contact_id, list_id }));
    case 'leave-list':
      return pick(listIds(world), act.n).map((list_id) => ({ op: 'leaveList', contact_id, list_id }));
    case 'tag':
      return pick([...world.state.tags.keys()], act.n).map((tag_id) => ({ op: 'tag', contact_id, tag_id }));
    case 'untag':
      return pick([...world.state.tags.keys()], act.n).map((tag_id) => ({ op: 'untag', contact_id, tag_id }));
    default:
      return [];
  }
}

/** Somebody signs up by themselves, or the staff adds them. */
function joining(n: number, email_address: string): OperationInput {
  const create_source = n % 2 === 0 ? 'Contact' : 'Account';
  return { op: 'create', contact: { email_address, create_source, first_name: `New ${n}` } };
}

/** An address that this person once had and that nobody has now. */
function leftAddress(world: WorldHandle, from: number): string | null {
  const person = personAt(world, from);
  const moves = world.state.changes.filter(
    ({ kind, after }) => kind === 'contact.address_changed' && after?.id === person?.id,
  );
  const left = moves.map(({ facts }) => String(facts['from'])).filter((address) => world.state.owner(address) === null);
  return left.at(-1) ?? null;
}

function changing(what: CatalogueAct, n: number, world: WorldHandle): readonly OperationInput[] {
  const { tags, fields } = world.state;
  switch (what) {
    case 'createList':
      return [{ op: what, name: `List ${n}` }];
    case 'renameList':
      return pick(listIds(world), n).map((list_id) => ({ op: what, list_id, name: `List ${n}` }));
    case 'deleteList':
      return pick(listIds(world), n).map((list_id) => ({ op: what, list_id }));
    case 'createTag':
      return [{ op: what, name: `Tag ${n}` }];
    case 'renameTag':
      return pick([...tags.keys()], n).map((tag_id) => ({ op: what, tag_id, name: `Tag ${n}` }));
    case 'deleteTag':
      return pick([...tags.keys()], n).map((tag_id) => ({ op: what, tag_id }));
    case 'createField':
      return [{ op: what, label: `Field ${n}` }];
    case 'renameField':
      return pick([...fields.keys()], n).map((custom_field_id) => ({ op: what, custom_field_id, label: `Field ${n}` }));
    case 'deleteField':
      return pick([...fields.keys()], n).map((custom_field_id) => ({ op: what, custom_field_id }));
  }
}

function inTheTable(act: ElsewhereAct, world: WorldHandle, secondary: Secondary): boolean {
  const changes = world.state.changes.length;
  if (act.do === 'rows-out-many') return manyRowsOut(act.n, changes, secondary);
  if (!('who' in act)) return false;
  const address = personAt(world, act.who)?.email?.address;
  if (address === undefined) return false;
  switch (act.do) {
    case 'row-out':
      return secondary.withdraw(address, changes);
    case 'row-in':
      return secondary.takeBack(address);
    case 'row-remark':
      return secondary.remark(address, `Remark ${act.n}`);
    case 'row-name':
      return secondary.rename(address, `Row ${act.n}`);
    default:
      return false;
  }
}

/** A slip in the owner's database. */
function manyRowsOut(n: number, changes: number, secondary: Secondary): boolean {
  const rows = secondary.rows(`SELECT email FROM people WHERE email <> 'own@example.org' ORDER BY id LIMIT ${n}`);
  return rows.map(({ email }) => secondary.withdraw(String(email), changes)).includes(true);
}

/** Names somebody by their place in the account, the first day's people first. */
export function personAt(world: WorldHandle, who: number): Person | null {
  const { people } = world.state;
  const places = [...people.values()];
  return places[who % Math.max(1, places.length)] ?? null;
}

function listIds(world: WorldHandle): string[] {
  return [...world.state.lists.values()].filter((list) => list.deletedAt === null).map((list) => list.id);
}

function pick<T>(from: readonly T[], n: number): readonly T[] {
  const one = from[n % Math.max(1, from.length)];
  return one === undefined ? [] : [one];
}
