/**
 * individuals: the people of a contact (virtuous-crm §5).
 *
 * A write says `setAsPrimary`, a read `isPrimary`. An update takes no methods: they have operations of their own.
 */
import { z } from 'zod';
import { addIndividual, editIndividual, individualOf, removeIndividual } from '../crm/changes.ts';
import { NO_PROFILE, said } from '../crm/make.ts';
import type { Contact, Individual } from '../crm/types.ts';
import { CrmRefusal, invalid, missing, type Reply } from './answer.ts';
import { fieldList, flag, id, int, needed, readBody, shapeOf, text } from './body.ts';
import { contactToRead, contactToWrite, fresh, idOf, isVisible, type Call } from './call.ts';
import { checkMethod, given } from './contact-writes.ts';
import { oneOf } from './contacts.ts';
import { fromList, withFields } from './fields.ts';
import { individualJson } from './render.ts';
import { methodKey } from '../crm/types.ts';

const person = {
  firstName: needed,
  lastName: needed,
  prefix: text,
  middleName: text,
  suffix: text,
  gender: text,
  setAsPrimary: flag,
  setAsSecondary: flag,
  birthMonth: int,
  birthDay: int,
  birthYear: int,
  approximateAge: int,
  isDeceased: flag,
  deceasedDate: text,
  passion: text,
  avatarUrl: text,
};

/** Answers `GET /api/ContactIndividual/{id}`. */
export function getIndividual(call: Call): Reply {
  const { contact, individual } = find(call, missing);
  return { status: 200, body: individualJson(call, contact, individual, 'read') };
}

/** Answers `GET /api/ContactIndividual/ByContact/{contactId}`: a bare list, empty for a contact that is not there. */
export function listOfContact(call: Call): Reply {
  const contact = fresh(call, idOf(call));
  if (contact === undefined || !isVisible(call, contact)) return { status: 200, body: [] };
  const body = contact.individuals.map((one) => individualJson(call, contact, one, 'listed'));
  return { status: 200, body };
}

/** Answers `GET /api/ContactIndividual/Find?email=`. */
export function findIndividual(call: Call): Reply {
  const email = call.query.get('email') ?? '';
  if (email === '') throw invalid({ email: ['An email address is required.'] });
  const contact = oneOf(call, call.crm.index.withValue(email));
  const individual = contact.individuals.find((one) =>
    one.methods.some((method) => methodKey(method.value) === methodKey(email)),
  );
  if (individual === undefined) throw missing();
  return { status: 200, body: individualJson(call, contact, individual, 'read') };
}

const CREATE = shapeOf('contactIndividual', (object) =>
  object({
    contactId: id,
    ...person,
    contactMethods: z.array(object({ type: needed, value: needed, isOptedIn: flag, isPrimary: flag })).nullish(),
    customFields: fieldList(object).nullish(),
    customCollections: z.array(z.never()).nullish(),
  }),
);

/** Answers `POST /api/ContactIndividual`. */
export function postIndividual(call: Call): Reply {
  const body = readBody(call, CREATE);
  const contact = contactToWrite(call, body.contactId);
  for (const { type, value } of body.contactMethods ?? []) checkMethod(call, type, value, contact.id);
  const made = addIndividual(call.crm, contact, {
    ...body,
    isPrimary: body.setAsPrimary,
    isSecondary: body.setAsSecondary,
    methods: body.contactMethods ?? [],
    fields: withFields(call, 'individual', {}, fromList(body.customFields)),
  });
  return { status: 200, body: individualJson(call, contactToRead(call, contact.id), made, 'written') };
}

const UPDATE = shapeOf('contactIndividual', (object) =>
  object({
    ...person,
    customFields: fieldList(object).nullish(),
    customCollections: z.array(z.never()).nullish(),
  }),
);

/** Answers `PUT /api/ContactIndividual/{id}`. */
export function putIndividual(call: Call): Reply {
  const { contact, individual } = find(call, unknown(call));
  const { customFields, customCollections: _, setAsPrimary, setAsSecondary, ...body } = readBody(call, UPDATE);
  const set = call.switches.crmPut === 'patch' ? given(body) : { ...NO_PROFILE, ...said(NO_PROFILE, body) };
  const after = editIndividual(call.crm, contact, {
    ...individual,
    ...set,
    isDeceased: set.isDeceased ?? false,
    isPrimary: setAsPrimary ?? individual.isPrimary,
    isSecondary: setAsSecondary ?? individual.isSecondary,
    fields: withFields(call, 'individual', individual.fields, fromList(customFields)),
  });
  const shown = individualJson(call, contactToRead(call, contact.id), after, 'written');
  return { status: 200, body: { ...shown, deceasedDate: after.deceasedDate } };
}

/** Answers `DELETE /api/ContactIndividual/{id}`; the last one of a contact stays, for every contact must have one. */
export function deleteIndividual(call: Call): Reply {
  const { contact, individual } = find(call, unknown(call));
  if (contact.individuals.length === 1) {
    throw new CrmRefusal(400, 'A contact must have at least one individual.');
  }
  removeIndividual(call.crm, contact, individual.id);
  return { status: 200, body: undefined };
}

function unknown(call: Call): () => CrmRefusal {
  return () => new CrmRefusal(400, `The individual ${idOf(call)} could not be found.`);
}

function find(call: Call, refuse: () => CrmRefusal): { contact: Contact; individual: Individual } {
  const contactId = call.crm.index.ownerOf(idOf(call));
  const contact = contactId === undefined ? undefined : fresh(call, contactId);
  const has = contact?.individuals.some((one) => one.id === idOf(call)) === true;
  if (contact === undefined || !has || !isVisible(call, contact)) throw refuse();
  return { contact, individual: individualOf(contact, idOf(call)) };
}
