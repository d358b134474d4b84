/**
 * table-carry: what the table's own system changed goes to the primary: its opt-outs, and edits of fields that go both ways.
 *
 * A row tells no time and nobody's name, so it is the account that unsubscribes there, and a guard may hold many at once
 * (I10): the row itself is out already. Nothing is agreed on here before the primary has it, so each pass finds again
 * what the one before could not carry. An opt-out goes by itself, before anything else of that person. Must never raise
 * consent, nor bring anybody back.
 */
import type { FieldValue, Fields } from '../compare/merge-fields.ts';
import type { TableRow, TableSide } from '../connector/side.ts';
import type { PeopleTarget } from '../connector/target.ts';
import { MAILABLE } from '../consent/standing.ts';
import { matchKey } from '../model/address.ts';
import { untouched, type PersonIntent } from '../model/intent.ts';
import type { Content, RecordState } from '../model/record.ts';
import { destructionOf } from '../plan/destruction.ts';
import { editsOf, mayBeEdited, withdrewFrom, type TableBase, type TableMapping } from '../plan/table-step.ts';
import type { Operation, Shelf } from '../store/rows.ts';
import { contentOf } from './context.ts';
import type { PlanStep } from './lane.ts';
import { linkThoseMade } from './made-people.ts';
import { wantsOf, type ListWant, type Memberships } from './memberships.ts';
import type { MemberBase } from './members-read.ts';
import { isStillNew, newId } from './new-people.ts';
import { intentIn, parkedAtPrimary, refusalOf, refusedThere, textOf, wantedIn } from './refused.ts';
import { baselineOf } from './table-operations.ts';
import type { WorkContext } from './work-context.ts';

export const EDITED = 'edited-in-table';
/** The account refused it, or a person left the account as it is. */
export const LEFT_THERE = 'left-there';
const BATCH = 500;
/** Whoever is deleted there would come back, and of whoever is held we do not know what they said. */
export const EDITABLE: ReadonlySet<RecordState> = new Set<RecordState>([
  ...MAILABLE,
  'unsubscribed',
  'pending_confirmation',
  'temp_hold',
  'not_set',
]);

export interface CarryPayload {
  readonly intent: PersonIntent;
  readonly secondaryId: string;
  readonly base: TableBase;
  /** What is agreed of the person's lists once the account was read back with them; null: they stay. */
  readonly members: MemberBase | null;
  /** Hash of what was agreed of them when this was decided; null: nothing. */
  readonly membersFrom: string | null;
  /** When the person last opted in, as the account said when this was decided. */
  readonly optedIn: Content[string];
}

/** Finds what the primary lacks, in the table's order. The whole table is read: a row has no time. */
export async function* carrySteps(
  ctx: WorkContext,
  side: TableSide,
  mapping: TableMapping,
  shelf: Shelf,
  target: PeopleTarget,
  wants: Wants,
): AsyncIterable<readonly PlanStep[]> {
  if (mapping.creates !== null) await linkThoseMade(ctx);
  const around: Around = { ctx, mapping, shelf, target, wants, refused: await refusedThere(ctx) };
  for (let after: string | null = null; ;) {
    await ctx.keepLease();
    const rows: readonly KeyedRow[] = await side.scan(after, BATCH);
    const last = rows.at(-1);
    if (last === undefined) return;
    after = last.key;
    const steps = await withoutJobs(ctx, await stepsOf(around, await changedRows(around, rows)));
    if (steps.length > 0) yield steps;
  }
}

interface KeyedRow {
  readonly key: string;
  readonly row: TableRow;
}
interface Around {
  readonly ctx: WorkContext;
  readonly mapping: TableMapping;
  readonly shelf: Shelf;
  readonly target: PeopleTarget;
  readonly wants: Wants;
  readonly refused: ReadonlySet<string>;
}
/** What the account is to change of people's lists, by their ids. */
type Wants = ReadonlyMap<string, ListWant>;
interface Changed {
  readonly id: string;
  readonly secondaryId: string;
  readonly base: TableBase;
  readonly row: TableRow;
}

