/**
 * The real program against the simulator, scenario by scenario, with every request and every answer held against the
 * vendor's own published contract, if that file is at hand.
 *
 * A request that the vendor would refuse, or an answer that the vendor would never give, makes every other test worth
 * less. What is excused stands, each with its section of the API notes, in simulators/testing/contract-exceptions.ts.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { openContract } from '../../simulators/testing/contract.ts';
import { Account, DAY, HOUR, MINUTE, type AccountOptions } from '../harness/account.ts';
import { callsOf, recording, violationsOf, type Exchanged } from './recorded.ts';

const SPEC = join(
  process.env['CONCORD_SHARED'] ?? '../shared',
  'api/specs/constant-contact-v3-swagger2-build-3.0.178.yaml',
);
const TITLE = existsSync(SPEC) ? 'held against the contract' : `skipped: the vendor's contract is not at ${SPEC}`;

const EVERYTHING = `
  copy:
    primary: cc
    secondary: app
    mode: mirror
    streams: all`;
const TABLE = `
  website:
    primary: cc
    secondary: app
    contacts:
      table: people
      key: email
      fields: { email_address: email, first_name: given_name }
      consent: { column: may_email }`;

let account: Account | null = null;
afterEach(async () => {
  await account?.close();
  account = null;
});

/** Opens an account whose every exchange is noted. */
async function watched(options: AccountOptions = {}): Promise<{ account: Account; exchanged: Exchanged[] }> {
  const exchanged: Exchanged[] = [];
  account = await Account.open({ syncs: EVERYTHING, ...options });
  account.wrap = (transport) => recording(transport, exchanged);
  return { account, exchanged };
}

function judged(exchanged: readonly Exchanged[]): string[] {
  return violationsOf(openContract(SPEC), exchanged);
}

