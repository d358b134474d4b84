/** addresses: the postal addresses of a contact; here it is `state` and `country`, on a create `stateCode` and `countryCode` (virtuous-crm §4). */
import { addAddress, addressOf, editAddress, removeAddress } from '../crm/changes.ts';
import { NO_PLACE, said } from '../crm/make.ts';
import type { Address, Contact } from '../crm/types.ts';
import { CrmRefusal, missing, type Reply } from './answer.ts';
import { flag, id, int, readBody, shapeOf, text } from './body.ts';
import { contactToWrite, fresh, idOf, isVisible, type Call } from './call.ts';
import { given } from './contact-writes.ts';
import { addressAlone } from './render.ts';

const place = {
  label: text,
  address1: text,
  address2: text,
  city: text,
  state: text,
  postal: text,
  country: text,
  setAsPrimary: flag,
  startMonth: int,
  startDay: int,
  endMonth: int,
  endDay: int,
};

/** Answers `GET /api/ContactAddress/{id}`. */
export function getAddress(call: Call): Reply {
  return { status: 200, body: addressAlone(find(call, missing).address, 'read') };
}

/** Answers `GET /api/ContactAddress/ByContact/{contactId}`: a bare list. */
export function listAddresses(call: Call): Reply {
  const contact = fresh(call, idOf(call));
  const shown = contact === undefined || !isVisible(call, contact) ? [] : contact.addresses;
  return { status: 200, body: shown.filter((one) => !one.archived).map((one) => addressAlone(one, 'listed')) };
}

const CREATE = shapeOf('contactAddress', (object) => object({ contactId: id, ...place }));

/** Answers `POST /api/ContactAddress`. */
export function postAddress(call: Call): Reply {
  const { contactId, setAsPrimary, ...body } = readBody(call, CREATE);
  const made = addAddress(call.crm, contactToWrite(call, contactId), { ...body, isPrimary: setAsPrimary });
  return { status: 200, body: addressAlone(made, 'written') };
}

const UPDATE = shapeOf('contactAddress', (object) => object(place));

/** Answers `PUT /api/ContactAddress/{id}`. */
export function putAddress(call: Call): Reply {
  const { contact, address } = find(call, unknown(call));
  const { setAsPrimary, ...body } = readBody(call, UPDATE);
  const set = call.switches.crmPut === 'patch' ? given(body) : { ...NO_PLACE, ...said(NO_PLACE, body) };
  const after = editAddress(call.crm, contact, { ...address, ...set, isPrimary: setAsPrimary ?? address.isPrimary });
  return { status: 200, body: addressAlone(after, 'written') };
}

/** Answers `PUT /api/ContactAddress/Archive/{id}` and `/Unarchive/{id}`. */
export function putAddressArchived(archived: boolean): (call: Call) => Reply {
  return (call) => {
    const { contact, address } = find(call, unknown(call));
    if (address.archived !== archived) editAddress(call.crm, contact, { ...address, archived });
    return { status: 200, body: undefined };
  };
}

/** Answers `DELETE /api/ContactAddress/{id}`. */
export function deleteAddress(call: Call): Reply {
  const { contact, address } = find(call, unknown(call));
  removeAddress(call.crm, contact, address.id);
  return { status: 200, body: undefined };
}

function unknown(call: Call): () => CrmRefusal {
  return () => new CrmRefusal(400, `The contact address ${idOf(call)} could not be found.`);
}

function find(call: Call, refuse: () => CrmRefusal): { contact: Contact; address: Address } {
  const contactId = call.crm.index.ownerOf(idOf(call));
  const contact = contactId === undefined ? undefined : fresh(call, contactId);
  const has = contact?.addresses.some((one) => one.id === idOf(call)) === true;
  if (contact === undefined || !has || !isVisible(call, contact)) throw refuse();
  return { contact, address: addressOf(contact, idOf(call)) };
}
