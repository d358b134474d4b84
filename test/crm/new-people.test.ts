/** New people of the CRM are made at the account: only with evidence, onto the named lists, once, and met there from then on. */
import { afterEach, describe, expect, test } from 'vitest';
import type { PeopleTarget } from '../../src/connector/target.ts';
import { ConnectorError } from '../../src/model/errors.ts';
import { matchKey } from '../../src/model/address.ts';
import type { CrmContact } from '../../src/model/crm.ts';
import type { CrmMapping } from '../../src/plan/crm-mapping.ts';
import { noSteps } from '../../src/ports/steps.ts';
import { crashAt, Killed } from '../../src/testing/crash-points.ts';
import { done, openDonors, pass, some, waiting, written } from './donors.ts';
import { HOUR, SYNC, type TwoSides } from './two-sides.ts';

let two: TwoSides;
afterEach(() => two[Symbol.dispose]());

const NEWS = 'Concord test news';
const SAID = { name: 'Asked', label: 'Asked for mail', type: 'Text', options: null };
const MAPPING: Partial<CrmMapping> = {
  consent: 'two-way',
  create: 'transaction',
  creates: { evidence: { field: 'Asked for mail' }, lists: [NEWS] },
  fields: [
    { field: 'first_name', to: 'firstName', direction: 'two-way', write: 'always' },
    { field: 'last_name', to: 'lastName', direction: 'two-way', write: 'always' },
  ],
};
const YES = { custom_fields: { Asked: 'web form, 2026-01-02' } };

async function open(
  mapping: Partial<CrmMapping> = {},
  between?: (people: PeopleTarget) => PeopleTarget,
): Promise<void> {
  two = openDonors({
    contacts: 16,
    mapping: { ...MAPPING, ...mapping },
    ...(between === undefined ? {} : { between }),
  });
  two.crm.fields = [SAID];
  two.world.mutate({ op: 'createList', name: NEWS });
  await done(two);
  two.clock.advance(HOUR);
  await done(two);
  two.crm.carriedOut.length = 0;
  two.clock.advance(HOUR);
}

/** A household of one, and her address. */
function add(name: string, more: Partial<CrmContact> = YES, flag: boolean | null = true): string {
  const email = `${name.toLowerCase()}@new.example`;
  two.crm.add(name, [{ first: name, last: 'New', emails: [[email, flag]] }], more);
  return email;
}

const at = (email: string) =>
  [...two.world.state.people.values()].filter((one) => matchKey(one.email?.address ?? '') === matchKey(email));
const newsId = (): string => [...two.world.state.lists.values()].find(({ name }) => name === NEWS)?.id ?? '';

async function quiet(): Promise<void> {
  const before = [written(two).length, JSON.stringify([...two.world.state.people.values()])];
  for (let n = 0; n < 2; n += 1) {
    two.clock.advance(HOUR);
    expect((await done(two)).summary).toMatchObject({ applied: 0, parked: 0, conflicts: 0 });
  }
  expect([written(two).length, JSON.stringify([...two.world.state.people.values()])]).toEqual(before);
  expect(two.crm.held).toEqual([]);
}

/** Passes until a job has ended, its people are read and everything is agreed on. */
async function passes(): Promise<void> {
  for (let n = 0; n < 4; n += 1) {
    two.clock.advance(HOUR);
    await done(two);
  }
}

