/**
 * contacts: reading contacts, one by one and by tag (virtuous-crm §4).
 *
 * A reference wins over an address. Whom Find answers when several contacts have an address is a switch: a client must not rely on it.
 */
import { CONTACT_TYPES, type Contact } from '../crm/types.ts';
import { CrmRefusal, invalid, missing, type Reply } from './answer.ts';
import { contactToRead, flagOf, fresh, idOf, isVisible, pageOf, pagingOf, type Call } from './call.ts';
import { contactJson, shortJson } from './render.ts';

/** Answers `GET /api/Contact/{contactId}`. */
export function getContact(call: Call): Reply {
  return whole(call, contactToRead(call, idOf(call)));
}

/** Answers `GET /api/Contact/{referenceSource}/{referenceId}`. */
export function getByReference(call: Call): Reply {
  const [source = '', id = ''] = call.params;
  return whole(call, oneOf(call, call.crm.index.withReference(source, id)));
}

/** Answers `GET /api/Contact/ByReference/{referenceId}`, which wants a signature that nobody has published (virtuous-crm §1). */
export function getBySignature(): Reply {
  throw new CrmRefusal(403, 'This operation requires HMAC authentication.');
}

/** Answers `GET /api/Contact/Find`. */
export function findContact(call: Call): Reply {
  const source = call.query.get('referenceSource');
  const id = call.query.get('referenceId');
  const email = call.query.get('email');
  const found = (ids: readonly number[]): Reply => ({
    status: 200,
    body: contactJson(call, oneOf(call, ids), 'read'),
  });
  if (source !== null && id !== null) return found(call.crm.index.withReference(source, id));
  if (email === null || email === '') throw invalid({ email: ['An email address or a reference is required.'] });
  return found(call.crm.index.withValue(email));
}

/** Finds the contact of several that a look-up by a value answers; refuses with 404 where none may be seen. */
export function oneOf(call: Call, ids: readonly number[]): Contact {
  const found = ids
    .map((id) => fresh(call, id))
    .map((one) => (one === undefined ? null : call.crm.indexed(one)))
    .filter((one) => one !== null)
    .filter((one) => isVisible(call, one) && one.mergedInto === null);
  const chosen = call.switches.crmFindShared === 'oldest' ? found[0] : found.at(-1);
  if (chosen === undefined) throw missing();
  return chosen;
}

/** Answers `GET /api/Contact/ByTag/{tagId}`. */
export function listByTag(call: Call): Reply {
  const sorters: Readonly<Record<string, (one: Contact) => number | string>> = {
    Id: (one) => one.id,
    Name: (one) => one.name,
    CreatedDateTime: (one) => one.createdAt,
  };
  const sortBy = call.query.get('sortBy') ?? 'Id';
  const key = sorters[sortBy];
  if (key === undefined) throw invalid({ sortBy: [`Cannot sort by '${sortBy}'.`] });
  const part = (call.query.get('filter') ?? '').toLowerCase();
  const tagId = idOf(call);
  const rows = [...call.crm.contacts.values()]
    .filter((one) => one.archivedAt === null && one.tags.some((join) => join.tagId === tagId))
    .filter((one) => one.name.toLowerCase().includes(part))
    .toSorted((a, b) => compare(key(a), key(b)));
  const ordered = flagOf(call.query, 'descending') ? rows.toReversed() : rows;
  return { list: pageOf(ordered, pagingOf(call)).map((one) => shortJson(call, one)), total: rows.length };
}

function compare(a: number | string, b: number | string): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return String(a).localeCompare(String(b));
}

/** Answers `GET /api/Contact/Types`. */
export function listTypes(): Reply {
  return { status: 200, body: CONTACT_TYPES };
}

/** Answers `GET /api/Contact/Prefixes`. */
export function listPrefixes(): Reply {
  return { status: 200, body: ['Mr.', 'Mrs.', 'Ms.', 'Dr.', 'Mx.'] };
}

function whole(call: Call, contact: Contact): Reply {
  return { status: 200, body: contactJson(call, contact, 'read', true) };
}
