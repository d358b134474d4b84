import { describe, expect, test } from 'vitest';
import type { PermissionState } from '../model/record.ts';
import { MAILABLE } from './standing.ts';
import { type ApiVersion, knownState, stateOf, STATES } from './states.ts';

/** Written out apart from the code: what the vendor documents, word by word. */
const DOCUMENTED: readonly (readonly [ApiVersion, string, PermissionState, 'mailable' | 'not mailable'])[] = [
  ['v1', 'Active', 'implicit', 'mailable'],
  ['v1', 'Unconfirmed', 'pending_confirmation', 'not mailable'],
  ['v1', 'Awaiting Confirmation', 'pending_confirmation', 'not mailable'],
  ['v1', 'Removed', 'not_set', 'not mailable'],
  ['v1', 'Do Not Mail', 'unsubscribed', 'not mailable'],
  ['v2', 'ACTIVE', 'implicit', 'mailable'],
  ['v2', 'UNCONFIRMED', 'pending_confirmation', 'not mailable'],
  ['v2', 'REMOVED', 'not_set', 'not mailable'],
  ['v2', 'OPTOUT', 'unsubscribed', 'not mailable'],
  ['v2', 'VISITOR', 'held', 'not mailable'],
  ['v2', 'NON_SUBSCRIBER', 'held', 'not mailable'],
  ['v3', 'explicit', 'explicit', 'mailable'],
  ['v3', 'implicit', 'implicit', 'mailable'],
  ['v3', 'not_set', 'not_set', 'not mailable'],
  ['v3', 'pending_confirmation', 'pending_confirmation', 'not mailable'],
  ['v3', 'temp_hold', 'temp_hold', 'not mailable'],
  ['v3', 'unsubscribed', 'unsubscribed', 'not mailable'],
];
const VERSIONS = ['v1', 'v2', 'v3'] as const;

describe("T23: every documented word of the vendor's has one meaning", () => {
  test.each(DOCUMENTED)('%s %s is %s, %s', (version, word, state, mail) => {
    expect(stateOf(version, word, true)).toBe(state);
    expect(MAILABLE.has(state)).toBe(mail === 'mailable');
    expect(knownState(version, word)).toBe(state);
  });

  test('the table holds these words and no others', () => {
    const held = VERSIONS.flatMap((version) => [...STATES[version].keys()].map((word) => `${version} ${String(word)}`));
    expect(held.sort()).toEqual(DOCUMENTED.map(([version, word]) => `${version} ${word}`).sort());
  });

  test.each(VERSIONS)("%s: only the vendor's own word for an opt-out is one, and it needs no address", (version) => {
    for (const [at, word, state] of DOCUMENTED)
      if (at === version) expect(stateOf(version, word, false)).toBe(state === 'unsubscribed' ? state : 'none');
  });
});

describe('I2: what is not documented holds', () => {
  test.each(VERSIONS)('%s: unknown words, other spellings, other versions’ words and no words at all', (version) => {
    const others = DOCUMENTED.filter(([at]) => at !== version).map(([, word]) => word);
    const own = new Set(DOCUMENTED.filter(([at]) => at === version).map(([, word]) => word));
    const odd = [
      'grandfathered',
      '',
      ' ',
      'Explicit',
      'optout',
      'active',
      '__proto__',
      null,
      undefined,
      1,
      true,
      {},
      [],
    ];
    for (const word of [...others, ...odd]) {
      if (own.has(word as string)) continue;
      expect(knownState(version, word)).toBeNull();
      expect(stateOf(version, word, true)).toBe('held');
      expect(stateOf(version, word, false)).toBe('none');
    }
  });
});
