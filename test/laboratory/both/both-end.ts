/**
 * What two systems are in the end, in lines that can be compared: nothing of ids that come with each playing, nor of times.
 */
import type { Crm } from '../../../simulators/virtuous/crm/crm.ts';
import type { World } from '../../../simulators/world/world.ts';

/** Says everybody of both systems, in order. */
export function endOf({ people }: World, crm: Crm): readonly string[] {
  const account = [...people.values()].map(({ id, firstName, lastName, email, deletedAt }) => {
    const address = email?.address ?? '';
    return `account ${address} ${email?.permission} ${firstName} ${lastName} ${deletedAt === null ? id : 'deleted'}`;
  });
  const contacts = [...crm.contacts.values()].map((contact) => {
    const { individuals, references, tags, fields, archivedAt, mergedInto } = contact;
    const shown = individuals.map(({ firstName, lastName, methods }) => ({
      name: `${firstName} ${lastName}`,
      methods: methods.map(({ type, value, isOptedIn, archived }) => [type, value, isOptedIn, archived]),
    }));
    const more = [references.map(({ source, id }) => [source, id]), tags.map(({ tagId }) => tagId), fields];
    return `crm ${JSON.stringify([shown, ...more, archivedAt === null, mergedInto === null])}`;
  });
  return [...account, ...contacts].toSorted();
}
