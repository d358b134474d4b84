/** Opt-outs of the account reach the CRM: every flag of the address, once, with a note that says why; nothing is switched on. */
import { afterEach, describe, expect, test } from 'vitest';
import { ConnectorError } from '../../src/model/errors.ts';
import { done, donors, expectNobodyOutIsIn, openDonors, pass, some, waiting, written } from './donors.ts';
import { DAY, HOUR, type TwoSides } from './two-sides.ts';

let two: TwoSides;
afterEach(() => two[Symbol.dispose]());

/** Meets everybody, and forgets what that cost. */
async function met(options: Parameters<typeof openDonors>[0] = {}): Promise<void> {
  two = openDonors(options);
  await done(two);
  two.crm.requests.length = 0;
  two.crm.carriedOut.length = 0;
  two.clock.advance(HOUR);
}

const optOut = (id: string): void => void two.world.mutate({ op: 'unsubscribe', contact_id: id, how: 'contact' });

describe('I3: an opt-out', () => {
  test('switches the flag off and leaves a note, in the next pass, and then it is quiet (I7)', async () => {
    await met();
    const [ann] = some(two);
    optOut(ann.id);
    expect((await done(two)).summary).toMatchObject({ applied: 1, conflicts: 0 });
    expect(two.crm.flags(ann.email)).toEqual([false]);
    expect(written(two)).toEqual(['opt', 'note']);
    expect(two.crm.notes).toHaveLength(1);
    expect(two.crm.notes[0]?.text).toContain(`${ann.email} is not to be mailed: unsubscribed in Constant Contact`);
    for (let n = 0; n < 3; n += 1) {
      two.clock.advance(HOUR);
      expect((await done(two)).summary).toMatchObject({ applied: 0 });
    }
    expect(written(two)).toEqual(['opt', 'note']);
    expect(await waiting(two)).toEqual([]);
  });

  test('whose note finds nobody is not said to have written nothing (I7), and the note follows, once', async () => {
    await met();
    const [ann] = some(two);
    optOut(ann.id);
    const { target } = two.crm;
    const send: typeof target.send = target.send.bind(target);
    let lost = 1;
    target.send = (change, how, signal) =>
      change.kind === 'note' && (lost -= 1) >= 0 ? Promise.resolve({ kind: 'gone' }) : send(change, how, signal);
    expect((await done(two)).summary).toMatchObject({ applied: 0, skipped: { unfinished: 1 } });
    expect(two.crm.flags(ann.email)).toEqual([false]);
    two.clock.advance(HOUR);
    await done(two);
    two.clock.advance(HOUR);
    expect((await done(two)).summary).toMatchObject({ applied: 0, skipped: {} });
    expect(written(two)).toEqual(['opt', 'note']);
  });

  test('of whoever was out before the first meeting is carried like any other', async () => {
    two = openDonors({ known: false });
    const [ann] = some(two);
    two.crm.add('Ann', [{ first: ann.first, emails: [[ann.email, true]] }]);
    optOut(ann.id);
    await done(two);
    expect(two.crm.flags(ann.email)).toEqual([false]);
    expectNobodyOutIsIn(two);
  });

  test('that the CRM has already costs no write', async () => {
    two = openDonors({ known: false });
    const [ann] = some(two);
    two.crm.add('Ann', [{ first: ann.first, emails: [[ann.email, false]] }]);
    optOut(ann.id);
    await done(two);
    expect(written(two)).toEqual([]);
  });

  test('of somebody whom the CRM does not have is carried as soon as it has them', async () => {
    two = openDonors({ known: false });
    const [ann] = some(two);
    await done(two);
    optOut(ann.id);
    two.clock.advance(HOUR);
    await done(two);
    two.crm.add('Ann', [{ first: ann.first, emails: [[ann.email, true]] }]);
    two.clock.advance(HOUR);
    await done(two);
    expect(two.crm.flags(ann.email)).toEqual([false]);
  });

  test('T32: of an address that stands on two contacts switches both off', async () => {
    two = openDonors();
    const [ann] = some(two);
    two.crm.add('Her firm', [{ first: 'Office', emails: [[ann.email.toUpperCase(), true]] }], { type: 'Organization' });
    await done(two);
    optOut(ann.id);
    two.clock.advance(HOUR);
    await done(two);
    expect(two.crm.flags(ann.email)).toEqual([false, false]);
    for (let n = 0; n < 3; n += 1) {
      two.clock.advance(HOUR);
      expect((await done(two)).summary).toMatchObject({ applied: 0 });
    }
  });

  test('T33: leaves the other addresses of the same household as they are', async () => {
    two = openDonors({ known: false });
    const [ann, bob] = some(two);
    two.crm.add('Couple', [
      {
        first: ann.first,
        emails: [
          [ann.email, true],
          ['ann.at.work@crm.example', true],
        ],
      },
      { first: bob.first, emails: [[bob.email, true]] },
    ]);
    await done(two);
    optOut(ann.id);
    two.clock.advance(HOUR);
    await done(two);
    expect(two.crm.flags(ann.email)).toEqual([false]);
    expect([...two.crm.flags('ann.at.work@crm.example'), ...two.crm.flags(bob.email)]).toEqual([true, true]);
  });

  test('of somebody deleted in the account deletes nobody: the flag goes off, a note says why', async () => {
    await met();
    const [ann] = some(two);
    two.world.mutate({ op: 'delete', contact_id: ann.id });
    two.clock.advance(DAY + HOUR);
    await done(two);
    expect(two.crm.flags(ann.email)).toEqual([false]);
    expect(two.crm.notes.map(({ text }) => text)).toEqual([expect.stringContaining('deleted in Constant Contact')]);
  });

  test('goes out while a guard holds the rest', async () => {
    await met({ contacts: 120, mapping: { refers: true } });
    const [ann, bob, ...others] = donors(two);
    if (ann === undefined || bob === undefined) throw new Error('too few people');
    const houseOf = (email: string): string =>
      [...two.crm.contacts.values()].find(({ individuals }) => individuals[0]?.emails[0]?.address === email)
        ?.contact_id ?? '';
    for (const { email } of others.slice(0, 50)) two.crm.remove(houseOf(email));
    two.crm.edit(houseOf(bob.email), () => ({ references: [] }));
    optOut(ann.id);
    two.clock.advance(DAY);
    const { summary, end } = await pass(two);
    expect([summary.outcome, end.cause?.facts['reason']]).toEqual(['stopped', 'vanished']);
    expect(two.crm.flags(ann.email)).toEqual([false]);
    expect(written(two)).toEqual(['opt', 'note']);
  });
});

