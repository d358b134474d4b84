/** The whole program between a simulated account and a simulated organisation: opt-outs reach both, and then it is quiet. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Account, DAY, HOUR } from '../harness/account.ts';

const SYNC = 'donors';
let account: Account;

beforeEach(async () => {
  account = await Account.open({ contacts: 40, crm: { contacts: 20, shared: 30 }, syncs: '' });
  const { url, token } = account.simulators.ready.virtuous;
  const crm = `  crm: { connector: virtuous, baseUrl: "${url}", auth: { apiKey: ${token} } }\n  app:`;
  account.configText = `${account.configText.replace('  app:', crm)}
  ${SYNC}:
    primary: cc
    secondary: crm
    consent: { direction: two-way }
`;
});
afterEach(() => account.close());

/** Mailable people of the account whose address the CRM knows with the flag on. */
async function shared(): Promise<readonly { readonly id: string; readonly email: string }[]> {
  const people = [...account.world.state.people.values()]
    .filter(({ deletedAt, email }) => deletedAt === null && ['explicit', 'implicit'].includes(email?.permission ?? ''))
    .map(({ id, email }) => ({ id, email: email?.address ?? '' }));
  const flags = await Promise.all(people.map(({ email }) => flagsOf(email)));
  return people.filter((_, at) => flags[at]?.includes(true));
}

/** The CRM's flags of an address, by its own truth. */
async function flagsOf(email: string): Promise<readonly boolean[]> {
  const { control } = account.simulators.ready;
  const answer = await fetch(`${control}/truth?crm_email=${encodeURIComponent(email)}`);
  const text = await answer.text();
  const flags: boolean[] = [];
  JSON.parse(text, (_key, value: unknown) => {
    const method = value as { value?: unknown; isOptedIn?: unknown } | null;
    if (typeof method === 'object' && method?.value === email && typeof method.isOptedIn === 'boolean')
      flags.push(method.isOptedIn);
    return value;
  });
  return flags;
}

const pass = () => account.sync(SYNC);

