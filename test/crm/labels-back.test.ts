/** Tags that somebody in the CRM gives or takes put people on lists of the account, or take them off: each once, and nobody who left. */
import { afterEach, describe, expect, test } from 'vitest';
import type { PeopleTarget } from '../../src/connector/target.ts';
import { ConnectorError } from '../../src/model/errors.ts';
import type { CrmContact } from '../../src/model/crm.ts';
import type { LabelRule } from '../../src/plan/crm-mapping.ts';
import { noSteps } from '../../src/ports/steps.ts';
import { crashAt, Killed } from '../../src/testing/crash-points.ts';
import { done, donors, openDonors, pass, some, waiting, written, type Donor, type DonorsOptions } from './donors.ts';
import { DAY, HOUR, SYNC, type TwoSides } from './two-sides.ts';

let two: TwoSides;
afterEach(() => two[Symbol.dispose]());

const LISTS: LabelRule = { as: 'tag', prefix: 'CC: ', twoWay: true };
const lists = () => [...two.world.state.lists.values()].filter(({ deletedAt }) => deletedAt === null);
const [A, B] = [0, 1].map((at) => () => lists()[at] ?? { id: '', name: '' }) as [() => List, () => List];
interface List {
  readonly id: string;
  readonly name: string;
}
const asTag = ({ name }: List): string => `CC: ${name}`;
const tags = () => lists().map((list) => ({ id: `t ${list.name}`, name: asTag(list), group: null }));

/** Everybody was met, and the account names who opted them in; nobody is on a list yet. */
async function met(options: DonorsOptions = {}, prepare = (): void => undefined): Promise<readonly [Donor, Donor]> {
  const { mapping, ...more } = options;
  two = openDonors({ contacts: 16, ...more, mapping: { consent: 'two-way', lists: LISTS, tags: null, ...mapping } });
  for (const { id, lists: on } of two.world.state.people.values())
    for (const list of on) two.world.mutate({ op: 'leaveList', contact_id: id, list_id: list });
  two.crm.tags = tags();
  prepare();
  await done(two);
  two.crm.carriedOut.length = 0;
  two.clock.advance(HOUR);
  const [ann, bob] = some(two);
  return [ann, bob];
}

function there({ email }: Donor): CrmContact {
  const found = [...two.crm.contacts.values()].find(({ individuals }) =>
    individuals.some(({ emails }) => emails.some(({ address }) => address === email)),
  );
  if (found === undefined) throw new Error('nobody there');
  return found;
}
const give = (donor: Donor, list: List): void =>
  two.crm.edit(there(donor).contact_id, ({ tags: had }) => ({ tags: [...new Set([...had, asTag(list)])].sort() }));
const take = (donor: Donor, list: List): void =>
  two.crm.edit(there(donor).contact_id, ({ tags: had }) => ({ tags: had.filter((name) => name !== asTag(list)) }));
const join = ({ id }: Donor, list: List): void =>
  void two.world.mutate({ op: 'joinList', contact_id: id, list_id: list.id });
const leave = ({ id }: Donor, list: List): void =>
  void two.world.mutate({ op: 'leaveList', contact_id: id, list_id: list.id });
const on = ({ id }: Donor): readonly string[] => two.world.state.people.get(id)?.lists ?? [];

async function later(): Promise<Awaited<ReturnType<typeof done>>> {
  two.clock.advance(DAY);
  return done(two);
}

async function quiet(): Promise<void> {
  await later();
  const before = [written(two).length, JSON.stringify([...two.world.state.people.values()].map((one) => one.lists))];
  for (let n = 0; n < 2; n += 1) expect((await later()).summary).toMatchObject({ applied: 0, parked: 0, skipped: {} });
  const after = [written(two).length, JSON.stringify([...two.world.state.people.values()].map((one) => one.lists))];
  expect(after).toEqual(before);
  expect(await waiting(two)).toEqual([]);
  const left = await two.withStore((store) => store.countOperations(SYNC));
  expect({ ...left, confirmed: 0, superseded: 0 }).toEqual({ confirmed: 0, superseded: 0 });
}

