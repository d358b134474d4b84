/**
 * webhooks: who wants to hear of what, and what is on its way to them (virtuous-crm §9).
 *
 * A change makes an event for each active webhook that asked for its kind; while one is inactive its events are lost, not kept. What is
 * not taken with 2xx is sent again, a bounded number of times, by the simulator's clock; then it is given up. Whoever carries the
 * deliveries takes what is due and tells what came of it. Which changes make an event beyond what is known, is a switch.
 */
import { createHmac } from 'node:crypto';
import { ORGANIZATION, type Aspect, type Crm } from './crm.ts';
import { contactRecord } from './webhook-record.ts';
import type { Contact, Note } from './types.ts';

export const FLAGS = [
  'contactCreate',
  'contactUpdate',
  'giftCreate',
  'giftUpdate',
  'giftDelete',
  'projectCreate',
  'projectUpdate',
  'projectDelete',
  'formSubmission',
  'contactNoteCreate',
  'contactNoteUpdate',
  'contactNoteDelete',
  'eventCreate',
  'eventUpdate',
  'eventDelete',
] as const;
export type Flag = (typeof FLAGS)[number];

export interface Webhook {
  readonly id: number;
  readonly payloadUrl: string;
  readonly secret: string | null;
  readonly active: boolean;
  readonly flags: Readonly<Record<Flag, boolean>>;
}

/** One request to a receiver. */
export interface Delivery {
  readonly id: number;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

interface Event {
  readonly webhookId: number;
  /** As the body names it: PascalCase. */
  readonly name: string;
  readonly eventId: string;
  readonly at: number;
  readonly record: Readonly<Record<string, unknown>>;
  readonly due: number;
}

interface Waiting {
  readonly id: number;
  readonly events: readonly Event[];
  readonly attempts: number;
  readonly due: number;
}

/** More events in one body than a receiver would want; a bound of our own. */
const MOST_MODELS = 100;
/** More than any test leaves behind; older ones are lost beyond it. */
const MOST_WAITING = 50_000;

export class Webhooks {
  readonly all = new Map<number, Webhook>();
  readonly #crm: Crm;
  #fresh: Event[] = [];
  #again: Waiting[] = [];
  readonly #sent = new Map<number, Waiting>();
  #lastDelivery = 0;

