/**
 * crm-operations: what one decided person is in a plan, in the outbox, in their link and in the journal.
 *
 * Only shapes; nothing is decided, written or stored here.
 */
import { addressesOf } from '../consent/crm-door.ts';
import { matchKey } from '../model/address.ts';
import type { CrmChange, CrmContact, NewCrmPerson } from '../model/crm.ts';
import { contentHash } from '../model/hash.ts';
import type { Content, SideName } from '../model/record.ts';
import { nameKey } from '../plan/crm-label-book.ts';
import type { CrmBase, CrmLink } from '../plan/crm-mapping.ts';
import type { CrmStep } from '../plan/crm-step.ts';
import type { JournalEntry, LinkToStore, NewOperation, Operation } from '../store/rows.ts';
import type { Decided } from './crm-people.ts';
import { linkText } from './crm-link.ts';
import { IN_REVIEW } from './crm-submitted.ts';
import { KEPT_OUT, waitingReason } from './crm-waits.ts';
import type { PlanStep } from './lane.ts';
import type { WorkContext } from './work-context.ts';

/** What a step hands on to the lane. */
export interface CrmPayload {
  readonly changes: readonly CrmChange[];
  readonly agreed: CrmBase | null;
  readonly link: CrmLink | null;
  /** Only the opt-outs and their notes: the rest is still to be decided. */
  readonly partly: boolean;
  /** Nothing else of this person is on its way: once it is carried out they are not pending any more. */
  readonly settles: boolean;
  /** To be on record before anything is sent; null: what is on record already. */
  readonly before: CrmBase | null;
  /** Earlier operations that this one replaces, whose outcome nobody learnt among them. */
  readonly replaces: readonly Replaced[];
  /** An earlier one was accepted, and read back as if it had not been. */
  readonly differed: boolean;
  readonly conflicts: CrmStep['conflicts'];
  /** Fields in which a value of the CRM's own was replaced although it had moved. */
  readonly lost: readonly string[];
  readonly keptOut: boolean;
  /** An operation of this person is too fresh to be read back, or was refused as it is: nothing is done now. */
  readonly waits: 'unfinished' | 'parked' | null;
}

export type Replaced = Pick<Operation, 'opId' | 'state'>;

/** Makes the plan's line. */
export function planStep(
  { record, input, step }: Decided,
  more: Pick<CrmPayload, 'changes' | 'replaces' | 'differed' | 'waits'>,
  callsThere: number,
): PlanStep {
  const { changes } = more;
  const fields = [
    ...changes.flatMap((change) => linesOf(change, input.link ?? step.link, input.households)),
    ...tagLines(changes, input.households),
  ];
  const action =
    more.waits !== null ? 'skip' : step.reason === 'new' ? 'insert' : changes.length > 0 ? 'update' : calmAction(step);
  return {
    stream: 'contacts',
    id: record.id,
    recordId: record.recordId,
    state: record.state,
    action,
    reason: more.waits ?? reasonFor(step, action),
    base: record.agreed,
    target: record.hash,
    before: Object.fromEntries(fields.map(({ field, before }) => [field, before])),
    after: Object.fromEntries(fields.map(({ field, after }) => [field, after])),
    changed: fields.map(({ field }) => field),
    destructive: step.destructive,
    optOut: step.optOut,
    raises: step.raises,
    // What making people costs is told of all of them together.
    callsThere: action === 'insert' ? 0 : callsThere,
    keptForOthers: step.keptForOthers,
    payload: { ...more, ...handedOn(step) } satisfies CrmPayload,
  };
}

function handedOn(step: CrmStep): Omit<CrmPayload, 'changes' | 'replaces' | 'differed' | 'waits'> {
  const { before, agreed, link, conflicts, keptOut } = step;
  return { partly: false, settles: true, before, agreed, link, conflicts, lost: lostAt(step, 'secondary'), keptOut };
}

/** Names the fields in which this side's own value is replaced although it had moved. */
export function lostAt({ lost }: Pick<CrmStep, 'lost'>, side: SideName): readonly string[] {
  return lost.flatMap((one) => (one.side === side ? [one.field] : []));
}

/** What a step is that writes nothing. */
function calmAction({ action, keptOut }: CrmStep): 'agree' | 'hold' | 'skip' | 'conflict' | 'update' {
  if (keptOut) return 'hold';
  return action === 'agree' || action === 'hold' || action === 'skip' || action === 'conflict' ? action : 'update';
}

function reasonFor({ action, reason, conflicts }: CrmStep, planned: PlanStep['action']): string {
  if (planned === 'hold') return reason === 'held' ? IN_REVIEW : KEPT_OUT;
  return action === 'conflict' ? waitingReason(conflicts[0]?.reason) : reason;
}

