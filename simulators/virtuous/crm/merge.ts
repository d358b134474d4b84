/**
 * merge: two contacts become one, and one becomes two again; only people at the CRM's own screen do that (virtuous-crm §4).
 *
 * The one that is lost keeps its id, points to the other and has nothing left. What a person of the same name has already is not
 * doubled: of two equal addresses the winner's opt-in stays. Undoing gives back what came from the lost one, as it is by then.
 */
import type { Crm } from './crm.ts';
import { onePrimary, primaryOfEachKind } from './make.ts';
import { methodKey, type Contact, type Individual } from './types.ts';

/** Merges one contact into another. */
export function mergeContacts(crm: Crm, loser: Contact, winner: Contact): void {
  crm.merged.set(loser.id, loser);
  const { crmMergeReferences } = crm.world.switches.current;
  const moved = crmMergeReferences === 'moved' ? loser.references : [];
  const had = new Set(winner.tags.map((one) => one.tagId));
  const empty = {
    individuals: [],
    addresses: [],
    tags: [],
    references: loser.references.filter((one) => !moved.includes(one)),
  };
  const facts = { merged_into: winner.id };
  crm.commit('contact.merged', 'merge', { ...loser, ...empty, mergedInto: winner.id }, facts);
  crm.commit(
    'contact.absorbed',
    'merge',
    {
      ...winner,
      individuals: onePrimary(
        joined(winner.individuals, loser.individuals),
        winner.individuals.find((one) => one.isPrimary)?.id,
      ),
      addresses: onePrimary(
        [...winner.addresses, ...loser.addresses],
        winner.addresses.find((one) => one.isPrimary)?.id,
      ),
      tags: [...winner.tags, ...loser.tags.filter((one) => !had.has(one.tagId))],
      references: [...winner.references, ...moved],
      fields: { ...loser.fields, ...winner.fields },
    },
    { absorbed: loser.id },
  );
  for (const note of crm.notes.values())
    if (note.contactId === loser.id) crm.notes.set(note.id, { ...note, contactId: winner.id });
}

function joined(ours: readonly Individual[], theirs: readonly Individual[]): readonly Individual[] {
  let all = ours;
  for (const one of theirs) {
    const same = all.find((each) => each.firstName === one.firstName && each.lastName === one.lastName);
    if (same === undefined) all = [...all, { ...one, isPrimary: false }];
    else all = all.map((each) => (each === same ? { ...each, methods: together(each, one) } : each));
  }
  return all;
}

function together(ours: Individual, theirs: Individual): Individual['methods'] {
  const has = new Set(ours.methods.map((one) => methodKey(one.value)));
  const more = theirs.methods.filter((one) => !has.has(methodKey(one.value)));
  return primaryOfEachKind([...ours.methods, ...more.map((one) => ({ ...one, isPrimary: false }))]);
}

/** Undoes a merge. */
export function unmergeContact(crm: Crm, lost: Contact, before: Contact, winner: Contact): void {
  const parts = new Set(before.individuals.flatMap((one) => [one.id, ...one.methods.map((method) => method.id)]));
  const methods = new Map(
    winner.individuals.flatMap((one) => one.methods.map((method) => [method.id, method] as const)),
  );
  const ids = new Set([...before.addresses, ...before.tags].map((one) => one.id));
  const left = winner.individuals
    .filter((one) => !parts.has(one.id))
    .map((one) => ({ ...one, methods: primaryOfEachKind(one.methods.filter((method) => !parts.has(method.id))) }));
  crm.commit(
    'contact.released',
    'merge',
    {
      ...winner,
      individuals: onePrimary(left),
      addresses: onePrimary(winner.addresses.filter((one) => !ids.has(one.id))),
      tags: winner.tags.filter((one) => !ids.has(one.id)),
      references: winner.references.filter((one) => !before.references.includes(one)),
    },
    { released: lost.id },
  );
  const back = before.individuals.map((one) => ({
    ...one,
    methods: one.methods.map((method) => ({ ...(methods.get(method.id) ?? method), isPrimary: method.isPrimary })),
  }));
  crm.merged.delete(lost.id);
  crm.commit('contact.unmerged', 'merge', { ...before, individuals: back, createdAt: lost.createdAt });
}