describe('consent is never switched on', () => {
  test('a flag that was off when the two met stays off, and is shown', async () => {
    two = openDonors({ known: false });
    const [ann] = some(two);
    two.crm.add('Ann', [{ first: ann.first, emails: [[ann.email, false]] }]);
    await done(two);
    expect(two.crm.flags(ann.email)).toEqual([false]);
    expect(await waiting(two)).toMatchObject([{ kind: 'held', id: ann.id, reason: 'out-in-crm' }]);
  });

  test('T20: a flag that somebody switches on against an opt-out waits for a person, and does not flap', async () => {
    await met();
    const [ann] = some(two);
    optOut(ann.id);
    await done(two);
    two.clock.advance(HOUR);
    two.crm.carriedOut.length = 0;
    two.crm.editEmail(ann.email, () => ({ opted_in: true }));
    for (let n = 0; n < 3; n += 1) {
      await done(two);
      two.clock.advance(HOUR);
    }
    expect(written(two)).toEqual([]);
    expect(await waiting(two)).toMatchObject([{ kind: 'conflict', id: ann.id, reason: 'crm-switched-on' }]);
    two.crm.editEmail(ann.email, () => ({ opted_in: false }));
    await done(two);
    expect(await waiting(two)).toEqual([]);
  });

  test('T20: a CRM import that switches everybody on makes conflicts, and no write', async () => {
    await met({ contacts: 80 });
    const people = donors(two).slice(0, 40);
    for (const { id } of people) optOut(id);
    await pass(two);
    two.crm.carriedOut.length = 0;
    for (const { email } of people) two.crm.editEmail(email, () => ({ opted_in: true }));
    two.clock.advance(HOUR);
    await pass(two);
    expect(written(two)).toEqual([]);
    expect((await waiting(two)).filter(({ reason }) => reason === 'crm-switched-on')).toHaveLength(40);
  });

  test('somebody who comes back to the account is not switched on in the CRM', async () => {
    await met();
    const [ann] = some(two);
    optOut(ann.id);
    await done(two);
    two.clock.advance(HOUR);
    two.world.mutate({ op: 'resubscribe', contact_id: ann.id });
    await done(two);
    expect(two.crm.flags(ann.email)).toEqual([false]);
    expect(await waiting(two)).toMatchObject([{ kind: 'held', reason: 'out-in-crm' }]);
  });
});

