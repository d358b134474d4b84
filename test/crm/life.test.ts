/** Life in both systems: addresses that change and swap, contacts that are merged, parted, archived and gone. Nobody is made twice, deleted, or opted in by it. */
import { afterEach, describe, expect, test } from 'vitest';
import type { CrmContact } from '../../src/model/crm.ts';
import type { CrmMapping } from '../../src/plan/crm-mapping.ts';
import {
  done,
  expectNobodyOutIsIn,
  openDonors,
  some,
  waiting,
  written,
  type Donor,
  type DonorsOptions,
} from './donors.ts';
import { DAY, HOUR, type TwoSides } from './two-sides.ts';

let two: TwoSides;
afterEach(() => two[Symbol.dispose]());

/** Everything goes both ways, and whom the CRM does not have is submitted. */
const MAPPING: Partial<CrmMapping> = {
  consent: 'two-way',
  create: 'transaction',
  placeholder: { first_name: 'Friend', last_name: 'Unknown' },
  fields: [
    { field: 'first_name', to: 'firstName', direction: 'two-way', write: 'always' },
    { field: 'last_name', to: 'lastName', direction: 'two-way', write: 'always' },
  ],
};

async function met(options: DonorsOptions = {}): Promise<readonly Donor[]> {
  two = openDonors({ contacts: 16, ...options, mapping: { ...MAPPING, ...options.mapping } });
  await settle();
  two.crm.carriedOut.length = 0;
  two.clock.advance(HOUR);
  return some(two);
}

async function settle(passes = 3): Promise<void> {
  for (let n = 0; n < passes; n += 1) {
    two.clock.advance(HOUR);
    await done(two);
  }
}

/** A day with a complete reading. */
async function aDay(): Promise<void> {
  two.clock.advance(DAY + HOUR);
  await done(two);
  await settle(2);
}

const houseOf = ({ email }: Pick<Donor, 'email'>): CrmContact => {
  const found = [...two.crm.contacts.values()].find(({ individuals }) =>
    individuals.some(({ emails }) => emails.some(({ address }) => address === email)),
  );
  if (found === undefined) throw new Error('nobody there');
  return found;
};
const addressesIn = (id: string): readonly string[] =>
  two.crm.contact(id).individuals.flatMap(({ emails }) => emails.map(({ address }) => address));
const here = ({ id }: Donor) => two.world.state.people.get(id);
const optOut = ({ id }: Donor): void => void two.world.mutate({ op: 'unsubscribe', contact_id: id, how: 'contact' });

/** Nothing new is written, anywhere; nobody was made or deleted. */
async function quiet(): Promise<void> {
  const state = () => [written(two).length, JSON.stringify([...two.world.state.people.values()])];
  const before = state();
  await settle(2);
  expect(state()).toEqual(before);
  expect(two.crm.held).toEqual([]);
  // Who was merged away is not shown by the CRM any more.
  for (const { contact_id: id, merged_into: into, archived } of two.crm.contacts.values())
    if (into !== null || archived === true) two.crm.remove(id);
  expectNobodyOutIsIn(two);
}

describe('T28: two who swap their addresses', () => {
  test.each([
    ['in contacts of their own', true],
    ['in one household', false],
  ])('%s keep their own e-mails, and then it is quiet', async (_name, apart) => {
    await met({ known: apart, mapping: { create: 'never' } });
    const [ann, bob] = some(two);
    if (!apart)
      two.crm.add('Both', [
        { first: ann.first, last: ann.last, emails: [[ann.email, true]] },
        { first: bob.first, last: bob.last, emails: [[bob.email, true]] },
      ]);
    await settle();
    const places = [ann, bob].map((one) => {
      const house = houseOf(one);
      return house.individuals.find(({ emails }) => emails.some(({ address }) => address === one.email))?.id;
    });
    two.crm.carriedOut.length = 0;
    two.world.mutate({ op: 'swapAddresses', contact_ids: [ann.id, bob.id] });
    await settle();
    const now = [bob, ann].map((one) => {
      const house = houseOf(one);
      return house.individuals.find(({ emails }) => emails.some(({ address }) => address === one.email))?.id;
    });
    expect(now).toEqual(places);
    expect(written(two)).toEqual(['address', 'address']);
    // An address gets no yes by moving: both are off there, and shown.
    expect((await waiting(two)).map(({ reason }) => reason)).toEqual(['out-in-crm', 'out-in-crm']);
    expect(here(ann)?.email?.permission).toMatch(/plicit$/);
    await quiet();
  });

  test('of whom one is out: the no goes with the address, and nobody is switched on', async () => {
    const [ann, bob] = await met();
    if (ann === undefined || bob === undefined) throw new Error('too few people');
    optOut(bob);
    await settle();
    two.world.mutate({ op: 'swapAddresses', contact_ids: [ann.id, bob.id] });
    await settle();
    expect(two.crm.flags(bob.email)).not.toContain(true);
    await quiet();
  });

  test('of whom the CRM has one: the other is met after the first has moved on, and each keeps their own names', async () => {
    // Without our reference, nothing in the CRM tells whose the contact is.
    const [ann, bob] = await met({ known: false, mapping: { create: 'never', refers: false } });
    if (ann === undefined || bob === undefined) throw new Error('too few people');
    two.crm.add('Hers', [{ first: ann.first, last: ann.last, emails: [[ann.email, true]] }]);
    await settle();
    const house = houseOf(ann).contact_id;
    two.crm.carriedOut.length = 0;
    two.world.mutate({ op: 'swapAddresses', contact_ids: [ann.id, bob.id] });
    await settle();
    expect(addressesIn(house)).toEqual([bob.email]);
    expect(written(two)).toEqual(['address']);
    await quiet();
  });

  test('in the CRM wait for a person, and nothing is written', async () => {
    const [ann, bob] = await met();
    if (ann === undefined || bob === undefined) throw new Error('too few people');
    const [a, b] = [houseOf(ann).contact_id, houseOf(bob).contact_id];
    const give = (id: string, address: string): void =>
      two.crm.edit(id, ({ individuals }) => ({
        individuals: individuals.map((one) => ({ ...one, emails: one.emails.map((email) => ({ ...email, address })) })),
      }));
    give(a, bob.email);
    give(b, ann.email);
    await settle();
    expect((await waiting(two)).map(({ reason }) => reason)).toEqual([
      'crm-address-moved-there',
      'crm-address-moved-there',
    ]);
    expect(written(two)).toEqual([]);
    give(a, ann.email);
    give(b, bob.email);
    await settle();
    expect(await waiting(two)).toEqual([]);
    await quiet();
  });
});

