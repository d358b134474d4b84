/**
 * Every request by which this connector changes something, as pure values.
 *
 * Any of them may be answered by an empty 200. Must never build an operation that sends mail or puts anybody on an
 * e-mail list, an archiving, or a deletion of anything but a tag's place at a contact.
 */
import type { ApiRequest } from '../../connector/wire.ts';
import type { CrmReference, NewCrmPerson } from '../../model/crm.ts';
import type { Json } from '../reading/fields.ts';
import { submissionBody } from './write-bodies.ts';

/** Asks for one person to be imported: who may be held for as long as the organisation likes. */
export function buildSubmission(person: NewCrmPerson): ApiRequest {
  const json = { referenceSource: person.reference.source, ...submissionBody(person) };
  return change('POST', '/api/Contact/Transaction', json);
}

/** Asks for many people of one source to be imported. */
export function buildBatch(referenceSource: string, people: readonly NewCrmPerson[]): ApiRequest {
  return change('POST', '/api/Contact/Batch', { referenceSource, contacts: people.map(submissionBody) });
}

/** Creates a contact at once. Nobody looks for one that is there already: the same body twice makes two. */
export function buildCreation(json: Json): ApiRequest {
  return change('POST', '/api/Contact', json);
}

export function buildReference(contactId: string, { source, id }: CrmReference): ApiRequest {
  const json = { contactId: Number(contactId), referenceSource: source, referenceId: id };
  return change('POST', '/api/ContactReference', json);
}

/** Replaces a contact method. The one operation that sets consent. */
export function buildMethodPut(id: string, json: Json, urgent: boolean): ApiRequest {
  return { ...change('PUT', `/api/ContactMethod/${id}`, json), urgent };
}

export function buildIndividualPut(id: string, json: Json): ApiRequest {
  return change('PUT', `/api/ContactIndividual/${id}`, json);
}

export function buildContactPut(id: string, json: Json): ApiRequest {
  return change('PUT', `/api/Contact/${id}`, json);
}

export function buildTagging(contactId: string, tagId: string): ApiRequest {
  return change('POST', '/api/ContactTag', { tagId: Number(tagId), contactId: Number(contactId) });
}

/** Takes a tag off a contact, by the id of the two together. */
export function buildUntagging(contactTagId: string): ApiRequest {
  return { method: 'DELETE', path: `/api/ContactTag/${contactTagId}`, mayBeEmpty: true };
}

/** Writes a note that everybody in the organisation may read. */
export function buildNote(contactId: string, note: string, at: string): ApiRequest {
  const json = {
    contactId: Number(contactId),
    type: 'General',
    note,
    noteDateTime: at,
    important: false,
    private: false,
  };
  return change('POST', '/api/ContactNote', json);
}

function change(method: 'POST' | 'PUT', path: string, json: Json): ApiRequest {
  return { method, path, json, mayBeEmpty: true };
}
