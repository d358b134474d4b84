/**
 * router: the table of the CRM's calls, and how a path finds its line.
 *
 * Paths are case-sensitive, fixed segments win over named ones: a reference source called like one of them cannot be read (virtuous-crm
 * §11.13). A query parameter that a call does not name, or that comes twice, is refused.
 */
import { currentOrganization, listOrganizations, listPermissions } from './account.ts';
import * as addresses from './addresses.ts';
import { invalid, type Reply } from './answer.ts';
import type { Call } from './call.ts';
import * as contactWrites from './contact-writes.ts';
import * as contacts from './contacts.ts';
import { listFields } from './fields.ts';
import * as individuals from './individuals.ts';
import * as methods from './methods.ts';
import * as notes from './notes.ts';
import { queryContacts, queryIndividuals, queryNotes, queryOptions } from './query.ts';
import { deleteReference, postReference } from './references.ts';
import { searchAll, searchContacts } from './search.ts';
import * as tags from './tags.ts';
import { postBatch, postTransaction } from './transactions.ts';
import * as webhooks from './webhooks.ts';

export interface Route {
  readonly method: string;
  readonly segments: readonly string[];
  readonly parameters: readonly string[];
  answer(call: Call): Reply;
}

function route(line: string, answer: Route['answer'], parameters: readonly string[] = []): Route {
  const [method = '', path = ''] = line.split(' ');
  return { method, segments: path.split('/'), parameters, answer };
}

const PAGE = ['skip', 'take'];
const SORTED_PAGE = ['sortBy', 'descending', ...PAGE];

const ROUTES: readonly Route[] = [
  route('GET /api/Organization', listOrganizations),
  route('GET /api/Organization/Current', currentOrganization),
  route('GET /api/Permission', listPermissions),
  route('GET /api/Contact/Find', contacts.findContact, ['email', 'referenceSource', 'referenceId']),
  route('GET /api/Contact/Types', contacts.listTypes),
  route('GET /api/Contact/Prefixes', contacts.listPrefixes),
  route('GET /api/Contact/CustomFields', listFields('contact')),
  route('GET /api/Contact/QueryOptions', queryOptions('contact')),
  route('GET /api/Contact/ByReference/{text}', contacts.getBySignature),
  route('GET /api/Contact/ByTag/{id}', contacts.listByTag, ['filter', ...SORTED_PAGE]),
  route('POST /api/Contact/Search', searchContacts, PAGE),
  route('POST /api/Contact/Query', queryContacts(false), PAGE),
  route('POST /api/Contact/Query/FullContact', queryContacts(true), PAGE),
  route('PUT /api/Contact/Archive/{id}', contactWrites.putArchive),
  route('PUT /api/Contact/Unarchive/{id}', contactWrites.putUnarchive),
  route('POST /api/Contact/Transaction', postTransaction),
  route('POST /api/Contact/Batch', postBatch),
  route('POST /api/Contact', contactWrites.postContact),
  route('GET /api/Contact/{id}', contacts.getContact),
  route('PUT /api/Contact/{id}', contactWrites.putContact),
  route('GET /api/Contact/{text}/{text}', contacts.getByReference),
  route('GET /api/ContactIndividual/Find', individuals.findIndividual, ['email']),
  route('GET /api/ContactIndividual/CustomFields', listFields('individual')),
  route('GET /api/ContactIndividual/QueryOptions', queryOptions('individual')),
  route('POST /api/ContactIndividual/Query', queryIndividuals, PAGE),
  route('GET /api/ContactIndividual/ByContact/{id}', individuals.listOfContact),
  route('POST /api/ContactIndividual', individuals.postIndividual),
  route('GET /api/ContactIndividual/{id}', individuals.getIndividual),
  route('PUT /api/ContactIndividual/{id}', individuals.putIndividual),
  route('DELETE /api/ContactIndividual/{id}', individuals.deleteIndividual),
  route('GET /api/ContactAddress/ByContact/{id}', addresses.listAddresses),
  route('PUT /api/ContactAddress/Archive/{id}', addresses.putAddressArchived(true)),
  route('PUT /api/ContactAddress/Unarchive/{id}', addresses.putAddressArchived(false)),
  route('POST /api/ContactAddress', addresses.postAddress),
  route('GET /api/ContactAddress/{id}', addresses.getAddress),
  route('PUT /api/ContactAddress/{id}', addresses.putAddress),
  route('DELETE /api/ContactAddress/{id}', addresses.deleteAddress),
  route('GET /api/ContactMethod/Types', methods.listMethodTypes),
  route('GET /api/ContactMethod/RelatedTypes', methods.listRelatedTypes, ['name']),
  route('PUT /api/ContactMethod/Archive/{id}', methods.putMethodArchived(true)),
  route('PUT /api/ContactMethod/Unarchive/{id}', methods.putMethodArchived(false)),
  route('POST /api/ContactMethod', methods.postMethod),
  route('GET /api/ContactMethod/{id}', methods.getMethod),
  route('PUT /api/ContactMethod/{id}', methods.putMethod),
  route('DELETE /api/ContactMethod/{id}', methods.deleteMethod),
  route('POST /api/ContactReference', postReference),
  route('DELETE /api/ContactReference/{text}', deleteReference, ['referenceId']),
  route('GET /api/ContactNote/Types', notes.listNoteTypes),
  route('GET /api/ContactNote/QueryOptions', queryOptions('note')),
  route('POST /api/ContactNote/Query', queryNotes, PAGE),
  route('GET /api/ContactNote/ByContact/{id}', notes.listNotes(false), SORTED_PAGE),
  route('GET /api/ContactNote/Important/ByContact/{id}', notes.listNotes(true), SORTED_PAGE),
  route('POST /api/ContactNote', notes.postNote),
  route('GET /api/ContactNote/{id}', notes.getNote),
  route('PUT /api/ContactNote/{id}', notes.putNote),
  route('DELETE /api/ContactNote/{id}', notes.removeNote),
  route('GET /api/Tag', tags.listTags, PAGE),
  route('POST /api/Tag/Search', tags.searchTags, PAGE),
  route('GET /api/ContactTag/ByContact/{id}', tags.listTagsOfContact, PAGE),
  route('POST /api/ContactTag', tags.postContactTag),
  route('DELETE /api/ContactTag/{id}', tags.deleteContactTag),
  route('POST /api/Search', searchAll, PAGE),
  route('POST /api/Webhook', webhooks.postWebhook),
  route('GET /api/Webhook/{id}', webhooks.getWebhook),
  route('PUT /api/Webhook/{id}', webhooks.putWebhook),
  route('PUT /api/Webhook/{id}/Active', webhooks.putActive, ['active']),
  route('DELETE /api/Webhook/{id}', webhooks.deleteWebhook),
];

