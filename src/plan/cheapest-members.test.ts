/** The cheapest way to change lists and tags of many people: fewest requests, and nothing done to anybody that is not wanted. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ConsentEffects } from '../model/consent-effects.ts';
import { chooseCheapest } from './cheapest.ts';
import { chooseMembers, type MemberChange, type MemberWay, type MemberWays } from './cheapest-members.ts';

const NOTHING: ConsentEffects = {
  newAddress: 'not-mailed',
  known: 'unchanged',
  revives: false,
  relists: false,
  movesAddress: false,
};
const MOST = 450;
const PAGE = 500;
function way(what: MemberWay['what'], how: MemberWay['how']): MemberWay {
  const effects: ConsentEffects =
    what === 'lists' && how === 'add' ? { ...NOTHING, known: 'raised', relists: true } : NOTHING;
  return { what, how, effects, limits: { people: MOST, targets: 25 } };
}
const JOBS = (['lists', 'tags'] as const).flatMap((what) => [way(what, 'add'), way(what, 'remove')]);

function waysFor(everybody: number, on = 0): MemberWays {
  return { single: 3, jobs: JOBS, toldAtOnce: 500, page: PAGE, everybody, on: () => on, oneRound: false };
}

let next = 0;
function people(count: number, change: Partial<Pick<MemberChange, 'lists' | 'tags' | 'fit'>>): MemberChange[] {
  const none = { add: [], remove: [] };
  return Array.from({ length: count }, () => ({
    id: `p${(next += 1)}`,
    lists: none,
    tags: none,
    fit: true,
    ...change,
  }));
}
const onto = (...add: string[]) => ({ lists: { add, remove: [] } });
const off = (...remove: string[]) => ({ lists: { add: [], remove } });

/** A class of people who need the same, as the search below sees it. */
interface Need {
  readonly count: number;
  readonly pieces: readonly { readonly how: string; readonly targets: readonly string[] }[];
}

/** Fewest requests by trying every way of every class, whole or but for what fills no job; written apart from the planner. */
function fewest(needs: readonly Need[], { everybody, on }: MemberWays): number {
  let best = Infinity;
  const price = (taken: readonly { need: Need; inJobs: number; split: boolean }[]): void => {
    const jobs = new Map<string, number>();
    let rounds = 0;
    let singles = 0;
    for (const { need, inJobs, split } of taken) {
      singles += 3 * (need.count - inJobs);
      const pieces = need.pieces.flatMap(({ how, targets }) =>
        split ? targets.map((target) => `${how} ${target}`) : [`${how} ${targets.join(' ')}`],
      );
      if (inJobs > 0) rounds = Math.max(rounds, pieces.length);
      for (const piece of inJobs > 0 ? pieces : []) jobs.set(piece, (jobs.get(piece) ?? 0) + inJobs);
    }
    const sent = [...jobs.values()].reduce((sum, count) => sum + Math.ceil(count / MOST), 0);
    const listings = new Map<string, number>();
    let each = 0;
    for (const [piece, count] of jobs) {
      const [how = '', first = ''] = piece.split(' ');
      if (how === 'add') listings.set(first, (listings.get(first) ?? 0) + count);
      else each += count;
    }
    for (const [id, count] of listings) each += Math.min(count, Math.ceil((on('lists', id) + count) / PAGE));
    const read = Math.min(each, rounds * Math.max(1, Math.ceil(everybody / PAGE)));
    best = Math.min(best, singles + sent + Math.max(rounds, Math.ceil(sent / 500)) + read);
  };
  const search = (at: number, taken: readonly { need: Need; inJobs: number; split: boolean }[]): void => {
    const need = needs[at];
    if (need === undefined) return price(taken);
    for (const inJobs of new Set([0, need.count - (need.count % MOST), need.count]))
      for (const split of [false, true]) search(at + 1, [...taken, { need, inJobs, split }]);
  };
  search(0, []);
  return best;
}

function peopleOf(needs: readonly Need[]): MemberChange[] {
  return needs.flatMap(({ count, pieces }) => {
    const ids = (how: string): readonly string[] => pieces.find((piece) => piece.how === how)?.targets ?? [];
    return people(count, { lists: { add: ids('add'), remove: ids('remove') } });
  });
}

const add = (...targets: string[]) => ({ how: 'add', targets });
const remove = (...targets: string[]) => ({ how: 'remove', targets });
const SHAPES: readonly Need['pieces'][] = [
  [add('a')],
  [remove('b')],
  [add('a'), remove('b')],
  [add('a', 'c')],
  [add('c')],
];

