/**
 * list-facts: what it says about consent that somebody is on other lists than before (T24).
 *
 * Pure. A source tells who is on a list now, not who took them off it, so a membership that ended without a write of ours
 * is an OUT about that list alone, and one that stands there again is the IN that answers it. The account is named as the
 * maker of both, for it tells nobody else. Our own writes are nobody's word. Must never say anything about all mail.
 */
import type { ConsentFact, Scope } from '../model/consent.ts';
import type { Contact } from '../model/contact.ts';
import type { SetChange } from '../model/intent.ts';
import type { Reading } from '../model/record.ts';
import { standingOf } from './ledger.ts';
import { aboutOf, keyOf, type ReadBy } from './standing.ts';

export const LEFT = 'no longer on the list; the account does not tell who ended it';
export const CAME = 'on the list again, not by a write of ours';
export const MOVED = 'the address before has left the list';

/** What is needed to tell what a reading's lists mean. */
export interface ListsBefore {
  /** The lists of the reading before; empty for somebody who was not known. */
  readonly lists: readonly string[];
  /** What we wrote ourselves since that reading. */
  readonly ours: SetChange;
  /** All that is on record about the contact and its address. */
  readonly facts: readonly ConsentFact[];
  /** The source's time of this reading, ISO UTC text; null where it told none: such an OUT nothing lifts but a release. */
  readonly at: string | null;
  /** For so long after an OUT was read a source may still answer from before it (T17): that is no IN. */
  readonly visibilityMs: number;
}

/** Reads the facts about single lists in a contact's reading. */
export function listFactsOf(reading: Reading<Contact>, before: ListsBefore, by: ReadBy): readonly ConsentFact[] {
  const { id, content } = reading;
  const about = { ...by, ...aboutOf(id, content), actor: 'account' as const, at: before.at };
  const now = new Set(content.list_memberships);
  const then = new Set(before.lists);
  const left = before.lists.filter((list) => !now.has(list) && !before.ours.remove.includes(list));
  const came = content.list_memberships.filter(
    (list) => !then.has(list) && !before.ours.add.includes(list) && isSettledOut(before, list, by.readAt),
  );
  return [
    ...left.map((list): ConsentFact => ({ ...about, scope: scopeOf(list), fact: 'out', evidence: LEFT })),
    ...came.map((list): ConsentFact => ({ ...about, scope: scopeOf(list), fact: 'in', evidence: CAME })),
    ...heldOver(reading, before.facts, by),
  ];
}

/** Lists the ids of the lists that an opt-out or a doubt about them alone stands against. */
export function listsLeft(facts: readonly ConsentFact[]): readonly string[] {
  const lists = new Set(facts.flatMap(({ scope }) => (scope === 'all' ? [] : [scope.slice(PREFIX.length)])));
  return [...lists].filter((list) => isLeft(facts, list));
}

const PREFIX = 'list:';

function scopeOf(list: string): Scope {
  return `${PREFIX}${list}`;
}

/** Is somebody off this list, whatever stands about all mail? */
function isLeft(facts: readonly ConsentFact[], list: string): boolean {
  const scope = scopeOf(list);
  const own = facts.filter((fact) => fact.scope === scope);
  const { stance } = standingOf(own, { medium: 'email', scope });
  return stance === 'out' || stance === 'hold';
}

function isSettledOut({ facts, visibilityMs }: ListsBefore, list: string, readAt: number): boolean {
  if (!isLeft(facts, list)) return false;
  const outs = facts.filter((fact) => fact.scope === scopeOf(list) && fact.fact !== 'in');
  return outs.every((fact) => readAt - fact.readAt >= visibilityMs);
}

/** Whoever left a list is still who they are at another address: it is in doubt there until somebody puts them on (T27). */
function heldOver(
  { id, content }: Reading<Contact>,
  facts: readonly ConsentFact[],
  by: ReadBy,
): readonly ConsentFact[] {
  const key = keyOf(content);
  if (key === null) return [];
  const elsewhere = facts.filter((fact) => fact.contactId === id && fact.matchKey !== key);
  const here = new Set(facts.filter((fact) => fact.matchKey === key && fact.fact !== 'in').map(({ scope }) => scope));
  return listsLeft(elsewhere)
    .filter((list) => !here.has(scopeOf(list)) && !content.list_memberships.includes(list))
    .flatMap((list) => {
      const { by: fact } = standingOf(elsewhere, { medium: 'email', scope: scopeOf(list) });
      const { actor, at } = fact ?? { actor: 'unknown' as const, at: null };
      const about = { ...by, ...aboutOf(id, content), scope: scopeOf(list), actor, at };
      return [{ ...about, fact: 'hold' as const, evidence: MOVED }];
    });
}
