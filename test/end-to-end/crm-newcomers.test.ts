/** The whole program between both simulators: whom the organisation does not have is held until it says yes, or made at once. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { PassResult } from '../../src/cli/results.ts';
import { Account, HOUR } from '../harness/account.ts';

const SYNC = 'donors';
let account: Account;

beforeEach(async () => {
  account = await Account.open({ contacts: 40, crm: { contacts: 20, shared: 20 }, syncs: '' });
  const { url, token } = account.simulators.ready.virtuous;
  const crm = `  crm: { connector: virtuous, baseUrl: "${url}", auth: { apiKey: ${token} } }\n  app:`;
  account.configText = account.configText.replace('  app:', crm);
});
afterEach(() => account.close());

function configure(create: string): void {
  account.configText += `
  ${SYNC}:
    primary: cc
    secondary: crm
    contacts:
      create: ${create}
      placeholder: { first_name: Friend, last_name: Unknown }
    consent: { direction: two-way, bounces: [] }
`;
}

const pass = (): Promise<PassResult> => account.sync(SYNC);

/** Contacts of the organisation with this address, by its own truth: of each the flags of that address. */
function truthOf(email: string): readonly (readonly boolean[])[] {
  return [...account.world.crm.state.contacts.values()].flatMap(({ individuals }) => {
    const methods = individuals.flatMap((one) =>
      one.methods.filter(({ value }) => value.toLowerCase() === email.toLowerCase()),
    );
    return methods.length === 0 ? [] : [methods.map(({ isOptedIn }) => isOptedIn)];
  });
}

/** Mailable people of the account whom the organisation does not have. */
function missing(): readonly { readonly id: string; readonly email: string }[] {
  return [...account.world.state.people.values()]
    .filter(({ deletedAt, email }) => deletedAt === null && ['explicit', 'implicit'].includes(email?.permission ?? ''))
    .map(({ id, email }) => ({ id, email: email?.address ?? '' }))
    .filter(({ email }) => truthOf(email).length === 0);
}

async function underReview(): Promise<number | undefined> {
  const report = await (await account.start()).status();
  return report.syncs.find(({ sync }) => sync === SYNC)?.underReview?.people;
}

describe('people whom the organisation does not have', () => {
  test('auto-import off: they are held until the review says yes, and what happened meanwhile comes first at first sight', async () => {
    configure('transaction');
    const people = missing();
    const [ann, bob] = people;
    if (ann === undefined || bob === undefined) throw new Error('everybody is there');
    const lines = (await account.plan(SYNC)).filter((item) => item.kind === 'line' && item.id === ann.id);
    expect(lines).toMatchObject([{ action: 'insert', reason: 'new' }]);
    const first = await pass();
    expect(first).toMatchObject({ outcome: 'done', parked: 0, conflicts: 0, held: people.length });
    expect(await underReview()).toBe(people.length);
    for (const { email } of people) expect(truthOf(email)).toEqual([]);
    account.world.mutate({ op: 'unsubscribe', contact_id: ann.id, how: 'contact' });
    account.world.mutate({ op: 'changeAddress', contact_id: bob.id, address: 'bob.new@donors.example' });
    account.pass(HOUR);
    expect(await pass()).toMatchObject({ outcome: 'done', applied: 0, parked: 0, held: 2 });
    const story = await (await account.start()).why(ann.email, null);
    expect(story.people[0]).toMatchObject({
      secondaryId: null,
      waiting: [{ kind: 'held', reason: 'in-review' }],
      wouldChange: expect.arrayContaining([expect.objectContaining({ code: 'met-when-imported' })]),
    });
    expect((await account.plan(SYNC)).at(-1)).toMatchObject({ underReview: { people: people.length } });
    expect((await account.verify(SYNC)).at(-1)).toMatchObject({
      outcome: 'done',
      differences: { held: people.length },
    });
    account.world.mutate({ op: 'crmRunImport', bundle: true });
    account.pass(HOUR);
    expect(await pass()).toMatchObject({ outcome: 'done', parked: 0, conflicts: 0 });
    expect(await underReview()).toBeUndefined();
    expect(truthOf(ann.email)).toEqual([[false]]);
    expect(truthOf(bob.email)).toEqual([]);
    expect(truthOf('bob.new@donors.example')).toHaveLength(1);
    for (const { email, id } of people) if (id !== bob.id) expect(truthOf(email)).toHaveLength(1);
    for (let n = 0; n < 2; n += 1) {
      account.pass(HOUR);
      expect(await pass()).toMatchObject({ outcome: 'done', applied: 0, parked: 0 });
    }
  });

  test('create: direct makes each at once, and once', async () => {
    configure('direct');
    const people = missing();
    expect(await pass()).toMatchObject({ outcome: 'done', parked: 0, conflicts: 0 });
    for (const { email } of people) expect(truthOf(email)).toHaveLength(1);
    for (let n = 0; n < 2; n += 1) {
      account.pass(HOUR);
      expect(await pass()).toMatchObject({ outcome: 'done', applied: 0, parked: 0 });
    }
    for (const { email } of people) expect(truthOf(email)).toHaveLength(1);
    expect(await underReview()).toBeUndefined();
  });

  test('create: never leaves them at home and says so', async () => {
    configure('never');
    const people = missing();
    const { skipped } = await pass();
    expect(skipped['not-in-crm']).toBeGreaterThanOrEqual(people.length);
    for (const { email } of people) expect(truthOf(email)).toEqual([]);
    expect(await underReview()).toBeUndefined();
  });

  test('an hour that is spent ends the pass, which tells what it takes and when it goes on; opt-outs go first', async () => {
    configure('direct');
    account.world.switches.set({ crmRatePerHour: 60 });
    const people = missing();
    const summary = (await account.plan(SYNC)).at(-1);
    expect(summary).toMatchObject({
      kind: 'summary',
      backfill: { made: people.length, way: 'single', calls: expect.any(Number), callsPerHour: 48 },
    });
    account.pass(HOUR);
    const first = await pass();
    expect(first).toMatchObject({ outcome: 'partial', resumeAt: expect.any(Number) });
    expect(first.skipped['unfinished']).toBeGreaterThan(0);
    const [there] = [...account.world.state.people.values()].filter(({ email }) =>
      truthOf(email?.address ?? '').some((flags) => flags.includes(true)),
    );
    if (there === undefined) throw new Error('nobody in both');
    account.world.mutate({ op: 'unsubscribe', contact_id: there.id, how: 'contact' });
    let passes = 1;
    for (; passes < 12; passes += 1) {
      account.pass(HOUR);
      const { outcome } = await pass();
      expect(truthOf(there.email?.address ?? '').flat()).not.toContain(true);
      if (outcome === 'done') break;
    }
    expect(passes).toBeLessThan(12);
    for (const { email } of people) expect(truthOf(email)).toHaveLength(1);
  });
});
