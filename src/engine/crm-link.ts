/**
 * crm-link: how a link says where in a CRM a person was met: contact, individual and e-mail, in one text.
 *
 * Pure. Must never say whose a place is.
 */
import type { CrmLink } from '../plan/crm-mapping.ts';

/** Writes where a person was met as a link's secondary id; somebody who was met nowhere has an empty one. */
export function linkText(link: CrmLink | null): string {
  return link === null ? '' : `${link.contactId}/${link.individualId ?? ''}/${link.emailId ?? ''}`;
}

/** Reads a link's secondary id. */
export function linkIn(text: string): CrmLink | null {
  const [contactId = '', individualId = '', emailId = ''] = text.split('/');
  return contactId === '' ? null : { contactId, individualId: individualId || null, emailId: emailId || null };
}