/** Picks the linked rows in which the table's own system changed something since it was agreed on. */
async function changedRows(
  { ctx, mapping, wants }: Pick<Around, 'ctx' | 'mapping' | 'wants'>,
  rows: readonly KeyedRow[],
): Promise<readonly Changed[]> {
  const bothWays = mapping.rules.some(({ direction }) => direction === 'two-way');
  // Where only opt-outs are carried few rows say no, and only theirs are worth a look at the links.
  const worth = bothWays || wants.size > 0 ? rows : rows.filter(({ row }) => withdrewFrom(YES, row, mapping));
  if (worth.length === 0) return [];
  const keys = worth.map(({ key }) => key);
  const links = await ctx.store.linksBySecondary(ctx.sync.name, 'contacts', keys);
  return worth.flatMap(({ key, row }) => {
    const link = links.get(key);
    const base = (link?.baseline?.fields['table'] ?? null) as TableBase | null;
    if (link === undefined || base === null) return [];
    const edited = mayBeEdited(base, row, mapping) || wants.has(link.primaryId);
    if (!withdrewFrom(base, row, mapping) && !edited) return [];
    return [{ id: link.primaryId, secondaryId: link.secondaryId, base, row }];
  });
}
const YES: TableBase = { fields: {}, consent: 1, outHere: false };

async function stepsOf(around: Around, rows: readonly Changed[]): Promise<readonly PlanStep[]> {
  const steps: PlanStep[] = [];
  for (const changed of rows) {
    const record = await around.ctx.store.record(around.shelf, changed.id);
    if (record === null || record.content === null) continue;
    const content = contentOf(record.content);
    const { email_address: address } = content;
    if (typeof address !== 'string') continue;
    const intent = untouched(changed.id, address, record.version);
    const { base: agreed, hash: target, recordId, state } = { ...record, base: record.agreed };
    const common = { stream: 'contacts', id: changed.id, recordId, state, base: agreed, target } as const;
    const step = optOut(around, changed, content, intent, common) ?? edit(around, changed, content, intent, common);
    if (step !== null) steps.push(step);
  }
  return steps;
}

/**
 * Who is under way in a job is not edited beside it (I13); an opt-out never waits (I3). Whom a job ended without goes
 * alone, so that the answer tells why.
 */
async function withoutJobs(ctx: WorkContext, steps: readonly PlanStep[]): Promise<readonly PlanStep[]> {
  const madeAs = ({ payload }: PlanStep): string => newId(matchKey((payload as CarryPayload).intent.address) ?? '');
  const edits = steps.filter(({ action }) => action === 'edit');
  if (edits.length === 0) return steps;
  const ids = edits.flatMap((step) => [step.id, madeAs(step)]);
  const jobs = await ctx.store.inJobs(ctx.sync.name, ids);
  return steps
    .filter((step) => step.action !== 'edit' || ![step.id, madeAs(step)].some((id) => jobs.get(id) === 'open'))
    .map((step) => (jobs.get(step.id) === 'missed' ? alone(step) : step));
}

function alone(step: PlanStep): PlanStep {
  return step.members === undefined ? step : { ...step, members: { ...step.members, fit: false } };
}

type Common = Pick<PlanStep, 'stream' | 'id' | 'recordId' | 'state' | 'base' | 'target'>;

/** Whoever may not be mailed there has nothing to lose: the table's lane agrees on that. */
function optOut(
  { ctx, mapping, target }: Around,
  { base, row, secondaryId }: Changed,
  content: Content,
  intent: PersonIntent,
  common: Common,
): PlanStep | null {
  if (!withdrewFrom(base, row, mapping) || !MAILABLE.has(common.state)) return null;
  const reason = `opted out in ${ctx.sync.secondary}`;
  return {
    ...common,
    action: 'unsubscribe',
    reason: 'opted-out-in-table',
    before: { permission_to_send: content['permission_to_send'] ?? null },
    after: { permission_to_send: 'unsubscribed' },
    changed: ['permission_to_send'],
    destructive: ['inferred-opt-out'],
    optOut: false,
    raises: false,
    calls: target.operations.get('unsubscribe')?.calls ?? 0,
    payload: {
      intent: { ...intent, permission: 'unsubscribe', actor: 'account', reason },
      secondaryId,
      base,
      ...memberBases(null),
      optedIn: content['opt_in_date'] ?? null,
    } satisfies CarryPayload,
  };
}

