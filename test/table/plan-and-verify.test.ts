/** A plan changes nothing, a saved one is applied line by line, and verify accounts for each difference. */
import { afterEach, describe, expect, test } from 'vitest';
import type { ApplyItem, PlanItem, PlanLine, PlanSummary, VerifyItem, VerifySummary } from '../../src/cli/results.ts';
import type { Account } from '../harness/account.ts';
import { HOUR } from '../harness/account.ts';
import { expectCounted } from '../harness/counted.ts';
import {
  addressOf,
  done,
  expectTableMatches,
  mailable,
  openTable,
  people,
  remap,
  rowOf,
  SYNC,
  sync,
} from './people-table.ts';

let account: Account;
afterEach(() => account.close());

function linesOf(plan: readonly PlanItem[]): PlanLine[] {
  return plan.filter((item) => item.kind === 'line');
}

function summaryOf<Item extends PlanItem | VerifyItem>(items: readonly Item[]): Extract<Item, { kind: 'summary' }> {
  return items.find((item) => item.kind === 'summary') as Extract<Item, { kind: 'summary' }>;
}

async function apply(plan: readonly PlanItem[]): Promise<ApplyItem[]> {
  const application = await account.start();
  try {
    const items = await Array.fromAsync(application.apply(SYNC, () => each(plan), account.call()));
    for (const item of items) if (item.kind === 'result') expectCounted(item.result, account.simulators);
    return items;
  } finally {
    await account.stop();
  }
}

/** One object for all: whoever keeps lines in place of reading them again keeps the last one only. */
async function* each(items: readonly PlanItem[]): AsyncIterable<PlanItem> {
  const one: Partial<PlanItem> = {};
  for (const item of items) {
    for (const key of Object.keys(one)) delete (one as Record<string, unknown>)[key];
    yield Object.assign(one, item);
  }
}

describe('plan and apply', () => {
  test('a plan writes nothing; applied it does exactly what it says, and another plan is empty', async () => {
    account = await openTable();
    const plan = await account.plan(SYNC);
    expect(people(account)).toEqual([]);
    expect(linesOf(plan).length).toBeGreaterThan(20);
    expect((summaryOf(plan) satisfies PlanSummary).agree).toBe(false);
    const applied = await apply(plan);
    expect(applied.filter((item) => item.kind === 'refused')).toEqual([]);
    expectTableMatches(account);
    const again = await account.plan(SYNC);
    expect(linesOf(again)).toEqual([]);
    expect(summaryOf(again)).toMatchObject({ agree: true, outcome: 'done' });
  });

  test('a line whose base moved is refused, the others are applied', async () => {
    account = await openTable();
    await done(account);
    const [a = '', b = ''] = mailable(account).map((person) => person.id);
    for (const contact_id of [a, b]) account.world.mutate({ op: 'edit', contact_id, set: { first_name: 'Planned' } });
    account.pass(HOUR);
    const plan = await account.plan(SYNC);
    expect(linesOf(plan).length).toBe(2);
    account.world.mutate({ op: 'edit', contact_id: a, set: { first_name: 'Later' } });
    account.pass(HOUR);
    const applied = await apply(plan);
    expect(applied.filter((item) => item.kind === 'refused')).toEqual([
      expect.objectContaining({ id: a, reason: 'base-moved' }),
    ]);
    expect(rowOf(account, addressOf(account, b))).toMatchObject({ given_name: 'Planned' });
    expect(rowOf(account, addressOf(account, a))?.given_name).not.toBe('Later');
    account.pass(HOUR);
    await done(account);
    expectTableMatches(account);
  });

  test('a plan made under another mapping is refused whole', async () => {
    account = await openTable();
    const plan = await account.plan(SYNC);
    remap(account, { fields: '{ email_address: email }' });
    const applied = await apply(plan);
    expect(applied.filter((item) => item.kind === 'refused').length).toBe(linesOf(plan).length);
    expect(new Set(applied.flatMap((item) => (item.kind === 'refused' ? [item.reason] : [])))).toEqual(
      new Set(['mapping-changed']),
    );
    expect(people(account)).toEqual([]);
  });

  test('what is not in the plan is not written', async () => {
    account = await openTable();
    await done(account);
    const [a = '', b = ''] = mailable(account).map((person) => person.id);
    account.world.mutate({ op: 'edit', contact_id: a, set: { first_name: 'Planned' } });
    account.pass(HOUR);
    const plan = await account.plan(SYNC);
    account.world.mutate({ op: 'edit', contact_id: b, set: { first_name: 'Not planned' } });
    account.pass(HOUR);
    await apply(plan);
    expect(rowOf(account, addressOf(account, a))).toMatchObject({ given_name: 'Planned' });
    expect(rowOf(account, addressOf(account, b))?.given_name).not.toBe('Not planned');
  });
});

describe('verify accounts for each difference', () => {
  async function causes(): Promise<Record<string, readonly string[]>> {
    const items = await account.verify(SYNC);
    const found: Record<string, string[]> = {};
    for (const item of items)
      if (item.kind === 'difference' && !(found[item.because] ?? []).includes(item.id))
        (found[item.because] ??= []).push(item.id);
    expect((summaryOf(items) satisfies VerifySummary).agree).toBe(Object.keys(found).length === 0);
    return found;
  }

  test('equal sides agree; a row edited, deleted, held out, parked or changed since is named for what it is', async () => {
    account = await openTable();
    await done(account);
    expect(await causes()).toEqual({});
    const [edited = '', gone = '', held = '', since = '', fresh = ''] = mailable(account).map((person) => person.id);
    account.change("UPDATE people SET given_name = 'By hand' WHERE email = ?", addressOf(account, edited));
    account.change('DELETE FROM people WHERE email = ?', addressOf(account, gone));
    account.change('UPDATE people SET may_email = 0 WHERE email = ?', addressOf(account, held));
    account.world.mutate([
      { op: 'edit', contact_id: since, set: { first_name: 'Since' } },
      { op: 'unsubscribe', contact_id: fresh, how: 'contact' },
    ]);
    const created = account.world.mutate({ op: 'create', contact: { email_address: 'brand.new@example.org' } });
    const before = people(account);
    expect(await causes()).toEqual({
      'row-was-changed': [edited],
      'row-missing': [gone],
      held: [held],
      'changed-since': expect.arrayContaining([since, fresh]),
      'new-since': [created[0]?.['contact_id']],
    });
    expect(people(account)).toEqual(before);
  });

  test('a person whom the table refuses is parked, not unexplained', async () => {
    account = await openTable({
      columns:
        "id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE, given_name TEXT CHECK (given_name <> 'Refused'), family_name TEXT, title TEXT, may_email INTEGER, remark TEXT",
    });
    const [bad = ''] = mailable(account).map((person) => person.id);
    account.world.mutate({ op: 'edit', contact_id: bad, set: { first_name: 'Refused' } });
    await sync(account);
    expect(await causes()).toEqual({ parked: [bad] });
  });
});
