/**
 * crm-new-people: who lives in the CRM and nowhere at the account, and is to be made there: looked for among all its contacts.
 *
 * Reads the store alone. An address that the account was ever seen to have, deleted people counted, makes nobody, nor does
 * one that is on record as out (T22). Everybody who is not made is counted with the reason. Whoever is made counts as
 * raised, so that many at once wait for a person (I10). Must never write.
 */
import type { PeopleTarget } from '../connector/target.ts';
import { standingOf } from '../consent/ledger.ts';
import { matchKey } from '../model/address.ts';
import type { CrmContact } from '../model/crm.ts';
import type { PersonIntent } from '../model/intent.ts';
import { emailsOf } from '../plan/crm-household.ts';
import { bookOf } from '../plan/crm-label-editions.ts';
import type { LabelsAround } from '../plan/crm-labels.ts';
import type { CrmLink, CrmMapping } from '../plan/crm-mapping.ts';
import { newFromCrm, type FromCrm } from '../plan/crm-new.ts';
import type { Pending } from '../store/rows.ts';
import { contentOf, warn } from './context.ts';
import { hasLabels, keptLabels } from './crm-label-names.ts';
import { linkIn, linkText } from './crm-link.ts';
import { crmShelf, hasWalked } from './crm-read.ts';
import type { PlanStep } from './lane.ts';
import { newId, NOTHING_AGREED } from './new-people.ts';
import { refusalOf, refusedThere, wantedIn } from './refused.ts';
import type { WorkContext } from './work-context.ts';

const BATCH = 500;

export type Wanted = Extract<FromCrm, { kind: 'want' }>;
/** What a step hands on: whom to make, and by which names of lists. */
export interface NewFromCrmPayload {
  readonly wanted: Wanted;
  readonly lists: readonly string[];
}

/** Finds who is to be made, in the order in which the CRM's contacts were first read. */
export async function* newFromCrmSteps(
  ctx: WorkContext,
  mapping: CrmMapping,
  target: PeopleTarget,
): AsyncIterable<readonly PlanStep[]> {
  const { creates } = mapping;
  // Before everybody was read nobody knows whose no stands elsewhere.
  if (creates === null || !(await hasWalked(ctx))) return;
  const shelf = await crmShelf(ctx);
  const refused = await refusedThere(ctx);
  const underWay = await placesUnderWay(ctx);
  const met = new Set<string>();
  const left: Record<string, number> = {};
  for (let after = 0; ;) {
    await ctx.keepLease();
    const batch = await ctx.store.contents(shelf, after, BATCH);
    const last = batch.at(-1);
    if (last === undefined) break;
    after = last.recordId;
    const judged = await judgeContacts(ctx, mapping, batch);
    for (const { found } of judged)
      if (found.kind === 'skip' && TOLD.has(found.reason)) left[found.reason] = (left[found.reason] ?? 0) + 1;
    const steps = judged.flatMap(({ record, found }) => {
      if (found.kind === 'skip' || met.has(found.key) || underWay.has(linkText(found.link))) return [];
      met.add(found.key);
      const isRefused = refused.has(refusalOf(newId(found.key), NOTHING_AGREED.hash, wantedIn(found.intent)));
      return isRefused ? [] : [stepOf(record, found, creates.lists, target)];
    });
    const free = await withoutJobs(ctx, steps);
    if (free.length > 0) yield free;
  }
  if (Object.keys(left).length > 0) warn(ctx, 'crm-people-not-made', left);
}

/** Nobody has to be told of those who are there, or of whom nothing was asked. */
const TOLD: ReadonlySet<string> = new Set(['several-opted-in', 'taken', 'out', 'in-doubt', 'no-evidence', 'no-list']);

/** Judges contacts by what the store holds of both sides. */
export async function judgeContacts(
  ctx: WorkContext,
  mapping: CrmMapping,
  batch: readonly Pick<Pending, 'recordId' | 'hash' | 'state' | 'content'>[],
): Promise<
  readonly { readonly record: (typeof batch)[number]; readonly contact: CrmContact; readonly found: FromCrm }[]
> {
  const { creates } = mapping;
  if (creates === null) return [];
  const living = batch.filter(({ state, content }) => state !== 'deleted' && content !== null);
  const asked = living.map((record) => ({ record, contact: contentOf(record.content) as CrmContact }));
  const contacts = asked.map(({ contact }) => contact);
  const keys = [...new Set(contacts.flatMap(optedIn))];
  const people = await ctx.store.shelf(ctx.sync.name, 'primary', 'contacts');
  const known = new Set((await ctx.store.findByMatchKey(people, keys)).map((one) => one.matchKey));
  const facts = await ctx.store.consent(keys.filter((key) => !known.has(key)));
  const places = await placesOfKeys(
    ctx,
    keys.filter((key) => !known.has(key)),
  );
  const links = await linksIn(ctx, mapping, contacts);
  const labels = await labelsOf(ctx, mapping);
  return asked.map(({ record, contact }) => ({
    record,
    contact,
    found: newFromCrm({
      contact,
      households: optedIn(contact).flatMap((key) => places.get(key) ?? []),
      links: links.get(contact.contact_id) ?? [],
      evidence: creates.evidence,
      lists: creates.lists,
      labels,
      mapping,
      stanceOf: (key) => standingOf(facts.get(key) ?? [], { medium: 'email', scope: 'all' }).stance,
      isKnown: (key) => known.has(key),
    }),
  }));
}