describe('people in both systems', () => {
  test('an opt-out of either reaches the other; a second pass writes nothing; verify agrees; why tells', async () => {
    expect(await pass()).toMatchObject({ outcome: 'done' });
    const [ann, bob] = await shared();
    if (ann === undefined || bob === undefined) throw new Error('too few people in both');
    account.world.mutate([
      { op: 'unsubscribe', contact_id: ann.id, how: 'contact' },
      { op: 'crmOptOut', contact: { email: bob.email }, value: bob.email },
    ]);
    account.pass(HOUR);
    expect(await pass()).toMatchObject({ outcome: 'done', parked: 0 });
    expect(await flagsOf(ann.email)).not.toContain(true);
    expect(account.world.state.people.get(bob.id)?.email?.permission).toBe('unsubscribed');
    for (let n = 0; n < 3; n += 1) {
      account.pass(HOUR);
      const sent = account.simulators.requests.totals();
      expect(await pass(), JSON.stringify(sent)).toMatchObject({ outcome: 'done', applied: 0 });
    }
    account.pass(HOUR);
    const items = await account.verify(SYNC);
    expect(items.at(-1)).toMatchObject({ kind: 'summary', outcome: 'done' });
    const story = await (await account.start()).why(ann.email, null);
    expect(JSON.stringify(story.people[0]?.events)).toContain('crm:opted-out');
  });

  test('status tells the hour, `why` of mail that came back, and `undo` of what it did why nothing is put back', async () => {
    const [ann, bob] = await shared();
    if (ann === undefined || bob === undefined) throw new Error('too few people in both');
    const before = await (await account.start()).status();
    expect(before.hours).toMatchObject([{ group: 'connection:crm', used: null, left: 1200, endsAt: null }]);
    account.world.mutate([
      { op: 'unsubscribe', contact_id: ann.id, how: 'contact' },
      { op: 'bounce', contact_id: bob.id, code: 'S' },
    ]);
    const { run } = await pass();
    const after = await (await account.start()).status();
    const sent = account.world.crm.requests.totals().total;
    expect(after.hours).toMatchObject([{ used: sent, left: 1200 - sent, pausedUntil: null }]);
    const told = (await (await account.start()).why(bob.email, null)).people[0]?.events ?? [];
    expect(told).toContainEqual(expect.objectContaining({ event: 'mail came back', rule: 'bounce S' }));
    expect(told).toContainEqual(expect.objectContaining({ event: 'consent', rule: 'crm:bounced' }));
    const items = await Array.fromAsync((await account.start()).undo(run ?? ''));
    expect(items.filter((item) => item.kind === 'line' && item.id === ann.id)).toMatchObject([
      { group: 'never', where: 'crm', field: 'opted_in', reason: 'crm-flag-off' },
      { group: 'partly', where: 'crm', field: 'note', reason: 'crm-note' },
    ]);
    expect(items.at(-1)).toMatchObject({ kind: 'summary', lines: { reversible: 0 } });
  });

  test('plan tells what would be written there and what it costs, and writes nothing', async () => {
    const [ann] = await shared();
    if (ann === undefined) throw new Error('nobody in both');
    account.world.mutate({ op: 'unsubscribe', contact_id: ann.id, how: 'contact' });
    const items = await account.plan(SYNC);
    expect(items.find((item) => item.kind === 'line' && item.id === ann.id)).toMatchObject({
      lane: 'opt-out',
      reason: 'opted-out',
      changes: expect.arrayContaining([expect.objectContaining({ after: false })]),
    });
    const summary = items.at(-1);
    expect(summary).toMatchObject({ kind: 'summary', cost: { crm: expect.any(Number) } });
    expect(await flagsOf(ann.email)).toContain(true);
    // What it said is what the pass then needs, beside reading what changed; who is new goes together in one request.
    const spent = (): number => {
      const { byPath } = account.world.crm.requests.totals();
      return Object.entries(byPath)
        .filter(([path]) => /Contact\/\{id\}|ContactMethod|ContactNote/.test(path))
        .reduce((sum, [, count]) => sum + count, 0);
    };
    const before = spent();
    await pass();
    const news = items.filter((item) => item.kind === 'line' && item.reason === 'new').length;
    expect(summary).toMatchObject({ cost: { crm: spent() - before + Math.min(1, news) } });
  });

  test('names and fields go there, by label; one that is not there is left out and told; then it is quiet (I7, T42)', async () => {
    account.configText = account.configText.replace(
      '    consent: { direction: two-way }',
      `    contacts:
      fields: { first_name: firstName, last_name: lastName, job_title: "Subscriber Status", company_name: "No Such Field" }
    consent: { direction: two-way }`,
    );
    await pass();
    const [ann] = await shared();
    if (ann === undefined) throw new Error('nobody in both');
    account.world.mutate({ op: 'edit', contact_id: ann.id, set: { first_name: 'Annabel', job_title: 'Judge' } });
    account.pass(HOUR);
    const lines = (await account.plan(SYNC)).filter((item) => item.kind === 'line' && item.id === ann.id);
    expect(lines).toMatchObject([
      {
        changes: expect.arrayContaining([
          { field: 'firstName', before: expect.any(String), after: 'Annabel' },
          expect.objectContaining({ field: 'Subscriber Status', after: 'Judge' }),
        ]),
      },
    ]);
    const told = {
      code: 'crm-field-left-out',
      facts: { field: 'company_name', to: 'No Such Field', reason: 'missing' },
    };
    expect(await pass()).toMatchObject({ outcome: 'done', parked: 0, applied: 1 });
    const { control } = account.simulators.ready;
    const truth = await (await fetch(`${control}/truth?crm_email=${encodeURIComponent(ann.email)}`)).text();
    expect(truth).toContain('Annabel');
    expect(truth).toContain('Judge');
    account.pass(HOUR);
    expect(await pass()).toMatchObject({ outcome: 'done', applied: 0, parked: 0 });
    const application = await account.start();
    const steps = await Array.fromAsync(application.check(account.call()));
    expect(steps.find(({ step, subject }) => step === 'schema' && subject === SYNC)).toMatchObject({
      verdict: 'warning',
      messages: [told],
    });
  });

  test('T29: a contact that is archived in the CRM waits for a person, and nobody is deleted', async () => {
    await pass();
    const [ann] = await shared();
    if (ann === undefined) throw new Error('nobody in both');
    account.world.mutate({ op: 'crmArchive', contact: { email: ann.email }, reason: 'moved' });
    account.pass(DAY + HOUR);
    await pass();
    const application = await account.start();
    const waiting = await application.waiting([SYNC], ['conflict']);
    expect(waiting.items.map(({ id, reason }) => [id, reason])).toContainEqual([ann.id, 'crm-gone']);
    expect(account.world.state.people.get(ann.id)?.deletedAt).toBeNull();
  });
});
