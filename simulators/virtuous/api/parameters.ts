/**
 * parameters: what contacts, individuals and notes can be asked by, under the names people see (virtuous-crm §4).
 *
 * Names are display names with spaces and case counts; custom fields are asked by theirs. An organization may have others, so a client
 * takes them from QueryOptions.
 */
import type { Crm } from '../crm/crm.ts';
import { CONTACT_TYPES, NOTE_TYPES, type Contact, type Individual, type Note } from '../crm/types.ts';
import type { Has, ParameterType } from './operators.ts';
import { primaryAddress } from '../crm/places.ts';

export interface Parameter<T> {
  readonly name: string;
  readonly type: ParameterType;
  /** What a lookup may be asked for; anything else is refused. */
  readonly choices: readonly string[];
  read(row: T): Has;
}

function parameter<T>(
  name: string,
  type: ParameterType,
  read: (row: T) => Has,
  choices: readonly string[] = [],
): Parameter<T> {
  return { name, type, read, choices };
}

function known(value: string | number | null | undefined): Has {
  return value === null || value === undefined || value === '' ? [] : [value];
}

function valuesOf(people: readonly Individual[], kind: RegExp): Has {
  return people.flatMap(({ methods }) =>
    methods.filter((one) => !one.archived && kind.test(one.type)).map((one) => one.value),
  );
}

/** What contacts can be asked by. */
export function contactParameters(crm: Crm): readonly Parameter<Contact>[] {
  const place = (name: string, of: 'address1' | 'address2' | 'city' | 'state' | 'postal' | 'country') =>
    parameter<Contact>(name, 'Text', (one) => known(primaryAddress(one)?.[of]));
  const tagNames = [...new Set([...crm.tags.values()].map((one) => one.name))];
  return [
    parameter('Contact Id', 'Number', (one) => [one.id]),
    parameter('Contact Name', 'Text', (one) => known(one.name)),
    parameter(
      'Contact Type',
      'List',
      (one) => [one.contactType],
      CONTACT_TYPES.map((one) => one.type),
    ),
    parameter('Create Date', 'Date', (one) => [one.createdAt]),
    parameter('Last Modified Date', 'Date', (one) => [one.modifiedAt]),
    parameter('Private', 'Boolean', (one) => [one.isPrivate]),
    parameter('First Name', 'Text', (one) => one.individuals.flatMap((person) => known(person.firstName))),
    parameter('Last Name', 'Text', (one) => one.individuals.flatMap((person) => known(person.lastName))),
    parameter('Phone Number', 'Text', (one) => valuesOf(one.individuals, /Phone$/)),
    parameter('Email Address', 'Text', (one) => valuesOf(one.individuals, /Email$/)),
    place('Address Line 1', 'address1'),
    place('Address Line 2', 'address2'),
    place('City', 'city'),
    place('State', 'state'),
    place('Postal', 'postal'),
    place('Country', 'country'),
    parameter('Tag', 'List', (one) => one.tags.flatMap(({ tagId }) => crm.tags.get(tagId)?.name ?? []), tagNames),
    ...crm.definitions
      .filter((one) => one.of === 'contact')
      .map(({ name, displayName, options }) =>
        parameter<Contact>(
          displayName,
          options.length > 0 ? 'List' : 'Text',
          (one) => known(one.fields[name]),
          options,
        ),
      ),
  ];
}

export interface PersonRow {
  readonly contact: Contact;
  readonly individual: Individual;
}

/** What individuals can be asked by. */
export const PERSON_PARAMETERS: readonly Parameter<PersonRow>[] = [
  parameter('Individual Id', 'Number', (one) => [one.individual.id]),
  parameter('Contact Id', 'Number', (one) => [one.contact.id]),
  parameter('First Name', 'Text', (one) => known(one.individual.firstName)),
  parameter('Last Name', 'Text', (one) => known(one.individual.lastName)),
  parameter('Email Address', 'Text', (one) => valuesOf([one.individual], /Email$/)),
  parameter('Phone Number', 'Text', (one) => valuesOf([one.individual], /Phone$/)),
  parameter('Create Date', 'Date', (one) => [one.individual.createdAt]),
  parameter('Last Modified Date', 'Date', (one) => [one.individual.modifiedAt]),
  parameter('Deceased', 'Boolean', (one) => [one.individual.isDeceased]),
];

/** What notes can be asked by. */
export const NOTE_PARAMETERS: readonly Parameter<Note>[] = [
  parameter('Note Id', 'Number', (one) => [one.id]),
  parameter('Contact Id', 'Number', (one) => [one.contactId]),
  parameter('Note', 'Text', (one) => [one.note]),
  parameter('Note Date', 'Date', (one) => [one.noteAt]),
  parameter('Note Type', 'List', (one) => [one.type], NOTE_TYPES),
  parameter('Important Note', 'Boolean', (one) => [one.important]),
  parameter('Create Date', 'Date', (one) => [one.createdAt]),
];
