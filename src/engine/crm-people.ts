/**
 * crm-people: what is known about some of the primary's people and the CRM's contacts that concern them, put before the plan.
 *
 * Reads the store alone, so that the same question gives the same answer when a plan is made, shown, and carried out.
 * Must never decide.
 */
import type { CrmSource, CrmTarget } from '../connector/crm.ts';
import { standingOf } from '../consent/ledger.ts';
import { matchKey } from '../model/address.ts';
import type { CrmContact } from '../model/crm.ts';
import { isoOf } from '../model/instant.ts';
import type { Content } from '../model/record.ts';
import type { BackfillPace } from '../plan/crm-backfill.ts';
import { referenceKey } from '../plan/crm-household.ts';
import type { CrmBase, CrmLink, CrmMapping } from '../plan/crm-mapping.ts';
import { crmStep, type CrmInput, type CrmStep } from '../plan/crm-step.ts';
import type { Bounce } from '../store/bounces.ts';
import type { Found, Link, Pending, Shelf } from '../store/rows.ts';
import { contentOf } from './context.ts';
import { labelsAround } from './crm-labels-around.ts';
import { linkIn } from './crm-link.ts';
import { crmShelf } from './crm-read.ts';
import { orSubmitted, type Leftovers } from './crm-submitted.ts';
import { takenAround } from './crm-taken.ts';
import type { WorkContext } from './work-context.ts';

/** A CRM as a lane needs it. */
export interface Crm {
  readonly source: CrmSource;
  readonly target: CrmTarget;
  readonly mapping: CrmMapping;
  /** Changes when the signed-in identity may have. */
  readonly credential: string;
  /** Requests of an hour as far as it is known, and how many percent of them are ours. */
  readonly pace?: () => Promise<Omit<BackfillPace, 'live'>>;
  /** What the CRM says otherwise goes to the primary. */
  readonly carries: boolean;
  /** False: some of what people are decided by could not be read, so they are decided again. */
  readonly settles: boolean;
}

/** One person with what was asked about them and what the plan says. */
export interface Decided {
  readonly record: Pending;
  readonly content: Content;
  readonly input: CrmInput;
  readonly step: CrmStep;
}

/** Decides people by what the store holds of both sides. */
export async function decidePeople(
  ctx: WorkContext,
  { mapping }: Pick<Crm, 'mapping'>,
  batch: readonly Pending[],
  left: Leftovers = new Map(),
): Promise<readonly Decided[]> {
  const shelf = await crmShelf(ctx);
  const links = await ctx.store.links(
    ctx.sync.name,
    'contacts',
    batch.map(({ id }) => id),
  );
  const asked = batch.map((record) => askFor(record, links.get(record.id), mapping));
  const keys = asked.flatMap((one) => one.keys);
  const found = Map.groupBy(await ctx.store.findByKeys(shelf, [...new Set(keys)]), ({ key }) => key);
  const facts = await ctx.store.consent(asked.flatMap(({ addresses }) => addresses));
  const bounces = await ctx.store.bounces(ctx.sync.name, [...new Set(asked.flatMap(({ address }) => address ?? []))]);
  const linked = await linkedContacts(ctx, shelf, asked);
  const now = isoOf(ctx.clock.now());
  const people = asked.map((one) => {
    const { record, content, link, address, addresses } = one;
    const base = orSubmitted(one.base, left.get(record.id) ?? []);
    const bounce = firstThatEnds(bounces.get(address ?? '') ?? [], mapping);
    const byKey = one.keys.flatMap((key) => (found.get(key) ?? []).flatMap(livingContact));
    const byLink = link === null ? [] : (linked.get(link.contactId) ?? []);
    const { id, version, state } = record;
    const households = once([...byKey, ...byLink]);
    const stances = new Map(addresses.map((key) => [key, standingOf(facts.get(key) ?? [], ALL_MAIL).stance]));
    const person = { id, version, state, content, base, link, bounce };
    return { ...NOTHING_MORE, ...person, households, stances, mapping, now };
  });
  const taken = await takenAround(ctx, people);
  const inputs = people.map((person, at) => ({ ...person, taken: taken[at] ?? NONE_TAKEN }));
  const labels = await labelsAround(ctx, mapping, inputs);
  return asked.map(({ record, content }, at) => {
    const input = { ...(inputs[at] as (typeof inputs)[number]), labels: labels[at] ?? null };
    return { record, content, input, step: crmStep(input) };
  });
}

