/**
 * crm-edit: what else the account is to have from a CRM, on its way there: names, custom fields, lists and tags.
 *
 * Agreed on only when the account shows it: until then the person stays pending, so each pass finds again what the one
 * before could not carry. That it is on its way is on record before it leaves (crm-agree), so that what the account shows
 * next is known as ours (I5, I8). What was refused as it is waits for a person, or for another value. Must never touch consent, nor
 * decide what is carried.
 */
import type { PeopleTarget } from '../connector/target.ts';
import type { PersonIntent, SetChange } from '../model/intent.ts';
import { contentHash } from '../model/hash.ts';
import type { Content } from '../model/record.ts';
import { CUSTOM_FIELD } from '../plan/crm-fields.ts';
import type { CrmBase, CrmLink } from '../plan/crm-mapping.ts';
import type { Operation } from '../store/rows.ts';
import { carryHooks } from './crm-carry.ts';
import { LEFT_THERE } from './table-carry.ts';
import { lostAt, type CrmPayload } from './crm-operations.ts';
import { linkText } from './crm-link.ts';
import type { Decided } from './crm-people.ts';
import type { PlanStep } from './lane.ts';
import { parkedAtPrimary, refusalOf, refusedThere, wantedIn } from './refused.ts';
import { submitIntents, type PersonWrite } from './submit-intents.ts';
import type { WorkContext } from './work-context.ts';

const EDITED = 'edited-in-crm';
const MOST = 20_000;

/** What earlier edits left at the account that did not end well. */
export interface LeftThere {
  /** Refused, or dismissed by a person: not sent again as it is. */
  readonly refused: ReadonlySet<string>;
  readonly parked: ReadonlySet<string>;
  /** Whose outcome nobody learnt yet. */
  readonly unfinished: ReadonlySet<string>;
}

/** Reads what earlier edits left. */
export async function leftThere(ctx: WorkContext): Promise<LeftThere> {
  const verifying = await ctx.store.operations(ctx.sync.name, 'verifying', MOST, 'primary');
  return {
    refused: await refusedThere(ctx),
    parked: new Set((await parkedAtPrimary(ctx)).map(idOf)),
    unfinished: new Set(verifying.map(idOf)),
  };
}

function idOf({ primaryId }: Operation): string {
  return primaryId;
}

interface EditPayload {
  readonly intent: PersonIntent;
  readonly link: CrmLink | null;
  readonly refusal: string;
  readonly lost: readonly string[];
}

/** Gives the lines of one person: what the account is to have, beside what the CRM is to have (`crm`). */
export function stepsWithEdit(
  decided: Decided,
  crm: PlanStep,
  target: PeopleTarget,
  left: LeftThere,
): readonly PlanStep[] {
  const { step, record } = decided;
  const { waits } = crm.payload as CrmPayload;
  // While nobody knows what the CRM holds, what it shows is nobody's edit (T17).
  if (step.edit === null || waits === 'unfinished') return [crm];
  const refusal = refusalKey(step.edit, decided.input.base);
  const isRefused = left.refused.has(refusalOf(record.id, refusal, wantedIn(step.edit)));
  if (isRefused && !left.parked.has(record.id)) return [crm];
  if (isRefused) return [unsettled(crm, 'parked')];
  if (left.unfinished.has(record.id)) return [unsettled(crm, 'unfinished')];
  const beside: PlanStep = { ...unsettled(crm, null), destructive: [], beside: true };
  return [editStep(decided, crm, step.edit, target, refusal), beside];
}

/** Gives the one line that tells how both sides differ: where the CRM needs nothing, what the account lacks. */
export function differenceOf(decided: Decided, crm: PlanStep, target: PeopleTarget, left: LeftThere): PlanStep {
  const { step, record, input } = decided;
  if (step.edit === null || (crm.action !== 'agree' && crm.action !== 'skip')) return crm;
  const refusal = refusalKey(step.edit, input.base);
  const edit = editStep(decided, crm, step.edit, target, refusal);
  const isRefused = left.refused.has(refusalOf(record.id, refusal, wantedIn(step.edit)));
  return isRefused && !left.parked.has(record.id) ? { ...edit, reason: LEFT_THERE } : edit;
}