interface Line {
  readonly field: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** Tags belong to a contact: all of them, before and after. */
function tagLines(changes: readonly CrmChange[], households: readonly CrmContact[]): readonly Line[] {
  const moves = changes.filter((change) => change.kind === 'tag' || change.kind === 'untag');
  return [...Map.groupBy(moves, ({ contactId }) => contactId)].map(([contactId, these]) => {
    const before = households.find(({ contact_id }) => contact_id === contactId)?.tags ?? [];
    const gone = new Set(these.flatMap(({ kind, tag }) => (kind === 'untag' ? [nameKey(tag.name)] : [])));
    const added = these.flatMap(({ kind, tag }) => (kind === 'tag' ? [tag.name] : []));
    return { field: 'tags', before, after: [...before.filter((name) => !gone.has(nameKey(name))), ...added].sort() };
  });
}

/** What changes of each field that people read. */
function linesOf(change: CrmChange, link: CrmLink | null, households: readonly CrmContact[]): readonly Line[] {
  if (change.kind === 'submit' || change.kind === 'create') return linesOfNew(change.person);
  if (change.kind === 'tag' || change.kind === 'untag') return [];
  if (change.kind !== 'name' && change.kind !== 'fields') return [lineOf(change, link)];
  const contact = households.find(({ contact_id }) => contact_id === change.contactId);
  if (change.kind === 'fields')
    return Object.entries(change.set).map(([field, after]) => ({
      field,
      before: contact?.custom_fields[field] ?? null,
      after,
    }));
  const person = contact?.individuals.find(({ id }) => id === change.individualId);
  return [
    { field: 'firstName', before: person?.first_name ?? null, after: change.first_name },
    { field: 'lastName', before: person?.last_name ?? null, after: change.last_name },
  ].filter(({ before, after }) => before !== after);
}

function linesOfNew({ address, first_name, last_name, tags, custom_fields }: NewCrmPerson): readonly Line[] {
  const filled = { email_address: address, firstName: first_name, lastName: last_name, ...custom_fields };
  const all = tags.length > 0 ? { ...filled, tags: tags.join('; ') } : filled;
  return Object.entries(all).map(([field, after]) => ({ field, before: null, after }));
}

function lineOf(change: Exclude<CrmChange, { kind: 'name' | 'fields' | 'tag' | 'untag' }>, link: CrmLink | null): Line {
  const other = 'contactId' in change && change.contactId !== link?.contactId ? ` (contact ${change.contactId})` : '';
  switch (change.kind) {
    case 'opt': {
      const at = change.email.id === link?.emailId ? '' : ` of e-mail ${change.email.id}`;
      return { field: `opted_in${at}${other}`, before: change.email.opted_in, after: change.optedIn };
    }
    case 'refer':
      return { field: `reference${other}`, before: null, after: change.reference.id };
    case 'note':
      return { field: `note${other}`, before: null, after: change.text };
    case 'address':
      return { field: `email_address${other}`, before: change.email.address, after: change.address };
    default:
      return { field: change.kind, before: null, after: null };
  }
}

/** Makes the operation that a step intends. What touches anybody's flag by their own word, or tells why, goes first. */
export function operationOf(ctx: WorkContext, step: PlanStep): NewOperation {
  const payload = step.payload as CrmPayload;
  const tellsOut = payload.changes.some(({ kind }) => kind === 'opt' || kind === 'note');
  const first = tellsOut && !step.destructive.includes('inferred-opt-out');
  const addresses = payload.changes.flatMap(addressesOf);
  return {
    side: 'secondary',
    // Judged by the door, whatever it touches.
    matchKeys: [...new Set(addresses.flatMap((address) => matchKey(address) ?? []))],
    stream: 'contacts',
    lane: first ? 'opt-out' : 'live',
    primaryId: step.id,
    secondaryId: linkText(payload.link),
    recordId: step.recordId,
    recordHash: step.target,
    payload,
    baseline: baselineOf(payload.agreed),
    journal: [journalOf(ctx, step), ...keptJournal(ctx, step)],
  };
}

/** Makes a baseline of what is agreed. */
export function baselineOf(agreed: CrmBase | null): { hash: string; fields: Record<string, unknown> } {
  return { hash: contentHash(agreed), fields: { crm: agreed } };
}

/** Makes the link of what stands now. `settles`: the person's record is not pending any more. */
export function linkOf(
  {
    primaryId,
    link,
    agreed,
  }: { readonly primaryId: string; readonly link: CrmLink | null; readonly agreed: CrmBase | null },
  settles: { readonly recordId: number; readonly hash: string } | null,
): LinkToStore {
  return { stream: 'contacts', primaryId, secondaryId: linkText(link), baseline: baselineOf(agreed), agrees: settles };
}

function journalOf(ctx: WorkContext, step: PlanStep): JournalEntry {
  const payload = step.payload as CrmPayload;
  const { lost } = payload;
  return {
    run: ctx.run,
    stream: 'contacts',
    id: step.id,
    event: eventOf(payload),
    rule: `crm:${step.reason}`,
    before: pick(step.before, step.changed),
    after: pick(step.after, step.changed),
    // The values themselves stand in what was there before.
    evidence: lost.length === 0 ? null : `replaced a value of the CRM's own in: ${lost.join(', ')}`,
  };
}

/** Tells why a tag of a list that somebody left stays where it is. */
export function keptJournal(ctx: WorkContext, { id, keptForOthers = [] }: PlanStep): readonly JournalEntry[] {
  if (keptForOthers.length === 0) return [];
  const kept = { tags: keptForOthers };
  const evidence = 'another of the household is on that list, and tags belong to all of it';
  return [
    {
      run: ctx.run,
      stream: 'contacts',
      id,
      event: 'kept',
      rule: 'crm:kept-for-others',
      before: kept,
      after: kept,
      evidence,
    },
  ];
}

function eventOf({ changes }: CrmPayload): string {
  const [first] = changes;
  if (first?.kind === 'submit') return 'submitted';
  if (first?.kind === 'create') return 'created';
  return changes.some(({ kind }) => kind === 'opt') ? 'consent' : 'updated';
}

function pick(content: Content | null, fields: readonly string[]): Content {
  return Object.fromEntries(fields.map((field) => [field, content?.[field] ?? null]));
}

/** The payload that an operation was intended with. */
export function payloadIn(operation: Operation): CrmPayload {
  return operation.payload as CrmPayload;
}
