/**
 * injector: decides which request a fault strikes.
 *
 * Each fault counts the requests that match it by itself, whether or not another fault strikes them, so that a plan means the
 * same alone and in company. Chance comes from the seed. Kinds that only make sense on a paged collection pass over the rest.
 */
import { createRandom, mixSeed, type Random } from '../world/random.ts';
import { parseFaultPlan, type Fault, type FaultHost, type FaultKind, type FaultPlan } from './plan.ts';

export interface Target {
  readonly host: FaultHost;
  readonly method: string;
  /** Path with query. */
  readonly path: string;
  readonly collection: boolean;
  readonly hasCursor: boolean;
}

export interface FaultInjector {
  /** Replaces the plan; counting starts anew. */
  set(plan: FaultPlan, seed?: number): void;
  /** Takes note of a request and tells the fault that strikes it, if any. */
  strike(target: Target): Fault | null;
  /** Tells the plan with what has happened so far. */
  state(): readonly { readonly fault: Fault; readonly matched: number; readonly struck: number }[];
}

const ON_COLLECTIONS: readonly FaultKind[] = [
  'empty-list',
  'repeat-cursor',
  'cursor-expired',
  'items-twice',
  'items-missing',
];

interface Armed {
  readonly fault: Fault;
  readonly pattern: RegExp | null;
  readonly random: Random;
  matched: number;
  struck: number;
}

/** Makes an injector with a first plan. */
export function createFaultInjector(plan: FaultPlan, firstSeed: number): FaultInjector {
  let armed = arm(plan, firstSeed);
  return {
    set(next, seed = firstSeed) {
      armed = arm(next, seed);
    },
    strike(target) {
      let chosen: Armed | null = null;
      for (const one of armed) {
        if (matches(one, target) && isDue(one) && chosen === null) chosen = one;
      }
      if (chosen === null) return null;
      chosen.struck += 1;
      return chosen.fault;
    },
    state: () => armed.map(({ fault, matched, struck }) => ({ fault, matched, struck })),
  };
}

function arm(plan: FaultPlan, seed: number): Armed[] {
  return parseFaultPlan(plan).faults.map((fault, n) => ({
    fault,
    pattern: fault.match?.path === undefined ? null : new RegExp(fault.match.path),
    random: createRandom(mixSeed(seed, 1000 + n)),
    matched: 0,
    struck: 0,
  }));
}

function matches(one: Armed, target: Target): boolean {
  const { kind, match, host = 'constant-contact' } = one.fault;
  if (host !== target.host) return false;
  if (ON_COLLECTIONS.includes(kind) && !target.collection) return false;
  if (kind === 'cursor-expired' && !target.hasCursor) return false;
  if (match?.method !== undefined && match.method.toUpperCase() !== target.method) return false;
  return one.pattern === null || one.pattern.test(target.path);
}

/** Counts the match, draws chance and tells whether this is the one to strike; draws always, to keep the sequence. */
function isDue(one: Armed): boolean {
  one.matched += 1;
  const { at, probability, times } = one.fault;
  const lucky = probability === undefined || one.random.chance(probability);
  if (times !== undefined && one.struck >= times) return false;
  if (typeof at === 'number') return lucky && one.matched === at;
  return lucky && (at === undefined || one.matched % at.every === 0);
}
