/**
 * Draws how an account and a CRM behave, and what goes wrong with either for a while. Pure.
 */
import type { Fault, FaultKind, FaultPlan } from '../../../simulators/faults/plan.ts';
import type { SwitchChanges } from '../../../simulators/switches.ts';
import { createRandom, mixSeed, type Random } from '../../../simulators/world/random.ts';
import { drawSetup, drawWeather, FAIR, type Weather } from '../draw-weather.ts';
import { HOUR, MINUTE } from '../history.ts';
import { DONORS, type BothSetup } from './both-history.ts';

/** The switches that weather may move, as they stand when it is fair. */
export const FAIR_BOTH: Weather = { faults: [], switches: { ...FAIR.switches, crmIndexDelayMs: 0 } };

/** One reading of each unknown of both. */
export function drawBothSetup(random: Random): BothSetup {
  const { worldSeed, reconcileHours, skewMs, latencyMs, perDay, switches } = drawSetup(random);
  const contacts = random.int(24, 40);
  const { perHour, ...rate } = drawRate(random);
  return {
    worldSeed,
    contacts,
    syncs: [DONORS],
    reconcileHours,
    skewMs,
    latencyMs,
    perDay,
    switches: { ...switches, ...drawCrm(random), ...rate },
    crmContacts: random.int(4, 14),
    shared: random.int(10, 24),
    twoWay: random.chance(0.8),
    fields: random.chance(0.6),
    labels: random.chance(0.3),
    create: random.pick(['never', 'never', 'transaction', 'transaction', 'direct'] as const),
    refers: random.chance(0.6),
    perHour,
    bounces: null,
    hooks: null,
  };
}

/** Lets the CRM tell of changes by itself in half of all histories; from chance of its own, so that the rest of a seed stays. */
export function withHooks(setup: BothSetup, seed: number): BothSetup {
  const random = createRandom(mixSeed(seed, 9_100));
  if (random.chance(0.5)) return setup;
  const told: SwitchChanges = {
    crmOptInFires: random.chance(0.7),
    crmTagFires: random.chance(0.5),
    crmArchiveFires: random.chance(0.5),
    crmMergeFires: random.chance(0.5),
    crmWebhookForm: random.pick(['single', 'models']),
    crmSignature: random.pick(['base64', 'hex']),
    crmWebhookOrder: random.pick(['kept', 'reversed', 'shuffled']),
    crmWebhookDelayMs: random.pick([0, 0, 0, 20_000, 10 * MINUTE, 3 * HOUR, 26 * HOUR]),
    crmWebhookTwice: random.chance(0.3),
    crmWebhookRetryMs: random.pick([10_000, HOUR]),
  };
  const hooks = { seed: random.int(0, 2 ** 31 - 1), areLost: false };
  return { ...setup, hooks, switches: { ...setup.switches, ...told } };
}

/** Of a small hour nobody is told beforehand where its answers tell it. */
function drawRate(random: Random): Pick<BothSetup, 'perHour'> & SwitchChanges {
  const isSmall = random.chance(0.15);
  const crmRatePerHour = isSmall ? random.int(70, 160) : random.pick([1_500, 5_000, null]);
  const crmRateHeaders = random.pick(['plain', 'plain', 'dashed', 'none'] as const);
  return {
    crmRatePerHour,
    crmRateHeaders,
    crmRateWindow: random.pick(['fixed', 'sliding']),
    crmRefusedCount: random.chance(0.5),
    perHour: isSmall && (crmRateHeaders === 'none' || random.chance(0.5)) ? crmRatePerHour : null,
  };
}