/** The person stays pending. `waits`: what is told of somebody of whom there is nothing else to tell. */
function unsettled(crm: PlanStep, waits: CrmPayload['waits']): PlanStep {
  const payload = { ...(crm.payload as CrmPayload), settles: false } satisfies CrmPayload;
  if (waits === null || crm.action !== 'agree') return { ...crm, payload };
  return { ...crm, action: 'skip', reason: waits, payload: { ...payload, waits } };
}

function editStep(
  { content, input, step }: Decided,
  crm: PlanStep,
  intent: PersonIntent,
  target: PeopleTarget,
  refusal: string,
): PlanStep {
  const { before, after } = shownOf(content, intent);
  const { stream, id, recordId, state, base, target: hash } = crm;
  return {
    stream,
    id,
    recordId,
    state,
    base,
    target: hash,
    action: 'edit',
    reason: EDITED,
    before,
    after,
    changed: Object.keys(after),
    destructive: crm.destructive,
    optOut: false,
    raises: false,
    calls: target.operations.get('update')?.calls ?? 0,
    payload: {
      intent,
      link: step.link ?? input.link,
      refusal,
      lost: lostAt(step, 'primary'),
    } satisfies EditPayload,
  };
}

/** What people read of an edit, by field. */
function shownOf(content: Content, intent: PersonIntent): { readonly before: Content; readonly after: Content } {
  const { fields, customFields, lists, tags } = intent;
  const before: Record<string, Content[string]> = {};
  const after: Record<string, Content[string]> = {};
  for (const [field, value] of Object.entries(fields)) [before[field], after[field]] = [content[field] ?? null, value];
  for (const [id, value] of Object.entries(customFields))
    [before[CUSTOM_FIELD + id], after[CUSTOM_FIELD + id]] = [customValue(content, id), value];
  for (const [name, change] of [
    ['list_memberships', lists],
    ['taggings', tags],
  ] as const) {
    if (change.add.length + change.remove.length === 0) continue;
    const had = Array.isArray(content[name]) ? content[name].map(String) : [];
    [before[name], after[name]] = [had, changed(had, change)];
  }
  return { before, after };
}

function customValue(content: Content, id: string): string | null {
  const all = content['custom_fields'];
  const found: unknown = Array.isArray(all)
    ? all.find((one: { readonly custom_field_id?: unknown }) => one.custom_field_id === id)
    : null;
  return (found as { readonly value?: string | null } | null | undefined)?.value ?? null;
}

function changed(had: readonly string[], { add, remove }: SetChange): readonly string[] {
  return [...new Set([...had, ...add])].filter((id) => !remove.includes(id)).sort();
}

/** What was agreed of the fields that an edit sets: against another agreement the same edit is another one. */
function refusalKey({ fields, customFields }: PersonIntent, base: CrmBase | null): string {
  const names = [...Object.keys(fields), ...Object.keys(customFields).map((id) => CUSTOM_FIELD + id)].sort();
  return contentHash(names.map((name) => [name, base?.fields[name] ?? null]));
}

/** Sends edits to the account, one request after the other. */
export async function carryEdits(ctx: WorkContext, target: PeopleTarget, steps: readonly PlanStep[]): Promise<void> {
  if (steps.length === 0) return;
  await submitIntents(
    ctx,
    target,
    steps.map((step) => writeOf(ctx, step)),
    carryHooks(ctx),
  );
}

function writeOf(ctx: WorkContext, step: PlanStep): PersonWrite {
  const { intent, link, refusal, lost } = step.payload as EditPayload;
  const replaced = lost.length === 0 ? '' : `; it replaced a value of the account's own in: ${lost.join(', ')}`;
  return {
    id: step.id,
    secondaryId: linkText(link),
    recordId: step.recordId,
    recordHash: step.target,
    intent,
    baseline: { hash: refusal, fields: {} },
    journal: [
      {
        run: ctx.run,
        stream: 'contacts',
        id: step.id,
        event: 'updated',
        rule: step.reason,
        before: step.before,
        after: step.after,
        evidence: `the contact in ${ctx.sync.secondary} was changed${replaced}`,
      },
    ],
    more: null,
  };
}
