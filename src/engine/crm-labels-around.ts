/**
 * crm-labels-around: what is to be known of lists and tags beside people's own records: the book, who lives with them, what they left.
 *
 * Reads the store alone. Whoever else of ours lives in a contact is found by their link, or by an address in it while they
 * have no link yet. Must never decide.
 */
import type { Content } from '../model/record.ts';
import { matchKey } from '../model/address.ts';
import { emailsOf } from '../plan/crm-household.ts';
import type { LabelBook } from '../plan/crm-label-book.ts';
import { bookOf } from '../plan/crm-label-editions.ts';
import { labelsAtAccount, type LabelsAround } from '../plan/crm-labels.ts';
import type { CrmMapping } from '../plan/crm-mapping.ts';
import { metAt, type CrmInput } from '../plan/crm-step.ts';
import type { Known, Shelf } from '../store/rows.ts';
import { contentOf } from './context.ts';
import { hasLabels, keptLabels } from './crm-label-names.ts';
import { listsLeftBy } from './list-leavers.ts';
import type { WorkContext } from './work-context.ts';

type Asked = Omit<CrmInput, 'labels'>;
type Around = Pick<WorkContext, 'store' | 'sync' | 'outs'>;

/** Gives what is around each of these people, in their order; null: lists and tags are left alone. */
export async function labelsAround(
  ctx: Around,
  mapping: CrmMapping,
  people: readonly Asked[],
): Promise<readonly (LabelsAround | null)[]> {
  const kept = hasLabels(mapping) ? await keptLabels(ctx) : null;
  if (kept === null) return people.map(() => null);
  const book = bookOf(kept);
  const places = people.map(metAt);
  const dwellers = await dwellersOf(ctx, people, places, book);
  const left = await listsLeftBy(
    ctx,
    people.map(({ id, content }) => ({ id, matchKey: keyOf(content) })),
  );
  return people.map(({ id }, at) => {
    const contactId = places[at] ?? null;
    const others = (contactId === null ? [] : (dwellers.get(contactId) ?? [])).filter((one) => one.id !== id);
    return {
      book,
      edition: kept.edition,
      shared: others.length > 0,
      others: new Set(others.flatMap(({ labels }) => labels)),
      left: new Set([...(left.get(id) ?? [])].map((list) => `list:${list}`)),
    };
  });
}

interface Dweller {
  readonly id: string;
  /** Ids of the labels that they have at the account. */
  readonly labels: readonly string[];
}

/** Finds everybody of ours in these contacts. */
async function dwellersOf(
  ctx: Around,
  people: readonly Asked[],
  places: readonly (string | null)[],
  book: LabelBook,
): Promise<ReadonlyMap<string, readonly Dweller[]>> {
  const contacts = new Set(places.flatMap((place) => place ?? []));
  if (contacts.size === 0) return new Map();
  const shelf = await ctx.store.shelf(ctx.sync.name, 'primary', 'contacts');
  const inside = new Map<string, Set<string>>();
  const put = (contactId: string, id: string): void =>
    void inside.set(contactId, (inside.get(contactId) ?? new Set()).add(id));
  for (const { primaryId, secondaryId } of await ctx.store.linksInside(ctx.sync.name, 'contacts', [...contacts]))
    put(secondaryId.slice(0, secondaryId.indexOf('/')), primaryId);
  for (const [contactId, ids] of await strangersIn(ctx, shelf, people, contacts))
    for (const id of ids) put(contactId, id);
  people.forEach(({ id }, at) => {
    const place = places[at] ?? null;
    if (place !== null) put(place, id);
  });
  const shown = new Map<string, Dweller | null>();
  for (const { id, state, content } of people)
    shown.set(id, state === 'deleted' ? null : { id, labels: labelsOf(content, book) });
  const found = new Map<string, readonly Dweller[]>();
  for (const [contactId, ids] of inside) {
    if (ids.size < 2) continue;
    const living: Dweller[] = [];
    for (const id of ids) {
      if (!shown.has(id)) shown.set(id, await dwellerAt(ctx, shelf, id, book));
      living.push(...[shown.get(id) ?? []].flat());
    }
    found.set(contactId, living);
  }
  return found;
}

/** Finds who has an address in these contacts and is linked to nothing yet. */
async function strangersIn(
  ctx: Around,
  shelf: Shelf,
  people: readonly Asked[],
  contacts: ReadonlySet<string>,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const households = new Map(
    people.flatMap((one) => one.households.map((contact) => [contact.contact_id, contact] as const)),
  );
  const keys = new Map(
    [...contacts].map((id) => {
      const contact = households.get(id);
      const emails = contact === undefined ? [] : emailsOf(contact);
      return [id, emails.flatMap(({ email }) => matchKey(email.address) ?? [])] as const;
    }),
  );
  const found = await ctx.store.findByMatchKey(shelf, [...new Set([...keys.values()].flat())]);
  const links = await ctx.store.links(
    ctx.sync.name,
    'contacts',
    found.map(({ id }) => id),
  );
  const free = found.filter(({ id }) => (links.get(id)?.secondaryId ?? '') === '');
  const byKey = Map.groupBy(free, (one) => one.matchKey);
  const idsOf = (these: readonly string[]): readonly string[] =>
    these.flatMap((key) => (byKey.get(key) ?? []).map(({ id }: Known) => id));
  return new Map([...keys].map(([contactId, these]) => [contactId, idsOf(these)]));
}

async function dwellerAt(ctx: Around, shelf: Shelf, id: string, book: LabelBook): Promise<Dweller | null> {
  const record = await ctx.store.record(shelf, id);
  if (record === null || record.state === 'deleted' || record.content === null) return null;
  return { id, labels: labelsOf(contentOf(record.content), book) };
}

function labelsOf(content: Content, book: LabelBook): readonly string[] {
  return labelsAtAccount(content, book).map(({ id }) => id);
}

function keyOf(content: Content): string | null {
  const address = content['email_address'];
  return typeof address === 'string' ? matchKey(address) : null;
}