function drawCrm(random: Random): SwitchChanges {
  return {
    crmSkipTakeInBody: random.pick(['ignored', 'honoured']),
    crmPut: random.pick(['replace', 'patch']),
    crmErrors: random.pick(['message', 'target']),
    crmUnauthorized: random.pick(['json', 'text']),
    crmBadId: random.pick(['bad_request', 'not_found']),
    crmArchivedRead: random.pick(['not_found', 'readable']),
    crmArchivedFlag: random.chance(0.5),
    crmFindShared: random.pick(['oldest', 'newest']),
    crmSecondReference: random.pick(['refused', 'kept']),
    crmReferenceTaken: random.pick(['kept', 'refused']),
    crmDates: random.pick(['day', 'instant']),
    crmZone: random.pick(['organization', 'utc']),
    crmTagMoves: random.chance(0.5),
    crmOptInMoves: random.pick(['contact', 'contact', 'individual', 'method']),
    crmMergeReferences: random.pick(['moved', 'stay']),
    crmMergedRead: random.pick(['readable', 'not_found']),
    crmAutoImport: random.chance(0.4),
    crmAutoCreate: random.chance(0.4),
    crmImportOptIn: random.chance(0.4),
    crmRepeatedReference: random.pick(['rows', 'merged', 'replaced']),
    crmNoMethods: random.pick(['empty', 'null']),
  };
}

const PATHS = [
  '^/api/Contact/Query',
  '^/api/Contact/\\d',
  '^/api/Organization',
  '^/api/ContactMethod',
  '^/api/ContactNote',
  '^/api/ContactIndividual',
  '^/api/ContactReference',
  '^/api/Contact/CustomFields',
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
  'items-twice',
  'items-missing',
];
const WRITE_SPELLS: readonly FaultKind[] = ['reset-before', 'reset-after', 'reset-after', 'timeout', 'html', 'slow'];
const STATUSES = [400, 401, 403, 404, 409, 500, 502, 503];

/** Draws bad weather of the account, of the CRM, or of both. */
export function drawBothWeather(random: Random): Weather {
  const side = random.int(0, 3);
  const account = side === 0 || side === 3 ? drawWeather(random) : FAIR;
  const crm = side === 0 ? { faults: [], lateMs: 0 } : drawCrmWeather(random);
  return {
    faults: [...account.faults, ...crm.faults],
    switches: { ...FAIR_BOTH.switches, ...account.switches, crmIndexDelayMs: crm.lateMs },
  };
}

function drawCrmWeather(random: Random): { readonly faults: FaultPlan; readonly lateMs: number } {
  const lateMs = random.chance(0.2) ? random.pick([MINUTE, 10 * MINUTE]) : 0;
  if (random.chance(0.2)) return { faults: [], lateMs };
  if (random.chance(0.45)) return { faults: [drawWriteFault(random)], lateMs };
  if (random.chance(0.3)) {
    const match = { path: random.pick(PATHS) };
    return { faults: [{ kind: 'status', host: 'virtuous', status: random.pick(STATUSES), match }], lateMs };
  }
  return { faults: Array.from({ length: random.int(1, 2) }, () => drawFault(random)), lateMs };
}

function drawFault(random: Random): Fault {
  const match = random.chance(0.5) ? { match: { path: random.pick(PATHS) } } : {};
  const when = random.chance(0.5) ? { probability: random.pick([0.1, 0.3, 0.6]) } : { at: random.int(1, 12) };
  const common = { host: 'virtuous', ...match, ...when } as const;
  if (random.chance(0.25)) return { kind: 'status', status: random.pick(STATUSES), ...common };
  if (random.chance(0.1)) return { kind: 'stale-read', ms: random.pick([5, 60]) * 1_000, ...common };
  return { kind: random.pick(SPELLS), ...common };
}

/** A write that fails: before the work or after it, which the writer cannot tell. */
function drawWriteFault(random: Random): Fault {
  const when = random.chance(0.5) ? { probability: random.pick([0.3, 0.6]) } : { at: random.int(1, 3) };
  const [method, path] = random.pick([
    ['PUT', '^/api/ContactMethod'],
    ['PUT', '^/api/'],
    ['POST', '^/api/ContactNote$'],
    ['POST', '^/api/ContactReference'],
  ] as const);
  const common = { host: 'virtuous', match: { method, path }, ...when } as const;
  if (random.chance(0.3)) return { kind: 'status', status: random.pick(STATUSES), ...common };
  return { kind: random.pick(WRITE_SPELLS), ...common };
}