describe('T27: an address', () => {
  test('to which somebody moved who is out is off at every e-mail that has it, entered since or not', async () => {
    const [ann] = await met();
    if (ann === undefined) throw new Error('too few people');
    optOut(ann);
    await settle();
    two.world.mutate({ op: 'changeAddress', contact_id: ann.id, address: 'moved@example.org' });
    two.crm.add('Twice', [{ first: 'Twice', emails: [['moved@example.org', true]] }]);
    await settle();
    expect(two.crm.flags('moved@example.org')).toEqual([false, false]);
    await quiet();
  });

  test('that changed at the account is changed in the same e-mail, and nobody is submitted', async () => {
    const [ann] = await met();
    if (ann === undefined) throw new Error('nobody');
    const { contact_id: id } = houseOf(ann);
    two.world.mutate({ op: 'changeAddress', contact_id: ann.id, address: 'ann.now@crm.example' });
    await settle();
    expect(addressesIn(id)).toEqual(['ann.now@crm.example']);
    await quiet();
  });

  test('that changed in the CRM waits for a person, goes nowhere, and is over when it is as it was', async () => {
    const [ann] = await met();
    if (ann === undefined) throw new Error('nobody');
    two.crm.editEmail(ann.email, () => ({ address: 'ann.there@crm.example' }));
    await settle();
    expect(await waiting(two)).toMatchObject([{ kind: 'conflict', id: ann.id, reason: 'crm-address-moved-there' }]);
    expect(here(ann)?.email?.address).toBe(ann.email);
    two.crm.editEmail('ann.there@crm.example', () => ({ address: ann.email }));
    await settle();
    expect(await waiting(two)).toEqual([]);
    await quiet();
  });
});

describe('T29, T30: a contact that is merged into another', () => {
  /** Ann's contact is merged into one that a person made: the CRM shows only the winner, which has her address. */
  async function merged(
    flag: boolean,
  ): Promise<{ readonly ann: Donor; readonly loser: string; readonly winner: string }> {
    const [ann] = await met();
    if (ann === undefined) throw new Error('nobody');
    const { contact_id: loser } = houseOf(ann);
    const winner = two.crm.add('Winner', [
      { first: ann.first, last: ann.last, emails: [['winner@crm.example', true]] },
    ]);
    await settle(1);
    two.crm.edit(winner, ({ individuals }) => ({
      individuals: individuals.map((one) => ({
        ...one,
        emails: [...one.emails, { id: 'm1', type: 'Home Email', address: ann.email, opted_in: flag, primary: false }],
      })),
    }));
    two.crm.edit(loser, () => ({ merged_into: winner }));
    return { ann, loser, winner };
  }

  test('is met there, an opt-out reaches it, and nobody is made, deleted or switched on', async () => {
    const { ann, winner } = await merged(true);
    await aDay();
    expect(await waiting(two)).toEqual([]);
    optOut(ann);
    await settle();
    expect(two.crm.contact(winner).individuals[0]?.emails.map(({ opted_in: on }) => on)).toEqual([true, false]);
    await quiet();
    expect(here(ann)?.deletedAt).toBeNull();
  });

  test('with the strictest consent: whoever was out is out there, too', async () => {
    const [ann] = await met();
    if (ann === undefined) throw new Error('nobody');
    optOut(ann);
    await settle();
    two[Symbol.dispose]();
    const { ann: again, winner } = await merged(true);
    optOut(again);
    await aDay();
    expect(two.crm.contact(winner).individuals[0]?.emails.map(({ opted_in: on }) => on)).toEqual([true, false]);
    await quiet();
  });

  test('I3: and whose flag went off with it is unsubscribed at the account', async () => {
    const { ann } = await merged(false);
    await aDay();
    expect(here(ann)?.email?.permission).toBe('unsubscribed');
    await quiet();
  });

  test('T30: and parted from it again is met where they have their address, once', async () => {
    const { ann, loser, winner } = await merged(true);
    await aDay();
    two.crm.edit(loser, () => ({ merged_into: null }));
    two.crm.edit(winner, ({ individuals }) => ({
      individuals: individuals.map((one) => ({ ...one, emails: one.emails.filter(({ id }) => id !== 'm1') })),
    }));
    await aDay();
    expect(await waiting(two)).toEqual([]);
    optOut(ann);
    await settle();
    expect(two.crm.flags(ann.email)).toEqual([false]);
    expect(addressesIn(winner)).toEqual(['winner@crm.example']);
    await quiet();
  });
});