describe('change sets', () => {
  test.each([1, 10, 200, 5_000, 60_000])(
    '%i people, of every kind, cost at most 1.1 times the fewest requests',
    (all) => {
      for (const everybody of [all, 10 * all, 1_000_000]) {
        const ways = waysFor(everybody, Math.ceil(everybody / 20));
        const share = Math.max(1, Math.floor(all / 8));
        const needs = SHAPES.map((pieces) => ({ count: share, pieces })).slice(0, all);
        const fresh = Array.from({ length: Math.min(all, share) }, (_, at) => ({ id: `new:${at}`, bytes: 100 }));
        const imports = { limits: { rows: 5_000, bytes: 1_000_000 }, calls: 1, toldAtOnce: 500, readBack: 500 };
        const effects: ConsentEffects = { ...NOTHING, newAddress: 'implicit', revives: true, relists: true };
        const made = chooseCheapest(fresh, { single: 2, jobs: { ...imports, effects }, lists: 1 });
        const editsAndOptOuts = 3 * 2 * share;
        const choice = chooseMembers(peopleOf(needs), ways);
        const fewestMade = Math.min(2 * share, 1 + Math.ceil(share / 5_000) + Math.ceil(share / 500));
        const best = fewest(needs, ways) + fewestMade + editsAndOptOuts;
        expect(choice.calls + made.calls + editsAndOptOuts).toBeLessThanOrEqual(1.1 * best);
        // And without what can only be done singly, which would hide much.
        expect(choice.calls).toBeLessThanOrEqual(1.1 * fewest(needs, ways));
      }
    },
  );

  test('drawn at random cost at most 1.1 times the fewest requests', () => {
    const count = fc.oneof(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 3_000 }));
    const need = fc.record({ count, pieces: fc.constantFrom(...SHAPES) });
    const drawn = fc.uniqueArray(need, { minLength: 1, maxLength: 4, selector: ({ pieces }) => pieces });
    fc.assert(
      fc.property(
        drawn,
        fc.integer({ min: 1, max: 100_000 }),
        fc.integer({ min: 0, max: 5_000 }),
        (needs, more, on) => {
          const ways = waysFor(needs.reduce((sum, one) => sum + one.count, 0) + more, on);
          expect(chooseMembers(peopleOf(needs), ways).calls).toBeLessThanOrEqual(1.1 * fewest(needs, ways));
        },
      ),
      { numRuns: 60 },
    );
  });

  test('of 60,000 people onto one list stay near what the source itself allows: jobs of 500', () => {
    const { calls } = chooseMembers(people(60_000, onto('a')), waysFor(100_000));
    expect(calls).toBeLessThanOrEqual(1.1 * (60_000 / 500 + 1 + 60_000 / 500));
  });
});

describe('jobs', () => {
  const changes = [
    ...people(1_000, onto('a', 'b')),
    ...people(700, { lists: { add: ['a'], remove: ['c'] } }),
    ...people(20, { tags: { add: ['t'], remove: [] } }),
    ...people(3, { ...onto('a'), fit: false }),
  ];

  test('hold no more than one may, and everybody who goes now is in one job alone', () => {
    const { jobs, singles } = chooseMembers(changes, waysFor(5_000));
    const inJobs = jobs.flatMap(({ ids }) => ids);
    expect(new Set([...inJobs, ...singles]).size).toBe(inJobs.length + singles.length);
    expect(jobs.every(({ ids, targets }) => ids.length <= MOST && targets.length > 0)).toBe(true);
    expect(singles.length).toBe(3);
  });

  test('do to each only what is wanted of them', () => {
    const byId = new Map(changes.map((change) => [change.id, change]));
    for (const { what, how, targets, ids } of chooseMembers(changes, waysFor(5_000)).jobs)
      for (const id of ids) expect(byId.get(id)?.[what][how]).toEqual(expect.arrayContaining([...targets]));
  });

  test('who needs two goes in one now and in the other later, and both are counted', () => {
    const { jobs, jobsInAll, calls } = chooseMembers(
      people(400, { lists: { add: ['a'], remove: ['b'] } }),
      waysFor(500),
    );
    expect([jobs.length, jobsInAll]).toEqual([1, 2]);
    // Two sent, two asked for, and everybody read after each.
    expect(calls).toBe(6);
  });

  test('I10: of a plan that a person let through leave nobody for a later pass', () => {
    const given = [...changes, ...people(90, off('a', 'b', 'c'))];
    const { jobs, jobsInAll, singles } = chooseMembers(given, { ...waysFor(5_000), oneRound: true });
    expect(jobs.length).toBe(jobsInAll);
    expect(jobs.flatMap(({ ids }) => ids).length + singles.length).toBe(given.length);
  });

  test('say why somebody goes alone', () => {
    const two = people(2, onto('a'));
    expect(chooseMembers(two, { ...waysFor(10), jobs: [] })).toMatchObject({ calls: 6, because: 'no-jobs' });
    expect(chooseMembers(two.slice(1), waysFor(10))).toMatchObject({ jobs: [], because: 'not-cheaper' });
    expect(chooseMembers([...two, ...people(1, { ...off('a'), fit: false })], waysFor(10)).because).toBe('unfit');
  });

  test.each<[string, Partial<ConsentEffects>]>([
    ['makes people explicit', { known: 'explicit' }],
    ['makes new people', { newAddress: 'implicit' }],
    ['brings deleted people back', { revives: true }],
  ])('I1: a way that %s is no way', (_what, effects) => {
    const jobs = JOBS.map((one) => ({ ...one, effects: { ...one.effects, ...effects } }));
    expect(chooseMembers(people(200, onto('a')), { ...waysFor(500), jobs })).toMatchObject({
      jobs: [],
      calls: 600,
      because: 'consent',
    });
  });

  test('I1: a removal that could bring anybody back to mail is no way', () => {
    const raising = JOBS.map((one) => ({ ...one, effects: { ...one.effects, known: 'raised' as const } }));
    expect(chooseMembers(people(200, off('a')), { ...waysFor(500), jobs: raising }).jobs).toEqual([]);
    expect(chooseMembers(people(200, onto('a')), { ...waysFor(500), jobs: raising }).jobs.length).toBe(1);
  });
});
