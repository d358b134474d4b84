/**
 * read-back: reads the people of ended jobs whom no other channel has shown as they are to be (I18).
 *
 * Only once a reading has to show what a job did, and by the cheapest of three ways: each by themselves, the list that
 * they were put on, or everybody. What is read goes into the store as every reading does; what it means is decided there.
 * Must never take anything from a listing that did not end.
 */
import { readBackCalls, walkCalls, type MemberKind } from '../plan/cheapest-members.ts';
import type { MembersOf } from '../connector/source.ts';
import type { Job } from '../store/job-rows.ts';
import type { Known, Shelf } from '../store/rows.ts';
import { runChannel } from './channels.ts';
import { contentOf, PassCut, type PassContext } from './context.ts';
import { countMembers } from './member-counts.ts';
import { holds, isRipe, wasSeen, workOf, type JobWork } from './member-outcomes.ts';
import { readDirectly } from './missing.ts';
import { readMarks } from './people-state.ts';
import { storePage } from './store-page.ts';

const BATCH = 500;
const CHANNEL = 'job-read-back';
/** After so many people who cannot be read the others could not be either. */
const MAX_UNREAD = 3;
/** So many pages of one list, whatever it was thought to hold. */
const MOST_PAGES = 2_000;

/** People to be read, by the listing that shows them; under `null` those whom no listing shows. */
type Unseen = ReadonlyMap<string | null, readonly Known[]>;

/** Reads them, or tells that reading everybody is cheaper: then the caller does. */
export async function readBackJobs(ctx: PassContext, shelf: Shelf): Promise<boolean> {
  const { members } = ctx.source;
  if (ctx.mode === 'plan' || members === null) return false;
  const unseen = await unseenOf(ctx, shelf);
  if (unseen.size === 0) return false;
  const { total } = await ctx.store.tallies(shelf);
  const on = total > members.page ? await countMembers(ctx, shelf, targetsOf(unseen)) : () => 0;
  const ways = { page: members.page, on, everybody: total };
  const callsFor = (listing: string | null, people: number): number =>
    listing === null ? people : readBackCalls(listing, people, ways);
  const calls = [...unseen].reduce((sum, [listing, people]) => sum + callsFor(listing, people.length), 0);
  if (walkCalls(ways) < calls) return true;
  for (const [listing, people] of unseen) {
    if (listing !== null && callsFor(listing, people.length) < people.length)
      await runChannel(ctx, CHANNEL, () => readListing(ctx, shelf, members, listing, people));
    else await readEach(ctx, shelf, people);
  }
  return false;
}

/** Finds who is in a job that has ended long enough ago, does not stand as wanted, and was not read since. */
async function unseenOf(ctx: PassContext, shelf: Shelf): Promise<Unseen> {
  const found = new Map<string | null, Known[]>();
  for (const job of await ctx.store.openJobs(ctx.sync.name)) {
    const work = workOf(job);
    if (work === null || job.state !== 'ended' || !isRipe(job, ctx.clock.now())) continue;
    const listing = work.how === 'add' ? `${work.what} ${work.targets[0] ?? ''}` : null;
    found.set(listing, [...(found.get(listing) ?? []), ...(await unseenIn(ctx, shelf, job, work))]);
  }
  return new Map([...found].filter(([, people]) => people.length > 0));
}

async function unseenIn(ctx: PassContext, shelf: Shelf, job: Job, work: JobWork): Promise<readonly Known[]> {
  const { walkAt } = await readMarks(ctx);
  const found: Known[] = [];
  for (let after = 0; ;) {
    const batch = await ctx.store.jobOperations(ctx.sync.name, job.jobId, after, BATCH);
    const last = batch.at(-1);
    if (last === undefined) return found;
    after = last.opId;
    const ids = batch.map(({ primaryId }) => primaryId);
    for (const record of (await ctx.store.known(shelf, ids)).values()) {
      const seen = record.state === 'deleted' || wasSeen(ctx, job, record, walkAt);
      if (!seen && !(await standsAs(ctx, shelf, record, work))) found.push(record);
    }
  }
}

/** What the store let go cannot be told: nothing is read for it. */
async function standsAs(ctx: PassContext, shelf: Shelf, { id }: Known, work: JobWork): Promise<boolean> {
  const content = (await ctx.store.record(shelf, id))?.content ?? null;
  return content === null || holds(contentOf(content), work);
}

function targetsOf(unseen: Unseen): Readonly<Record<MemberKind, ReadonlySet<string>>> {
  const listings = [...unseen.keys()].map((key) => (key ?? '').split(' '));
  const of = (kind: MemberKind): ReadonlySet<string> =>
    new Set(listings.flatMap(([what, id]) => (what === kind && id !== undefined ? [id] : [])));
  return { lists: of('lists'), tags: of('tags') };
}

/** A list that was read to its end shows everybody who is on it. */
async function readListing(
  ctx: PassContext,
  shelf: Shelf,
  members: MembersOf,
  listing: string,
  people: readonly Known[],
): Promise<void> {
  const [what = '', id = ''] = listing.split(' ');
  const met = new Set<string>();
  for (let from: string | null = null, pages = 0; ; pages += 1) {
    await ctx.keepLease();
    const page = await members.read(what as MemberKind, id, from, ctx.signal);
    await storePage(ctx, shelf, page, { channel: CHANNEL, walk: null });
    if (page.next === null) break;
    if (met.has(page.next) || pages >= MOST_PAGES)
      throw new PassCut('listing-without-end', { stream: shelf.stream, channel: CHANNEL });
    met.add(page.next);
    from = page.next;
  }
  for (const { recordId } of people) ctx.readBack.add(recordId);
}

async function readEach(ctx: PassContext, shelf: Shelf, people: readonly Known[]): Promise<void> {
  let unread = 0;
  for (const person of people) {
    if (unread >= MAX_UNREAD) return;
    const result = await runChannel(ctx, CHANNEL, () => readDirectly(ctx, shelf, person, CHANNEL));
    if (result === 'read') ctx.readBack.add(person.recordId);
    else unread += 1;
  }
}
