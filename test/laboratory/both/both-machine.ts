/**
 * One Concord between a simulated account and a simulated CRM.
 */
import { TransportError, type Transport } from '../../../src/ports/transport.ts';
import { createInsideTransport } from '../inside-transport.ts';
import { Machine } from '../machine.ts';
import type { BothSetup } from './both-history.ts';

const ACCOUNT = '127.0.0.1:1';
const CRM = '127.0.0.1:2';
const CRM_KEY = 'laboratory-crm-key-canary';

export class BothMachine extends Machine {
  readonly #setup: BothSetup;

  constructor(setup: BothSetup) {
    super(setup, null, { crm: { contacts: setup.crmContacts, shared: setup.shared, token: CRM_KEY } });
    this.#setup = setup;
  }

  override get secrets(): readonly string[] {
    return [...super.secrets, CRM_KEY];
  }

  protected configText(): string {
    const { perDay, reconcileHours, twoWay, fields, labels, create, refers, perHour } = this.#setup;
    const names = 'first_name: firstName, last_name: lastName, job_title: "Subscriber Status"';
    const contacts = [
      `      create: ${create}\n`,
      ...(refers ? ['      match: [reference, email]\n'] : []),
      ...(fields ? [`      fields: { ${names} }\n`] : []),
    ];
    return `store: ./concord.db
reconcile: every ${reconcileHours}h
connections:
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
${perHour === null ? '' : `    budget: { perHour: ${perHour} }\n`}syncs:
  donors:
    primary: cc
    secondary: crm
    contacts:
${contacts.join('')}${labels ? '    lists: { as: tag, prefix: "CC: " }\n' : ''}    consent: { direction: ${twoWay ? 'two-way' : 'primary-to-secondary'} }
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
        return (host === CRM ? crm : account).exchange(request, signal);
      },
      close: async () => undefined,
    };
  }
}
