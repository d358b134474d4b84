/**
 * Every request by which this connector reads, as pure values.
 *
 * `skip` and `take` stand in the URL: in the body they are said to be ignored, and ten rows come without an error. Whole
 * enumerations go by the id above the last one seen, never by `skip`, which slows down. Parameters and operators are the
 * vendor's words, letter by letter.
 */
import type { ApiRequest } from '../../connector/wire.ts';
import type { CrmReference } from '../../model/crm.ts';
import { dateBefore } from './moments.ts';

/** The most rows that one query may ask for. */
export const MOST_ROWS = 1000;

interface Condition {
  readonly parameter: string;
  readonly operator: string;
  readonly value: string;
}

/** Where an enumeration stands: contacts with an id above `after`, `take` of them. */
export interface Stretch {
  readonly after: string;
  readonly take: number;
  /** Only those changed at or after this time; null: all. */
  readonly since: string | null;
}

/** Asks for a stretch of contacts with everything in them. A large one may be too much for the vendor. */
export function buildStretch(stretch: Stretch): ApiRequest {
  return query('/api/Contact/Query/FullContact', stretch.take, [conditionsOf(stretch)], false, stretch.take > 1);
}

/** Asks for the id of the first contact of a stretch, of a contact that cannot be answered whole. */
export function buildFirstId(stretch: Stretch): ApiRequest {
  return query('/api/Contact/Query', 1, [conditionsOf(stretch)], false, false);
}

function conditionsOf({ after, since }: Stretch): readonly Condition[] {
  const above = { parameter: 'Contact Id', operator: 'GreaterThan', value: after };
  if (since === null) return [above];
  return [above, { parameter: 'Last Modified Date', operator: 'OnOrAfter', value: dateBefore(since) }];
}

/** Asks for contacts by their ids: one group for each, of which any may hold. */
export function buildByIds(ids: readonly string[], includeArchived: boolean): ApiRequest {
  const groups = ids.map((value) => [{ parameter: 'Contact Id', operator: 'Is', value }]);
  return query('/api/Contact/Query/FullContact', MOST_ROWS, groups, includeArchived, false);
}

function query(
  path: string,
  take: number,
  groups: readonly (readonly Condition[])[],
  includeArchived: boolean,
  oneTry: boolean,
): ApiRequest {
  const json = {
    includeArchived,
    groups: groups.map((conditions) => ({ conditions })),
    sortBy: 'Contact Id',
    descending: false,
  };
  return { method: 'POST', path, query: page(take), json, ...(oneTry ? { oneTry } : {}) };
}

/** Asks for the individuals that have an address; what "Is" makes of case and space is not known, so the answer is looked through. */
export function buildIndividualsByAddress(address: string, skip: number): ApiRequest {
  const conditions = [{ parameter: 'Email Address', operator: 'Is', value: address }];
  const json = { groups: [{ conditions }] };
  return { method: 'POST', path: '/api/ContactIndividual/Query', query: page(MOST_ROWS, skip), json };
}

/** Asks for one contact. */
export function buildContact(id: string): ApiRequest {
  return { method: 'GET', path: `/api/Contact/${id}` };
}

/** Asks for the contact with an outside id; as a path, a source with a space or the name of an operation would fail. */
export function buildByReference({ source, id }: CrmReference): ApiRequest {
  return { method: 'GET', path: '/api/Contact/Find', query: { referenceSource: source, referenceId: id } };
}

export function buildIndividual(id: string): ApiRequest {
  return { method: 'GET', path: `/api/ContactIndividual/${id}` };
}

export function buildMethod(id: string, urgent: boolean): ApiRequest {
  return { method: 'GET', path: `/api/ContactMethod/${id}`, urgent };
}

/** Asks for a page of the organisation's tags. */
export function buildTags(skip: number): ApiRequest {
  return { method: 'GET', path: '/api/Tag', query: page(MOST_ROWS, skip) };
}

/** Asks for a page of the tags that a contact bears, with the ids by which they are taken off. */
export function buildTagsOf(contactId: string, skip: number): ApiRequest {
  return { method: 'GET', path: `/api/ContactTag/ByContact/${contactId}`, query: page(MOST_ROWS, skip) };
}

/** Asks for a page of a contact's notes. */
export function buildNotesOf(contactId: string, skip: number): ApiRequest {
  return { method: 'GET', path: `/api/ContactNote/ByContact/${contactId}`, query: page(MOST_ROWS, skip) };
}

/** Asks which custom fields contacts have. */
export function buildFields(): ApiRequest {
  return { method: 'GET', path: '/api/Contact/CustomFields' };
}

/** Asks which organisation the credential is for. Without that nothing may be read, opt-outs included. */
export function buildOrganization(): ApiRequest {
  return { method: 'GET', path: '/api/Organization/Current', urgent: true };
}

/** Asks what the credential may do. */
export function buildPermissions(): ApiRequest {
  return { method: 'GET', path: '/api/Permission' };
}

function page(take: number, skip = 0): Readonly<Record<string, string>> {
  return { skip: String(skip), take: String(take) };
}