describe('somebody new in the CRM', () => {
  test('is made with their names on the named list, as implicit, met from then on, and then it is quiet (I7)', async () => {
    await open();
    const zoe = add('Zoe');
    const { summary } = await done(two);
    expect(summary).toMatchObject({ outcome: 'done', parked: 0 });
    await passes();
    expect(at(zoe)).toMatchObject([
      { firstName: 'Zoe', lastName: 'New', lists: [newsId()], email: { permission: 'implicit' } },
    ]);
    const links = await two.withStore((store) => store.links(SYNC, 'contacts', [at(zoe)[0]?.id ?? '']));
    expect(links.size).toBe(1);
    await quiet();
    expect(written(two)).toEqual([]);
    const [entry] = await two.withStore(async (store) =>
      (await store.journal(SYNC, 'contacts', null, 50)).filter(({ event }) => event === 'made'),
    );
    expect(entry).toMatchObject({
      rule: 'new-in-crm',
      evidence: expect.stringContaining('Asked: web form, 2026-01-02'),
    });
  });

  test('by a tag, where the file says so', async () => {
    await open({ creates: { evidence: { tag: 'Newsletter' }, lists: [NEWS] } });
    const zoe = add('Zoe', { tags: ['Newsletter'] });
    const yan = add('Yan', { tags: [] });
    await passes();
    expect([at(zoe).length, at(yan).length]).toEqual([1, 0]);
  });

  test.each([
    ['without evidence, however the flag stands', {}, true, 'no-evidence'],
    ['whose evidence says no', { custom_fields: { Asked: 'no' } }, true, 'no-evidence'],
    ['with the flag off', YES, false, null],
    ['with a flag that is not told', YES, null, null],
  ])('%s is not made, and the reason is counted', async (_name, more, flag, reason) => {
    await open();
    const zoe = add('Zoe', more, flag);
    const { warnings } = await done(two);
    expect(warnings.filter(({ code }) => code === 'crm-people-not-made')).toMatchObject(
      reason === null ? [] : [{ facts: { [reason]: 1 } }],
    );
    await passes();
    expect(at(zoe)).toEqual([]);
  });

  test('T32: whose address is off at another contact is not made', async () => {
    await open();
    const zoe = add('Zoe');
    two.crm.add('Her firm', [{ first: 'Office', emails: [[zoe, false]] }]);
    await passes();
    expect(at(zoe)).toEqual([]);
  });

  test('T22: whom the account ever knew is not made: neither an opt-out nor somebody deleted', async () => {
    await open();
    const [ann, bob] = some(two);
    for (const { id, email } of [ann, bob]) {
      const house = [...two.crm.contacts.values()].find(
        ({ individuals }) => individuals[0]?.emails[0]?.address === email,
      );
      two.crm.remove(house?.contact_id ?? '');
      two.world.mutate(
        id === ann.id ? { op: 'unsubscribe', contact_id: id, how: 'contact' } : { op: 'delete', contact_id: id },
      );
    }
    two.clock.advance(26 * HOUR);
    await pass(two);
    for (const { email } of [ann, bob]) two.crm.add('Again', [{ first: 'Again', emails: [[email, true]] }], YES);
    await passes();
    expect([...at(ann.email), ...at(bob.email)].map(({ id }) => id).sort()).toEqual([ann.id, bob.id].sort());
    expect(at(ann.email)[0]?.email?.permission).toBe('unsubscribed');
    expect(two.crm.flags(ann.email)).not.toContain(true);
  });

  test('T27: an address that the CRM gave to the e-mail of somebody known makes nobody', async () => {
    await open();
    const [ann] = some(two);
    const house = [...two.crm.contacts.values()].find(
      ({ individuals }) => individuals[0]?.emails[0]?.address === ann.email,
    );
    two.crm.edit(house?.contact_id ?? '', () => YES);
    two.crm.editEmail(ann.email, () => ({ address: 'ann.moved@new.example' }));
    await passes();
    expect(at('ann.moved@new.example')).toEqual([]);
  });

  test('I3: who says no in the CRM right after they were made is unsubscribed', async () => {
    await open();
    const zoe = add('Zoe');
    await done(two);
    two.crm.editEmail(zoe, () => ({ opted_in: false }));
    await passes();
    expect(at(zoe)).toMatchObject([{ email: { permission: 'unsubscribed' } }]);
    await quiet();
  });

  test('I8: an edit in the CRM right after they were made is carried, too', async () => {
    await open();
    const zoe = add('Zoe');
    await done(two);
    const house = [...two.crm.contacts.values()].find(({ name }) => name === 'Zoe');
    two.crm.edit(house?.contact_id ?? '', ({ individuals }) => ({
      individuals: individuals.map((one) => ({ ...one, last_name: 'Newman' })),
    }));
    await passes();
    await passes();
    expect(at(zoe)).toMatchObject([{ lastName: 'Newman' }]);
    expect(written(two)).toEqual([]);
  });

  test('is made on no list that is not there, and told', async () => {
    await open({ creates: { evidence: { field: 'Asked' }, lists: ['No such list'] } });
    const zoe = add('Zoe');
    const { summary, warnings } = await done(two);
    expect(summary.skipped).toMatchObject({ 'no-such-list': 1 });
    expect(warnings).toMatchObject([{ code: 'no-such-list' }]);
    expect(at(zoe)).toEqual([]);
  });

  test('T42: nobody is made where the field of the evidence is not there, and it is told', async () => {
    await open();
    two.crm.fields = [];
    const zoe = add('Zoe');
    expect((await done(two)).warnings).toMatchObject([{ code: 'crm-field-left-out' }]);
    await passes();
    expect(at(zoe)).toEqual([]);
  });

  test('I10: of many at once waits for a person, and none of them is made', async () => {
    await open();
    const all = Array.from({ length: 30 }, (_, n) => add(`New${n}`));
    const { summary, end } = await pass(two);
    expect([summary.outcome, end.cause?.facts['reason']]).toEqual(['stopped', 'opt-in']);
    expect(all.flatMap(at)).toEqual([]);
    await two.withStore((store) => store.release(end.stopHash ?? ''));
    await passes();
    expect(all.map((email) => at(email).length)).toEqual(all.map(() => 1));
    await quiet();
  });

  test('what the account refuses is parked, and over when the CRM asks for it no more', async () => {
    await open({}, (people) => ({
      ...people,
      bulk: null,
      send: async (...asked) => (asked[0] === 'create' ? { kind: 'refused', reason: 'CC_400' } : people.send(...asked)),
    }));
    add('Zoe');
    await done(two);
    expect(await waiting(two)).toMatchObject([{ kind: 'parked', reason: 'people-write-refused' }]);
    two.clock.advance(HOUR);
    await done(two);
    expect(await waiting(two)).toHaveLength(1);
    const house = [...two.crm.contacts.values()].find(({ name }) => name === 'Zoe');
    two.crm.edit(house?.contact_id ?? '', () => ({ custom_fields: {} }));
    two.clock.advance(HOUR);
    await done(two);
    expect(await waiting(two)).toEqual([]);
  });
});

