/**
 * methods: the e-mails and telephones of individuals; the one place where consent is written (virtuous-crm §5, §8).
 */
import { addMethod, editMethod, findMethod, removeMethod } from '../crm/changes.ts';
import { kindOf, METHOD_TYPES, type Contact, type Method } from '../crm/types.ts';
import { CrmRefusal, invalid, type Reply } from './answer.ts';
import { flag, id, needed, readBody, shapeOf } from './body.ts';
import { badId, contactOfPart, fresh, idOf, type Call } from './call.ts';
import { checkMethod } from './contact-writes.ts';
import { methodAlone } from './render.ts';

/** Answers `GET /api/ContactMethod/{id}`. */
export function getMethod(call: Call): Reply {
  return { status: 200, body: methodAlone(find(call).method, 'read') };
}

/** Answers `GET /api/ContactMethod/Types`. */
export function listMethodTypes(): Reply {
  return { status: 200, body: METHOD_TYPES };
}

/** Answers `GET /api/ContactMethod/RelatedTypes?name=`: the types of the same kind. */
export function listRelatedTypes(call: Call): Reply {
  const name = call.query.get('name') ?? '';
  if (!METHOD_TYPES.includes(name)) throw invalid({ name: [`The contact method type '${name}' does not exist.`] });
  return { status: 200, body: METHOD_TYPES.filter((one) => kindOf(one) === kindOf(name)) };
}

const CREATE = shapeOf('contactMethod', (object) =>
  object({ contactIndividualId: id, type: needed, value: needed, isOptedIn: flag, setAsPrimary: flag }),
);

/** Answers `POST /api/ContactMethod`. */
export function postMethod(call: Call): Reply {
  const { contactIndividualId, setAsPrimary, ...body } = readBody(call, CREATE);
  const ownerId = call.crm.index.ownerOf(contactIndividualId);
  const contact = ownerId === undefined ? undefined : call.crm.contacts.get(ownerId);
  if (contact?.individuals.some((one) => one.id === contactIndividualId) !== true) {
    throw new CrmRefusal(400, `The individual ${contactIndividualId} could not be found.`);
  }
  contactOfPart(call, contactIndividualId, 'individual');
  checkMethod(call, body.type, body.value, contact.id);
  const made = addMethod(call.crm, contact, contactIndividualId, { ...body, isPrimary: setAsPrimary });
  return { status: 200, body: methodAlone(made, 'written') };
}

const UPDATE = shapeOf('contactMethod', (object) =>
  object({ type: needed, value: needed, isOptedIn: flag, setAsPrimary: flag }),
);

/** Answers `PUT /api/ContactMethod/{id}`. An opt-in left out is wiped where a PUT replaces; being primary stays, as recorded. */
export function putMethod(call: Call): Reply {
  const { contact, method } = find(call);
  const { setAsPrimary, isOptedIn, ...body } = readBody(call, UPDATE);
  checkMethod(call, body.type, body.value, contact.id);
  const silent = call.switches.crmPut === 'patch' ? method.isOptedIn : false;
  const changed = { ...method, ...body, isOptedIn: isOptedIn ?? silent };
  const after = editMethod(call.crm, contact, changed, setAsPrimary ?? false);
  return { status: 200, body: methodAlone(after, 'written') };
}

/** Answers `PUT /api/ContactMethod/Archive/{id}` and `/Unarchive/{id}`. */
export function putMethodArchived(archived: boolean): (call: Call) => Reply {
  return (call) => {
    const { contact, method } = find(call);
    if (method.archived !== archived) editMethod(call.crm, contact, { ...method, archived }, false);
    return { status: 200, body: undefined };
  };
}

/** Answers `DELETE /api/ContactMethod/{id}`. */
export function deleteMethod(call: Call): Reply {
  const { contact, method } = find(call);
  removeMethod(call.crm, contact, method.id);
  return { status: 200, body: undefined };
}

function find(call: Call): { contact: Contact; method: Method } {
  const methodId = idOf(call);
  const current = contactOfPart(call, methodId, 'contact method');
  const contact = fresh(call, current.id) ?? current;
  const isMethod = contact.individuals.some((one) => one.methods.some((method) => method.id === methodId));
  if (!isMethod) throw badId(call, 'contact method', methodId);
  return { contact, method: findMethod(contact, methodId).method };
}
