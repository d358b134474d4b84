/** Who is not in the CRM: submitted once, held for as long as it takes, met at first sight; or made at once. */
import { afterEach, describe, expect, test } from 'vitest';
import { ConnectorError } from '../../src/model/errors.ts';
import type { CrmMapping } from '../../src/plan/crm-mapping.ts';
import { runPass } from '../../src/engine/pass.ts';
import type { PassContext } from '../../src/engine/context.ts';
import type { Store } from '../../src/store/store.ts';
import { IN_REVIEW } from '../../src/engine/crm-submitted.ts';
import { done, donors, expectNobodyOutIsIn, openDonors, pass, some, waiting, written, type Donor } from './donors.ts';
import { DAY, HOUR, MINUTE, type TwoSides } from './two-sides.ts';

let two: TwoSides;
afterEach(() => two[Symbol.dispose]());

const PLACEHOLDER = { first_name: 'Friend', last_name: 'Unknown' };
function open(mapping: Partial<CrmMapping> = {}, contacts = 24): void {
  two = openDonors({
    known: false,
    contacts,
    mapping: { create: 'transaction', placeholder: PLACEHOLDER, ...mapping },
  });
}
const asked = (): readonly string[] => two.crm.held.map(({ reference }) => reference.id).sort();
const ids = (people: readonly Donor[]): readonly string[] => people.map(({ id }) => id).sort();
const inReview = async (): Promise<readonly string[]> =>
  (await waiting(two)).filter(({ reason }) => reason === IN_REVIEW).map(({ id }) => id);
const flagOf = ({ email }: Donor): boolean | null | undefined => two.crm.flags(email)[0];

/** A store in which somebody leaves right after they were intended. */
function leaving(ctx: PassContext, { id, email }: Donor): Store {
  const { store } = ctx;
  const intend: Store['intend'] = async (lease, run, operations, more) => {
    await store.intend(lease, run, operations, more);
    if (!operations.some(({ primaryId }) => primaryId === id)) return;
    const about = { contactId: id, matchKey: email.toLowerCase(), medium: 'email', scope: 'all' } as const;
    const said = { fact: 'out', actor: 'person', at: null, evidence: 'test', channel: 'changes' } as const;
    const fact = { ...about, ...said, sync: ctx.sync.name, side: 'primary', readAt: ctx.clock.now(), run } as const;
    const nothing = { takes: [], seen: [], walk: null, cursors: {}, marks: {}, waiting: [], settled: [], journal: [] };
    const shelf = await store.shelf(ctx.sync.name, 'primary', 'contacts');
    await store.storePage(lease, shelf, { ...nothing, readAt: ctx.clock.now(), facts: [fact] });
  };
  return new Proxy(store, {
    get: (target, name) => {
      const found: unknown = name === 'intend' ? intend : Reflect.get(target, name);
      return typeof found === 'function' ? (found.bind(target) as unknown) : found;
    },
  });
}

