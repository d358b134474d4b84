/**
 * truth: how the control door tells the whole CRM, whatever the switches do to the API. Only reads.
 */
import type { Crm } from './crm.ts';
import { tell, type Told } from './told.ts';

/** Tells everything about everything: contacts, tags, notes and custom fields. */
export function truthOfCrm(crm: Crm): Told {
  return {
    ...summaryOfCrm(crm),
    list: [...crm.contacts.values()].map(tell),
    tag_list: [...crm.tags.values()],
    note_list: [...crm.notes.values()].map(tell),
    import_rows: [...crm.rows.values()].map(tell),
    custom_fields: crm.definitions.map(tell),
  };
}

/** Counts what there is. */
export function summaryOfCrm(crm: Crm): Told {
  const all = [...crm.contacts.values()];
  const methods = all.flatMap((one) => one.individuals.flatMap((person) => person.methods));
  return {
    contacts: all.length,
    archived: all.filter((one) => one.archivedAt !== null).length,
    merged: all.filter((one) => one.mergedInto !== null).length,
    individuals: all.reduce((sum, one) => sum + one.individuals.length, 0),
    methods: methods.length,
    opted_in: methods.filter((one) => one.isOptedIn).length,
    tags: crm.tags.size,
    notes: crm.notes.size,
    import_rows: countBy([...crm.rows.values()].map((one) => one.state)),
  };
}

function countBy(words: readonly string[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}
