import { afterEach, describe, expect, test } from 'vitest';
import { Account, DAY, HOUR } from '../harness/account.ts';

let account: Account | null = null;
afterEach(async () => {
  await account?.close();
  account = null;
});

/** Requests of one idle pass, by their paths without ids and queries. */
async function idlePass(at: Account): Promise<Record<string, number>> {
  const before = at.requests();
  const result = await at.sync();
  expect(result).toMatchObject({ outcome: 'done', applied: 0 });
  const asked = at.simulators.requests.entries.filter(({ n }) => n > before);
  expect(result.requests).toEqual({ cc: asked.length });
  return Object.fromEntries(
    Object.entries(
      Object.groupBy(asked, ({ path }) => (path.split('?')[0] ?? '').replace(/[0-9a-f]{8}-[0-9a-f-]{27}/, '{id}')),
    ).map(([path, entries]) => [path, entries?.length ?? 0]),
  );
}
const SIX = {
  '/v3/contact_lists': 1,
  '/v3/contact_tags': 1,
  '/v3/contact_custom_fields': 1,
  '/v3/contacts': 2,
  '/v3/contacts/counts': 1,
};
const SEARCH = { '/v3/reports/summary_reports/email_campaign_summaries': 1 };
const REPORTS = '/v3/reports/email_reports/{id}/tracking/optouts';

describe('product 3.2: an idle pass costs at most six requests and what is due', () => {
  test('six, in an account without recent mailings; a search for campaigns every two hours', async () => {
    account = await Account.open({ campaigns: 0 });
    await account.sync();
    account.pass(HOUR);
    expect(await idlePass(account)).toEqual(SIX);
    account.pass(HOUR);
    expect(await idlePass(account)).toEqual({ ...SIX, ...SEARCH });
    account.pass(HOUR);
    expect(await idlePass(account)).toEqual(SIX);
  });

  test('one less where the window is known to be useless', async () => {
    account = await Account.open({ campaigns: 0, switches: { optoutAfter: 'blind' } });
    await account.sync();
    account.pass(HOUR);
    expect(await idlePass(account)).toEqual({ ...SIX, '/v3/contacts': 1 });
  });

  test('with mailings: the two of this week on each pass, the two older ones every two hours, none beyond 60 days', async () => {
    account = await Account.open();
    await account.sync();
    account.pass(HOUR);
    expect(await idlePass(account)).toEqual({ ...SIX, ...SEARCH, [REPORTS]: 2 });
    account.pass(HOUR);
    expect(await idlePass(account)).toEqual({ ...SIX, ...SEARCH, [REPORTS]: 4 });
    account.pass(HOUR);
    expect(await idlePass(account)).toEqual({ ...SIX, ...SEARCH, [REPORTS]: 2 });
  });

  test('daily: identity, both sweeps, the probe and the complete walk on top, and no more the pass after', async () => {
    account = await Account.open({ campaigns: 0 });
    await account.sync();
    account.pass(DAY);
    const daily = {
      ...SIX,
      ...SEARCH,
      '/v3/account/summary': 1,
      '/v3/contacts': 2 + 2 + 1 + 1,
      '/v3/contacts/counts': 3,
    };
    const seen = await idlePass(account);
    for (const [path, most] of Object.entries(daily)) expect(seen[path] ?? 0, path).toBeLessThanOrEqual(most);
    expect(Object.keys(seen).sort()).toEqual(Object.keys(daily).sort());
    account.pass(HOUR);
    expect(await idlePass(account)).toEqual(SIX);
  });
});
