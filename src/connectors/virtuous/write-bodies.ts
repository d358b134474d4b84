/**
 * What is sent: somebody new, and what stands with the changes laid over it.
 *
 * A PUT is said to remove what it leaves out, so the whole model that it accepts goes out as it was just read (T37). The
 * opt-in of an address is always said, for silence has been taken as a no and may be taken as a yes. Pure.
 */
import type { NewCrmPerson } from '../../model/crm.ts';
import { isRecord, type Json } from '../reading/fields.ts';
import { fieldRows } from './custom-fields.ts';

const CONTACT_MODEL = [
  'contactType',
  'name',
  'informalName',
  'description',
  'website',
  'maritalStatus',
  'anniversaryMonth',
  'anniversaryDay',
  'anniversaryYear',
  'originSegmentId',
  'isPrivate',
] as const;
export const INDIVIDUAL_MODEL = [
  'firstName',
  'lastName',
  'prefix',
  'middleName',
  'suffix',
  'gender',
  'birthMonth',
  'birthDay',
  'birthYear',
  'approximateAge',
  'isDeceased',
  'deceasedDate',
  'passion',
  'avatarUrl',
] as const;
/** The kind of contact that one new person is. */
const HOUSEHOLD = 'Household';

/** The body of a contact as it was read, with custom fields set; null clears one. */
export function contactBody(stands: Json, set: Readonly<Record<string, string | null>>): Json {
  return {
    ...modelOf(stands, CONTACT_MODEL),
    customFields: fieldRows(stands['customFields'], set),
    ...collections(stands),
  };
}

/** The body of an individual as it was read, with another name. */
export function individualBody(stands: Json, name: { readonly first: string; readonly last: string }): Json {
  return {
    ...modelOf(stands, INDIVIDUAL_MODEL),
    firstName: name.first,
    lastName: name.last,
    setAsPrimary: stands['isPrimary'] === true,
    setAsSecondary: stands['isSecondary'] === true,
    customFields: fieldRows(stands['customFields'], {}),
    ...collections(stands),
  };
}

/** The body of a contact method: always whole. */
export function methodBody(method: {
  readonly type: string;
  readonly value: string;
  readonly optedIn: boolean;
  readonly primary: boolean;
}): Json {
  return { type: method.type, value: method.value, isOptedIn: method.optedIn, setAsPrimary: method.primary };
}

/** One row of a submission. It has no field for consent; tags are one text. */
export function submissionBody({ reference, ...person }: NewCrmPerson): Json {
  return {
    referenceId: reference.id,
    contactType: HOUSEHOLD,
    firstName: person.first_name,
    lastName: person.last_name,
    emailType: person.address_type,
    email: person.address,
    ...(person.tags.length > 0 ? { tags: person.tags.join(';') } : {}),
    ...mapOf(person.custom_fields),
  };
}

/** The body of a contact that is created at once: it takes no tags. */
export function creationBody({ reference, ...person }: NewCrmPerson, isOptedIn: boolean): Json {
  const method = { type: person.address_type, value: person.address, isOptedIn, isPrimary: true };
  return {
    contactType: HOUSEHOLD,
    referenceSource: reference.source,
    referenceId: reference.id,
    name: `${person.first_name} ${person.last_name}`,
    contactIndividuals: [
      { firstName: person.first_name, lastName: person.last_name, isPrimary: true, contactMethods: [method] },
    ],
    ...mapOf(person.custom_fields),
  };
}

/** Custom fields of somebody new are a map, not rows. */
function mapOf(fields: Readonly<Record<string, string>>): Json {
  return Object.keys(fields).length > 0 ? { customFields: { ...fields } } : {};
}

/** What is null is left out, which says the same. */
function modelOf(stands: Json, model: readonly string[]): Json {
  return Object.fromEntries(
    model.map((key) => [key, stands[key]]).filter(([, value]) => value !== undefined && value !== null),
  );
}

/** Collections are read with ids and written by name. */
function collections(stands: Json): Json {
  const raw = stands['customCollections'];
  const rows = (Array.isArray(raw) ? raw : []).filter((one): one is Json => isRecord(one));
  const written = rows.map(({ customCollectionName: name, fields }) => ({ name, fields }));
  return written.length > 0 ? { customCollections: written } : {};
}
