/**
 * handle: the world as tests and the control door hold it: they may look at everything and make anything happen.
 *
 * The same words serve in process and over HTTP. It adds no behaviour of its own; what an operation does is in the world, what a
 * token is, in the identity provider.
 */
import { z } from 'zod';
import type { DeviceDesk } from '../constant-contact/oauth/device.ts';
import type { Grants } from '../constant-contact/oauth/grants.ts';
import type { FaultInjector } from '../faults/injector.ts';
import type { SwitchBoard } from '../switches.ts';
import { isCrmOperation, type CrmOperationInput } from '../virtuous/operations.ts';
import type { CrmHandle } from '../virtuous/virtuous.ts';
import type { SimulatorClock } from '../world/clock.ts';
import { findPerson } from '../world/mutate/find.ts';
import { mutate } from '../world/mutate/mutate.ts';
import { MutationError, type OperationInput, type Who } from '../world/mutate/operations.ts';
import { summarise, truthOfCatalogue, truthOfChange, truthOfPerson, type Truth } from '../world/truth.ts';
import type { World } from '../world/world.ts';

const TOKEN_OPERATION = z.discriminatedUnion('op', [
  z.strictObject({ op: z.literal('expireAccessTokens') }),
  z.strictObject({ op: z.literal('revokeGrants') }),
  z.strictObject({ op: z.literal('approveDevice'), user_code: z.string() }),
  z.strictObject({ op: z.literal('denyDevice'), user_code: z.string() }),
]);

/** Something that happens to the sign-ins rather than to the account. */
export type TokenOperation = z.infer<typeof TOKEN_OPERATION>;
export type AnyOperation = OperationInput | TokenOperation | CrmOperationInput;

export interface WorldHandle {
  readonly clock: SimulatorClock;
  readonly switches: SwitchBoard;
  readonly faults: FaultInjector;
  /** The CRM beside it. */
  readonly crm: CrmHandle;
  /** Makes one thing happen, or several in turn, and tells what was committed. */
  mutate(operations: AnyOperation | readonly AnyOperation[]): Truth[];
  /** Tells everything about one contact, deleted or not; null where there is none. */
  contact(who: Who): Truth | null;
  /** Tells everything about every contact, one by one. */
  contacts(): IterableIterator<Truth>;
  /** Counts what there is. */
  summary(): ReturnType<typeof summarise>;
  /** Tells lists, tags, custom fields, campaigns and the account. */
  catalogue(): Truth;
  /** Tells the committed changes after the n-th. */
  log(after?: number): Truth[];
  /** The state itself, for tests that need it quick and exact; never change it but by `mutate`. */
  readonly state: World;
}

export interface HandleParts {
  readonly world: World;
  readonly faults: FaultInjector;
  readonly grants: Grants;
  readonly devices: DeviceDesk;
  readonly crm: CrmHandle;
}

/** Makes the handle of a world. */
export function createHandle(parts: HandleParts): WorldHandle {
  const { world, faults } = parts;
  return {
    clock: world.clock,
    switches: world.switches,
    faults,
    crm: parts.crm,
    get state() {
      world.settle();
      return world;
    },
    mutate: (operations) => (isMany(operations) ? operations : [operations]).flatMap((one) => perform(parts, one)),
    contact(who) {
      world.settle();
      try {
        return truthOfPerson(world, findPerson(world, who));
      } catch (error) {
        if (error instanceof MutationError) return null;
        throw error;
      }
    },
    *contacts() {
      world.settle();
      for (const person of world.people.values()) yield truthOfPerson(world, person);
    },
    summary: () => summarise(settled(world)),
    catalogue: () => truthOfCatalogue(settled(world)),
    log: (after = 0) =>
      settled(world)
        .changes.slice(after)
        .map((change) => truthOfChange(world, change)),
  };
}

function isMany(operations: AnyOperation | readonly AnyOperation[]): operations is readonly AnyOperation[] {
  return Array.isArray(operations);
}

function settled(world: World): World {
  world.settle();
  return world;
}

function perform(parts: HandleParts, operation: AnyOperation): Truth[] {
  parts.world.settle();
  if (isCrmOperation(operation)) {
    const before = parts.world.changes.length;
    parts.crm.perform(operation);
    return parts.world.changes.slice(before).map((change) => truthOfChange(parts.world, change));
  }
  const token = TOKEN_OPERATION.safeParse(operation);
  if (!token.success) {
    return mutate(parts.world, operation as OperationInput).map((change) => truthOfChange(parts.world, change));
  }
  performOnTokens(parts, token.data);
  return [truthOfChange(parts.world, parts.world.commit(`oauth.${token.data.op}`, {}))];
}

function performOnTokens({ grants, devices }: HandleParts, operation: TokenOperation): void {
  switch (operation.op) {
    case 'expireAccessTokens':
      return grants.expireAccess();
    case 'revokeGrants':
      return grants.revokeAll();
    case 'approveDevice':
    case 'denyDevice': {
      const done = devices.decide(operation.user_code, operation.op === 'approveDevice' ? 'approved' : 'denied');
      if (!done) throw new MutationError(`no sign-in waits under ${operation.user_code}`);
    }
  }
}
