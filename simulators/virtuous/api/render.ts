/**
 * render: the JSON of the CRM's records.
 *
 * Money is display text, "Unavailable" is a date, times have no zone (virtuous-crm §4). Nested records have fewer properties than the
 * same ones read alone. With the switch `extraFields` they have those of newer answers, and one that no document names.
 */
import type { Address, Contact, ContactTag, Individual, Method, Stamp, Tag } from '../crm/types.ts';
import { primaryAddress } from '../crm/places.ts';
import type { Call } from './call.ts';
import { shownFields } from './fields.ts';
import { timeText, type Manner } from './times.ts';

type Json = Record<string, unknown>;

/** Shows a whole contact. */
export function contactJson(call: Call, contact: Contact, manner: Manner, alone = false): Json {
  const { switches, crm, origin } = call;
  const { address, urls } = { address: primaryAddress(contact), urls: urlsOf(origin, contact.id) };
  return {
    ...(alone ? { isCurrentUserFollowing: false } : {}),
    id: contact.id,
    contactType: contact.contactType,
    isPrivate: contact.isPrivate,
    name: contact.name,
    informalName: contact.informalName,
    description: contact.description,
    website: contact.website,
    maritalStatus: contact.maritalStatus,
    anniversaryMonth: contact.anniversaryMonth,
    anniversaryDay: contact.anniversaryDay,
    anniversaryYear: contact.anniversaryYear,
    mergedIntoContactId: contact.mergedInto,
    ...(switches.crmArchivedFlag ? { isArchived: contact.archivedAt !== null } : {}),
    address: address === undefined ? null : placeJson(address),
    giftAskAmount: '$0',
    giftAskType: 'Unavailable',
    lifeToDateGiving: '$0',
    yearToDateGiving: '$0',
    lastGiftAmount: 'Unavailable',
    lastGiftDate: 'Unavailable',
    contactIndividuals: contact.individuals.map((one) => nestedIndividual(call, contact, one, manner)),
    ...urls,
    primaryAvatarUrl: '',
    contactReferences: contact.references.map(({ source, id }) => ({ source, id })),
    originSegmentId: contact.originSegmentId,
    originSegment: null,
    ...auditJson(contact, manner),
    tags: contact.tags.flatMap(({ tagId }) => crm.tags.get(tagId)?.name ?? []),
    organizationGroups: [],
    customFields: shownFields(call, 'contact', contact.fields),
    customCollections: [],
    ...(switches.extraFields ? { formalContactName: contact.name, alternateContactName: '', loyaltyScore: 0.5 } : {}),
  };
}

function urlsOf(origin: string, id: number): Json {
  const url = (path: string): string => `${origin}/api/${path}/ByContact/${id}`;
  return {
    contactGiftsUrl: url('Gift'),
    contactPassthroughGiftsUrl: url('Gift/Passthrough'),
    contactPlannedGiftsUrl: url('PlannedGift'),
    contactRecurringGiftsUrl: url('RecurringGift'),
    contactImportantNotesUrl: url('ContactNote/Important'),
    contactNotesUrl: url('ContactNote'),
    contactTagsUrl: url('ContactTag'),
    contactRelationshipsUrl: url('Relationship'),
  };
}

function nestedIndividual(call: Call, contact: Contact, individual: Individual, manner: Manner): Json {
  const {
    createdByUser: _creator,
    modifiedByUser: _modifier,
    ...rest
  } = individualJson(call, contact, individual, manner);
  return rest;
}

