/**
 * new-people: who stands in the table and nowhere at the primary, with a yes and its evidence, is made there.
 *
 * Silence is no permission: a row without a clear yes, or without evidence of it, makes nobody. Whoever opted out before
 * is not made anew, whichever contact it was (T22). Those who are made count as raised, so that many at once wait for a
 * person. Must never write to the table, nor make anybody whom the primary was ever seen to have.
 */
import { matchKey } from '../model/address.ts';
import { contentHash, textHash } from '../model/hash.ts';
import { untouched, WRITABLE_COLUMNS, type PersonIntent } from '../model/intent.ts';
import { filledFields, saysYes, type TableMapping } from '../plan/table-step.ts';
import type { TableRow, TableSide } from '../connector/side.ts';
import type { PeopleTarget } from '../connector/target.ts';
import type { Baseline, Operation, Shelf } from '../store/rows.ts';
import { warn } from './context.ts';
import { judgeWith } from './intent-door.ts';
import type { PlanStep } from './lane.ts';
import { listIds } from './list-ids.ts';
import { listsLeftBy } from './list-leavers.ts';
import { listsAtHome, type Memberships } from './memberships.ts';
import { intentIn, refusalOf, refusedThere, textOf } from './refused.ts';
import type { WorkContext } from './work-context.ts';

const BATCH = 500;

export interface NewPersonPayload {
  readonly intent: PersonIntent;
  readonly secondaryId: string;
  readonly evidence: string;
  /** By name: their ids are looked up when somebody is made. */
  readonly lists: readonly string[];
}

interface Candidate {
  readonly key: string;
  readonly row: TableRow;
  readonly matchKey: string;
}
interface Around {
  readonly ctx: WorkContext;
  readonly mapping: TableMapping;
  readonly creates: NonNullable<TableMapping['creates']>;
  readonly shelf: Shelf;
  readonly target: PeopleTarget;
  readonly lists: Memberships | null;
  readonly left: { withoutEvidence: number; withoutAddress: number; optedOut: number };
  /** Match keys met: two rows of one address make one person. */
  readonly met: Set<string>;
  readonly refused: ReadonlySet<string>;
}

/** Finds who is to be made, in the table's order. */
export async function* newPeopleSteps(
  ctx: WorkContext,
  side: TableSide,
  mapping: TableMapping,
  shelf: Shelf,
  target: PeopleTarget,
  lists: Memberships | null,
): AsyncIterable<readonly PlanStep[]> {
  const { creates } = mapping;
  if (creates === null) return;
  const left = { withoutEvidence: 0, withoutAddress: 0, optedOut: 0 };
  const around: Around = {
    ctx,
    mapping,
    creates,
    shelf,
    target,
    lists,
    left,
    met: new Set(),
    refused: await refusedThere(ctx),
  };
  for (let after: string | null = null; ;) {
    await ctx.keepLease();
    const rows: readonly { key: string; row: TableRow }[] = await side.scan(after, BATCH);
    const last = rows.at(-1);
    if (last === undefined) break;
    after = last.key;
    const steps = await stepsOf(around, await unknownTo(around, candidates(around, rows)));
    if (steps.length > 0) yield steps;
  }
  if (Object.values(left).some((count) => count > 0)) warn(ctx, 'people-not-made', { ...left });
}

function candidates({ mapping }: Around, rows: readonly { key: string; row: TableRow }[]): readonly Candidate[] {
  return rows.flatMap(({ key, row }) => (saysYes(row, mapping) ? [{ key, row, matchKey: matchKey(key) ?? '' }] : []));
}

/** Leaves those out who have a link, or whose address the primary was ever seen to have. */
async function unknownTo({ ctx, shelf, met }: Around, given: readonly Candidate[]): Promise<readonly Candidate[]> {
  if (given.length === 0) return [];
  const keys = given.map(({ key }) => key);
  const links = await ctx.store.linksBySecondary(ctx.sync.name, 'contacts', keys);
  const unlinked = given.filter(({ key }) => !links.has(key));
  const known = await ctx.store.findByMatchKey(
    shelf,
    unlinked.map((one) => one.matchKey),
  );
  const taken = new Set(known.map((record) => record.matchKey));
  // Who is under way in a job is made already, as far as anybody may know (I13).
  const jobs = await ctx.store.inJobs(
    ctx.sync.name,
    unlinked.map((one) => newId(one.matchKey)),
  );
  return unlinked.filter((one) => {
    if (jobs.get(newId(one.matchKey)) === 'open') return false;
    if (taken.has(one.matchKey) || met.has(one.matchKey)) return false;
    if (one.matchKey !== '') met.add(one.matchKey);
    return true;
  });
}

async function stepsOf(around: Around, unknown: readonly Candidate[]): Promise<readonly PlanStep[]> {
  const { ctx, left, creates, target, refused, lists } = around;
  const home = lists === null ? null : await listsAtHome(ctx, lists, keysOf(unknown));
  const facts = await ctx.store.consent(unknown.map((one) => one.matchKey));
  const listsFor = await listsKept(around, unknown, home);
  const willing: Willing[] = [];
  for (const one of unknown) {
    const evidence = one.row[creates.evidence] ?? null;
    if (one.matchKey === '') left.withoutAddress += 1;
    else if (evidence === null || String(evidence).trim() === '') left.withoutEvidence += 1;
    else {
      const intent = making(around.mapping, one);
      const verdict = judgeWith(target.operations.get('create')?.effects, intent, facts);
      if (verdict.kind === 'refused') left.optedOut += 1;
      else if (!refused.has(refusalOf(newId(one.matchKey), NOTHING_AGREED.hash, intent.fields)))
        willing.push({
          one,
          payload: {
            intent,
            secondaryId: one.key,
            evidence: String(evidence),
            lists: listsFor(one),
          },
        });
    }
  }
  return toSteps(around, willing);
}

