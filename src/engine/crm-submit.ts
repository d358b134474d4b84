/**
 * crm-submit: carries what a plan wants of somebody into the CRM: claimed, read afresh, sent one by one, read back.
 *
 * The door is asked in the claiming transaction and again before each change leaves (I1). What is sent is what the plan
 * says of the contacts as they stand at that moment; where they moved since, only opt-outs and their notes go and the
 * rest is decided anew (T38). Opt-outs go first and may use the last of the budget (I3). What may have arrived is left
 * `verifying`, and never sent again before the contact was read (I6). Must never send what the door did not let pass.
 */
import { addressesOf, judgeCrmChange } from '../consent/crm-door.ts';
import { standingOf } from '../consent/ledger.ts';
import { matchKey } from '../model/address.ts';
import type { CrmChange } from '../model/crm.ts';
import { isErrorOf, type ConnectorError } from '../model/errors.ts';
import { contentHash } from '../model/hash.ts';
import { isUnseen } from '../plan/crm-seen.ts';
import { crmStep } from '../plan/crm-step.ts';
import type { Operation, OperationOutcome } from '../store/rows.ts';
import type { Bucket } from './counting.ts';
import { DIFFERS, notesIn, sameChanges, stillWanted, withNotes } from './crm-leftovers.ts';
import { linkOf, payloadIn, type CrmPayload } from './crm-operations.ts';
import { REFUSED, waitsOf } from './crm-waits.ts';
import { decideOne, type Crm, type Decided } from './crm-people.ts';
import { crmShelf, readContact } from './crm-read.ts';
import type { FactsByKey } from './intent-door.ts';
import type { WorkContext } from './work-context.ts';

/** Changes that a contact shows exactly as they were sent. */
const SEEN: ReadonlySet<CrmChange['kind']> = new Set(['opt', 'address', 'refer', 'tag', 'untag']);
/** A contact that was read longer ago, where the budget made a change wait, is looked at again. */
const FRESH_MS = 30_000;
/** After so many people in a row whose contacts answer badly the others would only wait as long. */
const GIVE_UP_AFTER = 3;

/** Carries out all that is intended for the CRM. `optOutsOnly`: a guard holds the rest. Throws what ends a pass. */
export async function submitToCrm(ctx: WorkContext, crm: Crm, optOutsOnly: boolean): Promise<void> {
  for (let down = 0; ;) {
    // One at a time: between the transaction that judges a person and their requests lies nothing but that person.
    const { claimed, refused } = await ctx.store.claimJudged(ctx.lease, 'secondary', 1, (operation, facts) =>
      judgeAll(crm, payloadIn(operation).changes, facts),
    );
    for (const { recordId } of refused) ctx.counting.put(recordId, 'skipped.refused');
    for (const operation of claimed) {
      const failure = await new Submission(ctx, crm, operation, optOutsOnly).run();
      down = failure === null ? 0 : down + 1;
      // One contact that always answers badly holds up nobody else (I17); where many do, all would.
      if (failure !== null && down >= GIVE_UP_AFTER) throw failure;
    }
    if (claimed.length + refused.length === 0) return;
  }
}

/** Tells why the door refuses some of these changes; null: all may be sent. */
export function judgeAll({ target }: Crm, changes: readonly CrmChange[], facts: FactsByKey): string | null {
  for (const change of changes) {
    const refusal = judgeCrmChange(target.changes.get(change.kind)?.effects, change, (address) => {
      const key = matchKey(address);
      return key === null ? 'hold' : standingOf(facts.get(key) ?? [], { medium: 'email', scope: 'all' }).stance;
    });
    if (refusal !== null) return refusal;
  }
  return null;
}

interface Wanted {
  readonly changes: readonly CrmChange[];
  /** Nothing of this person is left to be decided once these are carried out. */
  readonly whole: boolean;
}

/** One person's operation on its way. */
class Submission {
  readonly #ctx: WorkContext;
  readonly #crm: Crm;
  readonly #operation: Operation;
  readonly #optOutsOnly: boolean;
  readonly #planned: CrmPayload;
  readonly #stands = new Map<string, { readonly stands: unknown; readonly at: number }>();
  #sent = 0;

  constructor(ctx: WorkContext, crm: Crm, operation: Operation, optOutsOnly: boolean) {
    this.#ctx = ctx;
    this.#crm = crm;
    this.#operation = operation;
    this.#optOutsOnly = optOutsOnly;
    this.#planned = payloadIn(operation);
  }

