/** `check` of a connection to a CRM, against the simulated organisation. */
import { afterEach, expect, test } from 'vitest';
import { Account } from '../harness/account.ts';

let account: Account | null = null;
afterEach(async () => {
  await account?.close();
  account = null;
});

async function checked(key?: string) {
  const at = await Account.open({ crm: { contacts: 20 } });
  account = at;
  const { url, token } = at.simulators.ready.virtuous;
  const crm = `  crm: { connector: virtuous, baseUrl: "${url}", auth: { apiKey: ${key ?? token} } }\n`;
  at.configText = at.configText.replace('  app:', `${crm}  app:`);
  const steps = await Array.fromAsync((await at.start()).check(at.call()));
  return steps.filter(({ subject }) => subject === 'crm');
}

test('credential, organisation, permissions, tags and fields, the hour, the clock', async () => {
  const steps = await checked();
  expect(steps.map(({ step, verdict }) => `${step} ${verdict}`)).toEqual([
    'credentials ok',
    'scopes ok',
    'channels ok',
    'quota ok',
    'clock ok',
  ]);
  const found = Object.assign({}, ...steps.map((one) => one.found)) as Record<string, unknown>;
  expect(found).toMatchObject({ organisation: expect.any(String), changes: 'answers', share: 80 });
  expect(Number(found['tags'])).toBeGreaterThan(0);
  expect(Number(found['remaining'])).toBeLessThan(Number(found['perHour']));
});

test('a key that is refused is told, and nothing further is asked', async () => {
  const steps = await checked('another-key');
  expect(steps.map(({ step, verdict }) => `${step} ${verdict}`)).toEqual(['credentials failed']);
});
