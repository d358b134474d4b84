/** T22: somebody is deleted at the account and made again: their no stands, and no tag of before is a word about the second contact's lists. */
import { afterEach, describe, expect, test } from 'vitest';
import type { CrmContact } from '../../src/model/crm.ts';
import { done, expectNobodyOutIsIn, openDonors, some, written, type Donor } from './donors.ts';
import { DAY, SYNC, type TwoSides } from './two-sides.ts';

let two: TwoSides;
afterEach(() => two[Symbol.dispose]());

interface Named {
  readonly id: string;
  readonly name: string;
}
const NOBODY: Named = { id: '', name: '' };
const lists = (): readonly Named[] => [...two.world.state.lists.values()].filter(({ deletedAt }) => deletedAt === null);
const [A, B, C] = [0, 1, 2].map((at) => () => lists()[at] ?? NOBODY) as [() => Named, () => Named, () => Named];
const tagsOfAccount = (): readonly Named[] => [...two.world.state.tags.values()];
const [X, Y] = [0, 1].map((at) => () => tagsOfAccount()[at] ?? NOBODY) as [() => Named, () => Named];
const ofList = ({ name }: Named): string => `CC: ${name}`;
const ofTag = ({ name }: Named): string => `CC tag: ${name}`;

/** Ann is on A and B and bears X, and her contact bears their tags; nobody else is on a list or bears a tag. */
async function begun(twoWay: boolean): Promise<Donor> {
  const lists_ = { as: 'tag', prefix: 'CC: ', twoWay } as const;
  const tags = { as: 'tag', prefix: 'CC tag: ', twoWay } as const;
  two = openDonors({ contacts: 16, mapping: { consent: 'two-way', lists: lists_, tags } });
  for (const { id, lists: on, tags: borne } of two.world.state.people.values()) {
    for (const list of on) two.world.mutate({ op: 'leaveList', contact_id: id, list_id: list });
    for (const tag of borne) two.world.mutate({ op: 'untag', contact_id: id, tag_id: tag });
  }
  two.crm.tags = [...lists().map(ofList), ...tagsOfAccount().map(ofTag)].map((name) => ({
    id: `t ${name}`,
    name,
    group: null,
  }));
  await done(two);
  const [ann] = some(two);
  put(ann.id, [A(), B()], [X()]);
  await later();
  expect(there(ann).tags).toEqual([ofList(A()), ofList(B()), ofTag(X())].sort());
  return ann;
}

function put(id: string, on: readonly Named[], borne: readonly Named[]): void {
  for (const list of on) two.world.mutate({ op: 'joinList', contact_id: id, list_id: list.id });
  for (const tag of borne) two.world.mutate({ op: 'tag', contact_id: id, tag_id: tag.id });
}

function there({ email }: Pick<Donor, 'email'>): CrmContact {
  const found = [...two.crm.contacts.values()].find(({ individuals }) =>
    individuals.some(({ emails }) => emails.some(({ address }) => address === email)),
  );
  if (found === undefined) throw new Error('nobody there');
  return found;
}

async function later(): Promise<Awaited<ReturnType<typeof done>>> {
  two.clock.advance(DAY);
  return done(two);
}

/** The tags that were given in the CRM since. */
function given(): readonly string[] {
  return two.crm.carriedOut.flatMap((change) => (change.kind === 'tag' ? [change.tag.name] : [])).sort();
}

/** Makes somebody with the same address anew, under the same id or another; gives the id. */
function again(how: 'same id' | 'another id', { id, email, first, last }: Donor): string {
  if (how === 'same id') {
    two.world.mutate({ op: 'revive', contact_id: id });
    return id;
  }
  // Whoever is made with an address that a deleted contact has is that contact again: it has to lose it first.
  two.world.mutate({ op: 'changeAddress', contact_id: id, address: `gone.${email}` });
  const contact = { email_address: email, permission_to_send: 'explicit', first_name: first, last_name: last } as const;
  const [made] = two.world.mutate({ op: 'create', contact });
  return String(made?.['contact_id']);
}

const at = (id: string) => two.world.state.people.get(id);
const on = (id: string): readonly string[] => [...(at(id)?.lists ?? [])].sort();
const borne = (id: string): readonly string[] => [...(at(id)?.tags ?? [])].sort();
const idsOf = (...named: readonly Named[]): readonly string[] => named.map(({ id }) => id).sort();

async function quiet(): Promise<void> {
  await later();
  await later();
  const before = [written(two).length, JSON.stringify([...two.world.state.people.values()])];
  for (let n = 0; n < 2; n += 1) expect((await later()).summary).toMatchObject({ applied: 0, parked: 0 });
  expect([written(two).length, JSON.stringify([...two.world.state.people.values()])]).toEqual(before);
  const left = await two.withStore((store) => store.countOperations(SYNC));
  expect({ ...left, confirmed: 0, superseded: 0 }).toEqual({ confirmed: 0, superseded: 0 });
}

describe.each([false, true])('T22: deleted at the account and made again, tags two-way: %s', (twoWay) => {
  test('under the same id: the flag stays off, and the tags are those of what they have now', async () => {
    const ann = await begun(twoWay);
    two.world.mutate({ op: 'delete', contact_id: ann.id });
    await later();
    const id = again('same id', ann);
    put(id, [C()], [Y()]);
    await quiet();
    expect([on(id), borne(id)]).toEqual([idsOf(C()), idsOf(X(), Y())]);
    expect(there(ann).tags).toEqual([ofList(C()), ofTag(X()), ofTag(Y())].sort());
    expect([at(id)?.email?.permission, two.crm.flags(ann.email)]).toEqual(['explicit', [false]]);
  });

  test('under another id: they get what they have now, and the tags of before put them on nothing', async () => {
    const ann = await begun(twoWay);
    two.world.mutate({ op: 'delete', contact_id: ann.id });
    await later();
    two.crm.carriedOut.length = 0;
    const id = again('another id', ann);
    expect(id).not.toBe(ann.id);
    put(id, [C()], [Y()]);
    await quiet();
    expect([on(id), borne(id)]).toEqual([idsOf(C()), idsOf(Y())]);
    expect(given()).toEqual([ofList(C()), ofTag(Y())].sort());
    expect([at(id)?.email?.permission, two.crm.flags(ann.email)]).toEqual(['explicit', [false]]);
  });

  test.each(['same id', 'another id'] as const)(
    'under %s after they opted out: their no stands, and they get no tag',
    async (how) => {
      const ann = await begun(twoWay);
      two.world.mutate({ op: 'unsubscribe', contact_id: ann.id, how: 'contact' });
      await later();
      two.world.mutate({ op: 'delete', contact_id: ann.id });
      await later();
      two.crm.carriedOut.length = 0;
      const id = again(how, ann);
      put(id, [C()], [Y()]);
      await quiet();
      expect([given(), two.crm.flags(ann.email)]).toEqual([[], [false]]);
      expect(on(id)).toEqual(idsOf(C()));
      expectNobodyOutIsIn(two);
    },
  );

  test('before anybody looked: the lists that went with the contact are left, and it has those of now', async () => {
    const ann = await begun(twoWay);
    two.world.mutate({ op: 'delete', contact_id: ann.id });
    const id = again('same id', ann);
    put(id, [C()], [Y()]);
    await quiet();
    expect(on(id)).toEqual(idsOf(C()));
    expect(there(ann).tags).toEqual([ofList(C()), ofTag(X()), ofTag(Y())].sort());
  });
});
