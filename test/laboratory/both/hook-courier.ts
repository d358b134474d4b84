/**
 * Carries the CRM's deliveries to the receiver: in time or late, twice, into a blow, or never; and strangers knock, too.
 *
 * What befalls a delivery follows from its number and the history's seed alone. Must never look at what is kept of it, nor wait for
 * anything real.
 */
import { createHmac } from 'node:crypto';
import type { WorldHandle } from '../../../simulators/control/handle.ts';
import { FLAGS, type Delivery, type Webhook } from '../../../simulators/virtuous/crm/webhooks.ts';
import { createRandom, mixSeed, type Random } from '../../../simulators/world/random.ts';
import type { Posted } from '../../../src/ports/inbound.ts';
import type { Blow } from '../history.ts';
import type { Finding } from '../moment.ts';
import type { Hooks } from './both-history.ts';

export const HOOK_SECRET = 'laboratory-hook-canary';
/** Somewhat less than the receiver grants: what is near the edge proves nothing. */
const FRESH_MS = 23 * 3_600_000;
const AHEAD_MS = 4 * 60_000;

/** Answers requests with statuses, in a process of its own; null where that did not live to answer. */
export type Receiver = (posted: readonly Posted[], blow: Blow | null) => Promise<readonly number[] | null>;

export interface HookParts {
  readonly hooks: Hooks;
  readonly world: WorldHandle;
  readonly receive: Receiver;
  /** By our clock. */
  readonly now: () => number;
}

interface Body {
  readonly eventId?: string;
  readonly eventDateTimeUtc?: string;
  readonly contact?: { readonly id: number };
  readonly models?: readonly { readonly contact?: { readonly id: number } }[];
}

export class HookCourier {
  /** By contact: how many changes there were when the newest delivery about it came that was kept for certain. */
  readonly hinted = new Map<number, number>();
  readonly #parts: HookParts;
  /** By a delivery's own id: how many changes there were when it came first, for what is kept then is not kept again. */
  readonly #came = new Map<string, number>();
  readonly #findings: Finding[] = [];
  #last: Promise<void> = Promise.resolve();

  constructor(parts: HookParts) {
    this.#parts = parts;
    parts.world.crm.webhooks.all.set(1, REGISTERED);
  }

  /** Gives what stood against a promise since it was asked last. */
  takeFindings(): readonly Finding[] {
    return this.#findings.splice(0);
  }

  /** Carries what is due, one after the other; beside a pass in the same thread the receiver meets no blow. */
  carry(besidePass: boolean): Promise<void> {
    this.#last = this.#last.then(async () => {
      const { state, crm } = this.#parts.world;
      for (const delivery of crm.webhooks.take())
        crm.webhooks.answered(delivery.id, await this.#carryOne(delivery, state.changes.length, besidePass));
    });
    return this.#last;
  }

  /** Tells the status that the CRM sees; null: none, and it tries again. */
  async #carryOne(delivery: Delivery, n: number, besidePass: boolean): Promise<number | null> {
    const { hooks, receive } = this.#parts;
    const random = createRandom(mixSeed(hooks.seed, delivery.id));
    const fate = random.next();
    if (hooks.areLost || fate < 0.1) return 204;
    if (fate < 0.2) return null;
    await this.#knock(delivery, random);
    const blow: Blow = { how: random.pick(['killed', 'unknown']), visit: random.int(0, 3) };
    const met = !besidePass && random.chance(0.2) ? blow : null;
    const answers = await receive([postedOf(delivery)], met);
    const status = answers?.[0] ?? null;
    if (status !== 204 && met === null) this.#blame(`a true delivery was answered ${status ?? 'with nothing'}`);
    this.#note(delivery, n, status === 204);
    return fate < 0.3 ? null : status;
  }

  #note({ body }: Delivery, n: number, isKept: boolean): void {
    const { eventId, eventDateTimeUtc, contact, models = [] } = JSON.parse(body) as Body;
    const id = eventId ?? body;
    const came = this.#came.get(id) ?? n;
    this.#came.set(id, came);
    const age = eventDateTimeUtc === undefined ? 0 : this.#parts.now() - Date.parse(eventDateTimeUtc);
    if (!isKept || age > FRESH_MS || -age > AHEAD_MS) return;
    for (const one of [contact, ...models.map((model) => model.contact)])
      if (one !== undefined) this.hinted.set(one.id, Math.max(came, this.hinted.get(one.id) ?? 0));
  }

  /** Somebody who knows a body and no secret, and the CRM itself saying what makes no sense. */
  async #knock(delivery: Delivery, random: Random): Promise<void> {
    if (!random.chance(0.3)) return;
    const { headers, body } = postedOf(delivery);
    const other = { event: 'ContactUpdate', models: [{ contact: { id: random.int(5_000_000, 9_000_000) } }] };
    const asked: readonly (readonly [Posted, number])[] = [
      [{ path: PATH, headers, body: Buffer.concat([body, Buffer.from(' ')]) }, 401],
      [{ path: PATH, headers: {}, body }, 401],
      [{ path: '/hooks/cc', headers, body }, 401],
      [this.#signed('{"models":7}', HOOK_SECRET), 422],
      [this.#signed(JSON.stringify(other), 'a-guess'), 401],
      [this.#signed(JSON.stringify(other), HOOK_SECRET), 204],
    ];
    const statuses = await this.#parts.receive(
      asked.map(([posted]) => posted),
      null,
    );
    if (JSON.stringify(statuses) !== JSON.stringify(asked.map(([, status]) => status)))
      this.#blame(`strangers were answered ${JSON.stringify(statuses)}`);
  }

  #signed(body: string, secret: string): Posted {
    const { crmSignature, crmSignatureHeader } = this.#parts.world.switches.current;
    const signature = createHmac('sha256', secret).update(body).digest(crmSignature);
    return { path: PATH, headers: { [crmSignatureHeader.toLowerCase()]: signature }, body: Buffer.from(body) };
  }

  #blame(text: string): void {
    this.#findings.push({ id: 'I16', text });
  }
}
const PATH = '/hooks/crm';
const REGISTERED: Webhook = {
  id: 1,
  payloadUrl: `https://concord.example${PATH}`,
  secret: HOOK_SECRET,
  active: true,
  flags: Object.fromEntries(FLAGS.map((flag) => [flag, flag.startsWith('contact')])) as Webhook['flags'],
};

function postedOf({ headers, body }: Delivery): Posted & { readonly body: Buffer } {
  const named = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const);
  return { path: PATH, headers: Object.fromEntries(named), body: Buffer.from(body) };
}
