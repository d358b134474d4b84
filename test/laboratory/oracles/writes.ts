/**
 * What Concord wrote into the account, by the truth log, which knows every writer: I1, I3, I6, I8, I10 where a table is carried.
 *
 * Must never judge by what Concord says it wrote.
 */
import { detailsOf } from '../../../simulators/world/details.ts';
import type { Person } from '../../../simulators/world/types.ts';
import type { Change, World } from '../../../simulators/world/world.ts';
import type { Finding, Moment, Oracle } from '../moment.ts';
import { isMailable, type ConsentTruth } from './consent-truth.ts';

/** Judges each write once, and at rest what should have been written. */
export function ourWrites(truth: ConsentTruth): Oracle {
  const counted = new Map<string, number>();
  let read = 0;
  return {
    after(moment) {
      truth.refresh();
      const { changes } = moment.world;
      const ours = changes.slice(read).filter(({ by }) => by.actor === 'api');
      read = changes.length;
      return ours.flatMap((change) => [
        ...raises(change),
        ...touches(moment.world, change),
        ...forbidden(moment, change),
        ...doubled(moment, truth, change, counted),
      ]);
    },
    atRest(moment) {
      if (moment.sync !== 'website' || !moment.setup.twoWay) return [];
      return notCarried(moment, truth);
    },
  };
}

/** I1. Nothing that Concord writes makes somebody mailable. */
function raises({ before, after }: Change): Finding[] {
  if (after === null || !isMailable(after) || (before !== null && isMailable(before))) return [];
  return [{ id: 'I1', text: `our write made ${after.id} mailable` }];
}

/** I8. It changes what it is about and nothing else. */
function touches(world: World, { before, after, n }: Change): Finding[] {
  if (before === null || after === null) return [{ id: 'I8', text: `our write ${n} made or destroyed a contact` }];
  const [was, is] = [untouched(world, before), untouched(world, after)];
  const changed = Object.keys(was).filter((key) => was[key] !== is[key]);
  if (changed.length === 0) return [];
  const told = changed.map((key) => `${key}: ${was[key] ?? ''} became ${is[key] ?? ''}`);
  return [{ id: 'I8', text: `our write to ${after.id} changed ${told.join('; ')}` }];
}

/** Everything about a person but what is carried, and the times and numbers that any write moves. */
function untouched(world: World, person: Person): Readonly<Record<string, string>> {
  const { firstName: _name, updatedAt: _at, updateSource: _by, email, details: _details, ...rest } = person;
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

/** I10. A pass that a guard stopped writes nothing into the account; nor does whatever promises to write nothing. */
function forbidden({ command, result, sync }: Moment, { after }: Change): Finding[] {
  if (command === 'pass' && result?.outcome !== 'stopped') return [];
  return [
    {
      id: 'I10',
      text: `${command} ${sync}${command === 'pass' ? ' was stopped and' : ''} wrote to ${after?.id ?? ''}`,
    },
  ];
}

/** I6. No more writes to a person than their rows were changed. */
function doubled(
  { installation }: Moment,
  truth: ConsentTruth,
  { after }: Change,
  counted: Map<string, number>,
): Finding[] {
  if (after === null) return [];
  const times = (counted.get(after.id) ?? 0) + 1;
  counted.set(after.id, times);
  const edits = [...installation.secondary.edits]
    .filter(([address]) => truth.holdersOf(address).has(after.id))
    .reduce((sum, [, n]) => sum + n, 0);
  return times <= edits ? [] : [{ id: 'I6', text: `${after.id} was written ${times} times for ${edits} edits` }];
}

/** I3. Whom the table's owner took out is out in the account, unless they came back there afterwards. */
function notCarried({ world, table, installation }: Moment, truth: ConsentTruth): Finding[] {
  return [...installation.secondary.withdrawn].flatMap(([rowId, changes]) => {
    const address = String(table.find(({ id }) => id === rowId)?.['email']);
    const person = world.owner(address);
    if (person === null || !isMailable(person) || truth.holdersOf(address).size > 1) return [];
    const since = world.changes
      .slice(changes)
      .some(({ after, before }) => after?.id === person.id && before !== null && !isMailable(before));
    const { swapped } = truth.of(person.id);
    return since || swapped
      ? []
      : [{ id: 'I3', text: `${person.id} was taken out in the table and is mailable in the account` }];
  });
}