/** Shows an individual with its methods. */
export function individualJson(call: Call, contact: Contact, one: Individual, manner: Manner): Json {
  const { switches } = call;
  const methods = one.methods.filter((method) => !method.archived).map(methodJson);
  const { birthMonth, birthDay, birthYear } = one;
  const whole = birthMonth !== null && birthDay !== null && birthYear !== null;
  return {
    id: one.id,
    contactId: contact.id,
    prefix: one.prefix,
    firstName: one.firstName,
    middleName: one.middleName,
    lastName: one.lastName,
    suffix: one.suffix,
    gender: one.gender,
    isPrimary: one.isPrimary,
    canBePrimary: !one.isPrimary,
    isSecondary: one.isSecondary,
    canBeSecondary: !one.isSecondary,
    birthMonth,
    birthDay,
    birthYear,
    birthDate: whole ? `${birthMonth}/${birthDay}/${birthYear}` : 'Unavailable',
    approximateAge: one.approximateAge,
    isDeceased: one.isDeceased,
    passion: one.passion,
    avatarUrl: one.avatarUrl,
    contactMethods: methods.length === 0 && switches.crmNoMethods === 'null' ? null : methods,
    ...auditJson(one, manner),
    customFields: shownFields(call, 'individual', one.fields),
    customCollections: [],
    ...(switches.extraFields ? { prefix2: null, preMarriageName: null, nickname: null } : {}),
  };
}

function methodJson(one: Method): Json {
  const { id, type, value, isOptedIn, isPrimary } = one;
  return { id, type, value, isOptedIn, isPrimary, canBePrimary: !isPrimary };
}

/** Shows a method read or written by itself. */
export function methodAlone(one: Method, manner: Manner): Json {
  return { ...methodJson(one), ...auditJson(one, manner) };
}

function placeJson(one: Address): Json {
  const { id, label, address1, address2, city, state, postal, country, isPrimary } = one;
  const { startMonth, startDay, endMonth, endDay } = one;
  const place = { id, label, address1, address2, city, state, postal, country, isPrimary, canBePrimary: !isPrimary };
  return { ...place, startMonth, startDay, endMonth, endDay };
}

/** Shows a postal address read or written by itself. */
export function addressAlone(one: Address, manner: Manner): Json {
  return { ...placeJson(one), ...auditJson(one, manner) };
}

/** Shows a tag. */
export function tagJson({ origin }: Call, { id, name, group }: Tag): Json {
  return { id, tagName: name, tagGroupName: group, contactsByTagUrl: `${origin}/api/Contact/ByTag/${id}` };
}

/** Shows a tag on a contact; `total` counts the contacts that have it. */
export function contactTagJson({ crm, origin }: Call, join: ContactTag, manner: Manner): Json {
  let total = 0;
  for (const contact of crm.contacts.values()) if (contact.tags.some((one) => one.tagId === join.tagId)) total += 1;
  return {
    contactTagId: join.id,
    tagId: join.tagId,
    name: crm.tags.get(join.tagId)?.name ?? '',
    total,
    ...auditJson(join, manner),
    contactsByTagUrl: `${origin}/api/Contact/ByTag/${join.tagId}`,
  };
}

/** Shows a contact in short, as queries and searches list it. */
export function shortJson({ origin }: Call, contact: Contact): Json {
  const person = contact.individuals.find((one) => one.isPrimary) ?? contact.individuals[0];
  const address = primaryAddress(contact);
  return {
    id: contact.id,
    name: contact.name,
    contactType: contact.contactType,
    contactName: contact.name,
    address:
      address === undefined ? '' : [address.address1, address.city, address.state].filter((one) => one).join(', '),
    email: valueOf(person, /Email$/),
    phone: valueOf(person, /Phone$/),
    contactViewUrl: `${origin}/api/Contact/${contact.id}`,
  };
}

/** Tells the value of an individual's method of a kind, the primary one if there is; null if there is none. */
export function valueOf(person: Individual | undefined, kind: RegExp): string | null {
  const methods = (person?.methods ?? []).filter((one) => !one.archived && kind.test(one.type));
  return (methods.find((one) => one.isPrimary) ?? methods[0])?.value ?? null;
}

/** Shows who made and last changed a record, and when. */
export function auditJson(stamp: Stamp, manner: Manner): Json {
  return {
    createDateTimeUtc: timeText(stamp.createdAt, manner),
    createdByUser: stamp.createdBy,
    modifiedDateTimeUtc: timeText(stamp.modifiedAt, manner),
    modifiedByUser: stamp.modifiedBy,
  };
}
