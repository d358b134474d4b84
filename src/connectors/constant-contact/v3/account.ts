/**
 * Answers about the account itself: whose it is, what its user may do, how many people it counts. Pure.
 */
import type { ApiAnswer } from '../../../connector/wire.ts';
import type { Account, PeopleCounts } from '../../../connector/source.ts';
import { isRecord } from '../../reading/fields.ts';
import { count, malformed } from './pages.ts';

/** Reads the account; without its id nothing may be stored under this connection (T35). */
export function parseAccount(answer: ApiAnswer): Account {
  const body = isRecord(answer.body) ? answer.body : {};
  const id = body['encoded_account_id'];
  if (typeof id !== 'string' || id === '') throw malformed('the account summary has no encoded_account_id');
  const name = body['organization_name'];
  return { id, name: typeof name === 'string' && name !== '' ? name : null, sourceTime: answer.sourceTime };
}

/** Reads the names of the user's privileges. */
export function parsePrivileges(answer: ApiAnswer): readonly string[] {
  if (!Array.isArray(answer.body)) throw malformed('the privileges are not a list');
  return answer.body.flatMap((raw: unknown) => {
    const name = isRecord(raw) ? raw['privilege_name'] : null;
    return typeof name === 'string' ? [name] : [];
  });
}

/** Reads the totals; a figure that is missing or no figure is null. */
export function parseCounts(answer: ApiAnswer): PeopleCounts {
  const { body } = answer;
  if (!isRecord(body)) throw malformed('the counts are not an object');
  return {
    total: count(body['total']),
    explicit: count(body['explicit']),
    implicit: count(body['implicit']),
    pending: count(body['pending']),
    unsubscribed: count(body['unsubscribed']),
    sourceTime: answer.sourceTime,
  };
}
