/** The whole program while an organisation merges and parts its contacts: nobody is made, deleted or opted in by it. */
import { afterEach, beforeEach, expect, test } from 'vitest';
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
    contacts:
      create: never
      direction: two-way
      fields: { first_name: firstName, last_name: lastName }
    consent: { direction: two-way }
`;
});
afterEach(() => account.close());

const pass = () => account.sync(SYNC);
const people = () => account.world.state.people;

async function flagsOf(email: string): Promise<readonly boolean[]> {
  const { control } = account.simulators.ready;
  const text = await (await fetch(`${control}/truth?crm_email=${encodeURIComponent(email)}`)).text();
  const flags: boolean[] = [];
  JSON.parse(text, (_key, value: unknown) => {
    const method = value as { value?: unknown; isOptedIn?: unknown } | null;
    if (typeof method === 'object' && method?.value === email && typeof method.isOptedIn === 'boolean')
      flags.push(method.isOptedIn);
    return value;
  });
  return flags;
}

async function days(count: number): Promise<void> {
  for (let n = 0; n < count; n += 1) {
    account.pass(DAY + HOUR);
    expect((await pass()).outcome).toBe('done');
    account.pass(HOUR);
    expect((await pass()).outcome).toBe('done');
  }
}

/** Two who may be mailed and whom the CRM has with the flag on. */
async function twoOfBoth(): Promise<readonly { readonly id: string; readonly email: string }[]> {
  const found: { id: string; email: string }[] = [];
  for (const { id, email, deletedAt } of people().values()) {
    const address = email?.address ?? '';
    if (deletedAt !== null || !['explicit', 'implicit'].includes(email?.permission ?? '')) continue;
    const flags = await flagsOf(address);
    if (flags.length === 1 && flags[0] === true) found.push({ id, email: address });
  }
  return found.slice(0, 2);
}

const idsOf = () => [...people().values()].filter(({ deletedAt }) => deletedAt === null).map(({ id }) => id);
const waiting = async () =>
  (await (await account.start()).waiting([SYNC], ['conflict'])).items.map(({ id, reason }) => [id, reason]);

test('T29, T30: two of ours are merged, parted again, and leave: each no reaches where they are', async () => {
  await days(1);
  const [ann, bob] = await twoOfBoth();
  if (ann === undefined || bob === undefined) throw new Error('too few people');
  const before = idsOf();
  const { control } = account.simulators.ready;
  const truth = await (await fetch(`${control}/truth?crm_email=${encodeURIComponent(ann.email)}`)).text();
  const loser = Number(/"(?:id|contactId)":\s*(\d+)/.exec(truth)?.[1]);
  account.world.mutate({ op: 'crmMerge', contact: { email: ann.email }, into: { email: bob.email } });
  await days(1);
  expect(idsOf()).toEqual(before);
  expect((await waiting()).filter(([id]) => id === ann.id || id === bob.id)).toEqual([]);
  account.world.mutate({ op: 'crmUnmerge', contact: loser });
  await days(2);
  expect(idsOf()).toEqual(before);
  account.world.mutate({ op: 'unsubscribe', contact_id: ann.id, how: 'contact' });
  await days(1);
  expect(await flagsOf(ann.email)).not.toContain(true);
  expect(await flagsOf(bob.email)).toContain(true);
  account.pass(HOUR);
  expect(await pass()).toMatchObject({ applied: 0, parked: 0 });
});
