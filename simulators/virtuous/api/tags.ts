/**
 * tags: what there is and which contact has which (virtuous-crm §6).
 *
 * Nothing here makes, renames or deletes a tag: only people do, at the CRM's own screen. Names may repeat. A tag is taken off by the id
 * of the join, never by its own.
 */
import { putTagOn, takeTagOff } from '../crm/changes.ts';
import { CrmRefusal, type Reply } from './answer.ts';
import { id, needed, readBody, shapeOf } from './body.ts';
import { contactToWrite, fresh, idOf, isVisible, pageOf, pagingOf, type Call } from './call.ts';
import { contactTagJson, tagJson } from './render.ts';

/** Answers `GET /api/Tag`. */
export function listTags(call: Call): Reply {
  return listed(call, '');
}

const SEARCH = shapeOf('search', (object) => object({ search: needed }));

/** Answers `POST /api/Tag/Search`. */
export function searchTags(call: Call): Reply {
  return listed(call, readBody(call, SEARCH).search);
}

function listed(call: Call, part: string): Reply {
  const found = [...call.crm.tags.values()].filter((one) => one.name.toLowerCase().includes(part.toLowerCase()));
  return { list: pageOf(found, pagingOf(call)).map((one) => tagJson(call, one)), total: found.length };
}

/** Answers `GET /api/ContactTag/ByContact/{contactId}`; empty for a contact that is not there. */
export function listTagsOfContact(call: Call): Reply {
  const contact = fresh(call, idOf(call));
  const tags = contact === undefined || !isVisible(call, contact) ? [] : contact.tags;
  return { list: pageOf(tags, pagingOf(call)).map((one) => contactTagJson(call, one, 'listed')), total: tags.length };
}

const CREATE = shapeOf('contactTag', (object) => object({ tagId: id, contactId: id }));

/** Answers `POST /api/ContactTag`. */
export function postContactTag(call: Call): Reply {
  const { tagId, contactId } = readBody(call, CREATE);
  if (!call.crm.tags.has(tagId)) throw new CrmRefusal(400, `The tag ${tagId} could not be found.`);
  const join = putTagOn(call.crm, contactToWrite(call, contactId), tagId);
  return { status: 200, body: contactTagJson(call, join, 'written') };
}

/** Answers `DELETE /api/ContactTag/{contactTagId}`. */
export function deleteContactTag(call: Call): Reply {
  const ownerId = call.crm.index.ownerOf(idOf(call));
  const contact = ownerId === undefined ? undefined : call.crm.contacts.get(ownerId);
  const join = contact?.tags.find((one) => one.id === idOf(call));
  if (contact === undefined || join === undefined || !isVisible(call, contact)) {
    throw new CrmRefusal(400, `The contact tag ${idOf(call)} could not be found.`);
  }
  takeTagOff(call.crm, contact, join);
  return { status: 200, body: undefined };
}
