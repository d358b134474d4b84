/**
 * crm-create: makes one person in a CRM at once, for an organisation that wants no review.
 *
 * The CRM looks for nobody who is there already: they are looked for by reference and address right before (T40), decided
 * anew and judged again. After a lost answer the same look, in a later pass, tells whether they are there (I6). Must never
 * switch a flag on that no yes stands behind: what is sent is what the plan says at that moment.
 */
import type { CrmPage } from '../connector/crm.ts';
import { matchKey } from '../model/address.ts';
import type { CrmChange, CrmContact, NewCrmPerson } from '../model/crm.ts';
import { ConnectorError, isErrorOf } from '../model/errors.ts';
import type { Reading } from '../model/record.ts';
import { NEVER_MET } from '../plan/crm-mapping.ts';
import type { Operation } from '../store/rows.ts';
import { linkOf } from './crm-operations.ts';
import { waitsOf } from './crm-waits.ts';
import { storeContacts } from './crm-page.ts';
import { decideOne, type Crm } from './crm-people.ts';
import { crmShelf, readContact } from './crm-read.ts';
import { judgeAll } from './crm-submit.ts';
import { holdUnsure, leave, park, type MadeEnd } from './crm-submission.ts';
import { newPersonIn } from './crm-submitted.ts';
import type { WorkContext } from './work-context.ts';

type Creation = Extract<CrmChange, { kind: 'create' }>;

/** Makes one claimed person. Throws what ends a pass. */
export async function createOne(ctx: WorkContext, crm: Crm, operation: Operation): Promise<MadeEnd> {
  const one = new Making(ctx, crm, operation);
  try {
    return await one.run();
  } catch (error) {
    // An interruption says nothing: recovery finds it.
    if (!(error instanceof ConnectorError) || error.errorClass === 'bug') throw error;
    const no = isErrorOf(error, 'rejected', 'refused_request', 'not_found', 'precondition');
    if (no && !one.left) return one.refuse(error.code);
    await one.giveUp(error);
    if (error.errorClass === 'unknown_outcome') return 'done';
    if (no || isErrorOf(error, 'unavailable', 'not_ready')) return error;
    throw error;
  }
}

class Making {
  readonly #ctx: WorkContext;
  readonly #crm: Crm;
  readonly #operation: Operation;
  /** The request has left: only a look can tell whether it arrived. */
  left = false;

  constructor(ctx: WorkContext, crm: Crm, operation: Operation) {
    this.#ctx = ctx;
    this.#crm = crm;
    this.#operation = operation;
  }

  async run(): Promise<MadeEnd> {
    const { store, lease } = this.#ctx;
    await store.sending(lease, [this.#operation.opId]);
    const person = newPersonIn(this.#operation)?.person;
    if (person === undefined || !(await this.#look(person))) return this.refuse('unreadable');
    const now = await decideOne(this.#ctx, this.#crm, this.#operation.primaryId);
    const change = now?.step.changes.find((one): one is Creation => one.kind === 'create');
    if (change === undefined) return this.#leave('decided-anew', 'skipped.moved');
    const key = matchKey(change.person.address);
    const refusal = judgeAll(this.#crm, [change], await store.consent(key === null ? [] : [key]));
    return refusal === null ? this.#send(change) : this.#leave(refusal, 'skipped.refused');
  }

  async refuse(why: string): Promise<MadeEnd> {
    await park(this.#ctx, [this.#operation], why);
    return 'refused';
  }

  async giveUp({ code, errorClass }: ConnectorError): Promise<void> {
    const { store, lease, counting } = this.#ctx;
    const { opId, recordId } = this.#operation;
    if (!this.left && errorClass !== 'unknown_outcome')
      return leave(this.#ctx, [this.#operation], code, 'skipped.unfinished');
    await store.settleOperations(lease, [{ opId, to: 'verifying', reason: code, link: null }], []);
    counting.put(recordId, 'skipped.unfinished');
  }

  async #leave(reason: string, bucket: `skipped.${string}`): Promise<MadeEnd> {
    await leave(this.#ctx, [this.#operation], reason, bucket);
    return 'done';
  }

  /** Reads whoever bears the reference or has the address; false: somebody does who cannot be read. */
  async #look({ reference, address }: NewCrmPerson): Promise<boolean> {
    const { source } = this.#crm;
    const { signal, keepLease } = this.#ctx;
    await keepLease();
    const bearer = await source.findByReference(reference, signal);
    if (bearer.kind === 'refused') return false;
    const found: Reading<CrmContact>[] = bearer.kind === 'found' ? [bearer.reading] : [];
    await keepLease();
    found.push(...(await source.findByAddress(address, signal)));
    await storeFound(this.#ctx, this.#crm, found);
    return true;
  }

  async #send(change: Creation): Promise<MadeEnd> {
    const { signal, keepLease } = this.#ctx;
    await keepLease();
    const sent = await this.#crm.target.send(change, { urgent: false }, signal);
    if (sent.kind === 'refused') return this.refuse(sent.reason);
    if (sent.kind !== 'made') return this.refuse(sent.kind);
    this.left = true;
    return this.#meet(change, sent.contactId);
  }

  async #meet({ person }: Creation, contactId: string): Promise<MadeEnd> {
    const { source, mapping } = this.#crm;
    const { opId, primaryId, recordId } = this.#operation;
    await readContact(this.#ctx, await crmShelf(this.#ctx), { source, reference: mapping.source }, contactId);
    const now = await decideOne(this.#ctx, this.#crm, primaryId);
    // Made, and not shown yet: from now on they are waited for as if they had been submitted.
    if (now === null || now.step.link === null) {
      await holdUnsure(this.#ctx, [this.#operation]);
      return 'done';
    }
    const { link, changes, conflicts, edit, unsubscribe, agreed, keptOut } = now.step;
    // What cannot be said when somebody is made, tags above all, is decided as of any first meeting.
    const calm = changes.length + conflicts.length === 0 && edit === null && unsubscribe === null;
    const base = calm ? agreed : { ...NEVER_MET, address: matchKey(person.address) };
    const settles = calm ? { recordId, hash: now.record.hash } : null;
    const { waiting, settled } = waitsOf(this.#ctx, primaryId, { conflicts, keptOut, agreed: base });
    const outcome = {
      opId,
      to: 'confirmed',
      reason: null,
      link: linkOf({ primaryId, link, agreed: base }, settles),
    } as const;
    await this.#ctx.store.settleOperations(this.#ctx.lease, [outcome], waiting, settled);
    this.#ctx.counting.put(recordId, 'applied');
    return 'done';
  }
}

/** Stores contacts that a look found. */
export async function storeFound(
  ctx: WorkContext,
  { mapping }: Pick<Crm, 'mapping'>,
  readings: readonly Reading<CrmContact>[],
): Promise<void> {
  if (readings.length === 0) return;
  const page: CrmPage = { readings, refused: [], next: null, sourceTime: null, total: null };
  await storeContacts(ctx, await crmShelf(ctx), page, { walk: null, direct: true, source: mapping.source });
}
