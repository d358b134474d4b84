/**
 * main: starts the simulators and tells where they are.
 *
 * One world stands behind everything; each vendor's door and the control door are servers of their own on loopback. Nothing here is
 * shared with the connectors: a simulator that is wrong in the same way as its client would prove nothing.
 */
import { createHost, type HostParts } from './constant-contact/host.ts';
import { CodeDesk } from './constant-contact/oauth/authorize.ts';
import { DeviceDesk } from './constant-contact/oauth/device.ts';
import { Grants } from './constant-contact/oauth/grants.ts';
import { OAUTH_PATH, type App } from './constant-contact/oauth/oauth.ts';
import { Quota, type QuotaLimits } from './constant-contact/quota.ts';
import { CursorBook } from './constant-contact/v3/cursor.ts';
import { V3_PATH } from './constant-contact/v3/router.ts';
import { createControl, listenControl } from './control/control.ts';
import { createHandle, type WorldHandle } from './control/handle.ts';
import { createFaultInjector } from './faults/injector.ts';
import type { FaultPlan } from './faults/plan.ts';
import { openInside, type Inside } from './inside.ts';
import { RequestLog } from './request-log.ts';
import { openDoor } from './sockets.ts';
import { createSwitchBoard, type SwitchChanges } from './switches.ts';
import { startCourier } from './virtuous/courier.ts';
import { PASSWORD, USERS } from './virtuous/tokens.ts';
import { createVirtuous, type CrmOptions, type Virtuous } from './virtuous/virtuous.ts';
import { createClock, type BaseClock } from './world/clock.ts';
import { createRandom, mixSeed } from './world/random.ts';
import { World } from './world/world.ts';

export interface SimulatorOptions {
  /** Constant Contact's port; control takes the next one, Virtuous the one after that. 0 takes any three. */
  readonly port?: number;
  readonly contacts?: number;
  readonly lists?: number;
  readonly tags?: number;
  readonly customFields?: number;
  readonly campaigns?: number;
  readonly seed?: number;
  /** A clock instead of the machine's; the control door's offset comes on top. */
  readonly clock?: BaseClock;
  readonly faults?: FaultPlan;
  readonly switches?: SwitchChanges;
  /** The standing access token, which never expires. */
  readonly token?: string;
  /** The limits of the API key; null for none. */
  readonly quota?: QuotaLimits | null;
  /** The CRM's people, and its API key. */
  readonly crm?: CrmOptions;
}

export interface Ready {
  readonly ready: true;
  readonly constantContact: {
    readonly v3: string;
    readonly oauth: string;
    readonly token: string;
    readonly apiKey: string;
    readonly username: string;
    readonly password: string;
  };
  readonly virtuous: {
    /** The root of the host: calls are below `/api`, tokens at `/Token`. */
    readonly url: string;
    readonly token: string;
    readonly username: string;
    readonly password: string;
  };
  readonly control: string;
}

export interface Simulators {
  /** What `concord simulate` prints when up. */
  readonly ready: Ready;
  readonly world: WorldHandle;
  readonly requests: RequestLog;
  /** Carries the CRM's webhooks that are due by now, and resolves when they were answered; it is done ten times a second anyway. */
  readonly deliver: () => Promise<void>;
  /** Closes every door and drops every connection. */
  close(): Promise<void>;
}

const USUAL_QUOTA: QuotaLimits = { perSecond: 4, perDay: 10_000 };
const APP: App = { clientId: 'simulator-api-key', secret: 'simulator-secret' };
const USERNAME = 'simulator';

/** Starts the simulators and their control door. */
export async function startSimulators(options: SimulatorOptions = {}): Promise<Simulators> {
  const { port = 0 } = options;
  const { parts, world, token, virtuous } = build(options);
  const open: { close(): Promise<void> }[] = [];
  const close = async (): Promise<void> => {
    for (const one of open) await one.close();
  };
  const next = (n: number): number => (port === 0 ? 0 : port + n);
  try {
    const door = await openDoor(createHost(parts), port);
    open.push(door);
    const control = createControl(world, parts.log);
    open.push(control);
    const controlUrl = await listenControl(control, next(1));
    const crmDoor = await openDoor(virtuous.host, next(2));
    open.push(crmDoor);
    const courier = startCourier(world.crm.webhooks, () => world.state);
    open.push(courier);
    const urls = { v3: door.origin + V3_PATH, oauth: door.origin + OAUTH_PATH };
    const keys = { token, apiKey: APP.clientId, username: USERNAME, password: APP.secret };
    const crm = { url: crmDoor.origin, token: virtuous.token, username: USERS.plain, password: PASSWORD };
    const ready = { ready: true, constantContact: { ...urls, ...keys }, virtuous: crm, control: controlUrl } as const;
    return { ready, world, requests: parts.log, deliver: () => courier.round(), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The simulator in this thread: nothing listens, nothing waits, and nothing need be closed. */
export interface InsideSimulator {
  readonly exchange: Inside;
  /** The CRM's host. */
  readonly virtuous: { readonly exchange: Inside; readonly token: string };
  readonly world: WorldHandle;
  readonly requests: RequestLog;
  readonly token: string;
}

/** Makes the same simulator without sockets, for a program that runs in this thread on a clock of its own. */
export function simulateInside(options: Omit<SimulatorOptions, 'port'> = {}): InsideSimulator {
  const { parts, world, token, virtuous } = build(options);
  const crm = { exchange: openInside(virtuous.host), token: virtuous.token };
  return { exchange: openInside(createHost(parts)), virtuous: crm, world, requests: parts.log, token };
}

function build(options: SimulatorOptions): {
  parts: HostParts;
  world: WorldHandle;
  token: string;
  virtuous: Virtuous;
} {
  const { seed = 1, token = 'simulator-access-token', quota: limits = USUAL_QUOTA } = options;
  const clock = createClock(options.clock);
  const switches = createSwitchBoard(options.switches);
  const world = new World(worldPlan(options, seed), clock, switches);
  const random = createRandom(mixSeed(seed, 42));
  const quota = new Quota(limits);
  const faults = createFaultInjector(options.faults ?? [], seed);
  const grants = new Grants(clock, switches, random, token);
  const codes = new CodeDesk(clock, random, APP.clientId);
  const devices = new DeviceDesk(clock, random);
  const desks = { app: APP, grants, codes, devices, quota, now: () => clock.now() };
  const parts = { world, cursors: new CursorBook(world), desks, faults, log: new RequestLog(quota) };
  const virtuous = createVirtuous(world, faults, seed, options.crm ?? {});
  const handle = createHandle({ world, faults, grants, devices, crm: virtuous.handle });
  return { parts, world: handle, token, virtuous };
}

function worldPlan(options: SimulatorOptions, seed: number): ConstructorParameters<typeof World>[0] {
  const { contacts = 1000, lists = 6, tags = 5, customFields = 9, campaigns = 8 } = options;
  return { contacts, lists, tags, customFields, campaigns, seed };
}
