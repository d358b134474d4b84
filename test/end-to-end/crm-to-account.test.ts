/** The whole program between a simulated account and a simulated organisation: what the CRM says otherwise reaches the account. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { noSteps } from '../../src/ports/steps.ts';
import { Killed } from '../../src/testing/crash-points.ts';
import { Account, HOUR } from '../harness/account.ts';

const SYNC = 'donors';
const STATUS = 'Subscriber Status';
let account: Account;

beforeEach(async () => {
  account = await Account.open({ contacts: 40, crm: { contacts: 20, shared: 30 }, syncs: '' });
  const { url, token } = account.simulators.ready.virtuous;
  const crm = `  crm: { connector: virtuous, baseUrl: "${url}", auth: { apiKey: ${token} } }\n  app:`;
  account.world.mutate({ op: 'createField', label: 'Diet' });
  account.configText = `${account.configText.replace('  app:', crm)}
  ${SYNC}:
    primary: cc
    secondary: crm
    contacts:
      direction: two-way
      fields: { first_name: firstName, last_name: lastName, "custom_field:Diet": "${STATUS}" }
    consent: { direction: two-way }
`;
});
afterEach(() => account.close());

const pass = () => account.sync(SYNC);
const people = () => account.world.state.people;
const truthOf = async (email: string): Promise<string> => {
  const { control } = account.simulators.ready;
  return (await fetch(`${control}/truth?crm_email=${encodeURIComponent(email)}`)).text();
};

/** Somebody who may be mailed and whom the CRM knows too. */
async function donor(): Promise<{ readonly id: string; readonly email: string }> {
  for (const { id, email, deletedAt, firstName, lastName } of people().values()) {
    const named = firstName !== null && lastName !== null;
    if (!named || deletedAt !== null || !['explicit', 'implicit'].includes(email?.permission ?? '')) continue;
    const address = email?.address ?? '';
    if ((await truthOf(address)).includes(address)) return { id, email: address };
  }
  throw new Error('nobody in both');
}

function diet(id: string): string | null {
  const field = [...account.world.state.fields.values()].find(({ label }) => label === 'Diet');
  return (
    people()
      .get(id)
      ?.details?.fields.find(({ fieldId }) => fieldId === field?.id)?.value ?? null
  );
}

async function quiet(): Promise<void> {
  for (let n = 0; n < 2; n += 1) {
    account.pass(HOUR);
    expect(await pass()).toMatchObject({ outcome: 'done', applied: 0, parked: 0, conflicts: 0 });
  }
}

async function edited(): Promise<Awaited<ReturnType<typeof donor>>> {
  await pass();
  account.pass(HOUR);
  await pass();
  const ann = await donor();
  account.world.mutate([
    { op: 'crmSetField', contact: { email: ann.email }, name: STATUS, value: 'No fish' },
    { op: 'crmRename', contact: { email: ann.email }, firstName: 'Annabel' },
  ]);
  account.pass(HOUR);
  return ann;
}

test('names and custom fields go there and back, plan tells them apart, verify agrees, and then it is quiet (I7)', async () => {
  const ann = await edited();
  const lines = (await account.plan(SYNC)).filter((item) => item.kind === 'line' && item.id === ann.id);
  expect(lines).toMatchObject([
    {
      action: 'update',
      reason: 'edited-in-crm',
      changes: expect.arrayContaining([expect.objectContaining({ field: 'first_name', after: 'Annabel' })]),
    },
  ]);
  expect(people().get(ann.id)?.firstName).not.toBe('Annabel');
  expect(await pass()).toMatchObject({ outcome: 'done', applied: 1, parked: 0 });
  expect([people().get(ann.id)?.firstName, diet(ann.id)]).toEqual(['Annabel', 'No fish']);
  await quiet();
  expect((await account.verify(SYNC)).at(-1)).toMatchObject({ kind: 'summary', outcome: 'done' });
  const field = [...account.world.state.fields.values()].find(({ label }) => label === 'Diet');
  const custom_fields = [{ custom_field_id: field?.id ?? '', value: 'Anything' }];
  account.world.mutate({ op: 'edit', contact_id: ann.id, set: { custom_fields } });
  account.pass(HOUR);
  expect(await pass()).toMatchObject({ outcome: 'done', applied: 1 });
  expect(await truthOf(ann.email)).toContain('Anything');
  await quiet();
  const story = await (await account.start()).why(ann.email, null);
  expect(JSON.stringify(story.people[0]?.events)).toContain('edited-in-crm');
});

test.each(['store:intend:after-commit', 'store:sending:after-commit', 'store:settleOperations:before-commit'])(
  'I5: killed at %s it ends the same',
  async (point) => {
    const ann = await edited();
    let reached = false;
    account.steps = {
      reached: (at) => {
        reached ||= at === point;
        if (reached) throw new Killed(at);
      },
    };
    await expect(pass()).rejects.toThrow(Killed);
    account.steps = noSteps;
    account.pass(HOUR);
    expect(await pass()).toMatchObject({ outcome: 'done', parked: 0 });
    expect([people().get(ann.id)?.firstName, diet(ann.id)]).toEqual(['Annabel', 'No fish']);
    account.pass(HOUR);
    await pass();
    await quiet();
  },
);

test('T42: check tells of a custom field of the account that is not there', async () => {
  account.configText = account.configText.replace('custom_field:Diet', 'custom_field:Gone');
  const steps = await Array.fromAsync((await account.start()).check(account.call()));
  expect(steps.find(({ step, subject }) => step === 'schema' && subject === SYNC)).toMatchObject({
    verdict: 'warning',
    messages: [{ code: 'account-field-left-out', facts: { field: 'Gone', reason: 'missing' } }],
  });
});

test('new people of the CRM are made with evidence on the named list, met there, and why tells how (I7)', async () => {
  account.world.mutate({ op: 'createList', name: 'From the CRM' });
  account.configText = account.configText.replace(
    '      direction: two-way\n',
    `      direction: two-way
      newFromSecondary: { evidence: { field: "${STATUS}" }, lists: [From the CRM] }
`,
  );
  await pass();
  account.pass(HOUR);
  await pass();
  const made = (name: string, status: string | null) => {
    const address = `${name.toLowerCase()}@new.example`;
    account.world.mutate({
      op: 'crmCreateContact',
      individuals: [
        { firstName: name, lastName: 'New', methods: [{ type: 'Home Email', value: address, isOptedIn: true }] },
      ],
    });
    if (status !== null)
      account.world.mutate({ op: 'crmSetField', contact: { email: address }, name: STATUS, value: status });
    return address;
  };
  const [zoe, yan] = [made('Zoe', 'Asked for mail on our site'), made('Yan', null)];
  const at = (address: string) => [...people().values()].filter(({ email }) => email?.address === address);
  account.pass(HOUR);
  const planned = await account.plan(SYNC);
  expect(planned.filter((item) => item.kind === 'line')).toMatchObject([{ reason: 'new-in-crm' }]);
  const told = await pass();
  expect(told.messages.map(({ code }) => code)).toContain('crm-people-not-made');
  for (let n = 0; n < 3; n += 1) {
    account.pass(HOUR);
    expect(await pass()).toMatchObject({ outcome: 'done', parked: 0, conflicts: 0 });
  }
  expect(at(zoe)).toMatchObject([{ firstName: 'Zoe', email: { permission: 'implicit' } }]);
  expect(at(yan)).toEqual([]);
  await quiet();
  const story = await (await account.start()).why(zoe, null);
  expect(JSON.stringify(story.people[0])).toContain('Asked for mail on our site');
});