function optedIn(contact: CrmContact): readonly string[] {
  const on = emailsOf(contact).filter(({ email }) => email.opted_in === true);
  return on.flatMap(({ email }) => matchKey(email.address) ?? []);
}

async function placesOfKeys(
  ctx: WorkContext,
  keys: readonly string[],
): Promise<ReadonlyMap<string, readonly CrmContact[]>> {
  const found = await ctx.store.findByKeys(await crmShelf(ctx), keys);
  return new Map(
    [...Map.groupBy(found, ({ key }) => key)].map(([key, records]) => [
      key,
      records.flatMap(({ state, content }) =>
        state === 'deleted' || content === null ? [] : [contentOf(content) as CrmContact],
      ),
    ]),
  );
}

/** Where people of ours are met in these contacts; one whose id it bears and who is met nowhere may be anybody in it. */
async function linksIn(
  ctx: WorkContext,
  { source }: CrmMapping,
  contacts: readonly CrmContact[],
): Promise<ReadonlyMap<string, readonly CrmLink[]>> {
  const ids = contacts.map(({ contact_id }) => contact_id);
  const inside = await ctx.store.linksInside(ctx.sync.name, 'contacts', ids);
  const links = new Map<string, CrmLink[]>();
  const put = (link: CrmLink): void => void links.set(link.contactId, [...(links.get(link.contactId) ?? []), link]);
  for (const { secondaryId } of inside) {
    const link = linkIn(secondaryId);
    if (link !== null) put(link);
  }
  const met = new Set(inside.map(({ primaryId }) => primaryId));
  for (const { contact_id: contactId, references } of contacts)
    for (const reference of references)
      if (reference.source === source && !met.has(reference.id)) put({ contactId, individualId: null, emailId: null });
  return links;
}

async function labelsOf(ctx: WorkContext, mapping: CrmMapping): Promise<LabelsAround | null> {
  const kept = hasLabels(mapping) ? await keptLabels(ctx) : null;
  if (kept === null) return null;
  return { book: bookOf(kept), edition: kept.edition, shared: false, others: new Set(), left: new Set() };
}

function stepOf(
  { recordId, hash }: Pick<Pending, 'recordId' | 'hash'>,
  wanted: Wanted,
  lists: readonly string[],
  { bulk }: PeopleTarget,
): PlanStep {
  const { intent, key } = wanted;
  const after = { email_address: intent.address, ...intent.fields, permission_to_send: 'implicit', lists };
  return {
    stream: 'contacts',
    id: newId(key),
    recordId,
    state: 'implicit',
    action: 'create',
    reason: 'new-in-crm',
    base: null,
    target: hash,
    before: null,
    after,
    changed: Object.keys(after),
    destructive: [],
    optOut: false,
    raises: true,
    // A job puts everybody in it on the same lists.
    rowBytes: intent.lists.add.length > 0 ? null : (bulk?.rowBytes(intent) ?? null),
    payload: { wanted, lists } satisfies NewFromCrmPayload,
  };
}

/** Whose e-mail is on its way in a job is made already, under whatever address it has by now. */
async function placesUnderWay({ store, sync }: WorkContext): Promise<ReadonlySet<string>> {
  const places = new Set<string>();
  for (const { jobId } of await store.openJobs(sync.name)) {
    for (let after = 0; ;) {
      const batch = await store.jobOperations(sync.name, jobId, after, BATCH);
      const last = batch.at(-1);
      if (last === undefined) break;
      after = last.opId;
      for (const { secondaryId } of batch) places.add(secondaryId);
    }
  }
  return places;
}

/** Who is under way in a job is made already, as far as anybody may know (I13); whom one ended without goes alone. */
async function withoutJobs(ctx: WorkContext, steps: readonly PlanStep[]): Promise<readonly PlanStep[]> {
  if (steps.length === 0) return [];
  const jobs = await ctx.store.inJobs(
    ctx.sync.name,
    steps.map(({ id }) => id),
  );
  return steps
    .filter(({ id }) => jobs.get(id) !== 'open')
    .map((step) => (jobs.get(step.id) === 'missed' ? { ...step, rowBytes: null } : step));
}

/** Tells whether a contact still asks for what was refused. */
export function isStillWanted(found: FromCrm | undefined, intent: PersonIntent): boolean {
  return found?.kind === 'want' && JSON.stringify(wantedIn(found.intent)) === JSON.stringify(wantedIn(intent));
}
