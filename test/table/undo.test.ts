/** Undo shows what would take back a run: what it calls reversible can be put back by hand and stays, and nothing else is promised. */
import { afterEach, describe, expect, test } from 'vitest';
import type { PassResult } from '../../src/cli/results.ts';
import type { UndoItem, UndoLine, UndoSummary } from '../../src/cli/undo-results.ts';
import { noSteps } from '../../src/ports/steps.ts';
import { Account, HOUR } from '../harness/account.ts';
import { done, mailable, openTable, rowOf, SYNC, type Mailable } from './people-table.ts';

const FIELDS =
  '{ email_address: email, first_name: { to: given_name, direction: two-way }, last_name: family_name, job_title: { to: title, direction: two-way } }';
let account: Account;
afterEach(() => account.close());

async function loaded(more: Parameters<typeof openTable>[0] = {}): Promise<string> {
  account = await openTable({ fields: FIELDS, consent: '{ column: may_email, direction: two-way }', ...more });
  return pass();
}

/** Runs a pass and tells its run. */
async function pass(): Promise<string> {
  const { run } = await done(account);
  account.pass(HOUR);
  return run ?? '';
}

async function undo(run: string): Promise<UndoItem[]> {
  const application = await account.start();
  try {
    return await Array.fromAsync(application.undo(run));
  } finally {
    await account.stop();
  }
}

function linesAbout(items: readonly UndoItem[], id: string): readonly UndoLine[] {
  return items.filter((item) => item.kind === 'line').filter((line) => line.id === id);
}

function summaryOf(items: readonly UndoItem[]): UndoSummary {
  const last = items.at(-1);
  if (last?.kind !== 'summary') throw new Error('no summary');
  return last;
}

function edit(person: Mailable, set: Record<string, string>): void {
  account.world.mutate({ op: 'edit', contact_id: person.id, set });
}

function setRow({ email }: Mailable, column: string, value: string | number | null): void {
  account.change(`UPDATE people SET ${column} = ? WHERE email = ?`, value, email);
}

function firstName({ id }: Mailable): string | null | undefined {
  return account.world.state.people.get(id)?.firstName;
}

