/**
 * Five people leave, each in another way, under one failure; whoever leaves must be out after the next pass.
 *
 * Says what is tried; what fails is said in failures.ts, and what must hold at the end in safety.ts.
 */
import { Account, HOUR, MINUTE } from '../harness/account.ts';
import { begin, type Failure } from './failures.ts';
import { expectSafe, HOWS } from './safety.ts';

export const SINCE = ['after the first load', 'from the first day'] as const;
export type Since = (typeof SINCE)[number];

/** Lets somebody opt out in every way there is, with a pass after each. Names the ways in which somebody stayed mailable. */
export async function leaveInEveryWay(failure: Failure, since: Since): Promise<readonly string[]> {
  const account = await Account.open();
  try {
    if (since === 'from the first day') begin(account, failure);
    await account.sync();
    begin(account, failure);
    const stayed: string[] = [];
    for (const how of HOWS) if (!(await leave(account, how))) stayed.push(how);
    return stayed;
  } finally {
    await account.close();
  }
}

async function leave(account: Account, how: (typeof HOWS)[number]): Promise<boolean> {
  const [id = ''] = account.people('explicit');
  account.pass(3 * HOUR);
  account.world.mutate({ op: 'unsubscribe', contact_id: id, how });
  account.pass(20 * MINUTE);
  await account.sync();
  expectSafe(account);
  return account.permission(id) === 'unsubscribed';
}
