/** Opt-outs of the table's own system, carried to the account: once, by itself, and nothing but the opt-out. */
import { afterEach, describe, expect, test } from 'vitest';
import { noSteps } from '../../src/ports/steps.ts';
import { Killed } from '../../src/testing/crash-points.ts';
import type { Account } from '../harness/account.ts';
import { DAY, HOUR } from '../harness/account.ts';
import { done, mailable, openTable, remap, rowOf, sync, waits, SYNC, type Mailable } from './people-table.ts';

const TWO_WAY = '{ column: may_email, direction: two-way }';
let account: Account;
afterEach(() => account.close());

async function loaded(more: Parameters<typeof openTable>[0] = {}): Promise<void> {
  account = await openTable({ consent: TWO_WAY, ...more });
  await done(account);
  account.pass(HOUR);
}

function sayNo(...people: readonly Mailable[]): void {
  for (const { email } of people) account.change('UPDATE people SET may_email = 0 WHERE email = ?', email);
}

/** What the account holds about a person, by the simulator's own word. */
function truthOf({ id }: Mailable) {
  const person = account.world.state.people.get(id);
  if (person === undefined) throw new Error('nobody has this id');
  return person;
}

function permissionOf(person: Mailable): string | undefined {
  return truthOf(person).email?.permission;
}

function writes(): number {
  return account.simulators.requests.entries.filter(({ method }) => method !== 'GET').length;
}

describe('who opts out in the table', () => {
  test('is unsubscribed in the account by the next pass, and nothing else about them changes', async () => {
    await loaded();
    const [person] = mailable(account);
    const { email: _before, updatedAt: _then, updateSource: _by, ...rest } = truthOf(person);
    sayNo(person);
    expect(await done(account)).toMatchObject({ applied: 1 });
    const { email, updatedAt: _now, updateSource: _source, ...left } = truthOf(person);
    expect(email).toMatchObject({ permission: 'unsubscribed', optOutSource: 'Account' });
    expect(left).toEqual(rest);
    expect(rowOf(account, person.email)).toMatchObject({ may_email: 0 });
  });

  test('I7: is unsubscribed once: the passes after it write nothing anywhere', async () => {
    await loaded();
    const [person] = mailable(account);
    sayNo(person);
    await done(account);
    const sent = writes();
    for (const wait of [HOUR, DAY]) {
      account.pass(wait);
      expect(await done(account)).toMatchObject({ applied: 0, held: 0 });
    }
    expect(writes()).toBe(sent);
    expect(await waits(account)).toEqual({ held: 0, parked: 0, conflict: 0, alarm: 0 });
  });

  test('is shown by a plan, with its cost, and the plan sends nothing', async () => {
    await loaded();
    const [person] = mailable(account);
    sayNo(person);
    const items = await account.plan(SYNC);
    expect(items.filter((item) => item.kind === 'line')).toMatchObject([
      { id: person.id, action: 'consent', lane: 'opt-out', reason: 'opted-out-in-table' },
    ]);
    expect(items.at(-1)).toMatchObject({ cost: { cc: 3, app: 0 }, agree: false });
    expect(writes()).toBe(0);
    expect(permissionOf(person)).not.toBe('unsubscribed');
  });

  test('stays out of the table when they sign up in the account again, and is not unsubscribed a second time', async () => {
    await loaded();
    const [person] = mailable(account);
    sayNo(person);
    await done(account);
    account.pass(HOUR);
    account.world.mutate({ op: 'resubscribe', contact_id: person.id, how: 'contact' });
    account.pass(DAY);
    await done(account);
    account.pass(HOUR);
    await done(account);
    expect(permissionOf(person)).toBe('explicit');
    expect(rowOf(account, person.email)).toMatchObject({ may_email: 0 });
  });

  test('I1: and takes it back there gets no permission in the account by that', async () => {
    await loaded();
    const [person] = mailable(account);
    sayNo(person);
    await done(account);
    account.pass(HOUR);
    account.change('UPDATE people SET may_email = 1 WHERE email = ?', person.email);
    account.world.mutate({ op: 'edit', contact_id: person.id, set: { first_name: 'Edited' } });
    account.pass(DAY);
    await done(account);
    expect(permissionOf(person)).toBe('unsubscribed');
    expect(rowOf(account, person.email)).toMatchObject({ may_email: 0 });
  });

  test('and was deleted in the account meanwhile is left alone there', async () => {
    await loaded();
    const [person] = mailable(account);
    sayNo(person);
    account.world.mutate({ op: 'delete', contact_id: person.id });
    await done(account);
    account.pass(DAY);
    await done(account);
    expect(truthOf(person).deletedAt).not.toBeNull();
    expect(rowOf(account, person.email)).toMatchObject({ may_email: 0 });
  });
});