  constructor(crm: Crm) {
    this.#crm = crm;
    crm.onChange(({ aspect, before, after }) => this.#onContact(aspect, before, after));
    crm.onNote((flag, note) => this.#emit(flag, { contactNote: noteRecord(note) }));
  }

  /** Takes what is due now, as requests; each must be answered for by `answered`. */
  take(): readonly Delivery[] {
    const now = this.#crm.now();
    const { crmWebhookForm, crmWebhookOrder } = this.#crm.world.switches.current;
    const due = this.#fresh.filter((one) => one.due <= now);
    this.#fresh = this.#fresh.filter((one) => one.due > now);
    const groups = crmWebhookForm === 'models' ? grouped(due) : due.map((one) => [one]);
    const again = this.#again.filter((one) => one.due <= now);
    this.#again = this.#again.filter((one) => one.due > now);
    const all = [...again, ...groups.map((events) => this.#waiting(events, 0, now))];
    const ordered = crmWebhookOrder === 'reversed' ? all.toReversed() : all;
    return ordered.flatMap((one) => this.#send(one));
  }

  /** Tells what a receiver answered; null: nothing. */
  answered(id: number, status: number | null): void {
    const waiting = this.#sent.get(id);
    this.#sent.delete(id);
    if (waiting === undefined || (status !== null && status >= 200 && status < 300)) return;
    const { crmWebhookAttempts, crmWebhookRetryMs } = this.#crm.world.switches.current;
    const attempts = waiting.attempts + 1;
    if (attempts >= crmWebhookAttempts) {
      this.#crm.record('webhook.given_up', { event_ids: waiting.events.map((one) => one.eventId), status });
      return;
    }
    const due = this.#crm.now() + crmWebhookRetryMs * 2 ** waiting.attempts;
    this.#again.push({ ...waiting, attempts, due });
  }

  /** Counts what has not been taken with 2xx, given up or lost. */
  get waiting(): number {
    return this.#fresh.length + this.#again.length + this.#sent.size;
  }

  #onContact(aspect: Aspect, before: Contact | null, after: Contact): void {
    const { crmOptInFires, crmTagFires, crmArchiveFires, crmMergeFires } = this.#crm.world.switches.current;
    const fires: Readonly<Record<Aspect, boolean>> = {
      profile: true,
      method: true,
      reference: true,
      optIn: crmOptInFires,
      tag: crmTagFires,
      archive: crmArchiveFires,
      merge: crmMergeFires,
    };
    if (before !== null && !fires[aspect]) return;
    this.#emit(before === null ? 'contactCreate' : 'contactUpdate', { contact: contactRecord(this.#crm, after) });
  }

  #emit(flag: Flag, record: Readonly<Record<string, unknown>>): void {
    const { crmWebhookDelayMs, crmWebhookTwice, crmWebhookOrder } = this.#crm.world.switches.current;
    const now = this.#crm.now();
    for (const { id, active, flags } of this.all.values()) {
      if (!active || !flags[flag]) continue;
      const delay = crmWebhookOrder === 'shuffled' ? this.#crm.random.int(0, crmWebhookDelayMs) : crmWebhookDelayMs;
      const name = flag.charAt(0).toUpperCase() + flag.slice(1);
      const eventId = this.#crm.random.uuid();
      const event = { webhookId: id, name, eventId, at: now, record, due: now + delay };
      this.#fresh.push(event, ...(crmWebhookTwice ? [event] : []));
    }
    if (this.#fresh.length > MOST_WAITING) this.#fresh = this.#fresh.slice(-MOST_WAITING);
  }

  #waiting(events: readonly Event[], attempts: number, due: number): Waiting {
    this.#lastDelivery += 1;
    return { id: this.#lastDelivery, events, attempts, due };
  }

  /** Writes a request for what waits; nothing where its webhook is no longer there or has been switched off. */
  #send(waiting: Waiting): readonly Delivery[] {
    const [first] = waiting.events;
    const webhook = first === undefined ? undefined : this.all.get(first.webhookId);
    if (first === undefined || webhook === undefined || !webhook.active) return [];
    this.#sent.set(waiting.id, waiting);
    const { crmWebhookForm, crmSignature, crmSignatureHeader } = this.#crm.world.switches.current;
    const body = JSON.stringify(crmWebhookForm === 'models' ? modelsOf(first.name, waiting.events) : envelopeOf(first));
    const signed =
      webhook.secret === null
        ? {}
        : { [crmSignatureHeader]: createHmac('sha256', webhook.secret).update(body, 'utf8').digest(crmSignature) };
    return [
      { id: waiting.id, url: webhook.payloadUrl, headers: { 'content-type': 'application/json', ...signed }, body },
    ];
  }
}

function modelsOf(event: string, events: readonly Event[]): unknown {
  return { event, models: events.map((one) => one.record) };
}

function envelopeOf({ name, eventId, at, record }: Event): unknown {
  return {
    event: name,
    eventId,
    eventDateTimeUtc: new Date(at).toISOString(),
    organization: { id: ORGANIZATION.organizationId },
    organizationUser: { id: ORGANIZATION.organizationUserId },
    ...record,
  };
}

function grouped(events: readonly Event[]): Event[][] {
  const groups: Event[][] = [];
  for (const event of events) {
    const last = groups.findLast((one) => one[0]?.webhookId === event.webhookId && one[0].name === event.name);
    if (last === undefined || last.length >= MOST_MODELS) groups.push([event]);
    else last.push(event);
  }
  return groups;
}

function noteRecord({ id, contactId, type, note, important, isPrivate }: Note): Readonly<Record<string, unknown>> {
  return { id, contactId, type, note, important, isPrivate };
}
