/**
 * Every small history, exhaustively: two sides, three acts, each told in any order, told late, told twice, read from a
 * stale page, with a kill between any two transactions. An oracle that knows the true order of the acts says who may be
 * mailable; the ledger, which knows the facts alone, may never say "in" where the oracle says "out".
 */
import { expect, test } from 'vitest';
import { standingOf } from '../../src/consent/ledger.ts';
import { readingOf } from '../../src/testing/contact-readings.ts';
import { settle, type ReadBy } from '../../src/consent/standing.ts';
import type { ConsentFact } from '../../src/model/consent.ts';
import { contentHash } from '../../src/model/hash.ts';
import { isoOf } from '../../src/model/instant.ts';

const START = Date.UTC(2026, 0, 1);
const ALL = { medium: 'email', scope: 'all' } as const;

interface Act {
  readonly fact: 'out' | 'in';
  readonly actor: ConsentFact['actor'];
  readonly side: ConsentFact['side'];
  /** Second of the act; null: the source told none. Two acts may bear the same. */
  readonly second: number | null;
}

const ACTS: readonly Act[] = (['out', 'in'] as const).flatMap((fact) =>
  (['person', 'account', 'unknown'] as const).flatMap((actor) =>
    (['primary', 'secondary'] as const).flatMap((side) =>
      [1, 2, 3, null].map((second) => ({ fact, actor, side, second })),
    ),
  ),
);

/** Facts as a channel tells of them: the order of reading is not that of the acts. */
function told(act: Act, readAt: number): ConsentFact {
  const { fact, actor, side, second } = act;
  return {
    contactId: 'c1',
    matchKey: 'ann@example.org',
    medium: 'email',
    scope: 'all',
    sync: 'copy',
    side,
    fact,
    actor,
    channel: 'walk',
    readAt: START + readAt,
    evidence: 'e',
    run: 'r',
    at: second === null ? null : isoOf(START + second * 1000),
  };
}

/** The rule in the words of the promise, act by act: an OUT is answered by an act that may answer it, and that came surely later. */
function mayBeMailable(acts: readonly Act[]): boolean {
  const answered = (out: Act): boolean =>
    acts.some(
      (act) =>
        act.fact === 'in' &&
        act.second !== null &&
        out.second !== null &&
        act.second > out.second &&
        (act.actor === 'person' || (act.actor === 'account' && out.actor === 'account' && act.side === out.side)),
    );
  return acts.every((act) => act.fact === 'in' || answered(act));
}

const ORDERS = [
  [0, 1, 2],
  [0, 2, 1],
  [1, 0, 2],
  [1, 2, 0],
  [2, 0, 1],
  [2, 1, 0],
] as const;

/** Every three acts, each choice once: order is tried apart. */
function histories(): (readonly [Act, Act, Act])[] {
  return ACTS.flatMap((first, a) =>
    ACTS.slice(a).flatMap((second, b) => ACTS.slice(a + b).map((third) => [first, second, third] as const)),
  );
}

/** What is on record after each telling: a kill there leaves just this, and the last is told again. */
function tellings(acts: readonly Act[]): { readonly known: readonly Act[]; readonly facts: readonly ConsentFact[] }[] {
  return ORDERS.flatMap((order) =>
    order.map((_, turn) => {
      const known = order.slice(0, turn + 1).map((place) => acts[place] as Act);
      const facts = known.map(told);
      return { known, facts: [...facts, ...facts.slice(-1)] };
    }),
  );
}

function isWrong({ known, facts }: ReturnType<typeof tellings>[number]): boolean {
  const { stance } = standingOf(facts, ALL);
  const acted = known.some((act) => act.fact === 'in' && act.actor !== 'unknown');
  return (stance === 'out') === mayBeMailable(known) || (stance === 'in' && !acted);
}

test('I1, I2, T19, T25, T26: no order of telling, late, twice or cut short by a kill, raises consent without the act that may', () => {
  let tried = 0;
  const wrong = histories().flatMap((acts) => {
    const told = tellings(acts);
    tried += told.length;
    return told.filter(isWrong).slice(0, 1);
  });
  expect(wrong.slice(0, 3)).toEqual([]);
  expect(tried).toBe(((48 * 49 * 50) / 6) * 6 * 3);
});

/** Every pair of acts with every page that says "mailable", however old. */
function stalePages(): (readonly [Act, Act, Act])[] {
  const pages = ACTS.filter((act) => act.fact === 'in' && act.side === 'primary');
  return ACTS.flatMap((first) => ACTS.flatMap((second) => pages.map((page) => [first, second, page] as const)));
}

const SOURCES = { person: 'Contact', account: 'Account', operator: null, unknown: null } as const;

function isMailableAfter([first, second, page]: readonly [Act, Act, Act]): boolean {
  const reading = readingOf({ opt_in_source: SOURCES[page.actor], opt_in_date: told(page, 2).at });
  const by: ReadBy = { sync: 'copy', side: 'primary', channel: 'walk', readAt: START + 9, run: 'r' };
  return settle(reading, [told(first, 0), told(second, 1)], by, contentHash).reading.state === 'explicit';
}

test('I1, T26: a page that was read before the acts, and is worked off after them, leaves nobody mailable who is out', () => {
  const pages = stalePages();
  expect(pages.filter((acts) => isMailableAfter(acts) !== mayBeMailable(acts)).slice(0, 3)).toEqual([]);
  expect(pages).toHaveLength(48 * 48 * 12);
});
