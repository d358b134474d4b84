/**
 * What every scenario about opt-outs must end with: nobody whom the source would not mail is mailable in the mirror.
 *
 * The truth is the simulator's state. Must never look at Concord's own store.
 */
import { expect } from 'vitest';
import type { Account } from '../harness/account.ts';

const MAILABLE = new Set(['explicit', 'implicit']);
export const HOWS = ['contact', 'campaign', 'account', 'ui', 'api'] as const;
export type How = (typeof HOWS)[number];

/** Names the contacts that the mirror would mail. */
export function mailableInMirror(account: Account): string[] {
  return account
    .rows<{ id: string }>(
      `SELECT contact_id AS id FROM contacts
       WHERE permission_to_send IN ('explicit', 'implicit') AND deleted_at IS NULL ORDER BY contact_id`,
    )
    .map((row) => row.id);
}

/** Names the contacts that the source would mail. */
export function mailableInTruth(account: Account): string[] {
  return [...account.world.state.people.values()]
    .filter(({ deletedAt, email }) => deletedAt === null && email !== null && MAILABLE.has(email.permission))
    .map((person) => person.id)
    .sort();
}

/** Demands that nobody is mailable who is not, and that nobody else lost it. `held`: kept out on purpose. */
export function expectSafe(account: Account, held: readonly string[] = []): void {
  const truth = mailableInTruth(account).filter((id) => !held.includes(id));
  expect(mailableInMirror(account)).toEqual(truth);
}

/** Demands only that nobody is mailable who is not: what is behind may be behind. */
export function expectNobodyRaised(account: Account): void {
  const truth = new Set(mailableInTruth(account));
  expect(mailableInMirror(account).filter((id) => !truth.has(id))).toEqual([]);
}
