/**
 * One Concord between a simulated account and a simulated CRM.
 */
import type { Inbound, Posted } from '../../../src/ports/inbound.ts';
import { TransportError, type Transport } from '../../../src/ports/transport.ts';
import type { Blow } from '../history.ts';
import { createInsideTransport } from '../inside-transport.ts';
import { Machine } from '../machine.ts';
import type { BothSetup } from './both-history.ts';
import { HOOK_SECRET, HookCourier } from './hook-courier.ts';

const ACCOUNT = '127.0.0.1:1';
const CRM = '127.0.0.1:2';
const CRM_KEY = 'laboratory-crm-key-canary';

export class BothMachine extends Machine {
  /** What carries the CRM's deliveries; null: there are none. */
  readonly courier: HookCourier | null;
  readonly #setup: BothSetup;
  #answer: ((posted: Posted) => Promise<number>) | null = null;

  constructor(setup: BothSetup) {
    super(setup, null, { crm: { contacts: setup.crmContacts, shared: setup.shared, token: CRM_KEY } });
    this.#setup = setup;
    const { hooks } = setup;
    const { world } = this.simulator;
    const receive = this.#receive.bind(this);
    this.courier = hooks === null ? null : new HookCourier({ hooks, world, receive, now: () => this.clock.now() });
  }

  override get secrets(): readonly string[] {
    return [...super.secrets, CRM_KEY, HOOK_SECRET];
  }

  protected configText(): string {
    const { perDay, reconcileHours, twoWay, fields, labels, create, refers, perHour, hooks, switches } = this.#setup;
    const { bounces } = this.#setup;
    const ends = bounces === null ? '' : `, bounces: [${bounces.join(', ')}]`;
    const names = 'first_name: firstName, last_name: lastName, job_title: "Subscriber Status"';
    const contacts = [
      `      create: ${create}\n`,
      ...(refers ? ['      match: [reference, email]\n'] : []),
      ...(fields ? [`      fields: { ${names} }\n`] : []),
    ];
    return `store: ./concord.db
reconcile: every ${reconcileHours}h
${hooks === null ? '' : 'serve: { listen: 127.0.0.1:8787 }\n'}connections:
  cc:
    connector: constant-contact
    api: v3
    baseUrl: http://${ACCOUNT}/v3
    auth: { accessToken: "\${CC_TOKEN}" }
    budget: { perSecond: 4, perDay: ${perDay} }
  crm:
    connector: virtuous
    baseUrl: http://${CRM}
    auth: { apiKey: ${CRM_KEY} }
${hooks === null ? '' : `    webhook: { secret: ${HOOK_SECRET}, encoding: ${switches.crmSignature ?? 'base64'} }\n`}${perHour === null ? '' : `    budget: { perHour: ${perHour} }\n`}syncs:
  donors:
    primary: cc
    secondary: crm
    contacts:
${contacts.join('')}${labels ? '    lists: { as: tag, prefix: "CC: " }\n' : ''}    consent: { direction: ${twoWay ? 'two-way' : 'primary-to-secondary'}${ends} }
`;
  }

  protected network(meanwhile: () => void): Transport {
    const { clock, simulator } = this;
    const { latencyMs } = this.#setup;
    const { exchange } = simulator.virtuous;
    const account = createInsideTransport({ simulator, clock, latencyMs, meanwhile });
    const crm = createInsideTransport({ simulator: { ...simulator, exchange }, clock, latencyMs, meanwhile });
    return {
      exchange: async (request, signal) => {
        const { host } = new URL(request.url);
        if (host !== ACCOUNT && host !== CRM) throw new TransportError('refused', false);
        try {
          return await (host === CRM ? crm : account).exchange(request, signal);
        } finally {
          if (!this.isDead) await this.courier?.carry(true);
        }
      },
      close: async () => undefined,
    };
  }

  protected override inbound(): Inbound {
    return {
      listen: async ({ port }, answer) => {
        this.#answer = answer;
        return { port, [Symbol.asyncDispose]: async () => void (this.#answer = null) };
      },
    };
  }

  /** Opens the door as the daemon does, and posts; what is thrown behind the door is a 500, as the door has it. */
  async #receive(posted: readonly Posted[], blow: Blow | null): Promise<readonly number[] | null> {
    const ended = await this.run(async (application, call) => {
      const served = application.serve(() => Promise.reject(new Error('no pass is due')), call)[Symbol.asyncIterator]();
      await served.next();
      const statuses: number[] = [];
      for (const one of posted) statuses.push((await this.#answer?.(one).catch(() => 500)) ?? 500);
      await served.return?.();
      return statuses;
    }, blow);
    return ended.kind === 'answer' ? ended.answer : null;
  }
}
