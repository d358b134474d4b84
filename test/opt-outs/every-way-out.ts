/**
 * Five people leave, each in another way, under one failure; whoever leaves must be out after the next pass.
 *
 * Says what is tried; what fails is said in failures.ts, and what must hold at the end in safety.ts.
 */
import { expect } from 'vitest';
import { Account, HOUR, MINUTE } from '../harness/account.ts';
import { begin, type Failure } from './failures.ts';
import { expectSafe, HOWS } from './safety.ts';

export const SINCE = ['after the first load', 'from the first day'] as const;
export type Since = (typeof SINCE)[number];

/** Lets somebody opt out in every way there is, one after the other, with a pass after each. */
export async function leaveInEveryWay(failure: Failure, since: Since): Promise<void> {
  const account = await Account.open();
  try {
    if (since === 'from the first day') begin(account, failure);
    await account.sync();
    begin(account, failure);
    for (const how of HOWS) await leave(account, how);
  } finally {
    await account.close();
  }
}

async function leave(account: Account, how: (typeof HOWS)[number]): Promise<void> {
  const [id = ''] = account.people('explicit');
  account.pass(3 * HOUR);
  account.world.mutate({ op: 'unsubscribe', contact_id: id, how });
  account.pass(20 * MINUTE);
  const { messages } = await account.sync();
  expect(account.permission(id), `${how}, told: ${JSON.stringify(messages)}`).toBe('unsubscribed');
  expectSafe(account);
}
