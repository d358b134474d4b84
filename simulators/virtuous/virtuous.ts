/**
 * virtuous: puts one organization's CRM together on an account's world: same clock, same truth log, chance of its own.
 */
import type { FaultInjector } from '../faults/injector.ts';
import type { Host } from '../host.ts';
import { RequestLog } from '../request-log.ts';
import { createRandom, mixSeed } from '../world/random.ts';
import type { World } from '../world/world.ts';
import { buildCrm, type CrmPlan } from './crm/build.ts';
import { Crm } from './crm/crm.ts';
import { tellContact, type Told } from './crm/told.ts';
import { summaryOfCrm, truthOfCrm } from './crm/truth.ts';
import { Webhooks } from './crm/webhooks.ts';
import { createCrmHost } from './host.ts';
import { parseCrmOperation, type CrmOperationInput, type WhichContact } from './operations.ts';
import { find, performOnCrm } from './perform.ts';
import { HourlyRate } from './rate.ts';
import { TokenDesk } from './tokens.ts';
import { MutationError } from '../world/mutate/operations.ts';

export interface CrmOptions extends CrmPlan {
  /** The API key, which never expires. */
  readonly token?: string;
}

/** The CRM as tests and the control door hold it. */
export interface CrmHandle {
  /** The state itself, for tests that need it quick and exact; never change it but by operations. */
  readonly state: Crm;
  readonly requests: RequestLog;
  /** What is on its way to receivers; behind sockets a courier carries it. */
  readonly webhooks: Webhooks;
  /** Does one operation of the CRM. */
  perform(operation: CrmOperationInput): void;
  /** Tells everything about one contact; null where there is none. */
  contact(which: WhichContact): Told | null;
  /** Tells everything. */
  truth(): Told;
  /** Counts what there is. */
  summary(): Told;
}

export interface Virtuous {
  readonly host: Host;
  readonly handle: CrmHandle;
  readonly token: string;
}

const NUMBER = /(?<=\/)\d+(?=\/|$)/g;

/** Makes the CRM of a world. */
export function createVirtuous(world: World, faults: FaultInjector, seed: number, options: CrmOptions): Virtuous {
  const { token = 'simulator-crm-key' } = options;
  const crm = new Crm(world, seed);
  buildCrm(crm, options);
  const webhooks = new Webhooks(crm);
  const random = createRandom(mixSeed(seed, 78));
  const tokens = new TokenDesk(world.clock, world.switches, random, token);
  const rate = new HourlyRate(world.switches);
  const log = new RequestLog(rate, NUMBER);
  const settled = (): Crm => {
    world.settle();
    return crm;
  };
  const handle: CrmHandle = {
    get state() {
      return settled();
    },
    requests: log,
    webhooks,
    perform: (operation) => performOnCrm({ crm: settled(), tokens }, parseCrmOperation(operation)),
    contact(which) {
      try {
        return tellContact(find(settled(), which));
      } catch (error) {
        if (error instanceof MutationError) return null;
        throw error;
      }
    },
    truth: () => truthOfCrm(settled()),
    summary: () => summaryOfCrm(settled()),
  };
  return { host: createCrmHost({ crm, webhooks, tokens, rate, faults, log }), handle, token };
}