describe('people whom the CRM does not have', () => {
  test('are submitted together, each once, and held: counted, shown with since when, and nothing to be ashamed of', async () => {
    open();
    const people = donors(two);
    const first = await done(two);
    expect(asked()).toEqual(ids(people));
    expect(two.crm.requests.filter((one) => one === 'submitMany')).toHaveLength(1);
    expect(first.summary).toMatchObject({ held: people.length, parked: 0, conflicts: 0 });
    expect(first.attention).toBe(false);
    const since = (await waiting(two)).find(({ reason }) => reason === IN_REVIEW)?.since;
    for (let n = 0; n < 5; n += 1) {
      two.clock.advance(n === 3 ? 30 * DAY : HOUR);
      await done(two);
    }
    expect(asked()).toEqual(ids(people));
    const rows = (await waiting(two)).filter(({ reason }) => reason === IN_REVIEW);
    expect(rows.map(({ id }) => id).sort()).toEqual(ids(people));
    expect(new Set(rows.map((row) => row.since))).toEqual(new Set([since]));
    expect(rows.every(({ kind }) => kind === 'held')).toBe(true);
  });

  test('are met as soon as the organisation says yes, and then it is quiet (I7)', async () => {
    open();
    await done(two);
    two.clock.advance(3 * DAY);
    two.crm.runImport(true);
    await done(two);
    expect(await waiting(two)).toEqual([]);
    two.crm.carriedOut.length = 0;
    for (let n = 0; n < 3; n += 1) {
      two.clock.advance(HOUR);
      expect((await done(two)).summary).toMatchObject({ applied: 0, held: 0 });
    }
    expect([...two.crm.contacts.values()]).toHaveLength(donors(two).length);
    expect(written(two)).toEqual([]);
  });

  test('are looked for by reference, a few in a pass and ever more seldom, and met where nothing else tells of them', async () => {
    open();
    await done(two);
    const looks = (): number => two.crm.requests.filter((one) => one === 'findByReference').length;
    const each: number[] = [];
    for (let n = 0; n < 30; n += 1) {
      two.clock.advance(n < 10 ? HOUR : DAY);
      const before = looks();
      await done(two);
      each.push(looks() - before);
    }
    expect(Math.max(...each)).toBeLessThanOrEqual(10);
    expect(each.slice(-10).reduce((sum, n) => sum + n, 0)).toBeLessThan(3 * donors(two).length);
  });

  test('and are met by that look where the changes show nothing, as where an import moves no time', async () => {
    open();
    await done(two);
    two.crm.runImport(true);
    const { source } = two.crm;
    const changes = source.changes.bind(source);
    source.changes = async (...asked) => ({ ...(await changes(...asked)), readings: [] });
    for (let n = 0; n < 3; n += 1) {
      two.clock.advance(HOUR);
      await done(two);
    }
    expect(await inReview()).toEqual([]);
  });

  test('I16: and by a hint, for one request, where neither changes nor a look are due', async () => {
    open();
    await done(two);
    two.crm.runImport(true);
    const { source } = two.crm;
    const changes = source.changes.bind(source);
    source.changes = async (...since) => ({ ...(await changes(...since)), readings: [] });
    const [made] = two.crm.contacts.values();
    if (made === undefined) throw new Error('nobody was imported');
    const records = [made.contact_id];
    await two.withStore((store) =>
      store.takeDelivery({ connection: 'crm', deliveryId: 'd1', bodyHash: 'd1', records }),
    );
    two.clock.advance(10 * MINUTE);
    two.crm.requests.length = 0;
    await done(two);
    expect(two.crm.requests.filter((one) => one === 'readOne')).toHaveLength(1);
    expect(two.crm.requests).not.toContain('findByReference');
    expect(await inReview()).not.toContain(made.references[0]?.id);
  });

  test('I3: come last: an opt-out and an edit of the same pass have left before anybody is submitted', async () => {
    const rule = { field: 'first_name', to: 'firstName', direction: 'primary-to-secondary', write: 'always' } as const;
    open({ fields: [rule] });
    const [ann, bob] = some(two);
    for (const { email, first, last } of [ann, bob]) two.crm.add(last, [{ first, last, emails: [[email, true]] }]);
    two.world.mutate({ op: 'unsubscribe', contact_id: ann.id, how: 'contact' });
    two.world.mutate({ op: 'edit', contact_id: bob.id, set: { first_name: 'Bobby' } });
    await done(two);
    const sent = two.crm.requests.filter((one) => /^send|submit/.test(one));
    expect(sent).toEqual(['send opt', 'send note', 'send name', 'submitMany']);
  });

  test('T22: nobody who is out, in doubt or deleted is submitted', async () => {
    open();
    const [ann, bob] = some(two);
    two.world.mutate({ op: 'unsubscribe', contact_id: ann.id, how: 'contact' });
    two.world.mutate({ op: 'delete', contact_id: bob.id });
    await done(two);
    expect(asked()).toEqual(ids(donors(two)));
    expect(asked()).not.toContain(ann.id);
    expect(asked()).not.toContain(bob.id);
  });

  test('of whom the CRM has one are met and not submitted', async () => {
    open();
    const [ann] = some(two);
    two.crm.add('Ann', [{ first: ann.first, emails: [[ann.email, true]] }]);
    await done(two);
    expect(asked()).not.toContain(ann.id);
  });

  test('a placeholder stands for a name that nobody told, and never comes back', async () => {
    open({ consent: 'two-way' });
    const [ann] = some(two);
    two.world.mutate({ op: 'edit', contact_id: ann.id, set: { first_name: null, last_name: null } });
    await done(two);
    expect(two.crm.held.find(({ reference }) => reference.id === ann.id)).toMatchObject(PLACEHOLDER);
    two.crm.runImport(true);
    two.clock.advance(HOUR);
    await done(two);
    const { firstName, lastName } = two.world.state.people.get(ann.id) ?? {};
    expect([firstName ?? null, lastName ?? null]).toEqual([null, null]);
  });

  test('and without a placeholder are left at home, and told so', async () => {
    open({ placeholder: null });
    const [ann] = some(two);
    two.world.mutate({ op: 'edit', contact_id: ann.id, set: { first_name: null } });
    expect((await done(two)).summary.skipped).toMatchObject({ 'no-names': expect.any(Number) });
    expect(asked()).not.toContain(ann.id);
  });
});

