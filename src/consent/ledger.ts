/**
 * ledger: what follows from all that is on record about one address. The one rule of consent.
 *
 * Pure. Facts are a set: the order in which they became known never matters, nor how often one is told. An OUT absorbs:
 * only an act that may lift it, later by the address's own times, frees the address (I1, T19, T25). A tie, a missing
 * time or an unknown maker counts as out (I2). Silence never becomes IN. Must never read a record's state: only facts.
 */
import type { ConsentFact, Medium, Scope } from '../model/consent.ts';
import { instantOf } from '../model/instant.ts';

/** How far a source's clock may be ahead of ours before its time is taken for none (T4, T5). */
const MOST_AHEAD_MS = 24 * 3_600_000;

export interface Asked {
  readonly medium: Medium;
  readonly scope: Scope;
}

/** `out` and `hold` refuse a sendable write; `silent`: nothing is on record, which raises nobody. */
export interface Standing {
  readonly stance: 'out' | 'in' | 'hold' | 'silent';
  /** The fact that decides; null when silent. */
  readonly by: ConsentFact | null;
}

/** Joins what several channels or stores told: each fact once, in one order whatever came first. */
export function mergeFacts(...told: readonly (readonly ConsentFact[])[]): readonly ConsentFact[] {
  const byText = new Map(told.flat().map((fact) => [JSON.stringify(identityOf(fact)), fact]));
  return [...byText.values()].sort((a, b) => (isLater(a, b) ? 1 : -1));
}

/** Computes the standing of the address that these facts are about. Facts of another medium or list do not count. */
export function standingOf(facts: readonly ConsentFact[], asked: Asked): Standing {
  const counting = facts.filter((fact) => bearsOn(fact, asked));
  const ins = counting.filter((fact) => fact.fact === 'in');
  const stands = (kind: 'out' | 'hold') =>
    latest(counting.filter((fact) => fact.fact === kind && !ins.some((one) => lifts(one, fact))));
  const out = stands('out');
  if (out !== null) return { stance: 'out', by: out };
  const hold = stands('hold');
  if (hold !== null) return { stance: 'hold', by: hold };
  // A flag that was switched on by nobody we know is no IN (T20).
  const known = latest(ins.filter((fact) => fact.actor !== 'unknown' && !isFromTheFuture(fact)));
  return known === null ? { stance: 'silent', by: null } : { stance: 'in', by: known };
}

/** Tells whether an IN frees an address from an OUT or a hold. */
export function lifts(one: ConsentFact, against: ConsentFact): boolean {
  if (one.fact !== 'in' || one.medium !== against.medium || one.scope !== against.scope) return false;
  switch (one.actor) {
    case 'unknown':
      return false;
    case 'operator':
      // Both are times of ours: a release frees from what was on record when it was made, and from nothing later.
      return one.readAt > against.readAt;
    case 'account':
      return against.actor === 'account' && isSameSide(one, against) && isLaterAct(one, against);
    case 'person':
      return isLaterAct(one, against);
  }
}

/** Whoever is out of all mail is out of each list; whoever left one list is out of that one alone (T24). */
function bearsOn(fact: ConsentFact, asked: Asked): boolean {
  return fact.medium === asked.medium && (fact.scope === 'all' || fact.scope === asked.scope);
}

function isSameSide(a: ConsentFact, b: ConsentFact): boolean {
  return a.sync === b.sync && a.side === b.side;
}

function isLaterAct(one: ConsentFact, against: ConsentFact): boolean {
  const inAt = instantOf(one.at);
  const outAt = instantOf(against.at);
  return inAt !== null && outAt !== null && inAt > outAt && !isFromTheFuture(one);
}

/** An IN stamped 2031 would free from every OUT until then: such a time is none. */
function isFromTheFuture({ at, readAt }: ConsentFact): boolean {
  const instant = instantOf(at);
  return instant !== null && instant - readAt > MOST_AHEAD_MS;
}

function latest(facts: readonly ConsentFact[]): ConsentFact | null {
  let found: ConsentFact | null = null;
  for (const fact of facts) if (found === null || isLater(fact, found)) found = fact;
  return found;
}

/** Of facts at the same instant the one that is hardest to lift is told. */
const STRICTEST: readonly ConsentFact['actor'][] = ['operator', 'account', 'unknown', 'person'];

/** A total order, so that which of several facts is told does not depend on the order in which they came. */
function isLater(a: ConsentFact, b: ConsentFact): boolean {
  const left = identityOf(a);
  const right = identityOf(b);
  const differs = left.findIndex((part, i) => part !== right[i]);
  return differs >= 0 && (left[differs] as string) > (right[differs] as string);
}

/** All of a fact: the time first; one without a time stands after all others. */
function identityOf(fact: ConsentFact): readonly (string | number)[] {
  const { at, actor, channel, evidence, run, readAt, contactId, matchKey, medium, scope, sync, side } = fact;
  const rank = [instantOf(at) ?? Number.MAX_VALUE, STRICTEST.indexOf(actor), at ?? '', channel, evidence, run, readAt];
  return [...rank, contactId, matchKey ?? '', medium, scope, sync, side, fact.fact];
}
