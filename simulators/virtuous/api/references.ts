/** references: outside ids of contacts (virtuous-crm §5). Whether one may stand on two contacts, or two of a source on one, is a switch. */
import { addReference, removeReference } from '../crm/changes.ts';
import type { Contact, Reference } from '../crm/types.ts';
import { CrmRefusal, type Reply } from './answer.ts';
import { id, needed, readBody, shapeOf } from './body.ts';
import { contactToWrite, isVisible, type Call } from './call.ts';

const CREATE = shapeOf('contactReference', (object) =>
  object({ contactId: id, referenceSource: needed, referenceId: needed }),
);

/** Answers `POST /api/ContactReference`: 200 without a body. */
export function postReference(call: Call): Reply {
  const body = readBody(call, CREATE);
  const contact = contactToWrite(call, body.contactId);
  const reference = { source: body.referenceSource, id: body.referenceId };
  const same = contact.references.some((one) => isOf(one, reference.source) && one.id === reference.id);
  if (!same) put(call, contact, reference);
  return { status: 200, body: undefined };
}

function put(call: Call, contact: Contact, reference: Reference): void {
  checkReference(call, reference, contact.id);
  const older = contact.references.find((one) => isOf(one, reference.source));
  const { crmSecondReference } = call.switches;
  if (older === undefined || crmSecondReference === 'kept') addReference(call.crm, contact, reference);
  else if (crmSecondReference === 'replaces')
    addReference(call.crm, removeReference(call.crm, contact, older), reference);
  else throw new CrmRefusal(400, `The contact already has a reference of the source '${reference.source}'.`);
}

/** Refuses, by a switch, a reference that another contact has. */
export function checkReference(call: Call, { source, id: referenceId }: Reference, ownerId: number | null): void {
  const taken = call.crm.index.withReference(source, referenceId).some((one) => one !== ownerId);
  if (taken && call.switches.crmReferenceTaken === 'refused') {
    throw new CrmRefusal(400, 'The reference is already in use by another contact.');
  }
}

/** Answers `DELETE /api/ContactReference/{referenceSource}?referenceId=`. */
export function deleteReference(call: Call): Reply {
  const [source = ''] = call.params;
  const referenceId = call.query.get('referenceId') ?? '';
  const owners = call.crm.index.withReference(source, referenceId).map((one) => call.crm.contacts.get(one));
  const contact = owners.find((one) => one !== undefined && isVisible(call, one));
  const reference = contact?.references.find((one) => isOf(one, source) && one.id === referenceId);
  if (contact === undefined || reference === undefined) throw new CrmRefusal(400, 'The reference could not be found.');
  removeReference(call.crm, contact, reference);
  return { status: 200, body: {} };
}

function isOf(one: Reference, source: string): boolean {
  return one.source.toLowerCase() === source.toLowerCase();
}
