/** Lists and tags of the account stand in the CRM: as tags with a prefix, or in a field; whose there is none wait for a person. */
import { afterEach, describe, expect, test } from 'vitest';
import { ConnectorError } from '../../src/model/errors.ts';
import type { CrmContact, CrmTag } from '../../src/model/crm.ts';
import type { LabelRule } from '../../src/plan/crm-mapping.ts';
import { decidePeople } from '../../src/engine/crm-people.ts';
import { noSteps } from '../../src/ports/steps.ts';
import { crashAt, Killed } from '../../src/testing/crash-points.ts';
import {
  done,
  donors,
  MAPPING,
  openDonors,
  pass,
  some,
  waiting,
  written,
  type Donor,
  type DonorsOptions,
} from './donors.ts';
import { DAY, HOUR, SYNC, type TwoSides } from './two-sides.ts';

let two: TwoSides;
afterEach(() => two[Symbol.dispose]());

const LISTS: LabelRule = { as: 'tag', prefix: 'CC: ', twoWay: false };
const TAGS: LabelRule = { as: 'tag', prefix: 'CC tag: ', twoWay: false };

/** The account's living lists, by name. */
function lists(): readonly { readonly id: string; readonly name: string }[] {
  return [...two.world.state.lists.values()].filter(({ deletedAt }) => deletedAt === null);
}

function crmTag(name: string, id = `t ${name}`): CrmTag {
  return { id, name, group: null };
}

/** A tag for each list of the account. */
function tagsOfLists(): readonly CrmTag[] {
  return lists().map(({ name }) => crmTag(`CC: ${name}`));
}

/** Nobody is on a list yet; everybody was met. */
async function met(
  options: DonorsOptions = {},
  prepare: () => void = () => undefined,
): Promise<readonly [Donor, Donor]> {
  two = openDonors({ contacts: 16, mapping: { lists: LISTS, tags: null }, ...options });
  for (const { id, lists: on } of two.world.state.people.values())
    for (const list of on) two.world.mutate({ op: 'leaveList', contact_id: id, list_id: list });
  two.crm.tags = tagsOfLists();
  prepare();
  await done(two);
  two.crm.carriedOut.length = 0;
  two.clock.advance(HOUR);
  const [ann, bob] = some(two);
  return [ann, bob];
}

const join = ({ id }: Donor, list: { readonly id: string }): void =>
  void two.world.mutate({ op: 'joinList', contact_id: id, list_id: list.id });
const leave = ({ id }: Donor, list: { readonly id: string }): void =>
  void two.world.mutate({ op: 'leaveList', contact_id: id, list_id: list.id });

function there({ email }: Donor): CrmContact {
  const found = [...two.crm.contacts.values()].find(({ individuals }) =>
    individuals.some(({ emails }) => emails.some(({ address }) => address === email)),
  );
  if (found === undefined) throw new Error('nobody there');
  return found;
}
const tagsAt = (donor: Donor): readonly string[] => there(donor).tags;
const a = () => lists()[0] ?? { id: '', name: '' };
const b = () => lists()[1] ?? { id: '', name: '' };
const asTag = ({ name }: { readonly name: string }): string => `CC: ${name}`;

async function later(): Promise<Awaited<ReturnType<typeof done>>> {
  two.clock.advance(DAY);
  return done(two);
}

/** I7: from here on nothing is written, and nothing waits. */
async function quiet(): Promise<void> {
  const before = written(two).length;
  for (let n = 0; n < 2; n += 1) expect((await later()).summary).toMatchObject({ applied: 0, parked: 0 });
  expect(written(two)).toHaveLength(before);
  expect(await waiting(two)).toEqual([]);
}

