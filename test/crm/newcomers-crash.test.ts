/** I5, I6: killed at any durable step while people are made in the CRM: nobody twice, nobody forgotten, nothing left over. */
import { describe, expect, test } from 'vitest';
import { IN_REVIEW } from '../../src/engine/crm-submitted.ts';
import type { CrmMapping } from '../../src/plan/crm-mapping.ts';
import { noSteps } from '../../src/ports/steps.ts';
import { crashAt, Killed } from '../../src/testing/crash-points.ts';
import { done, donors, expectNobodyOutIsIn, openDonors, pass, waiting, type Donor } from './donors.ts';
import { HOUR, SYNC, type TwoSides } from './two-sides.ts';

const PLACEHOLDER = { first_name: 'Friend', last_name: 'Unknown' };
const open = (create: CrmMapping['create']): TwoSides =>
  openDonors({ known: false, contacts: 14, mapping: { create, placeholder: PLACEHOLDER } });

/** Where a pass with newcomers stands when the first of them is intended, and all that comes after. */
async function stepsOf(create: CrmMapping['create']): Promise<{ from: number; visited: readonly string[] }> {
  using two = open(create);
  const steps = crashAt();
  two.steps = steps;
  await pass(two);
  const { visited } = steps;
  return { from: visited.indexOf('store:intend:before-commit') - 6, visited };
}

async function kill(two: TwoSides, at: number): Promise<void> {
  two.steps = crashAt(at);
  await expect(pass(two)).rejects.toThrow(Killed);
  two.steps = noSteps;
  two.clock.advance(HOUR);
}

async function settle(two: TwoSides): Promise<void> {
  for (let n = 0; n < 3; n += 1) {
    await done(two);
    two.clock.advance(HOUR);
  }
  const left = await two.withStore((store) => store.countOperations(SYNC));
  expect({ ...left, confirmed: 0, superseded: 0 }).toEqual({ confirmed: 0, superseded: 0 });
  expectNobodyOutIsIn(two);
}

const inReview = async (two: TwoSides): Promise<readonly string[]> =>
  (await waiting(two))
    .filter(({ reason }) => reason === IN_REVIEW)
    .map(({ id }) => id)
    .sort();
const asked = (two: TwoSides): readonly string[] => two.crm.held.map(({ reference }) => reference.id).sort();
const idsOf = (people: readonly Donor[]): readonly string[] => people.map(({ id }) => id).sort();

describe('I5: a kill while people are made', () => {
  test('by submission: each is submitted at most once and held, and met once the organisation says yes', async () => {
    const { from, visited } = await stepsOf('transaction');
    expect(visited.length - from).toBeGreaterThan(12);
    for (let at = from; at < visited.length; at += 1) {
      using two = open('transaction');
      const where = `killed at ${at}, ${visited[at]}`;
      await kill(two, at);
      if (at % 2 === 1) await kill(two, at - 3).catch(() => (two.steps = noSteps));
      await settle(two);
      const people = donors(two);
      expect(new Set(asked(two)).size, `${where}: nobody twice`).toBe(asked(two).length);
      expect(await inReview(two), `${where}: everybody is held`).toEqual(idsOf(people));
      // Only a kill between the mark and the answer may leave somebody held who never arrived.
      if (!visited[at]?.includes('sending:after')) expect(asked(two), where).toEqual(idsOf(people));
      const sent = two.crm.requests.filter((one) => one === 'submitMany').length;
      two.crm.runImport(true);
      await settle(two);
      const came = idsOf(people.filter(({ email }) => two.crm.flags(email).length > 0));
      expect(await inReview(two), where).toEqual(idsOf(people).filter((id) => !came.includes(id)));
      expect(two.crm.requests.filter((one) => one === 'submitMany')).toHaveLength(sent);
    }
  }, 120_000);

  test('directly: each is there exactly once', async () => {
    const { from, visited } = await stepsOf('direct');
    // Everybody passes the same steps: those of the first two are tried.
    for (let at = from; at < from + 40; at += 1) {
      using two = open('direct');
      const where = `killed at ${at}, ${visited[at]}`;
      await kill(two, at);
      await settle(two);
      for (const { email } of donors(two)) expect(two.crm.flags(email), where).toHaveLength(1);
      expect(await inReview(two), where).toEqual([]);
    }
  }, 120_000);
});