describe.skipIf(!existsSync(SPEC))(TITLE, () => {
  test('a first load of all streams over several pages, a day of changes, and the passes that follow', async () => {
    const { account: at, exchanged } = await watched({ contacts: 1100, campaigns: 5 });
    await at.sync();
    at.pass(HOUR);
    const [left = '', gone = '', edited = ''] = at.people('explicit');
    at.world.mutate([
      { op: 'unsubscribe', contact_id: left, how: 'campaign' },
      { op: 'delete', contact_id: gone },
      { op: 'edit', contact_id: edited, set: { first_name: 'Ann' } },
    ]);
    at.pass(HOUR);
    await at.sync();
    at.pass(DAY);
    await at.sync();
    expect(exchanged).toHaveLength(at.requests());
    expect(judged(exchanged)).toEqual([]);
    expect(callsOf(exchanged)).toEqual([
      '/account/summary 200',
      '/contact_custom_fields 200',
      '/contact_lists 200',
      '/contact_tags 200',
      '/contacts 200',
      '/contacts/counts 200',
      '/emails/{id} 200',
      '/reports/email_reports/{id}/tracking/optouts 200',
      '/reports/summary_reports/email_campaign_summaries 200',
      '/segments 200',
    ]);
  });

  test('the pass of a table, with its own check, plan and verify', async () => {
    const { account: at, exchanged } = await watched({ syncs: TABLE });
    at.change('CREATE TABLE people (email TEXT PRIMARY KEY, given_name TEXT, may_email INTEGER)');
    const application = await at.start();
    const steps = await Array.fromAsync(application.check(at.call()));
    expect(steps.every(({ verdict }) => verdict === 'ok')).toBe(true);
    await at.stop();
    await at.plan('website');
    await at.sync('website');
    await at.verify('website');
    expect(judged(exchanged)).toEqual([]);
    expect(callsOf(exchanged)).toContain('/account/user/privileges 200');
  });

  test.each(['works', 'ignored', 'refused', 'blind'] as const)(
    'an account whose opt-out window is %s: the probe, then passes with and without it',
    async (optoutAfter) => {
      const { account: at, exchanged } = await watched({ switches: { optoutAfter } });
      await at.sync();
      for (let day = 0; day < 2; day += 1) {
        at.pass(HOUR);
        at.world.mutate({ op: 'bulkUnsubscribe', n: 2, how: 'contact' });
        at.pass(DAY);
        await at.sync();
      }
      expect(judged(exchanged)).toEqual([]);
      expect(exchanged.some(({ path }) => path.includes('optout_after='))).toBe(true);
    },
  );

  test('direct reads, of what is there after all and of what is gone', async () => {
    const { account: at, exchanged } = await watched({ tags: 5 });
    await at.sync();
    const [tag = ''] = [...at.world.state.tags.keys()];
    const [field = ''] = [...at.world.state.fields.keys()];
    const [left = ''] = at.people('unsubscribed');
    at.world.mutate([
      { op: 'deleteTag', tag_id: tag },
      { op: 'deleteField', custom_field_id: field },
      { op: 'resubscribe', contact_id: left, how: 'contact' },
    ]);
    at.pass(DAY + MINUTE);
    at.world.faults.set([{ kind: 'items-missing', match: { path: '^/v3/(contact_tags|segments)\\?' } }]);
    await at.sync();
    expect(judged(exchanged)).toEqual([]);
    expect(callsOf(exchanged)).toEqual(
      expect.arrayContaining([
        '/contact_tags/{id} 200',
        '/contact_tags/{id} 404',
        '/contact_custom_fields/{id} 404',
        '/contacts/{id} 200',
      ]),
    );
  });

  test.each([400, 401, 403, 404, 500])('a source that answers %i in the middle of everything', async (status) => {
    const { account: at, exchanged } = await watched({ contacts: 700 });
    await at.sync();
    at.pass(DAY + MINUTE);
    at.world.faults.set([{ kind: 'status', status, at: { every: 4 } }]);
    await at.sync();
    at.pass(HOUR);
    at.world.faults.set([]);
    expect((await at.sync()).outcome).toBe('done');
    const answers = exchanged.filter((one) => one.status !== status);
    expect(answers.length).toBeLessThan(exchanged.length);
    // The faults strike where the vendor's own answer would be another: only requests are judged there.
    expect(judged(answers)).toEqual([]);
    expect(judged(exchanged).filter((fault) => fault.includes(': request '))).toEqual([]);
  });

  test('a token that is refused, a user without privileges, a used-up day: as the vendor says them', async () => {
    const { account: at, exchanged } = await watched({ quota: { perSecond: 4, perDay: 60 } });
    at.token = 'expired-token-value';
    expect((await at.sync()).outcome).toBe('failed');
    at.token = 'simulator-access-token';
    at.world.mutate({ op: 'setPrivileges', privileges: ['account:read'] });
    await at.sync();
    at.world.mutate({ op: 'setPrivileges', privileges: ['account:read', 'contacts:read', 'contacts:lists:read'] });
    at.world.faults.set([
      { kind: 'throttled', at: { every: 5 } },
      { kind: 'quota_exceeded', at: 40 },
    ]);
    await at.sync();
    at.pass(HOUR);
    await at.sync();
    expect(judged(exchanged)).toEqual([]);
    const statuses = new Set(exchanged.map(({ status }) => status));
    expect([...statuses].sort((a, b) => a - b)).toEqual([200, 401, 403, 429]);
  });

  test('a walk whose cursor has expired, and one over an account that changes meanwhile', async () => {
    const { account: at, exchanged } = await watched({ contacts: 1100, switches: { cursorLifeMs: 600 } });
    at.world.faults.set([{ kind: 'cursor-expired', match: { path: '/v3/contacts' }, times: 1 }]);
    await at.sync();
    at.world.switches.set({ cursorLifeMs: null });
    at.pass(HOUR);
    await at.sync();
    expect(judged(exchanged)).toEqual([]);
    expect(callsOf(exchanged)).toContain('/contacts 400');
  });

  test.each([
    ['empty', []],
    // constant-contact-v3 §1.1: on a last page `_links` may be absent; the contract of reports wants it all the same.
    ['absent', [/\/tracking\/optouts\S* 200: answer must have required property '_links'$/u]],
    // constant-contact-v3 §1.1: the contract makes `_links` and what is in it objects and strings; whether the vendor does is not known.
    ['null', [/_links must be object$/u]],
    ['null-next', [/_links\/next must be object$/u]],
    ['null-href', [/_links\/next\/href must be string$/u]],
  ] as const)(
    'last pages with `_links` %s end every listing, and nothing is asked beyond them',
    async (lastPage, excused) => {
      const { account: at, exchanged } = await watched({ contacts: 700, switches: { lastPage } });
      expect((await at.sync()).outcome).toBe('done');
      at.pass(DAY + MINUTE);
      expect((await at.sync()).outcome).toBe('done');
      const faults = judged(exchanged).filter((fault) => !excused.some((pattern) => pattern.test(fault)));
      expect(faults).toEqual([]);
    },
  );

  test.each([
    { timeFormat: 'milliseconds' },
    { timeFormat: 'offset' },
    { timeFormat: 'fraction' },
    { campaignStatusCase: 'upper' },
    { cursorWithParameters: 'refused' },
  ] as const)('with %o, what the source says is sent back as the contract wants it', async (switches) => {
    const { account: at, exchanged } = await watched({ contacts: 520, switches });
    for (let pass = 0; pass < 3; pass += 1) {
      expect((await at.sync()).outcome).toBe('done');
      at.pass(HOUR);
      at.world.mutate({ op: 'bulkUnsubscribe', n: 1, how: 'contact' });
    }
    expect(judged(exchanged)).toEqual([]);
  });
});