/** Gives the lists that somebody new is to be on: those of the file and of their rows, without those that they left (T24). */
async function listsKept(
  { ctx, creates }: Around,
  unknown: readonly Candidate[],
  home: ReadonlyMap<string, readonly string[]> | null,
): Promise<(one: Candidate) => readonly string[]> {
  const wanted = (one: Candidate) => [...new Set([...creates.lists, ...(home?.get(one.key) ?? [])])];
  const people = unknown.map((one) => ({ id: newId(one.matchKey), matchKey: one.matchKey }));
  const left = await listsLeftBy(ctx, people);
  if (left.size === 0) return wanted;
  const leavers = unknown.filter((one) => left.has(newId(one.matchKey)));
  const ids = await listIds(ctx, [...new Set(leavers.flatMap(wanted))]);
  return (one) => wanted(one).filter((name) => left.get(newId(one.matchKey))?.has(ids?.get(name) ?? '') !== true);
}

function keysOf(candidates: readonly Candidate[]): readonly string[] {
  return candidates.map(({ key }) => key);
}

interface Willing {
  readonly one: Candidate;
  readonly payload: NewPersonPayload;
}

/** Rows get a place in the store, so that what becomes of each is counted. */
async function toSteps({ ctx, target, creates }: Around, willing: readonly Willing[]): Promise<readonly PlanStep[]> {
  if (willing.length === 0) return [];
  const takes = willing.map(({ one }) => ({
    id: one.key,
    hash: contentHash(one.row),
    version: '',
    state: 'none' as const,
    matchKey: one.matchKey,
    content: null,
    agreed: true,
  }));
  const home = await ctx.store.shelf(ctx.sync.name, 'secondary', 'contacts');
  const nothing = { seen: [], walk: null, cursors: {}, marks: {}, facts: [], waiting: [], settled: [], journal: [] };
  const readAt = ctx.clock.now();
  const recordIds = await ctx.store.storePage(ctx.lease, home, { ...nothing, takes, readAt });
  const ids = willing.map(({ one }) => newId(one.matchKey));
  const jobs = await ctx.store.inJobs(ctx.sync.name, ids);
  return willing.map((one, at) => {
    // Whom a job ended without goes alone, so that the answer tells why.
    // A job puts everybody in it on the same lists: who has others is made by themselves.
    const alone = jobs.get(ids[at] ?? '') === 'missed' || !isAll(one.payload.lists, creates.lists);
    const bytes = alone ? null : (target.bulk?.rowBytes(one.payload.intent) ?? null);
    return stepOf(one, recordIds[at] ?? 0, takes[at]?.hash ?? '', bytes);
  });
}

function isAll(lists: readonly string[], ofFile: readonly string[]): boolean {
  const all = new Set(ofFile);
  return lists.length === all.size && lists.every((name) => all.has(name));
}

function stepOf({ one, payload }: Willing, recordId: number, target: string, rowBytes: number | null): PlanStep {
  const { intent, lists } = payload;
  const after = { email_address: intent.address, ...intent.fields, permission_to_send: 'implicit' };
  return {
    stream: 'contacts',
    id: newId(one.matchKey),
    recordId,
    state: 'implicit',
    action: 'create',
    reason: 'new-in-table',
    base: null,
    target,
    before: null,
    after: lists.length > 0 ? { ...after, lists } : after,
    changed: [...Object.keys(after), ...(lists.length > 0 ? ['lists'] : [])],
    destructive: [],
    optOut: false,
    raises: true,
    rowBytes,
    payload,
  };
}

/** What is agreed of somebody who is not there yet. */
export const NOTHING_AGREED: Baseline = { hash: '', fields: {} };

/** Tells whether a row still asks for what was refused. */
export function isStillNew(mapping: TableMapping, operation: Operation, row: TableRow | undefined): boolean {
  if (row === undefined || mapping.creates === null || !saysYes(row, mapping)) return false;
  return textOf(making(mapping, { key: operation.secondaryId, row }).fields) === textOf(intentIn(operation).fields);
}

/** The id of a person who has none yet: under it the journal tells how they came to be made. */
export function newId(key: string): string {
  return `new:${textHash(key)}`;
}

/** What the file says two-way or not: a person who is made gets all that the row has. */
function making(mapping: TableMapping, { key, row }: Omit<Candidate, 'matchKey'>): PersonIntent {
  const { email_address: _address, ...fields } = filledFields(row, mapping);
  const writable = Object.entries(fields).filter(([field]) => WRITABLE.has(field));
  return {
    ...untouched(null, key.trim(), null),
    fields: Object.fromEntries(
      writable.map(([field, value]) => [field, typeof value === 'boolean' ? Number(value) : value]),
    ),
    permission: 'implicit',
  };
}
const WRITABLE: ReadonlySet<string> = new Set(WRITABLE_COLUMNS);
