/**
 * Draws how an account behaves, and what goes wrong with it for a while. Pure.
 *
 * A setup is one reading of what nobody outside the vendor knows, and stays; weather comes and goes.
 */
import type { Fault, FaultKind, FaultPlan } from '../../simulators/faults/plan.ts';
import type { SwitchChanges } from '../../simulators/switches.ts';
import type { Random } from '../../simulators/world/random.ts';
import { MINUTE, type Setup, type SyncName } from './history.ts';

export interface Weather {
  readonly faults: FaultPlan;
  readonly switches: SwitchChanges;
}

/** The switches that weather may move, as they stand in fair weather. */
export const FAIR: Weather = {
  faults: [],
  switches: { counts: 'right', trackers: 'works', indexDelayMs: 0, unknownPermission: null, segmentWaits: 0 },
};

/** Tells whether nothing is wrong. */
export function isFair({ faults, switches }: Weather, fair = FAIR): boolean {
  return faults.length === 0 && !movesSwitches(switches, fair);
}

/** Faults after which a well-formed answer says what is not so. */
const LYING: readonly FaultKind[] = ['empty-list', 'repeat-cursor', 'items-missing', 'stale-read', 'status'];

/** Tells whether some answer may be believed that should not be: a status too, for a refusal says that a channel is useless. */
export function isLying({ faults, switches }: Weather, fair = FAIR): boolean {
  return (
    movesSwitches(switches, fair) ||
    faults.some(({ kind, status = 500 }) => LYING.includes(kind) && (kind !== 'status' || status < 500))
  );
}

function movesSwitches(switches: SwitchChanges, fair: Weather): boolean {
  return JSON.stringify(switches) !== JSON.stringify(fair.switches);
}

/** One reading of each unknown; what the account's opt-out window does is the likeliest to matter. */
export function drawSetup(random: Random): Setup {
  return {
    worldSeed: random.int(1, 1_000),
    contacts: random.chance(0.02) ? random.int(520, 1_100) : random.int(24, 40),
    syncs: random.pick<readonly SyncName[]>([['copy'], ['copy'], ['website'], ['copy', 'website']]),
    twoWay: random.chance(0.6),
    reconcileHours: random.pick([24, 24, 24, 6, 72]),
    skewMs: random.chance(0.3) ? random.int(-30, 30) * MINUTE : 0,
    latencyMs: random.pick([2, 40, 300]),
    perDay: random.chance(0.05) ? random.int(60, 120) : 10_000,
    switches: {
      optoutAfter: random.pick(['works', 'works', 'works', 'ignored', 'refused', 'blind']),
      optoutAfterInclusive: random.chance(0.5),
      updatedAfterInclusive: random.chance(0.5),
      deleteMovesUpdatedAt: random.chance(0.5),
      deletedInUpdatedAfter: random.chance(0.5),
      listChangeMovesUpdatedAt: random.chance(0.5),
      tagChangeMovesUpdatedAt: random.chance(0.5),
      resubscribeMovesUpdatedAt: random.chance(0.5),
      lastPage: random.pick(['empty', 'absent', 'null', 'null-next', 'null-href']),
      contactsOrder: random.pick(['updated_at', 'created_at', 'id']),
      timeFormat: random.pick(['seconds', 'milliseconds', 'offset', 'fraction']),
      noStatusMeans: random.pick(['not_deleted', 'active']),
      cursorWithParameters: random.pick(['ignored', 'refused']),
      campaignStatusCase: random.pick(['title', 'upper', 'mixed']),
      extraFields: random.chance(0.3),
      putWithoutEmail: random.pick(['kept', 'removed', 'refused']),
      putWithoutPermission: random.pick(['not_set', 'kept', 'refused']),
      forbiddenResubscribe: random.pick(['ignored', 'conflict', 'refused']),
    },
    home: null,
    signIn: null,
  };
}

const CHANNELS = [
  '^/v3/contacts\\?.*updated_after=',
  '^/v3/contacts\\?.*optout_after=',
  '^/v3/contacts/counts',
  'email_campaign_summaries',
  '^/v3/emails/',
  'tracking/optouts',
  '^/v3/contacts\\?.*status=unsubscribed',
  '^/v3/contacts\\?.*status=deleted',
  '^/v3/contacts\\?(?!.*(updated_after|optout_after)).*status=all',
  '^/v3/contacts/[0-9a-f]{8}-',
  '^/v3/contact_lists',
  '^/v3/contact_tags',
  '^/v3/contact_custom_fields',
  '^/v3/account',
];
const SPELLS: readonly FaultKind[] = [
  'refuse',
  'reset-before',
  'reset-after',
  'timeout',
  'html',
  'truncated-json',
  'empty-list',
  'slow',
  'throttled',
  'repeat-cursor',
  'items-twice',
  'items-missing',
];
const STATUSES = [400, 401, 403, 404, 409, 500, 502, 503];

/** Draws bad weather: a dead or lying channel, or a network that fails now and then. */
export function drawWeather(random: Random): Weather {
  const switches = { ...FAIR.switches, ...(random.chance(0.4) ? drawLie(random) : {}) };
  if (random.chance(0.25)) return { faults: [], switches };
  if (random.chance(0.3)) return { faults: [drawWriteFault(random)], switches };
  if (random.chance(0.5)) {
    const match = { path: random.pick(CHANNELS) };
    return { faults: [{ kind: 'status', status: random.pick(STATUSES), match }], switches };
  }
  return { faults: Array.from({ length: random.int(1, 3) }, () => drawFault(random)), switches };
}

function drawFault(random: Random): Fault {
  const match = random.chance(0.5) ? { match: { path: random.pick(CHANNELS) } } : {};
  const when = random.chance(0.5) ? { probability: random.pick([0.1, 0.3, 0.6]) } : { at: random.int(1, 12) };
  if (random.chance(0.3)) return { kind: 'status', status: random.pick(STATUSES), ...match, ...when };
  if (random.chance(0.1)) return { kind: 'stale-read', ms: random.pick([5, 60]) * 1_000, ...match, ...when };
  return { kind: random.pick(SPELLS), ...match, ...when };
}

/** A write that fails: before the work or after it, which the writer cannot tell. */
function drawWriteFault(random: Random): Fault {
  const when = random.chance(0.5) ? { probability: random.pick([0.3, 0.6]) } : { at: random.int(1, 3) };
  const match = { method: 'PUT' };
  if (random.chance(0.4)) return { kind: 'status', status: random.pick(STATUSES), match, ...when };
  return {
    kind: random.pick<FaultKind>(['reset-before', 'reset-after', 'reset-after', 'timeout', 'html', 'slow']),
    match,
    ...when,
  };
}

function drawLie(random: Random): SwitchChanges {
  return random.pick<SwitchChanges>([
    { counts: 'frozen' },
    { counts: 'lying' },
    { trackers: 'empty' },
    { indexDelayMs: MINUTE },
    { indexDelayMs: 10 * MINUTE },
    { unknownPermission: 'mystery' },
  ]);
}