/** Decides one person as both sides stand now; null: the store has nothing of them. */
export async function decideOne(ctx: WorkContext, crm: Pick<Crm, 'mapping'>, id: string): Promise<Decided | null> {
  const { store, sync } = ctx;
  const record = await store.record(await store.shelf(sync.name, 'primary', 'contacts'), id);
  if (record === null || record.content === null) return null;
  const [decided] = await decidePeople(ctx, crm, [{ ...record, content: record.content }]);
  return decided ?? null;
}
const ALL_MAIL = { medium: 'email', scope: 'all' } as const;
const NONE_TAKEN: ReadonlySet<string> = new Set();
/** Nobody tells who complained. */
const NOTHING_MORE = { complaint: null };

/** The first bounce that ends a permission is the reason, whatever comes back later: so a note has one text. */
function firstThatEnds(bounces: readonly Bounce[], { bounceCodes }: CrmMapping): CrmInput['bounce'] {
  return bounces.find(({ code }) => bounceCodes.includes(code)) ?? null;
}

interface Asked {
  readonly record: Pending;
  readonly content: Content;
  readonly link: CrmLink | null;
  readonly base: CrmBase | null;
  /** Under which the CRM's contacts are looked for. */
  readonly keys: readonly string[];
  /** Match key of the person's address as it is now: an earlier one's bounce says nothing of it. */
  readonly address: string | null;
  /** Match keys of the person's addresses, now and as last agreed. */
  readonly addresses: readonly string[];
}

function askFor(record: Pending, stored: Link | undefined, mapping: CrmMapping): Asked {
  const content = contentOf(record.content);
  const base = (stored?.baseline?.fields['crm'] ?? null) as CrmBase | null;
  const address = content['email_address'];
  const now = typeof address === 'string' ? matchKey(address) : null;
  const addresses = [...new Set([now, base?.address ?? null])].filter((key) => key !== null);
  const reference = referenceKey({ source: mapping.source, id: record.id });
  const link = linkIn(stored?.secondaryId ?? '');
  return { record, content, link, base, keys: [reference, ...addresses], address: now, addresses };
}

/** Reads linked contacts with those that they were merged into: a contact that was not found says nothing. */
async function linkedContacts(
  { store }: WorkContext,
  shelf: Shelf,
  asked: readonly Asked[],
): Promise<ReadonlyMap<string, readonly CrmContact[]>> {
  const read = async (id: string): Promise<readonly CrmContact[]> => {
    const record = await store.record(shelf, id);
    return record === null ? [] : livingContact(record);
  };
  const linked = new Map<string, readonly CrmContact[]>();
  for (const { link } of asked) {
    if (link === null || linked.has(link.contactId)) continue;
    const [contact] = await read(link.contactId);
    const into = contact?.merged_into ?? null;
    linked.set(link.contactId, [
      ...(contact === undefined ? [] : [contact]),
      ...(into === null ? [] : await read(into)),
    ]);
  }
  return linked;
}

function livingContact({ state, content }: Pick<Found, 'state' | 'content'>): readonly CrmContact[] {
  return state === 'deleted' || content === null ? [] : [contentOf(content) as CrmContact];
}

function once(contacts: readonly CrmContact[]): readonly CrmContact[] {
  return [...new Map(contacts.map((contact) => [contact.contact_id, contact])).values()];
}