describe('what happens to somebody while they are held', () => {
  test('I3: an opt-out is applied at first sight: the flag goes off with a note before anything else', async () => {
    open();
    const [ann, bob] = some(two);
    await done(two);
    two.clock.advance(DAY);
    two.world.mutate({ op: 'unsubscribe', contact_id: ann.id, how: 'contact' });
    two.world.mutate({ op: 'delete', contact_id: bob.id });
    two.world.mutate({ op: 'edit', contact_id: ann.id, set: { first_name: 'Annabel' } });
    two.clock.advance(25 * HOUR);
    expect((await done(two)).summary.held).toBeGreaterThanOrEqual(2);
    expect(await inReview()).toEqual(expect.arrayContaining([ann.id, bob.id]));
    two.crm.carriedOut.length = 0;
    two.crm.runImport(true);
    two.clock.advance(HOUR);
    await done(two);
    expect(written(two).slice(0, 2)).toEqual(['opt', 'note']);
    expect([flagOf(ann), flagOf(bob)]).toEqual([false, false]);
    expect(two.crm.notes).toHaveLength(2);
    expectNobodyOutIsIn(two);
    expect(await inReview()).toEqual([]);
  });

  test('T27: a new address is an update of the contact that the import makes', async () => {
    open();
    const [ann] = some(two);
    await done(two);
    two.world.mutate({ op: 'changeAddress', contact_id: ann.id, address: 'ann.new@donors.example' });
    two.clock.advance(HOUR);
    await done(two);
    two.crm.runImport(true);
    two.clock.advance(HOUR);
    await done(two);
    // A new address has no yes of its own.
    expect(two.crm.flags('ann.new@donors.example')).toEqual([false]);
    expect(two.crm.flags(ann.email)).toEqual([]);
    expect([...two.crm.contacts.values()]).toHaveLength(donors(two).length);
  });

  test('T27, T33: also where the import joins them to a household with several addresses', async () => {
    open();
    const [ann] = some(two);
    await done(two);
    two.world.mutate({ op: 'changeAddress', contact_id: ann.id, address: 'ann.new@donors.example' });
    const emails = [
      ['other@crm.example', true],
      [ann.email, true],
    ] as const;
    two.crm.add('Family', [{ first: 'Somebody', emails }]);
    two.crm.runImport(true);
    for (let n = 0; n < 2; n += 1) {
      two.clock.advance(HOUR);
      await done(two);
    }
    expect(two.crm.flags('other@crm.example')).toEqual([true]);
    expect([two.crm.flags(ann.email).length, two.crm.flags('ann.new@donors.example').length]).toEqual([0, 1]);
  });

  test('T38: a name that changed is written at first sight', async () => {
    open({ fields: [{ field: 'first_name', to: 'firstName', direction: 'primary-to-secondary', write: 'always' }] });
    const [ann] = some(two);
    await done(two);
    two.world.mutate({ op: 'edit', contact_id: ann.id, set: { first_name: 'Annabel' } });
    two.crm.runImport(true);
    two.clock.advance(HOUR);
    await done(two);
    const made = [...two.crm.contacts.values()].find(({ references }) => references[0]?.id === ann.id);
    expect(made?.individuals[0]?.first_name).toBe('Annabel');
  });

  test('T29: somebody in doubt at first sight goes on waiting, and is not submitted when the doubt is gone', async () => {
    open();
    const [ann, bob] = some(two);
    await done(two);
    const taken = two.crm.add('Taken', [{ first: 'X', emails: [[ann.email, true]] }], {
      references: [{ source: 'Constant Contact', id: bob.id }],
    });
    two.clock.advance(HOUR);
    await pass(two);
    expect(await inReview()).toContain(ann.id);
    two.crm.remove(taken);
    two.clock.advance(25 * HOUR);
    await pass(two);
    two.clock.advance(25 * HOUR);
    await pass(two);
    expect(asked().filter((id) => id === ann.id)).toHaveLength(1);
  });
});