test.each(['before', 'after'] as const)('I6: an answer that was lost, %s the account acted', async (when) => {
  let first = true;
  await open({}, (people) => ({
    ...people,
    bulk: null,
    send: async (...asked) => {
      if (asked[0] !== 'create' || !first) return people.send(...asked);
      first = false;
      if (when === 'after') await people.send(...asked);
      throw new ConnectorError('TIMEOUT', 'unknown_outcome', 'no answer', { connection: 'cc' });
    },
  }));
  const zoe = add('Zoe');
  await done(two);
  expect(first).toBe(false);
  await passes();
  expect(at(zoe)).toHaveLength(1);
  await quiet();
});

test.each([
  ['one', 1],
  ['a job of many', 19],
] as const)(
  'I5: killed at any durable step while %s is made it ends the same: each once, none submitted',
  async (_name, count) => {
    const begin = async (): Promise<readonly string[]> => {
      await open();
      return Array.from({ length: count }, (_, n) => add(`New${n}`));
    };
    const settled = async (all: readonly string[]): Promise<void> => {
      await passes();
      expect(all.map((email) => at(email).length)).toEqual(all.map(() => 1));
      await quiet();
      expect(written(two)).toEqual([]);
      const left = await two.withStore((store) => store.countOperations(SYNC));
      expect({ ...left, confirmed: 0, superseded: 0 }).toEqual({ confirmed: 0, superseded: 0 });
    };
    const all = await begin();
    const counted = crashAt();
    two.steps = counted;
    await pass(two);
    two.steps = noSteps;
    await settled(all);
    const from = counted.visited.indexOf('store:intend:before-commit');
    expect(from).toBeGreaterThan(0);
    for (let step = from; step < counted.visited.length; step += 1) {
      two[Symbol.dispose]();
      const again = await begin();
      two.steps = crashAt(step);
      await expect(pass(two)).rejects.toThrow(Killed);
      two.steps = noSteps;
      await settled(again).catch((error: unknown) => {
        throw new Error(`killed at ${step}, ${counted.visited[step]}: ${String(error)}`, { cause: error });
      });
    }
  },
  120_000,
);

test('whom a job made and whose address the CRM changed meanwhile is a conflict, and is not submitted back', async () => {
  await open();
  const all = Array.from({ length: 19 }, (_, n) => add(`New${n}`));
  await done(two);
  two.crm.editEmail(all[0] ?? '', () => ({ address: 'moved@new.example' }));
  // Nobody knows yet whom the job made.
  await done(two);
  expect(at('moved@new.example')).toEqual([]);
  await passes();
  const [person, ...others] = at(all[0] ?? '');
  expect([others, at('moved@new.example')]).toEqual([[], []]);
  expect(await waiting(two)).toMatchObject([{ kind: 'conflict', id: person?.id, reason: 'crm-address-moved-there' }]);
  expect([two.crm.held, written(two)]).toEqual([[], []]);
});