describe('T29: a contact that is away', () => {
  test.each([
    ['archived', (id: string): void => two.crm.edit(id, () => ({ archived: true }))],
    ['deleted', (id: string): void => two.crm.remove(id)],
  ])('%s is a conflict; nobody is deleted at the account, nor submitted anew', async (_name, go) => {
    const [ann] = await met();
    if (ann === undefined) throw new Error('nobody');
    const before = JSON.stringify(here(ann));
    go(houseOf(ann).contact_id);
    await aDay();
    expect(await waiting(two)).toMatchObject([{ kind: 'conflict', id: ann.id, reason: 'crm-gone' }]);
    expect(JSON.stringify(here(ann))).toBe(before);
    await quiet();
  });

  test('is met at another one that has the address', async () => {
    const [ann] = await met();
    if (ann === undefined) throw new Error('nobody');
    const { contact_id: id } = houseOf(ann);
    two.crm.edit(id, () => ({ archived: true }));
    const other = two.crm.add('Ann again', [{ first: ann.first, last: ann.last, emails: [[ann.email, true]] }]);
    await aDay();
    expect(await waiting(two)).toEqual([]);
    optOut(ann);
    await settle();
    expect(two.crm.contact(other).individuals[0]?.emails[0]?.opted_in).toBe(false);
    await quiet();
  });
});

describe('T32, T33: one address in two contacts, and several in one', () => {
  test('names come from the contact that is met alone, and do not flap', async () => {
    const [ann] = await met();
    if (ann === undefined) throw new Error('nobody');
    two.crm.add('Her firm', [{ first: 'Front', last: 'Office', emails: [[ann.email, true]] }], {
      type: 'Organization',
    });
    await settle();
    expect(here(ann)?.firstName ?? ann.first).toBe(ann.first);
    two.crm.edit(houseOf(ann).contact_id, ({ individuals }) => ({
      individuals: individuals.map((one) => ({ ...one, first_name: 'Annabel' })),
    }));
    await settle();
    expect(here(ann)?.firstName).toBe('Annabel');
    await quiet();
    expect(written(two)).toEqual([]);
  });

  test('a no at one of two contacts is an opt-out of the address, and reaches the other', async () => {
    const [ann] = await met();
    if (ann === undefined) throw new Error('nobody');
    const firm = two.crm.add('Her firm', [{ first: 'Office', emails: [[ann.email, true]] }], { type: 'Organization' });
    await settle();
    two.crm.edit(firm, ({ individuals }) => ({
      individuals: individuals.map((one) => ({
        ...one,
        emails: one.emails.map((email) => ({ ...email, opted_in: false })),
      })),
    }));
    await settle(4);
    expect(here(ann)?.email?.permission).toBe('unsubscribed');
    expect(two.crm.flags(ann.email)).toEqual([false, false]);
    await quiet();
  });

  test('another address of the same person that is off says nothing about theirs', async () => {
    const [ann] = await met();
    if (ann === undefined) throw new Error('nobody');
    two.crm.edit(houseOf(ann).contact_id, ({ individuals }) => ({
      individuals: individuals.map((one) => ({
        ...one,
        emails: [
          ...one.emails,
          { id: 'w1', type: 'Work Email', address: 'ann.at.work@crm.example', opted_in: false, primary: false },
        ],
      })),
    }));
    await settle();
    expect(here(ann)?.email?.permission).toMatch(/plicit$/);
    expect(two.crm.flags(ann.email)).toEqual([true]);
    await quiet();
  });
});
