/**
 * What each change of a CRM may do to consent, at worst: the declaration that the door judges the CRM in memory by.
 */
import type { CrmDeclaration } from '../connector/crm.ts';
import type { ConsentEffects } from '../model/consent-effects.ts';
import type { CrmChangeKind } from '../model/crm.ts';

const NOTHING: ConsentEffects = {
  newAddress: 'not-mailed',
  known: 'unchanged',
  revives: false,
  relists: false,
  movesAddress: false,
};

export const EFFECTS_OF_CHANGES: ReadonlyMap<CrmChangeKind, CrmDeclaration> = new Map([
  // Nobody documents what an import makes of an address that it says nothing about.
  ['submit', { effects: { ...NOTHING, newAddress: 'implicit' }, calls: 1 }],
  ['create', { effects: { ...NOTHING, newAddress: 'as-sent' }, calls: 1 }],
  ['refer', { effects: NOTHING, calls: 1 }],
  ['opt', { effects: { ...NOTHING, known: 'as-sent' }, calls: 1 }],
  ['address', { effects: { ...NOTHING, known: 'as-sent', movesAddress: true }, calls: 1 }],
  ['name', { effects: NOTHING, calls: 1 }],
  ['fields', { effects: NOTHING, calls: 1 }],
  ['tag', { effects: { ...NOTHING, relists: true }, calls: 1 }],
  ['untag', { effects: NOTHING, calls: 1 }],
  ['note', { effects: NOTHING, calls: 1 }],
] as const);