describe('undo of a run', () => {
  test('writes nothing anywhere: no request, no cell, and the next pass finds nothing to do', async () => {
    await loaded();
    const [person] = mailable(account);
    edit(person, { first_name: 'Written', last_name: 'There' });
    const run = await pass();
    const rows = account.rows('SELECT * FROM people ORDER BY id');
    const requests = account.requests();
    const items = await undo(run);
    expect(linesAbout(items, person.id)).toMatchObject([
      { group: 'reversible', field: 'first_name', from: 'Written', to: person.firstName, secondaryId: person.email },
      { group: 'never', field: 'last_name', reason: 'account-decides' },
    ]);
    expect(summaryOf(items)).toMatchObject({
      sync: SYNC,
      run,
      command: 'sync',
      outcome: 'done',
      lines: { reversible: 1, partly: 0, never: 1 },
    });
    expect([account.rows('SELECT * FROM people ORDER BY id'), account.requests()]).toEqual([rows, requests]);
    expect(await done(account)).toMatchObject({ applied: 0 });
  });

  test('I19: what it calls reversible is: put back into the table it reaches the account and stays; so does its own undo', async () => {
    await loaded();
    const [person] = mailable(account);
    edit(person, { first_name: 'Mistaken' });
    const [line] = linesAbout(await undo(await pass()), person.id);
    setRow(person, 'given_name', String(line?.to));
    const back = await pass();
    await pass();
    expect([firstName(person), rowOf(account, person.email)?.given_name]).toEqual([person.firstName, person.firstName]);
    const again = linesAbout(await undo(back), person.id);
    expect(again).toMatchObject([{ where: 'account', group: 'reversible', from: line?.to, to: line?.from }]);
    setRow(person, 'given_name', 'Mistaken');
    await pass();
    await pass();
    expect([firstName(person), rowOf(account, person.email)?.given_name]).toEqual(['Mistaken', 'Mistaken']);
  });

  test('does not offer what somebody changed since, on either side', async () => {
    await loaded();
    const [a, b, c] = mailable(account);
    for (const person of [a, b, c]) edit(person, { first_name: 'Written' });
    const run = await pass();
    setRow(a, 'given_name', 'By hand');
    edit(b, { first_name: 'Again' });
    await pass();
    const items = await undo(run);
    expect(linesAbout(items, a.id)).toMatchObject([{ group: 'never', reason: 'changed-since' }]);
    expect(linesAbout(items, b.id)).toMatchObject([{ group: 'never', reason: 'changed-since' }]);
    expect(linesAbout(items, c.id)).toMatchObject([{ group: 'reversible' }]);
  });

  test('offers an edit that was carried only when the account has shown it', async () => {
    await loaded();
    const [person] = mailable(account);
    setRow(person, 'given_name', 'Home');
    const run = await pass();
    expect(linesAbout(await undo(run), person.id)).toMatchObject([{ where: 'account', reason: 'not-settled' }]);
    await pass();
    expect(linesAbout(await undo(run), person.id)).toMatchObject([{ group: 'reversible', to: person.firstName }]);
  });

  test('I1: lets nobody in, whichever side said no; rows that were made are partly', async () => {
    const first = await loaded();
    expect(summaryOf(await undo(first)).lines).toMatchObject({ reversible: 0, never: 0 });
    const [a, b] = mailable(account);
    expect(linesAbout(await undo(first), a.id)).toMatchObject([{ group: 'partly', reason: 'row-inserted' }]);
    account.world.mutate({ op: 'unsubscribe', contact_id: a.id, how: 'contact' });
    setRow(b, 'may_email', 0);
    const items = await undo(await pass());
    expect(linesAbout(items, a.id)).toMatchObject([{ group: 'never', field: 'may_email', reason: 'consent-lowered' }]);
    expect(linesAbout(items, b.id)).toMatchObject([{ group: 'never', where: 'account', reason: 'opt-out-carried' }]);
    expect(summaryOf(items).lines.reversible).toBe(0);
  });

  test('of a mirror: what the account says would be written again', async () => {
    account = await Account.open({ contacts: 20 });
    const first = (await account.sync()).run ?? '';
    expect((await undo(first)).filter((item) => item.kind === 'line')).toContainEqual(
      expect.objectContaining({ group: 'never', where: 'mirror', reason: 'loaded' }),
    );
    const [id = ''] = account.people('implicit');
    account.world.mutate({ op: 'edit', contact_id: id, set: { first_name: 'Written' } });
    account.pass(HOUR);
    const { run } = await account.sync();
    expect(linesAbout(await undo(run ?? ''), id)).toMatchObject([
      { group: 'never', where: 'mirror', reason: 'mirror' },
    ]);
  });
});