describe('what is not carried', () => {
  test('T20: a no that stood in the table when the two first met: it may mean that nobody was ever asked', async () => {
    account = await openTable({ consent: TWO_WAY });
    const [person] = mailable(account);
    account.change('INSERT INTO people (email, may_email) VALUES (?, 0)', person.email);
    await done(account);
    account.pass(HOUR);
    expect(await sync(account)).toMatchObject({ outcome: 'done' });
    expect([permissionOf(person), writes()]).toEqual([truthOf(person).email?.permission, 0]);
    expect(permissionOf(person)).not.toBe('unsubscribed');
    expect(await waits(account)).toMatchObject({ held: 1 });
  });

  test('anything, where the configuration does not ask for it', async () => {
    await loaded({ consent: '{ column: may_email }' });
    const [person] = mailable(account);
    sayNo(person);
    await done(account);
    expect(writes()).toBe(0);
    expect(permissionOf(person)).not.toBe('unsubscribed');
  });

  test('what was out in the table before the configuration asked for it', async () => {
    await loaded({ consent: '{ column: may_email }' });
    const [person, later] = mailable(account);
    sayNo(person);
    account.world.mutate({ op: 'edit', contact_id: person.id, set: { first_name: 'Edited' } });
    account.pass(HOUR);
    await done(account);
    remap(account, { consent: TWO_WAY });
    sayNo(later);
    account.pass(HOUR);
    await done(account);
    expect(permissionOf(person)).not.toBe('unsubscribed');
    expect(permissionOf(later)).toBe('unsubscribed');
  });

  test('I10: many at once, until somebody lets exactly these through; the table itself is obeyed at once', async () => {
    await loaded({ guards: '{ destructive: { percent: 5, atLeast: 3 } }' });
    const four = mailable(account).slice(0, 4);
    sayNo(...four);
    const stopped = await sync(account);
    expect(stopped).toMatchObject({ outcome: 'stopped' });
    expect(writes()).toBe(0);
    const application = await account.start();
    await application.release(stopped.stopHash ?? '');
    await account.stop();
    account.pass(HOUR);
    expect(await done(account)).toMatchObject({ applied: 4 });
    for (const person of four) expect(permissionOf(person)).toBe('unsubscribed');
  });
});

describe('trouble on the way', () => {
  test.each(['reset-before', 'reset-after'] as const)(
    'I6: no answer (%s): read back before anything is sent again',
    async (kind) => {
      await loaded();
      const [person] = mailable(account);
      sayNo(person);
      account.world.faults.set([{ kind, match: { method: 'PUT' }, times: 1 }]);
      await sync(account);
      expect(writes()).toBe(1);
      account.pass(HOUR);
      await done(account);
      account.pass(HOUR);
      await done(account);
      expect(permissionOf(person)).toBe('unsubscribed');
      expect(writes()).toBe(kind === 'reset-after' ? 1 : 2);
      expect(await waits(account)).toMatchObject({ parked: 0, conflict: 0 });
    },
  );

  test.each([
    'store:intend:after-commit',
    'store:claimJudged:after-commit',
    'store:sending:after-commit',
    'store:settleOperations:before-commit',
    'store:settleOperations:after-commit',
  ])('I5: a kill at %s loses no opt-out and sends none twice', async (point) => {
    await loaded();
    const [person] = mailable(account);
    sayNo(person);
    account.steps = {
      reached: (at) => {
        if (at === point) throw new Killed(at);
      },
    };
    await expect(sync(account)).rejects.toThrow(Killed);
    account.steps = noSteps;
    for (const _ of [1, 2]) {
      account.pass(HOUR);
      await done(account);
    }
    expect(permissionOf(person)).toBe('unsubscribed');
    expect(writes()).toBe(1);
    expect(await waits(account)).toMatchObject({ held: 0, parked: 0 });
  });

  test('a refusal by the account parks that person and nobody else', async () => {
    await loaded();
    const [person, other] = mailable(account);
    sayNo(person, other);
    account.world.faults.set([{ kind: 'status', status: 400, match: { method: 'PUT', path: person.id } }]);
    expect(await done(account)).toMatchObject({ applied: 1, parked: 1 });
    expect(permissionOf(other)).toBe('unsubscribed');
    expect(await safety(account)).toEqual(['opt-outs-unwritten']);
    account.world.faults.set([]);
    account.pass(HOUR);
    await done(account);
    expect(permissionOf(person)).toBe('unsubscribed');
    expect(await waits(account)).toMatchObject({ parked: 0 });
    expect(await safety(account)).toEqual([]);
  });
});

/** Why `status` says that it is not safe to send. */
async function safety(of: Account): Promise<readonly string[]> {
  const application = await of.start();
  try {
    return (await application.status()).syncs.flatMap(({ because }) => because.map(({ code }) => code));
  } finally {
    await of.stop();
  }
}