describe('T29: a contact that is not found', () => {
  test('is a conflict, deletes nobody at either side, and ends when it is found again', async () => {
    await met();
    const [ann] = some(two);
    const house = [...two.crm.contacts.values()].find(
      ({ individuals }) => individuals[0]?.emails[0]?.address === ann.email,
    );
    const id = house?.contact_id ?? '';
    two.crm.edit(id, () => ({ archived: true }));
    two.clock.advance(DAY + HOUR);
    await done(two);
    expect(await waiting(two)).toMatchObject([{ kind: 'conflict', id: ann.id, reason: 'crm-gone' }]);
    two.crm.edit(id, () => ({ archived: null }));
    two.clock.advance(HOUR);
    await done(two);
    expect(await waiting(two)).toEqual([]);
    expect(written(two)).toEqual([]);
  });

  test('I7: while an opt-out is on its way there leaves no note behind that is tried for ever', async () => {
    await met();
    const [ann] = some(two);
    const house = [...two.crm.contacts.values()].find(
      ({ individuals }) => individuals[0]?.emails[0]?.address === ann.email,
    );
    two.crm.meanwhile = () => {
      if (two.crm.requests.at(-1) === 'changes') two.crm.edit(house?.contact_id ?? '', () => ({ archived: true }));
    };
    optOut(ann.id);
    for (let n = 0; n < 3; n += 1) {
      two.clock.advance(HOUR);
      await done(two);
    }
    two.clock.advance(DAY + HOUR);
    const { summary } = await done(two);
    expect([summary.applied, summary.skipped['moved'] ?? 0]).toEqual([0, 0]);
    expect(await waiting(two)).toMatchObject([{ kind: 'conflict', id: ann.id, reason: 'crm-gone' }]);
    two.clock.advance(HOUR);
    const { requests } = two.crm;
    const before = requests.length;
    expect((await done(two)).summary).toMatchObject({ read: 0 });
    expect(requests.slice(before).filter((name) => name.startsWith('send'))).toEqual([]);
  });

  test('is re-linked to the contact that it was merged into, with the strictest consent', async () => {
    await met();
    const [ann] = some(two);
    const house = [...two.crm.contacts.values()].find(
      ({ individuals }) => individuals[0]?.emails[0]?.address === ann.email,
    );
    const winner = two.crm.add('Winner', [{ first: ann.first, last: ann.last, emails: [[ann.email, true]] }]);
    two.crm.edit(house?.contact_id ?? '', () => ({ merged_into: winner }));
    two.clock.advance(DAY + HOUR);
    await done(two);
    expect(await waiting(two)).toEqual([]);
    optOut(ann.id);
    two.clock.advance(HOUR);
    await done(two);
    expect(two.crm.contact(winner).individuals[0]?.emails[0]?.opted_in).toBe(false);
  });
});

describe('I17: one contact that answers badly', () => {
  test('holds up nobody else, and is carried when it is well again', async () => {
    await met();
    const [ann, bob] = some(two);
    optOut(ann.id);
    optOut(bob.id);
    let first = true;
    two.crm.fault = (request, when) => {
      if (request !== 'readOne' || when !== 'before' || !first) return null;
      first = false;
      return new ConnectorError('SOURCE_500', 'unavailable', 'answers badly', { connection: 'crm' });
    };
    await pass(two);
    expect([...two.crm.flags(ann.email), ...two.crm.flags(bob.email)].filter((flag) => flag === false)).toHaveLength(1);
    two.crm.fault = () => null;
    two.clock.advance(HOUR);
    await done(two);
    expect([...two.crm.flags(ann.email), ...two.crm.flags(bob.email)]).toEqual([false, false]);
  });
});