describe('lists and tags of the account', () => {
  test('are tags with a prefix, beside what else the contact has: they come and go with it, and then it is quiet', async () => {
    const [ann, bob] = await met();
    two.crm.edit(there(ann).contact_id, () => ({ tags: ['Major donor'] }));
    join(ann, a());
    join(ann, b());
    join(bob, a());
    expect((await later()).summary).toMatchObject({ applied: 2 });
    expect(tagsAt(ann)).toEqual([asTag(a()), asTag(b()), 'Major donor'].sort());
    expect(tagsAt(bob)).toEqual([asTag(a())]);
    await quiet();
    leave(ann, a());
    await later();
    expect(tagsAt(ann)).toEqual([asTag(b()), 'Major donor'].sort());
    await quiet();
  });

  test('tags of the account likewise, under their own prefix', async () => {
    const [ann] = await met({ mapping: { lists: null, tags: TAGS } }, () => {
      two.crm.tags = [...two.world.state.tags.values()].map(({ name }) => crmTag(`CC tag: ${name}`));
    });
    const before = tagsAt(ann);
    const tag = [...two.world.state.tags.values()].find(({ name }) => !before.includes(`CC tag: ${name}`));
    if (tag === undefined) throw new Error('no tag');
    two.world.mutate({ op: 'tag', contact_id: ann.id, tag_id: tag.id });
    await later();
    expect(tagsAt(ann)).toEqual([...before, `CC tag: ${tag.name}`].sort());
    await quiet();
  });

  test('or values of a custom field, beside those of others', async () => {
    const rule: LabelRule = { as: 'field', field: 'Mailings', twoWay: false };
    const [ann] = await met({ mapping: { lists: rule } }, () => {
      two.crm.fields = [{ name: 'Mail', label: 'Mailings', type: 'Text', options: null }];
    });
    two.crm.edit(there(ann).contact_id, () => ({ custom_fields: { Mail: 'VIP' } }));
    join(ann, a());
    await later();
    expect(there(ann).custom_fields['Mail']).toBe(`VIP; ${a().name}`);
    await quiet();
    leave(ann, a());
    await later();
    expect(there(ann).custom_fields['Mail']).toBe('VIP');
    await quiet();
  });

  test('T42: a field that takes one choice is left out by itself, and told', async () => {
    const rule: LabelRule = { as: 'field', field: 'Mail', twoWay: false };
    const [ann] = await met({ mapping: { lists: rule } }, () => {
      two.crm.fields = [{ name: 'Mail', label: null, type: 'List', options: ['A', 'B'] }];
    });
    join(ann, a());
    const { warnings } = await later();
    expect(warnings).toMatchObject([{ code: 'crm-field-left-out', facts: { field: 'lists', reason: 'unfit' } }]);
    expect(written(two)).toEqual([]);
  });

  test('whoever opts out gets no tag, keeps what they have, and their no goes first', async () => {
    const [ann, bob] = await met();
    join(ann, a());
    await later();
    two.crm.carriedOut.length = 0;
    two.world.mutate({ op: 'unsubscribe', contact_id: ann.id, how: 'contact' });
    two.world.mutate({ op: 'unsubscribe', contact_id: bob.id, how: 'contact' });
    join(bob, b());
    await later();
    expect(written(two)).toEqual(['opt', 'note', 'opt', 'note']);
    expect([tagsAt(ann), tagsAt(bob)]).toEqual([[asTag(a())], []]);
    await quiet();
  });
});