describe('a submission that is not simply taken', () => {
  test.each(['transaction', 'direct'] as const)(
    'I1: whoever left between the plan and the claim is not made (%s), and the others are',
    async (create) => {
      open({ create });
      const people = donors(two);
      const [ann] = some(two);
      const { summary } = await two.session('sync', (ctx) => runPass({ ...ctx, store: leaving(ctx, ann) }));
      expect(summary).toMatchObject({ outcome: 'done', skipped: { [create === 'direct' ? 'moved' : 'refused']: 1 } });
      const made = written(two).length > 0 ? two.crm.carriedOut.length : asked().length;
      expect(made).toBe(people.length - 1);
      expect([...asked(), ...two.crm.flags(ann.email)]).not.toContain(ann.id);
      expect(two.crm.flags(ann.email)).toEqual([]);
    },
  );

  test('I18: of a batch that is refused each is submitted alone; who is refused alone is parked, the others are held', async () => {
    open();
    const people = donors(two);
    const [ann] = some(two);
    two.crm.batches = 'CRM_400';
    const { target } = two.crm;
    const send = target.send.bind(target);
    target.send = (change, how, signal) =>
      change.kind === 'submit' && change.person.reference.id === ann.id
        ? Promise.resolve({ kind: 'refused', reason: 'CRM_400' })
        : send(change, how, signal);
    const { summary } = await pass(two);
    expect(summary).toMatchObject({ held: people.length - 1, parked: 1 });
    expect(asked()).toEqual(ids(people).filter((id) => id !== ann.id));
    two.clock.advance(HOUR);
    expect((await pass(two)).summary).toMatchObject({ parked: 1 });
    expect(two.crm.requests.filter((one) => one === 'submitMany')).toHaveLength(1);
  });

  test.each(['before', 'after'] as const)(
    'I6, T40: where the answer of a batch is lost %s it acted, all of it is held and none is ever sent again',
    async (when) => {
      open();
      const people = donors(two);
      two.crm.fault = (request, at) =>
        request === 'submitMany' && at === when
          ? new ConnectorError('TIMEOUT', 'unknown_outcome', 'no answer', { connection: 'crm' })
          : null;
      expect((await done(two)).summary).toMatchObject({ held: people.length });
      two.crm.fault = () => null;
      for (let n = 0; n < 4; n += 1) {
        two.clock.advance(n === 2 ? 10 * DAY : HOUR);
        await done(two);
      }
      expect(two.crm.requests.filter((one) => one === 'submitMany' || one === 'send submit')).toHaveLength(1);
      expect([...(await inReview())].sort()).toEqual(ids(people));
      two.crm.runImport(true);
      two.clock.advance(HOUR);
      await done(two);
      expect(await inReview()).toEqual(when === 'after' ? [] : expect.arrayContaining(ids(people) as string[]));
    },
  );

  test('of an hour that is spent the next pass goes on, and nobody is sent twice', async () => {
    open();
    const people = donors(two);
    let spent = true;
    two.crm.fault = (request, at) =>
      spent && request === 'submitMany' && at === 'before'
        ? new ConnectorError('QUOTA', 'quota_exceeded', 'spent', { connection: 'crm', until: two.clock.now() + HOUR })
        : null;
    const { summary, end } = await pass(two);
    expect([summary.outcome, end.cause?.code]).toEqual(['partial', 'quota']);
    expect(summary.skipped).toMatchObject({ unfinished: people.length });
    spent = false;
    two.clock.advance(HOUR);
    expect((await done(two)).summary).toMatchObject({ held: people.length });
    expect(asked()).toEqual(ids(people));
  });
});

describe('people made directly', () => {
  test('are there at once, linked, with the flag that a yes on record allows, and then it is quiet (I7)', async () => {
    open({ create: 'direct' });
    const people = donors(two);
    expect((await done(two)).summary).toMatchObject({ applied: people.length });
    expect([...two.crm.contacts.values()]).toHaveLength(people.length);
    // That the account may mail somebody is no yes to the CRM.
    for (const person of people) expect(flagOf(person)).toBe(false);
    expect(await inReview()).toEqual([]);
    two.crm.carriedOut.length = 0;
    for (let n = 0; n < 3; n += 1) {
      two.clock.advance(HOUR);
      await done(two);
    }
    expect(written(two)).toEqual([]);
  });

  test('T40: are looked for right before: somebody whom staff made meanwhile is met, not made twice', async () => {
    open({ create: 'direct' });
    const [ann] = some(two);
    let once = true;
    two.crm.meanwhile = () => {
      if (two.crm.requests.at(-1) !== 'findByReference' || !once) return;
      once = false;
      two.crm.add('Ann', [{ first: ann.first, emails: [[ann.email, true]] }]);
    };
    await done(two);
    two.clock.advance(HOUR);
    await done(two);
    expect(two.crm.flags(ann.email)).toEqual([true]);
  });

  test.each(['before', 'after'] as const)(
    'I6, T40: where the answer is lost %s the CRM acted, they are looked for and made once',
    async (when) => {
      open({ create: 'direct' });
      const people = donors(two);
      let first = true;
      two.crm.fault = (request, at) => {
        if (request !== 'send create' || at !== when || !first) return null;
        first = false;
        return new ConnectorError('TIMEOUT', 'unknown_outcome', 'no answer', { connection: 'crm' });
      };
      for (let n = 0; n < 3; n += 1) {
        await done(two);
        two.clock.advance(HOUR);
      }
      for (const { email } of people) expect(two.crm.flags(email)).toHaveLength(1);
      expect((await done(two)).summary).toMatchObject({ applied: 0 });
    },
  );
});
