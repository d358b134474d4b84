/**
 * matching: which bucket a submitted row falls into (virtuous-crm §7).
 *
 * By reference, then e-mail, then telephone, then name with address. One contact that a reference or an agreeing name makes sure of is a
 * match: with nothing new it is ready, with something new it needs an update. Anything less, or several, needs a person.
 */
import type { Crm } from './crm.ts';
import type { ImportRow, RowData, RowState } from './import-row.ts';
import { methodKey, type Contact, type Individual } from './types.ts';

export interface Judgement {
  readonly state: Extract<RowState, 'match_needed' | 'update_needed' | 'ready'>;
  readonly matchId: number | null;
}

/** Judges a row as things stand. */
export function judgeRow(crm: Crm, { reference, data }: Pick<ImportRow, 'reference' | 'data'>): Judgement {
  const byReference = reference === null ? [] : shown(crm, crm.index.withReference(reference.source, reference.id));
  if (byReference.length === 1 && byReference[0] !== undefined) return sure(crm, byReference[0], reference, data);
  if (byReference.length > 1) return { state: 'match_needed', matchId: null };
  for (const value of [data.email, data.phone]) {
    const found = value === null ? [] : shown(crm, crm.index.withValue(value));
    const [only] = found;
    if (only === undefined) continue;
    if (found.length > 1 || !only.individuals.some((one) => isNamed(one, data))) {
      return { state: 'match_needed', matchId: null };
    }
    return sure(crm, only, reference, data);
  }
  if (byNameAndPlace(crm, data)) return { state: 'match_needed', matchId: null };
  const waits = isNameless(data) && crm.world.switches.current.crmNamelessRow === 'waits';
  return { state: waits || stops(crm, data) ? 'match_needed' : 'ready', matchId: null };
}

function isNameless({ contactType, name, firstName, lastName }: RowData): boolean {
  return contactType === null || (!name && (!firstName || !lastName));
}

function sure(crm: Crm, contact: Contact, reference: ImportRow['reference'], data: RowData): Judgement {
  if (stops(crm, data)) return { state: 'match_needed', matchId: contact.id };
  return { state: isNews(crm, contact, reference, data) ? 'update_needed' : 'ready', matchId: contact.id };
}

/** Tells whether a tag that nobody knows stops the row; a switch decides. */
function stops(crm: Crm, { tags }: RowData): boolean {
  return crm.world.switches.current.crmUnknownTag === 'stops' && tags.some((name) => tagNamed(crm, name) === null);
}

/** Finds a tag by its name; of several of one name the oldest. */
export function tagNamed(crm: Crm, name: string): number | null {
  for (const tag of crm.tags.values()) if (tag.name.toLowerCase() === name.toLowerCase()) return tag.id;
  return null;
}

function isNews(crm: Crm, contact: Contact, reference: ImportRow['reference'], data: RowData): boolean {
  const values = new Set(
    contact.individuals.flatMap((one) =>
      one.methods.filter((each) => !each.archived).map((each) => methodKey(each.value)),
    ),
  );
  const isNewValue = [data.email, data.phone].some((one) => one !== null && !values.has(methodKey(one)));
  const isNewName = data.firstName !== null && !contact.individuals.some((one) => isNamed(one, data));
  const isNewReference =
    reference !== null && !contact.references.some((one) => one.source === reference.source && one.id === reference.id);
  const tags = new Set(contact.tags.map((one) => one.tagId));
  const isNewTag = data.tags.some((name) => {
    const id = tagNamed(crm, name);
    return id !== null && !tags.has(id);
  });
  const isNewField = Object.entries(data.fields).some(([name, value]) => contact.fields[name] !== value);
  const isNewPlace = data.place !== null && !contact.addresses.some((one) => one.address1 === data.place?.address1);
  return isNewValue || isNewName || isNewReference || isNewTag || isNewField || isNewPlace;
}

/** Tells whether an individual bears the names of a row; a row that says none agrees with everybody. */
export function isNamed(one: Individual, { firstName, lastName }: RowData): boolean {
  const same = (a: string | null, b: string | null): boolean => b === null || a?.toLowerCase() === b.toLowerCase();
  return same(one.firstName, firstName) && same(one.lastName, lastName);
}

function byNameAndPlace(crm: Crm, data: RowData): boolean {
  const { place } = data;
  if (place?.address1 === undefined || data.lastName === null) return false;
  const near = shown(crm, crm.index.withStreet(place.address1 ?? ''));
  return near.some((one) => one.individuals.some((each) => isNamed(each, data)));
}

function shown(crm: Crm, ids: readonly number[]): Contact[] {
  return ids
    .map((id) => crm.contacts.get(id))
    .filter((one) => one !== undefined)
    .filter((one) => one.archivedAt === null && one.mergedInto === null);
}