describe('T42: a tag that people have to make', () => {
  const told = (warnings: Awaited<ReturnType<typeof done>>['warnings']) =>
    warnings.filter(({ code }) => code === 'crm-labels-to-do').map(({ facts }) => facts);

  test('is told by its exact name; once it is there everybody on the list gets it, and nobody did anything else', async () => {
    const [ann, bob] = await met({}, () => {
      two.crm.tags = tagsOfLists().filter(({ name }) => name !== asTag(a()));
    });
    join(ann, a());
    join(bob, b());
    expect(told((await later()).warnings)).toMatchObject([{ count: 1, missing: `"${asTag(a())}"`, ambiguous: null }]);
    expect([tagsAt(ann), tagsAt(bob)]).toEqual([[], [asTag(b())]]);
    two.crm.tags = tagsOfLists();
    two.clock.advance(HOUR);
    const { warnings, summary } = await done(two);
    expect([told(warnings), summary.applied]).toEqual([[], 1]);
    expect(tagsAt(ann)).toEqual([asTag(a())]);
    await quiet();
  });

  test('or of which there are two is never chosen by chance', async () => {
    const [ann] = await met({}, () => {
      two.crm.tags = [...tagsOfLists(), crmTag(asTag(a()), 'another')];
    });
    join(ann, a());
    expect(told((await later()).warnings)).toMatchObject([{ missing: null, ambiguous: `"${asTag(a())}"` }]);
    expect(tagsAt(ann)).toEqual([]);
  });

  test('names that cannot be read leave the book as it was, and hold up no opt-out (I3)', async () => {
    const [ann, bob] = await met();
    two.crm.fault = (asked) =>
      asked === 'tags' ? new ConnectorError('SOURCE_503', 'unavailable', 'down', { connection: 'crm' }) : null;
    join(ann, a());
    two.world.mutate({ op: 'unsubscribe', contact_id: bob.id, how: 'contact' });
    expect((await later()).warnings).toMatchObject([{ code: 'crm-labels-unread', facts: { connection: 'crm' } }]);
    expect(tagsAt(ann)).toEqual([asTag(a())]);
    expect(two.crm.flags(bob.email)).toEqual([false]);
  });

  test('a list that gets another name waits for its new tag, and nobody is taken off anything', async () => {
    const [ann] = await met();
    join(ann, a());
    await later();
    const was = asTag(a());
    two.world.mutate({ op: 'renameList', list_id: a().id, name: 'Gazette' });
    await later();
    two.crm.tags = [...two.crm.tags, crmTag('CC: Gazette')];
    await later();
    expect(tagsAt(ann)).toEqual(['CC: Gazette', was]);
    expect(written(two)).toEqual(['tag', 'tag']);
    await quiet();
  });
});

describe('T33: two of one household', () => {
  async function household(): Promise<readonly [Donor, Donor]> {
    return met({ known: false }, () => {
      const [ann, bob] = some(two);
      two.crm.add('Both', [
        { first: ann.first, last: ann.last, emails: [[ann.email, true]] },
        { first: bob.first, last: bob.last, emails: [[bob.email, true]] },
      ]);
    });
  }

  test('keep the tag of a list until the last of them has left it, and why is on record', async () => {
    const [ann, bob] = await household();
    join(ann, a());
    join(bob, a());
    await later();
    leave(ann, a());
    await later();
    expect(tagsAt(ann)).toEqual([asTag(a())]);
    const journal = await two.withStore((store) => store.journal(SYNC, 'contacts', ann.id, 50));
    expect(journal.filter(({ rule }) => rule === 'crm:kept-for-others')).toMatchObject([
      { event: 'kept', after: { tags: [asTag(a())] } },
    ]);
    await quiet();
    leave(bob, a());
    await later();
    expect(tagsAt(ann)).toEqual([]);
    await quiet();
  });

  test('keep it for one who has an address there and is not linked yet, though somebody is decided alone', async () => {
    const [ann, bob] = await household();
    join(bob, a());
    await later();
    await two.session('sync', async (ctx) => {
      const unlinked = {
        stream: 'contacts',
        primaryId: bob.id,
        secondaryId: '',
        baseline: null,
        agrees: null,
      } as const;
      await ctx.store.adopt(ctx.lease, [unlinked], []);
      const record = await ctx.store.record(await ctx.store.shelf(SYNC, 'primary', 'contacts'), ann.id);
      if (record === null || record.content === null) throw new Error('nobody');
      const mapping = { ...MAPPING, lists: LISTS };
      const [decided] = await decidePeople(ctx, { mapping }, [{ ...record, content: record.content }]);
      expect(decided?.input.labels).toMatchObject({ shared: true, others: new Set([`list:${a().id}`]) });
      return { outcome: 'done', cause: null, stopHash: null };
    });
  });
});

