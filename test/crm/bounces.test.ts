/**
 * Bounces: an address that a mailing came back from loses its flag, once, with a note; what passes by itself changes
 * nothing; the person said nothing, so the ledger hears of nothing and a guard may hold it.
 */
import { afterEach, describe, expect, test } from 'vitest';
import { matchKey } from '../../src/model/address.ts';
import { noSteps } from '../../src/ports/steps.ts';
import { crashAt, Killed } from '../../src/testing/crash-points.ts';
import { done, donors, openDonors, pass, waiting, written, type Donor, type DonorsOptions } from './donors.ts';
import { DAY, HOUR, SYNC, type TwoSides } from './two-sides.ts';

let two: TwoSides;
afterEach(() => two[Symbol.dispose]());

const MAPPING = { bounceCodes: ['B', 'S'] } as const;

/** Meets everybody of an account whose earlier mailings all arrived, and forgets what that cost. */
async function met(options: DonorsOptions = {}): Promise<void> {
  two = openDonors({ ...options, mapping: { ...MAPPING, ...options.mapping } });
  await done(two);
  two.crm.carriedOut.length = 0;
  two.crm.notes.length = 0;
  two.clock.advance(3 * HOUR);
}

/** Picks people from whom no mail came back before. */
function healthy(at: TwoSides): readonly Donor[] {
  const ill = new Set(
    [...at.world.state.campaigns.values()].flatMap(({ reports }) => reports.bounces.map(({ contactId }) => contactId)),
  );
  return donors(at).filter(({ id }) => !ill.has(id));
}

const bounce = ({ id }: Donor, code = 'B'): void => void two.world.mutate({ op: 'bounce', contact_id: id, code });
const reports = (): number =>
  two.simulator.requests.entries.filter(({ path }) => path.includes('/tracking/bounces')).length;

describe('T23: a mailing that came back', () => {
  test('switches the flag off, once, with a note that says why; and then it is quiet (I7)', async () => {
    await met();
    const [ann] = healthy(two) as [Donor];
    bounce(ann);
    expect((await done(two)).summary).toMatchObject({ applied: 1, conflicts: 0 });
    expect(two.crm.flags(ann.email)).toEqual([false]);
    expect(written(two)).toEqual(['opt', 'note']);
    expect(two.crm.notes[0]?.text).toMatch(
      /is not to be mailed: mail came back to Constant Contact on 2026-\d\d-\d\d \(no such address\)\./,
    );
    for (let n = 0; n < 3; n += 1) {
      bounce(ann, 'S');
      two.clock.advance(3 * HOUR);
      expect((await done(two)).summary).toMatchObject({ applied: 0 });
    }
    expect(written(two)).toEqual(['opt', 'note']);
    expect(await waiting(two)).toEqual([]);
  });

  test("I3: and was switched on again is still taken down by the person's own no, and by nothing else (T20)", async () => {
    await met();
    const [ann] = healthy(two) as [Donor];
    bounce(ann);
    await done(two);
    two.crm.editEmail(ann.email, () => ({ opted_in: true }));
    two.clock.advance(HOUR);
    await done(two);
    expect(two.crm.flags(ann.email)).toEqual([true]);
    expect(await waiting(two)).toMatchObject([{ kind: 'conflict', reason: 'crm-switched-on' }]);
    two.world.mutate({ op: 'unsubscribe', contact_id: ann.id, how: 'contact' });
    two.clock.advance(HOUR);
    await done(two);
    expect(two.crm.flags(ann.email)).toEqual([false]);
    expect(await waiting(two)).toEqual([]);
  });

  test.each(['V', 'F', 'Z', '?'])('with %s, which ends nothing, changes nothing', async (code) => {
    await met();
    const [ann] = healthy(two) as [Donor];
    bounce(ann, code);
    expect((await done(two)).summary).toMatchObject({ applied: 0, held: 0 });
    expect(two.crm.flags(ann.email)).toEqual([true]);
    expect(written(two)).toEqual([]);
  });

  test('is no word of the person: no fact is on record, and the account hears nothing of it', async () => {
    await met({ mapping: { consent: 'two-way' } });
    const [ann] = healthy(two) as [Donor];
    const before = two.world.state.people.get(ann.id)?.email?.permission;
    bounce(ann);
    await done(two);
    two.clock.advance(3 * HOUR);
    await done(two);
    expect(two.crm.flags(ann.email)).toEqual([false]);
    const key = String(matchKey(ann.email));
    const facts = await two.withStore((store) => store.consent([key]));
    expect((facts.get(key) ?? []).filter(({ fact }) => fact !== 'in')).toEqual([]);
    expect(two.world.state.people.get(ann.id)?.email?.permission).toBe(before);
  });

  test('T27: from an address that the person has left says nothing about the new one', async () => {
    await met();
    const [ann] = healthy(two) as [Donor];
    two.world.mutate({ op: 'changeAddress', contact_id: ann.id, address: 'ann.anew@example.org' });
    await done(two);
    two.clock.advance(3 * HOUR);
    const [campaign] = [...two.world.state.campaigns.values()]
      .filter(({ lastSentAt }) => lastSentAt !== null)
      .toSorted((a, b) => (b.lastSentAt ?? 0) - (a.lastSentAt ?? 0));
    bounce(ann);
    const row = campaign && two.world.state.campaigns.get(campaign.id)?.reports.bounces.at(-1);
    if (campaign === undefined || row === undefined) throw new Error('no bounce');
    const { reports: all } = campaign;
    two.world.state.campaigns.set(campaign.id, {
      ...campaign,
      reports: { ...all, bounces: [...all.bounces, { ...row, address: ann.email }] },
    });
    two.crm.carriedOut.length = 0;
    expect((await done(two)).summary).toMatchObject({ applied: 0 });
    expect(written(two)).toEqual([]);
  });

  test('of somebody who opted out as well is an opt-out first: no guard holds it', async () => {
    await met({ guards: { percent: 0, atLeast: 2 } });
    const [ann, bob, cora] = healthy(two) as [Donor, Donor, Donor];
    for (const donor of [ann, bob, cora]) bounce(donor);
    two.world.mutate({ op: 'unsubscribe', contact_id: ann.id, how: 'contact' });
    const { summary, end } = await pass(two);
    expect([summary.outcome, end.cause?.facts['reason']]).toEqual(['stopped', 'destructive']);
    expect([ann, bob, cora].flatMap(({ email }) => two.crm.flags(email))).toEqual([false, true, true]);
    expect(two.crm.notes.map(({ text }) => text)).toEqual([expect.stringContaining('unsubscribed in')]);
  });

  test('I10: of many at once waits for a person, and a release lets it through', async () => {
    await met({ guards: { percent: 5, atLeast: 3 } });
    const many = healthy(two).slice(0, 5);
    for (const donor of many) bounce(donor);
    const before = await two.withStore((store) => store.countOperations(SYNC));
    const { summary, end } = await pass(two);
    expect([summary.outcome, end.cause?.facts['count']]).toEqual(['stopped', 5]);
    expect(written(two)).toEqual([]);
    expect(await two.withStore((store) => store.countOperations(SYNC)), 'nothing was intended').toEqual(before);
    await two.withStore((store) => store.release(end.stopHash ?? ''));
    two.clock.advance(HOUR);
    await done(two);
    expect(many.flatMap(({ email }) => two.crm.flags(email))).toEqual([false, false, false, false, false]);
  });

  test('I10: that a killed pass intended waits as well, once there are too many', async () => {
    await met({ guards: { percent: 5, atLeast: 3 } });
    const [ann, ...others] = healthy(two).slice(0, 5) as [Donor, ...Donor[]];
    bounce(ann);
    two.steps = {
      reached: (point) => {
        if (point === 'store:intend:after-commit') throw new Killed(point);
      },
    };
    await expect(pass(two)).rejects.toThrow(Killed);
    two.steps = noSteps;
    for (const donor of others) bounce(donor);
    two.clock.advance(3 * HOUR);
    expect((await pass(two)).summary).toMatchObject({ outcome: 'stopped' });
    expect(written(two)).toEqual([]);
    expect(two.crm.flags(ann.email)).toEqual([true]);
  });

  test('before the first meeting is found among the mailings of the last sixty days', async () => {
    two = openDonors({ known: false, mapping: MAPPING });
    const [ann] = healthy(two) as [Donor];
    bounce(ann, 'S');
    two.crm.add('Ann', [{ first: ann.first, emails: [[ann.email, true]] }]);
    await done(two);
    expect(two.crm.flags(ann.email)).toEqual([false]);
  });
});

