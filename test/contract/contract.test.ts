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
});