function edit(
  { mapping, target, refused, wants }: Around,
  { base, row, secondaryId }: Changed,
  content: Content,
  intent: PersonIntent,
  common: Common,
): PlanStep | null {
  if (!EDITABLE.has(common.state)) return null;
  const edits = editsOf({ content, hash: common.target }, base, row, mapping);
  const want = wants.get(common.id) ?? null;
  const wanted: PersonIntent = { ...intent, fields: cells(edits), lists: want?.lists ?? intent.lists };
  const changed = [...Object.keys(edits), ...(want === null ? [] : [LISTS])];
  // What was refused as it is will be refused again: it waits until the value is another, or a person says so.
  if (changed.length === 0 || refused.has(refusalOf(common.id, baselineOf(base, false).hash, wantedIn(wanted))))
    return null;
  const before = Object.fromEntries(Object.keys(edits).map((field) => [field, content[field] ?? null]));
  const removes = want !== null && want.lists.remove.length > 0;
  return {
    ...common,
    action: 'edit',
    reason: EDITED,
    before: want === null ? before : { ...before, [LISTS]: want.before },
    after: want === null ? edits : { ...edits, [LISTS]: want.after },
    changed,
    destructive: [
      ...destructionOf(content, { ...content, ...edits }, common.state),
      ...(removes ? ['list-removal'] : []),
    ],
    optOut: false,
    raises: false,
    ...costOf(target, wanted),
    payload: {
      intent: wanted,
      secondaryId,
      base,
      ...memberBases(want),
      optedIn: content['opt_in_date'] ?? null,
    } satisfies CarryPayload,
  };
}

function memberBases(want: ListWant | null): Pick<CarryPayload, 'members' | 'membersFrom'> {
  return { members: want?.agreed ?? null, membersFrom: want?.from ?? null };
}

/** Lists alone may go in a job; anything else is a request of the person's own. */
function costOf({ operations, bulk }: PeopleTarget, { fields, lists, tags }: PersonIntent): Partial<PlanStep> {
  const single = { calls: operations.get('update')?.calls ?? 0 };
  return bulk === null || Object.keys(fields).length > 0 ? single : { members: { lists, tags, fit: true } };
}

const LISTS = 'list_memberships';

/** Truth values are in no field that is written. */
function cells(edits: Fields): PersonIntent['fields'] {
  return Object.fromEntries(
    Object.entries(edits).map(([field, value]: [string, FieldValue]) => [
      field,
      typeof value === 'boolean' ? Number(value) : value,
    ]),
  );
}

/**
 * Picks the parked operations that nothing asks for any more: the value is another now, or was taken back.
 */
export async function overParked(
  ctx: WorkContext,
  side: TableSide,
  mapping: TableMapping,
  shelf: Shelf,
  target: PeopleTarget,
  lists: Memberships | null,
): Promise<readonly Operation[]> {
  const parked = await parkedAtPrimary(ctx);
  if (parked.length === 0) return [];
  const rows = await side.readByKeys(parked.map(({ secondaryId }) => secondaryId));
  const ids = parked.map(({ primaryId }) => primaryId);
  const wants = lists === null ? new Map<string, ListWant>() : await wantsOf(ctx, lists, shelf, ids);
  const around: Around = { ctx, mapping, shelf, target, wants, refused: new Set() };
  const changed = await changedRows(
    around,
    [...rows].map(([key, row]) => ({ key, row })),
  );
  const steps = await stepsOf(around, changed);
  const wanted = new Map(steps.map((step) => [step.id, wantedBy((step.payload as CarryPayload).intent)]));
  return parked.filter((operation) => {
    const intent = intentIn(operation);
    if (intent.contactId === null) return !isStillNew(mapping, operation, rows.get(operation.secondaryId));
    return wanted.get(operation.primaryId) !== wantedBy(intent);
  });
}

function wantedBy(intent: PersonIntent): string {
  return `${intent.permission} ${textOf(wantedIn(intent))}`;
}