  /** Gives the failure that concerns this contact alone, as far as one can tell. Throws what ends a pass. */
  async run(): Promise<ConnectorError | null> {
    const { opId } = this.#operation;
    await this.#ctx.store.sending(this.#ctx.lease, [opId]);
    try {
      await this.#carryOut();
      return null;
    } catch (error) {
      // An interruption says nothing: recovery finds it. Any class says what was reached: what was sent is read again.
      if (isErrorOf(error, 'auth', 'forbidden', 'throttled', 'quota_exceeded', 'unavailable', 'not_ready'))
        await this.#leave(error.code);
      if (isErrorOf(error, 'unavailable', 'not_ready')) return error;
      throw error;
    }
  }

  async #carryOut(): Promise<void> {
    const contacts = contactsOf(this.#planned.changes);
    if ((await this.#read(contacts)) === 'refused') return this.#park('unreadable');
    const now = await this.#decide();
    if (now === null) return this.#end('superseded', 'decided-anew', 'skipped.moved');
    // An opt-out that was deduced waits for the guard, also where an earlier pass intended it (I10).
    if (this.#optOutsOnly && now.step.destructive.includes('inferred-opt-out')) return this.#leave('held-by-guard');
    const wanted = this.#wantedOf(now);
    if (!(await this.#sendAll(wanted.changes))) return;
    if (
      this.#sent > 0 &&
      (await this.#read(contactsOf(wanted.changes.filter(({ kind }) => kind !== 'note')))) === 'refused'
    )
      return this.#later('unreadable');
    await this.#confirm(now, wanted);
  }

  /** What was read is kept for the first change of each contact: what stands after it is not known. */
  async #read(contactIds: readonly string[]): Promise<'read' | 'refused'> {
    const shelf = await crmShelf(this.#ctx);
    const { source, mapping } = this.#crm;
    for (const id of contactIds) {
      const keep = (stands: unknown): void => void this.#stands.set(id, { stands, at: this.#ctx.clock.now() });
      if ((await readContact(this.#ctx, shelf, { source, reference: mapping.source }, id, keep)) === 'refused')
        return 'refused';
    }
    return 'read';
  }

  #decide(): Promise<Decided | null> {
    return decideOne(this.#ctx, this.#crm, this.#operation.primaryId);
  }

  #wantedOf(now: Decided): Wanted {
    const { step } = now;
    const { changes, partly } = this.#planned;
    const others = step.changes.filter(({ kind }) => kind !== 'opt' && kind !== 'note');
    const unmoved = sameChanges(step.changes.filter(isNoNote), changes.filter(isNoNote));
    const goOn = others.length === 0 || (unmoved && !partly && !this.#optOutsOnly);
    const notes = stillWanted(now, [...notesIn(step.changes), ...notesIn(changes)]);
    const lowered = step.changes.filter(({ kind }) => kind === 'opt');
    return { changes: withNotes([...lowered, ...(goOn ? others : [])], notes), whole: goOn };
  }

  /** Sends one change after the other; false: it ended here, and was settled. */
  async #sendAll(changes: readonly CrmChange[]): Promise<boolean> {
    for (const change of changes) {
      const keys = addressesOf(change).flatMap((address) => matchKey(address) ?? []);
      const refusal = judgeAll(this.#crm, [change], await this.#ctx.store.consent(keys));
      if (refusal !== null) {
        await this.#leave(refusal);
        this.#count('skipped.refused');
        return false;
      }
      if (!(await this.#send(change))) return false;
    }
    return true;
  }

  async #send(change: CrmChange): Promise<boolean> {
    const { target } = this.#crm;
    const { signal } = this.#ctx;
    await this.#ctx.keepLease();
    if (change.kind === 'note' && this.#mayBeWritten && (await target.hasNote(change.contactId, change.text, signal)))
      return true;
    try {
      const urgent = this.#operation.lane === 'opt-out';
      const result = await target.send(change, { urgent, stands: this.#standsFor(change) }, signal);
      this.#sent += 1;
      if (result.kind === 'refused') await this.#park(result.reason);
      // What is not there any more is read by the next pass, and decided by what it finds.
      else if (result.kind === 'gone') await this.#leave('gone');
      return result.kind === 'done' || result.kind === 'accepted';
    } catch (error) {
      const refused = isErrorOf(error, 'rejected', 'refused_request', 'not_found', 'precondition');
      if (!refused && !isErrorOf(error, 'unknown_outcome')) throw error;
      this.#sent += 1;
      await (refused ? this.#park(error.code) : this.#later((error as ConnectorError).code));
      return false;
    }
  }

  /** What stands there, if it was read just before; asked for once. */
  #standsFor(change: CrmChange): unknown {
    if (!('contactId' in change)) return undefined;
    const read = this.#stands.get(change.contactId);
    this.#stands.delete(change.contactId);
    return read !== undefined && this.#ctx.clock.now() - read.at <= FRESH_MS ? read.stands : undefined;
  }

  /** Some earlier attempt may have written what this one wants to. */
  get #mayBeWritten(): boolean {
    return this.#operation.attempts > 0 || this.#planned.replaces.length > 0;
  }

  async #confirm(before: Decided, { changes, whole }: Wanted): Promise<void> {
    const after = await this.#decide();
    if (after === null) return this.#end('superseded', 'decided-anew', 'skipped.moved');
    // A value may be kept in another form than it was sent in (T41): what the plan says of it next tells.
    const undone =
      after.step.changes.some((change) => SEEN.has(change.kind) && changes.some((one) => isLike(one, change))) ||
      changes.some((change) => isUnseen(change, before.input.households, after.input.households));
    // A read right after a write may still show what stood before (T17): it is read again later, and parked only then.
    if (undone) return this.#planned.differed ? this.#park(DIFFERS) : this.#later(DIFFERS);
    const [note] = notesIn(changes);
    const { agreed } = before.step;
    const base = agreed === null || note === undefined ? agreed : { ...agreed, noted: contentHash(note.text) };
    const { link, agreed: stands, conflicts, keptOut } = crmStep({ ...after.input, base });
    const { recordId, id: primaryId, hash } = after.record;
    // What goes to the primary, or has come to, is agreed on when that shows it.
    const settles = whole && this.#planned.settles && (after.step.edit === null || !this.#crm.carries);
    const { waiting, settled } = waitsOf(this.#ctx, primaryId, { conflicts, keptOut, agreed: stands });
    const outcome: OperationOutcome = {
      opId: this.#operation.opId,
      to: 'confirmed',
      reason: null,
      link: linkOf({ primaryId, link: link ?? after.input.link, agreed: stands }, settles ? { recordId, hash } : null),
    };
    await this.#ctx.store.settleOperations(this.#ctx.lease, [outcome], waiting, settled);
    this.#count(conflicts.length > 0 ? 'conflicts' : keptOut ? 'held' : 'applied');
  }

  async #park(why: string): Promise<void> {
    const { opId, primaryId } = this.#operation;
    const { run, store, lease } = this.#ctx;
    const waiting = {
      kind: 'parked',
      stream: 'contacts',
      id: primaryId,
      reason: REFUSED,
      detail: { why },
      run,
    } as const;
    await store.settleOperations(lease, [{ opId, to: 'parked', reason: why, link: null }], [waiting]);
    this.#count('parked');
  }

  #later(reason: string): Promise<void> {
    return this.#end('verifying', reason, 'skipped.unfinished');
  }

  /** What went out, or may have gone out before, is found again by its operation; what did not is decided anew. */
  #leave(reason: string): Promise<void> {
    const maybe = this.#sent > 0 || this.#mayBeWritten;
    return maybe ? this.#later(reason) : this.#end('superseded', reason, 'skipped.moved');
  }

  async #end(to: 'superseded' | 'verifying', reason: string, bucket: Bucket): Promise<void> {
    const { opId } = this.#operation;
    await this.#ctx.store.settleOperations(this.#ctx.lease, [{ opId, to, reason, link: null }], []);
    this.#count(bucket);
  }

  #count(bucket: Bucket): void {
    this.#ctx.counting.put(this.#operation.recordId, bucket);
  }
}

/** Of tags each is seen by itself: another may have moved meanwhile. */
function isLike(a: CrmChange, b: CrmChange): boolean {
  if (a.kind !== b.kind) return false;
  return !('tag' in a && 'tag' in b) || a.tag.id === b.tag.id;
}

function isNoNote({ kind }: CrmChange): boolean {
  return kind !== 'note';
}

function contactsOf(changes: readonly CrmChange[]): readonly string[] {
  return [...new Set(changes.flatMap((change) => ('contactId' in change ? [change.contactId] : [])))];
}
