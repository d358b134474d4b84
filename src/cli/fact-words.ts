/**
 * Facts as words: the pieces that every sentence is made of. Pure.
 */
import type { Facts } from './results.ts';

export type Sentence = (facts: Facts) => string;

/** Gives a fact as text, or a word for it where it is unknown. */
export function fact(facts: Facts, name: string, otherwise: string): string {
  const value = facts[name];
  if (value === undefined || value === null || value === '') return otherwise;
  return Array.isArray(value) ? value.join(', ') : String(value);
}

/** Names the connection, at the beginning of a sentence. */
export const connection = (facts: Facts): string => {
  const name = fact(facts, 'connection', '');
  return name === '' ? 'A connection' : `Connection ${name}`;
};
/** What was answered to which request. */
export const answered = (facts: Facts): string => {
  const parts = [fact(facts, 'status', ''), fact(facts, 'vendorKey', '')].filter((part) => part !== '');
  const request = fact(facts, 'request', '');
  const asked = request === '' ? '' : ` to ${request}`;
  if (parts.length > 0) return ` (answer ${parts.join(' ')}${asked})`;
  return asked === '' ? '' : ` (no answer${asked})`;
};
