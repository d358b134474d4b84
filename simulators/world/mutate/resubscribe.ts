/**
 * resubscribe: the mail that asks somebody who left whether he wants to come back, and his answer.
 *
 * The mail goes once ever to a contact. Until it is answered nothing changes; the answer is the person's own act, so it gives an
 * explicit permission and puts the contact on the lists that the mail was sent for.
 */
import type { Change, World } from '../world.ts';
import { emailOf, findPerson } from './find.ts';
import { withPermission } from './consent-rules.ts';
import { MutationError, type Op } from './operations.ts';

/** Sends the mail; the caller has made sure that it may go. */
export function mailResubscribe(world: World, contactId: string, listIds: readonly string[]): Change {
  world.resubscribeMails.set(contactId, { listIds, confirmed: false });
  const address = world.people.get(contactId)?.email?.address ?? '';
  return world.commit('contact.resubscribe_mailed', { contact_id: contactId, email: address, list_ids: listIds });
}

/** Lets the person answer the mail. */
export function confirmResubscribe(world: World, op: Op<'confirmResubscribe'>): Change[] {
  const person = findPerson(world, op);
  const mail = world.resubscribeMails.get(person.id);
  if (mail === undefined || mail.confirmed) throw new MutationError(`no resubscribe mail waits for ${person.id}`);
  world.resubscribeMails.set(person.id, { ...mail, confirmed: true });
  const now = world.clock.now();
  const email = withPermission(emailOf(person), 'explicit', { source: 'Contact', now, reason: null });
  const open = mail.listIds.filter((id) => world.lists.get(id)?.deletedAt === null);
  const lists = [...new Set([...person.lists, ...open])];
  const moved = world.switches.current.resubscribeMovesUpdatedAt ? { updatedAt: now } : {};
  return [world.commitPerson('contact.resubscribed', { ...person, ...moved, email, lists }, { how: 'confirmation' })];
}