export interface Found {
  readonly route: Route;
  readonly params: readonly string[];
}

/** Finds the line of a call; the first that fits, and fixed ones stand before named ones. */
export function findRoute(method: string, path: string): Found | null {
  for (const one of ROUTES) {
    const params = one.method === method ? paramsOf(one.segments, path.split('/')) : null;
    if (params !== null) return { route: one, params };
  }
  return null;
}

/** Tells every call there is, as `GET /api/Contact/{id}`. */
export function callNames(): readonly string[] {
  return ROUTES.map((one) => `${one.method} ${one.segments.join('/')}`);
}

/** Tells whether a path has calls, if not of this method. */
export function isKnownPath(path: string): boolean {
  return ROUTES.some((one) => paramsOf(one.segments, path.split('/')) !== null);
}

function paramsOf(segments: readonly string[], parts: readonly string[]): readonly string[] | null {
  if (segments.length !== parts.length) return null;
  const params: string[] = [];
  for (const [n, segment] of segments.entries()) {
    const part = parts[n] ?? '';
    if (segment === '{text}') params.push(decode(part));
    else if (segment === '{id}' && /^\d{1,12}$/.test(part)) params.push(part);
    else if (segment !== part) return null;
  }
  return params;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** Refuses query parameters that a call does not name, and repeated ones. */
export function checkQuery({ parameters }: Route, query: URLSearchParams): void {
  for (const name of query.keys()) {
    if (!parameters.includes(name)) throw invalid({ [name]: [`The parameter '${name}' is not known.`] });
    if (query.getAll(name).length > 1) throw invalid({ [name]: [`The parameter '${name}' is repeated.`] });
  }
}
