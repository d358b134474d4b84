/**
 * Intents for one person, for tests: a known person of whom nothing is to change, but for what is said.
 */
import { untouched, type PersonIntent } from '../model/intent.ts';

/** Makes an intent. */
export function intentOf(said: Partial<PersonIntent>): PersonIntent {
  return { ...untouched('c1', 'ann@example.org', 'v1'), ...said };
}