describe('what bounces cost', () => {
  test('nothing where none of them ends a permission', async () => {
    await met({ mapping: { bounceCodes: [] } });
    expect(reports()).toBe(0);
  });

  test('one request for each recent report every two hours, and daily when it is older than a week', async () => {
    two = openDonors({ mapping: MAPPING });
    await done(two);
    const [campaign] = [...two.world.state.campaigns.values()];
    if (campaign === undefined) throw new Error('no campaign');
    two.world.mutate({ op: 'sendCampaign', campaign_id: campaign.id, opens: 0 });
    const others = reports();
    expect(others).toBeGreaterThan(0);
    const spent: number[] = [];
    for (let hour = 0; hour < 6; hour += 1) {
      const before = reports();
      await done(two);
      spent.push(reports() - before);
      two.clock.advance(HOUR);
    }
    // The new mailing at once; then it, and no older one before a day has passed, every second hour.
    expect(spent[0]).toBeGreaterThan(0);
    expect(spent.slice(1)).toEqual([0, spent[2], 0, spent[2], 0]);
    expect(spent[2]).toBeLessThan(others);
    two.clock.advance(8 * DAY);
    await done(two);
    const before = reports();
    two.clock.advance(12 * HOUR);
    await done(two);
    expect(reports()).toBe(before);
  });
});

describe('I5: a kill while bounces are read', () => {
  test('forgets nobody: at any durable step, each flag is off and each note there once', async () => {
    const day = async (): Promise<readonly Donor[]> => {
      await met({ contacts: 12 });
      const ill = healthy(two).slice(0, 2);
      for (const donor of ill) bounce(donor);
      return ill;
    };
    await day();
    two.steps = crashAt();
    await pass(two);
    const { visited } = two.steps as ReturnType<typeof crashAt>;
    const from = visited.indexOf('store:doubt:before-commit');
    expect(visited.slice(from).includes('store:takeBounces:after-commit')).toBe(true);
    for (let at = from; at < visited.length; at += 1) {
      two[Symbol.dispose]();
      const many = await day();
      two.steps = crashAt(at);
      await expect(pass(two)).rejects.toThrow(Killed);
      two.steps = noSteps;
      for (let n = 0; n < 2; n += 1) {
        two.clock.advance(3 * HOUR);
        await done(two);
      }
      const where = `killed at ${at}, ${visited[at]}`;
      expect(
        many.flatMap(({ email }) => two.crm.flags(email)),
        where,
      ).toEqual([false, false]);
      expect(two.crm.notes, where).toHaveLength(2);
      const left = await two.withStore((store) => store.countOperations(SYNC));
      expect({ ...left, confirmed: 0, superseded: 0 }, where).toEqual({ confirmed: 0, superseded: 0 });
    }
  }, 120_000);
});