describe('T24: whoever left one list of two', () => {
  test('is not put back by the tag that stands there, nor by one that somebody sets again, and no opt-out is made of it', async () => {
    const [ann] = await met();
    join(ann, a());
    join(ann, b());
    await later();
    leave(ann, a());
    await later();
    const facts = await two.withStore((store) => store.facts(SYNC, [ann.id]));
    expect(facts.filter(({ scope, fact }) => scope === `list:${a().id}` && fact === 'out')).toHaveLength(1);
    two.crm.edit(there(ann).contact_id, ({ tags }) => ({ tags: [...tags, asTag(a())].sort() }));
    await later();
    await later();
    expect(two.world.state.people.get(ann.id)?.lists).toEqual([b().id]);
    expect(two.world.state.people.get(ann.id)?.email?.permission).not.toBe('unsubscribed');
    expect(two.crm.flags(ann.email)).toEqual([true]);
  });
});

describe('whoever is submitted', () => {
  test('is submitted with their lists; what they leave, join or refuse while the review lasts counts at first sight', async () => {
    const mapping = { lists: LISTS, tags: null, create: 'transaction' } as const;
    const placeholder = { first_name: 'No', last_name: 'Name' };
    two = openDonors({ contacts: 16, known: false, mapping: { ...mapping, placeholder } });
    const [ann, bob, cleo] = some(two);
    for (const { id, lists: on } of two.world.state.people.values())
      for (const list of on) two.world.mutate({ op: 'leaveList', contact_id: id, list_id: list });
    two.crm.tags = tagsOfLists();
    for (const donor of [ann, bob, cleo]) join(donor, a());
    await done(two);
    const asked = two.crm.held.find(({ reference }) => reference.id === ann.id);
    expect(asked?.tags).toEqual([asTag(a())]);
    leave(ann, a());
    join(ann, b());
    two.world.mutate({ op: 'unsubscribe', contact_id: cleo.id, how: 'contact' });
    await later();
    two.crm.runImport(true);
    await later();
    expect([tagsAt(ann), tagsAt(bob), two.crm.flags(cleo.email)]).toEqual([[asTag(b())], [asTag(a())], [false]]);
    await later();
    await quiet();
  });
});

describe('T36: another mapping', () => {
  test('takes nothing away: the tags of lists that are not carried any more stay', async () => {
    const mapping = { lists: LISTS as LabelRule | null, tags: null };
    const [ann] = await met({ mapping });
    join(ann, a());
    await later();
    two.crm.carriedOut.length = 0;
    two.remap({ lists: null });
    await later();
    leave(ann, a());
    await later();
    expect([tagsAt(ann), written(two)]).toEqual([[asTag(a())], []]);
    two.remap({ lists: { as: 'tag', prefix: 'Mail: ', twoWay: false } });
    two.crm.tags = [...two.crm.tags, ...lists().map(({ name }) => crmTag(`Mail: ${name}`))];
    join(ann, b());
    await later();
    expect(tagsAt(ann)).toEqual([asTag(a()), `Mail: ${b().name}`].sort());
  });
});

describe('I10: a wrong listing', () => {
  async function everybodyOn(): Promise<readonly Donor[]> {
    await met({ contacts: 60 });
    for (const donor of donors(two)) join(donor, a());
    await later();
    const people = donors(two);
    for (const donor of people) expect(tagsAt(donor)).toEqual([asTag(a())]);
    two.crm.carriedOut.length = 0;
    return people;
  }

  test('of a list that was emptied takes no tag from anybody before a person lets it through', async () => {
    const people = await everybodyOn();
    expect(people.length).toBeGreaterThan(20);
    const [first] = people;
    for (const donor of people) leave(donor, a());
    if (first !== undefined) two.world.mutate({ op: 'unsubscribe', contact_id: first.id, how: 'contact' });
    two.clock.advance(DAY);
    const { summary, end } = await pass(two);
    expect([summary.outcome, end.cause?.facts['reason']]).toEqual(['stopped', 'destructive']);
    expect(written(two)).toEqual(['opt', 'note']);
    for (const donor of people) expect(tagsAt(donor)).toEqual([asTag(a())]);
    // The opt-out is done: what is left is another plan.
    two.clock.advance(HOUR);
    const { end: rest } = await pass(two);
    await two.withStore((store) => store.release(rest.stopHash ?? ''));
    two.clock.advance(HOUR);
    await done(two);
    for (const donor of people.slice(1)) expect(tagsAt(donor)).toEqual([]);
  });

  test('of names takes none at all: what is not in the book stays as it is', async () => {
    const people = await everybodyOn();
    two.crm.tags = [];
    await later();
    for (const donor of people.slice(0, 5)) leave(donor, a());
    await later();
    expect(written(two)).toEqual([]);
    two.crm.tags = tagsOfLists();
    await later();
    expect(written(two)).toEqual(people.slice(0, 5).map(() => 'untag'));
  });

  test('everybody on a new list is no mapping fault', async () => {
    const people = await everybodyOn();
    for (const donor of people) join(donor, b());
    await later();
    expect(written(two)).toEqual(people.map(() => 'tag'));
  });
});

