/**
 * Intents for one person, for tests: a known person of whom nothing is to change, but for what is said.
 */
import type { PersonIntent } from '../model/intent.ts';

/** Makes an intent. */
export function intentOf(said: Partial<PersonIntent>): PersonIntent {
  return {
    contactId: 'c1',
    address: 'ann@example.org',
    addressWas: null,
    fields: {},
    customFields: {},
    lists: { add: [], remove: [] },
    tags: { add: [], remove: [] },
    permission: 'keep',
    actor: null,
    reason: null,
    remove: false,
    version: 'v1',
    ...said,
  };
}