describe('undo --apply', () => {
  async function apply(run: string): Promise<PassResult> {
    const application = await account.start();
    try {
      return await application.applyUndo(run, account.call());
    } finally {
      await account.stop();
    }
  }

  async function mistake(people: readonly Mailable[]): Promise<string> {
    for (const person of people) edit(person, { first_name: 'Mistaken', last_name: 'There' });
    return pass();
  }

  test('I19: puts the old values back, sends nothing itself, and the next pass carries them; everything else stays', async () => {
    await loaded();
    const [a, b, c] = mailable(account);
    const run = await mistake([a, b]);
    const others = account.rows('SELECT * FROM people WHERE email NOT IN (?, ?)', a.email, b.email);
    const requests = account.requests();
    expect(await apply(run)).toMatchObject({ outcome: 'done', applied: 2, parked: 0 });
    expect(account.requests()).toBe(requests);
    expect(rowOf(account, a.email)).toMatchObject({ given_name: a.firstName, family_name: 'There', may_email: 1 });
    expect(account.rows('SELECT * FROM people WHERE email NOT IN (?, ?)', a.email, b.email)).toEqual(others);
    await pass();
    await pass();
    expect([firstName(a), firstName(b), firstName(c)]).toEqual([a.firstName, b.firstName, c.firstName]);
    expect(rowOf(account, a.email)?.given_name).toBe(a.firstName);
    expect(await done(account)).toMatchObject({ applied: 0 });
  });

  test('I7: once done finds nothing to do, and is a run that can be undone, before and after it was carried', async () => {
    await loaded();
    const [person] = mailable(account);
    const run = await mistake([person]);
    const own = (await apply(run)).run ?? '';
    expect(await apply(run)).toMatchObject({ applied: 0 });
    expect(summaryOf(await undo(own))).toMatchObject({ command: 'undo', lines: { reversible: 1 } });
    expect(await apply(own)).toMatchObject({ applied: 1 });
    expect(rowOf(account, person.email)?.given_name).toBe('Mistaken');
    await pass();
    const again = (await apply(run)).run ?? '';
    await pass();
    await pass();
    expect(firstName(person)).toBe(person.firstName);
    await apply(again);
    await pass();
    await pass();
    expect([firstName(person), rowOf(account, person.email)?.given_name]).toEqual(['Mistaken', 'Mistaken']);
  });

  test('T38: leaves what somebody changed since, also of the same person', async () => {
    await loaded();
    const [a, b] = mailable(account);
    const run = await mistake([a, b]);
    setRow(a, 'given_name', 'By hand');
    expect(await apply(run)).toMatchObject({ applied: 1 });
    expect([rowOf(account, a.email)?.given_name, rowOf(account, b.email)?.given_name]).toEqual([
      'By hand',
      b.firstName,
    ]);
  });

  test('I10: of a run that filled the names of many is stopped before its first write, and a release lets it through', async () => {
    await loaded({ guards: '{ destructive: { percent: 1, atLeast: 2 } }', contacts: 40 });
    const nameless = mailable(account).filter(({ firstName: name }) => name === null);
    expect(nameless.length).toBeGreaterThanOrEqual(2);
    const run = await mistake(nameless);
    const rows = account.rows('SELECT * FROM people');
    const stopped = await apply(run);
    expect(stopped).toMatchObject({ outcome: 'stopped', applied: 0 });
    expect(account.rows('SELECT * FROM people')).toEqual(rows);
    const application = await account.start();
    await application.release(stopped.stopHash ?? '');
    await account.stop();
    expect(await apply(run)).toMatchObject({ outcome: 'done', applied: nameless.length });
  });

  test('I1: of people who opted out meanwhile puts their names back and leaves them out', async () => {
    await loaded();
    const [person] = mailable(account);
    const run = await mistake([person]);
    account.world.mutate({ op: 'unsubscribe', contact_id: person.id, how: 'contact' });
    await pass();
    expect(await apply(run)).toMatchObject({ applied: 1 });
    await pass();
    await pass();
    expect(account.world.state.people.get(person.id)).toMatchObject({
      firstName: person.firstName,
      email: { permission: 'unsubscribed' },
    });
    expect(rowOf(account, person.email)).toMatchObject({ given_name: person.firstName, may_email: 0 });
  });

  test('I6: killed at any step and done again ends the same', async () => {
    await loaded();
    const [person] = mailable(account);
    const run = await mistake([person]);
    let ended = false;
    for (let kill = 1; !ended && kill < 80; kill += 1) {
      let left = kill;
      account.steps = {
        reached: () => {
          left -= 1;
          if (left === 0) throw new Error('killed');
        },
      };
      ended = await apply(run).then(
        () => true,
        () => false,
      );
      account.steps = noSteps;
      account.pass(HOUR);
    }
    expect(ended).toBe(true);
    expect(rowOf(account, person.email)?.given_name).toBe(person.firstName);
    await pass();
    await pass();
    expect([firstName(person), rowOf(account, person.email)?.given_name]).toEqual([person.firstName, person.firstName]);
  });
});

describe('undo of no run', () => {
  test('is refused where nobody knows the run, or the configuration not its sync', async () => {
    const run = await loaded();
    expect(await undo('id999999')).toEqual([{ kind: 'refused', run: 'id999999', reason: 'unknown-run', sync: null }]);
    account.configText = account.configText.replace(`  ${SYNC}:`, '  another:');
    expect(await undo(run)).toEqual([{ kind: 'refused', run, reason: 'unknown-sync', sync: SYNC }]);
  });
});