describe('I5: a kill', () => {
  /** Ann joins one list and leaves another; somebody adds a tag of their own. */
  async function aDay(): Promise<Donor> {
    const [ann] = await met();
    join(ann, a());
    await later();
    leave(ann, a());
    join(ann, b());
    two.crm.edit(there(ann).contact_id, ({ tags }) => ({ tags: [...tags, 'Major donor'].sort() }));
    two.crm.carriedOut.length = 0;
    two.clock.advance(DAY);
    return ann;
  }

  test('at any durable step of a pass that moves tags is invisible afterwards', async () => {
    await aDay();
    const steps = crashAt();
    two.steps = steps;
    await pass(two);
    two[Symbol.dispose]();
    const from = steps.visited.indexOf('store:adopt:before-commit') - 2;
    expect(from).toBeGreaterThan(0);
    for (let at = from; at < steps.visited.length; at += 1) {
      const ann = await aDay();
      two.steps = crashAt(at);
      await expect(pass(two), `${at}`).rejects.toThrow(Killed);
      two.steps = noSteps;
      for (let n = 0; n < 2; n += 1) await later();
      expect(tagsAt(ann), `killed at ${at}, ${steps.visited[at]}`).toEqual([asTag(b()), 'Major donor'].sort());
      await quiet();
      two[Symbol.dispose]();
    }
    await aDay();
  }, 120_000);

  test('after a tag of ours was written makes it nobody else’s word: whoever leaves the list meanwhile loses it', async () => {
    const [ann] = await met();
    join(ann, a());
    two.clock.advance(DAY);
    two.steps = {
      reached: (at) => {
        if (at === 'store:settleOperations:before-commit') throw new Killed(at);
      },
    };
    await expect(pass(two)).rejects.toThrow(Killed);
    two.steps = noSteps;
    expect(tagsAt(ann)).toEqual([asTag(a())]);
    leave(ann, a());
    await later();
    expect(tagsAt(ann)).toEqual([]);
    await quiet();
  });

  test.each(['tag', 'untag'] as const)('I6: an answer to %s that was lost is found by reading', async (kind) => {
    for (const when of ['before', 'after'] as const) {
      const ann = await aDay();
      let first = true;
      two.crm.fault = (asked, at) => {
        if (asked !== `send ${kind}` || at !== when || !first) return null;
        first = false;
        return new ConnectorError('TIMEOUT', 'unknown_outcome', 'no answer', { connection: 'crm' });
      };
      await done(two);
      expect(first).toBe(false);
      await later();
      expect(tagsAt(ann)).toEqual([asTag(b()), 'Major donor'].sort());
      await quiet();
      two[Symbol.dispose]();
    }
    await aDay();
  });

  test('T17: a read that still shows what stood before is read again later', async () => {
    const [ann] = await met();
    join(ann, a());
    const { source } = two.crm;
    const readOne: typeof source.readOne = source.readOne.bind(source);
    const before = there(ann);
    let stale = 2;
    source.readOne = async (id, signal) => {
      const answer = await readOne(id, signal);
      if (id !== before.contact_id || answer.kind !== 'found' || (stale -= 1) < 0) return answer;
      return { ...answer, reading: { ...answer.reading, content: before, hash: 'old' } };
    };
    two.clock.advance(DAY);
    expect((await pass(two)).summary).toMatchObject({ applied: 0, skipped: { unfinished: 1 } });
    await later();
    expect(tagsAt(ann)).toEqual([asTag(a())]);
    await quiet();
    expect(written(two)).toEqual(['tag']);
  });
});