describe('a tag of the CRM', () => {
  test('that somebody gives puts the person on the list, one that they take takes them off it, and then it is quiet (I7)', async () => {
    const [ann, bob] = await met();
    give(ann, A());
    expect((await later()).summary).toMatchObject({ applied: 1 });
    expect([on(ann), on(bob)]).toEqual([[A().id], []]);
    await quiet();
    take(ann, A());
    await later();
    expect(on(ann)).toEqual([]);
    await quiet();
    // Our own write was nobody's word: they did not leave.
    give(ann, A());
    await later();
    expect(on(ann)).toEqual([A().id]);
    await quiet();
    expect(written(two)).toEqual([]);
  });

  test('that is taken, or given, again before the account was read counts as it stands', async () => {
    const [ann, bob] = await met();
    join(bob, A());
    await later();
    await quiet();
    give(ann, A());
    take(bob, A());
    await later();
    expect([on(ann), on(bob)]).toEqual([[A().id], []]);
    take(ann, A());
    give(bob, A());
    await later();
    expect([on(ann), on(bob)]).toEqual([[], [A().id]]);
    await quiet();
    expect([there(ann).tags, there(bob).tags]).toEqual([[], [asTag(A())]]);
  });

  test('goes with what else the account changed at the same time', async () => {
    const [ann] = await met();
    join(ann, A());
    give(ann, B());
    await later();
    await later();
    expect([on(ann).toSorted(), there(ann).tags]).toEqual([[A().id, B().id].sort(), [asTag(A()), asTag(B())].sort()]);
    await quiet();
  });

  test('as the value of a field likewise', async () => {
    const rule: LabelRule = { as: 'field', field: 'Mail', twoWay: true };
    const [ann] = await met({ mapping: { lists: rule } }, () => {
      two.crm.fields = [{ name: 'Mail', label: null, type: 'Text', options: null }];
    });
    two.crm.edit(there(ann).contact_id, () => ({ custom_fields: { Mail: `VIP; ${A().name}` } }));
    await later();
    expect(on(ann)).toEqual([A().id]);
    two.crm.edit(there(ann).contact_id, () => ({ custom_fields: { Mail: 'VIP' } }));
    await later();
    expect(on(ann)).toEqual([]);
    await quiet();
  });

  test('that stood there when the two first met puts nobody on a list', async () => {
    const [ann] = await met({}, () => {
      give(some(two)[0], A());
    });
    await later();
    expect(on(ann)).toEqual([]);
    await quiet();
  });

  test('names nobody where several of ours live; one that is taken is a list left by each', async () => {
    const [ann, bob] = await met({ known: false }, () => {
      const [first, second] = some(two);
      two.crm.add('Both', [
        { first: first.first, last: first.last, emails: [[first.email, true]] },
        { first: second.first, last: second.last, emails: [[second.email, true]] },
      ]);
    });
    give(ann, A());
    await later();
    expect([on(ann), on(bob)]).toEqual([[], []]);
    join(ann, A());
    join(bob, A());
    await later();
    take(ann, A());
    await later();
    expect([on(ann), on(bob)]).toEqual([[], []]);
    await quiet();
  });
});

test('whoever is new in the CRM is made on the lists that their tags name, and nobody else’s tags name theirs', async () => {
  const creates = { evidence: { tag: 'Asked for mail' }, lists: [] } as const;
  await met({ mapping: { creates } });
  const tagged = { tags: [asTag(A()), 'Asked for mail', 'Major donor'] };
  two.crm.add('Zoe', [{ first: 'Zoe', emails: [['zoe@example.org', true]] }], tagged);
  for (let n = 0; n < 4; n += 1) await later();
  const [zoe] = [...two.world.state.people.values()].filter(({ email }) => email?.address === 'zoe@example.org');
  expect(zoe).toMatchObject({ lists: [A().id], email: { permission: 'implicit' } });
  expect(written(two)).toEqual([]);
  await quiet();
});

describe('T24, T25: nobody is put on a list by a tag', () => {
  test('who left it, whenever and however often the tag is set', async () => {
    const [ann] = await met();
    join(ann, A());
    join(ann, B());
    await later();
    leave(ann, A());
    await later();
    expect(there(ann).tags).toEqual([asTag(B())]);
    for (let n = 0; n < 3; n += 1) {
      give(ann, A());
      await later();
      take(ann, A());
      await later();
    }
    give(ann, A());
    await later();
    expect(on(ann)).toEqual([B().id]);
    // Only the account's own answer ends that.
    join(ann, A());
    await later();
    expect(on(ann).toSorted()).toEqual([A().id, B().id].sort());
  });

  test('who is out of all mail', async () => {
    const [ann] = await met();
    two.world.mutate({ op: 'unsubscribe', contact_id: ann.id, how: 'contact' });
    give(ann, A());
    await later();
    await later();
    expect([on(ann), two.world.state.people.get(ann.id)?.email?.permission]).toEqual([[], 'unsubscribed']);
  });
});

