/** Opt-outs of the CRM reach the account: once, by themselves, and nothing but the opt-out. */
import { afterEach, describe, expect, test } from 'vitest';
import { noSteps } from '../../src/ports/steps.ts';
import { Killed } from '../../src/testing/crash-points.ts';
import { done, donors, openDonors, pass, some, waiting, written, type Donor } from './donors.ts';
import { DAY, HOUR, type TwoSides } from './two-sides.ts';

let two: TwoSides;
afterEach(() => two[Symbol.dispose]());

async function met(options: Parameters<typeof openDonors>[0] = {}): Promise<void> {
  two = openDonors({ mapping: { consent: 'two-way' }, ...options });
  await done(two);
  two.crm.carriedOut.length = 0;
  two.clock.advance(HOUR);
}

const sayNo = (...people: readonly Donor[]): void =>
  people.forEach(({ email }) => two.crm.editEmail(email, () => ({ opted_in: false })));
const permission = ({ id }: Donor): string | undefined => two.world.state.people.get(id)?.email?.permission;

describe('an opt-out of the CRM', () => {
  test('unsubscribes in the account, once, and comes back as no news (I7)', async () => {
    await met();
    const [ann, bob] = some(two);
    sayNo(ann);
    expect((await done(two)).summary).toMatchObject({ applied: 1 });
    expect([permission(ann), permission(bob)]).toEqual(['unsubscribed', expect.stringMatching(/plicit$/)]);
    const revision = JSON.stringify(two.world.state.people.get(ann.id));
    for (let n = 0; n < 4; n += 1) {
      two.clock.advance(n === 2 ? DAY : HOUR);
      expect((await done(two)).summary).toMatchObject({ parked: 0, conflicts: 0 });
    }
    expect(JSON.stringify(two.world.state.people.get(ann.id))).toBe(revision);
    expect(written(two)).toEqual([]);
    expect(two.crm.notes).toEqual([]);
    expect(await waiting(two)).toEqual([]);
  });

  test("T33: of one address of several is carried where that address is the donor's, and not else", async () => {
    two = openDonors({ known: false, mapping: { consent: 'two-way' } });
    const [ann] = some(two);
    two.crm.add('Ann', [
      {
        first: ann.first,
        emails: [
          [ann.email, true],
          ['ann.other@crm.example', true],
        ],
      },
    ]);
    await done(two);
    two.clock.advance(HOUR);
    two.crm.editEmail('ann.other@crm.example', () => ({ opted_in: false }));
    await done(two);
    expect(permission(ann)).toMatch(/plicit$/);
    sayNo(ann);
    two.clock.advance(HOUR);
    await done(two);
    expect(permission(ann)).toBe('unsubscribed');
  });

  test("I2: that stood there when the two met is nobody's change of mind, and one whose flag is unknown neither", async () => {
    two = openDonors({ known: false, mapping: { consent: 'two-way' } });
    const [ann, bob] = some(two);
    two.crm.add('Ann', [{ first: ann.first, emails: [[ann.email, false]] }]);
    two.crm.add('Bob', [{ first: bob.first, emails: [[bob.email, true]] }]);
    await done(two);
    two.clock.advance(HOUR);
    two.crm.editEmail(bob.email, () => ({ opted_in: null }));
    await done(two);
    expect([permission(ann), permission(bob)]).not.toContain('unsubscribed');
  });

  test('I10: of many at once waits for a person, and not one of them is carried', async () => {
    await met({ contacts: 120 });
    const people = donors(two).slice(0, 40);
    sayNo(...people);
    const { summary, end } = await pass(two);
    expect([summary.outcome, end.cause?.facts['reason']]).toEqual(['stopped', 'destructive']);
    expect(people.map(permission)).not.toContain('unsubscribed');
    const hash = end.stopHash ?? '';
    await two.withStore((store) => store.release(hash));
    two.clock.advance(HOUR);
    await done(two);
    expect(new Set(people.map(permission))).toEqual(new Set(['unsubscribed']));
  });

  test('is nothing that an opt-in of the CRM takes back: no flag of it is ever carried as a yes', async () => {
    await met();
    const [ann] = some(two);
    sayNo(ann);
    await done(two);
    two.crm.editEmail(ann.email, () => ({ opted_in: true }));
    for (let n = 0; n < 3; n += 1) {
      two.clock.advance(DAY);
      await pass(two);
    }
    expect(permission(ann)).toBe('unsubscribed');
    expect(await waiting(two)).toMatchObject([{ kind: 'conflict', reason: 'crm-switched-on' }]);
  });

  test.each([
    'store:intend:after-commit',
    'store:claimJudged:after-commit',
    'store:sending:after-commit',
    'store:settleOperations:before-commit',
    'store:settleOperations:after-commit',
  ])('I5: killed at %s is carried once all the same', async (point) => {
    await met();
    const [ann] = some(two);
    sayNo(ann);
    let reached = false;
    two.steps = {
      reached: (at) => {
        reached ||= at === point;
        if (reached) throw new Killed(at);
      },
    };
    await expect(pass(two)).rejects.toThrow(Killed);
    two.steps = noSteps;
    for (let n = 0; n < 3; n += 1) {
      two.clock.advance(HOUR);
      await done(two);
    }
    expect(permission(ann)).toBe('unsubscribed');
    expect(written(two)).toEqual([]);
    const left = await two.withStore((store) => store.countOperations('donors'));
    expect({ ...left, confirmed: 0, superseded: 0 }).toEqual({ confirmed: 0, superseded: 0 });
  });
});
