/**
 * crm-taken: which e-mails of a CRM are others' of ours, so that nobody is met there by an address alone (T28).
 *
 * Reads the store alone, and only for contacts that somebody is not linked with. Must never decide.
 */
import type { CrmInput } from '../plan/crm-step.ts';
import { linkIn } from './crm-link.ts';
import type { WorkContext } from './work-context.ts';

type Asked = Pick<CrmInput, 'id' | 'link' | 'households'>;

/** Gives, for each of these people in their order, the ids of e-mails that are linked with others who still live at the primary. */
export async function takenAround(
  { store, sync }: Pick<WorkContext, 'store' | 'sync'>,
  people: readonly Asked[],
): Promise<readonly ReadonlySet<string>[]> {
  const strange = people.map(({ link, households }) =>
    households.map((contact) => contact.contact_id).filter((id) => id !== link?.contactId),
  );
  const contacts = [...new Set(strange.flat())];
  if (contacts.length === 0) return people.map(() => NONE);
  const links = await store.linksInside(sync.name, 'contacts', contacts);
  const owners = await store.known(
    await store.shelf(sync.name, 'primary', 'contacts'),
    links.map(({ primaryId }) => primaryId),
  );
  const lives = (id: string): boolean => (owners.get(id)?.state ?? 'deleted') !== 'deleted';
  const held = links.flatMap(({ primaryId, secondaryId }) => {
    const emailId = linkIn(secondaryId)?.emailId ?? null;
    return emailId !== null && lives(primaryId) ? [{ primaryId, emailId }] : [];
  });
  return people.map(({ id }, at) =>
    strange[at]?.length === 0
      ? NONE
      : new Set(held.filter(({ primaryId }) => primaryId !== id).map(({ emailId }) => emailId)),
  );
}
const NONE: ReadonlySet<string> = new Set();