describe('I10: many at once', () => {
  async function everybodyOn(): Promise<readonly Donor[]> {
    await met({ contacts: 60 });
    for (const donor of donors(two)) join(donor, A());
    await later();
    await quiet();
    return donors(two);
  }

  test('whose tags are taken wait for a person', async () => {
    const people = await everybodyOn();
    for (const donor of people) take(donor, A());
    two.clock.advance(DAY);
    const { summary, end } = await pass(two);
    expect([summary.outcome, end.cause?.facts['reason']]).toEqual(['stopped', 'destructive']);
    for (const donor of people) expect(on(donor)).toEqual([A().id]);
  });

  test('T42: a tag that is deleted in the CRM takes nobody off a list, however few they are', async () => {
    await met();
    const few = some(two);
    for (const donor of few) join(donor, A());
    await later();
    await quiet();
    for (const donor of few) take(donor, A());
    two.crm.tags = tags().filter(({ name }) => name !== asTag(A()));
    expect((await later()).warnings).toMatchObject([{ code: 'crm-labels-to-do' }]);
    two.crm.tags = [...two.crm.tags, { id: 'made anew', name: asTag(A()), group: null }];
    await later();
    for (const donor of few) expect([on(donor), there(donor).tags]).toEqual([[A().id], [asTag(A())]]);
    await quiet();
  });

  test('T42: a tag that is deleted while the contacts are read takes nobody off a list either', async () => {
    const [ann] = await met();
    join(ann, A());
    await later();
    await quiet();
    take(ann, A());
    two.crm.meanwhile = () => {
      if (two.crm.requests.at(-1) === 'changes') two.crm.tags = [];
    };
    await later();
    expect(on(ann)).toEqual([A().id]);
  });

  test('nor does one of which the names cannot be read', async () => {
    const [ann] = await met();
    join(ann, A());
    await later();
    await quiet();
    take(ann, A());
    two.crm.fault = (asked) =>
      asked === 'tags' ? new ConnectorError('SOURCE_503', 'unavailable', 'down', { connection: 'crm' }) : null;
    await later();
    expect([on(ann), there(ann).tags]).toEqual([[A().id], []]);
    two.crm.fault = () => null;
    await later();
    expect(on(ann)).toEqual([]);
  });

  test('T36: a list with another name is left by nobody', async () => {
    const [ann] = await met();
    join(ann, A());
    await later();
    two.world.mutate({ op: 'renameList', list_id: A().id, name: 'Gazette' });
    await later();
    two.crm.tags = [...two.crm.tags, { id: 'new', name: 'CC: Gazette', group: null }];
    await later();
    await quiet();
    expect([on(ann), there(ann).tags.includes('CC: Gazette')]).toEqual([[A().id], true]);
  });
});

describe('I5, I6: a kill or a lost answer', () => {
  /** One tag is given and one is taken while a list is joined. */
  async function aDay(between?: (people: PeopleTarget) => PeopleTarget): Promise<readonly [Donor, Donor]> {
    const [ann, bob] = await met(between === undefined ? {} : { between });
    join(ann, A());
    join(bob, A());
    await later();
    await quiet();
    take(ann, A());
    give(ann, B());
    join(bob, B());
    two.crm.carriedOut.length = 0;
    two.clock.advance(DAY);
    return [ann, bob];
  }
  async function asItShould([ann, bob]: readonly [Donor, Donor]): Promise<void> {
    for (let n = 0; n < 2; n += 1) await later();
    expect([on(ann), there(ann).tags]).toEqual([[B().id], [asTag(B())]]);
    expect([on(bob).toSorted(), there(bob).tags]).toEqual([[A().id, B().id].sort(), [asTag(A()), asTag(B())].sort()]);
    await quiet();
  }

  test('at any durable step is invisible afterwards', async () => {
    await aDay();
    const steps = crashAt();
    two.steps = steps;
    await pass(two);
    two[Symbol.dispose]();
    const from = steps.visited.indexOf('store:intend:before-commit') - 6;
    expect(from).toBeGreaterThan(0);
    for (let at = from; at < steps.visited.length; at += 1) {
      const both = await aDay();
      two.steps = crashAt(at);
      await expect(pass(two)).rejects.toThrow(Killed);
      two.steps = noSteps;
      await asItShould(both).catch((error: unknown) => {
        throw new Error(`killed at ${at}, ${steps.visited[at]}: ${String(error)}`, { cause: error });
      });
      two[Symbol.dispose]();
    }
    await aDay();
  }, 240_000);

  test.each(['before', 'after'] as const)('of the account, %s it acted', async (when) => {
    let lost = 0;
    const both = await aDay((people) => ({
      ...people,
      operations: people.operations,
      bulk: people.bulk,
      lookUp: people.lookUp.bind(people),
      send: async (operation, intent, how, signal) => {
        const answer = when === 'after' ? await people.send(operation, intent, how, signal) : null;
        if (operation === 'unsubscribe' || lost > 0) return answer ?? people.send(operation, intent, how, signal);
        lost += 1;
        throw new ConnectorError('TIMEOUT', 'unknown_outcome', 'no answer', { connection: 'cc' });
      },
    }));
    await asItShould(both);
    expect(lost).toBe(1);
  });
});
