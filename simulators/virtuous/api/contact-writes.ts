/**
 * contact-writes: making, changing, archiving and bringing back contacts (virtuous-crm §4).
 *
 * A create acts at once and looks for no duplicate. An update takes neither people, methods, addresses, tags nor references: those
 * have operations of their own. Whether what it leaves out goes or stays is a switch.
 */
import { z } from 'zod';
import { archiveContact, createContact, editContact, unarchiveContact } from '../crm/changes.ts';
import { NO_HEAD, said, type IndividualDraft } from '../crm/make.ts';
import { CONTACT_TYPES, METHOD_TYPES, type Contact, type Reference } from '../crm/types.ts';
import { CrmRefusal, invalid, type Reply } from './answer.ts';
import { fieldList, fieldMap, flag, int, needed, readBody, shapeOf, text } from './body.ts';
import { contactToWrite, idOf, type Call } from './call.ts';
import { fromList, fromMap, withFields } from './fields.ts';
import { checkReference } from './references.ts';
import { contactJson } from './render.ts';

const head = {
  informalName: text,
  description: text,
  website: text,
  maritalStatus: text,
  anniversaryMonth: int,
  anniversaryDay: int,
  anniversaryYear: int,
  originSegmentId: int,
  isPrivate: flag,
};
const profile = {
  prefix: text,
  middleName: text,
  suffix: text,
  birthMonth: int,
  birthDay: int,
  birthYear: int,
  approximateAge: int,
  gender: text,
  passion: text,
  isDeceased: flag,
};

const CREATE = shapeOf('contact', (object) =>
  object({
    contactType: needed,
    name: text,
    ...head,
    referenceSource: text,
    referenceId: text,
    isArchived: flag,
    contactAddresses: z
      .array(
        object({
          label: text,
          address1: text,
          address2: text,
          city: text,
          stateCode: text,
          postal: text,
          countryCode: text,
          isPrimary: flag,
          latitude: z.number().nullish(),
          longitude: z.number().nullish(),
        }),
      )
      .nullish(),
    contactIndividuals: z
      .array(
        object({
          firstName: needed,
          lastName: needed,
          ...profile,
          isPrimary: flag,
          isSecondary: flag,
          contactMethods: z.array(object({ type: needed, value: needed, isOptedIn: flag, isPrimary: flag })).nullish(),
          customFields: fieldMap,
        }),
      )
      .min(1),
    customFields: fieldMap,
    customCollections: z.array(z.never()).nullish(),
  }),
);

/** Answers `POST /api/Contact`. */
export function postContact(call: Call): Reply {
  const body = readBody(call, CREATE);
  checkType(body.contactType);
  const reference = referenceIn(body.referenceSource, body.referenceId);
  if (reference !== null) checkReference(call, reference, null);
  const individuals = body.contactIndividuals.map(({ contactMethods, customFields, ...one }): IndividualDraft => {
    for (const method of contactMethods ?? []) checkMethod(call, method.type, method.value, null);
    return {
      ...one,
      methods: contactMethods ?? [],
      fields: withFields(call, 'individual', {}, fromMap(customFields)),
    };
  });
  const addresses = (body.contactAddresses ?? []).map(({ stateCode, countryCode, ...one }) => ({
    ...one,
    state: stateCode,
    country: countryCode,
  }));
  const { contactIndividuals: _, contactAddresses: __, customFields, isArchived, ...rest } = body;
  const made = createContact(call.crm, {
    ...rest,
    individuals,
    addresses,
    references: reference === null ? [] : [reference],
    fields: withFields(call, 'contact', {}, fromMap(customFields)),
    archived: isArchived ?? false,
  });
  return { status: 200, body: contactJson(call, made, 'written') };
}

const UPDATE = shapeOf('contact', (object) =>
  object({
    contactType: needed,
    name: needed,
    ...head,
    customFields: fieldList(object).nullish(),
    customCollections: z.array(z.never()).nullish(),
  }),
);

/** Answers `PUT /api/Contact/{contactId}`. */
export function putContact(call: Call): Reply {
  const contact = contactToWrite(call, idOf(call));
  const { customFields, customCollections: _, ...body } = readBody(call, UPDATE);
  checkType(body.contactType);
  const replaced = { ...NO_HEAD, ...said(NO_HEAD, body) };
  const set =
    call.switches.crmPut === 'patch' ? { ...given(body), isPrivate: body.isPrivate ?? contact.isPrivate } : replaced;
  const fields = withFields(call, 'contact', contact.fields, fromList(customFields));
  const after = editContact(call.crm, contact, { ...set, fields });
  return { status: 200, body: contactJson(call, after, 'written', true) };
}

/** Keeps what was said, nulls included. */
export function given<T extends object>(body: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

const ARCHIVE = shapeOf('archive', (object) => object({ archiveReason: text }));

/** Answers `PUT /api/Contact/Archive/{contactId}`; its body may be left out. */
export function putArchive(call: Call): Reply {
  const contact = known(call);
  const reason = call.body === undefined ? null : (readBody(call, ARCHIVE).archiveReason ?? null);
  archiveContact(call.crm, contact, reason);
  return { status: 200, body: undefined };
}

/** Answers `PUT /api/Contact/Unarchive/{contactId}`. */
export function putUnarchive(call: Call): Reply {
  unarchiveContact(call.crm, known(call));
  return { status: 200, body: {} };
}

function known(call: Call): Contact {
  const contact = call.crm.contacts.get(idOf(call));
  if (contact === undefined) throw new CrmRefusal(400, `The contact ${idOf(call)} could not be found.`);
  return contact;
}

function checkType(type: string): void {
  if (CONTACT_TYPES.some((one) => one.type === type)) return;
  throw invalid({ 'contact.contactType': [`The contact type '${type}' does not exist.`] });
}

/** Refuses a type of method that the organization does not have, and, by a switch, an address that another contact has. */
export function checkMethod(call: Call, type: string, value: string, ownerId: number | null): void {
  if (!METHOD_TYPES.includes(type)) throw invalid({ type: [`The contact method type '${type}' does not exist.`] });
  const taken = type.endsWith('Email') && call.crm.index.withValue(value).some((id) => id !== ownerId);
  if (taken && call.switches.crmEmailTaken === 'conflict') {
    throw new CrmRefusal(409, 'The email address is already in use by another contact.');
  }
}

function referenceIn(source: string | null | undefined, id: string | null | undefined): Reference | null {
  if (!source && !id) return null;
  if (!source || !id) throw invalid({ referenceSource: ['A reference needs both a source and an id.'] });
  return { source, id };
}
