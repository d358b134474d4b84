/**
 * What each change costs and may do to consent. Data only; the code beside it
 * acts on none of it.
 */
import type { CrmDeclaration } from '../../connector/crm.ts';
import type { ConsentEffects } from '../../model/consent-effects.ts';
import type { CrmChangeKind } from '../../model/crm.ts';

/** How many people one submission may hold: the vendor tells no limit, and an import is looked through by people. */
export const SUBMIT_ROWS = 100;

const NONE: ConsentEffects = {
  newAddress: 'not-mailed',
  known: 'unchanged',
  revives: false,
  relists: false,
  movesAddress: false,
};

const DECLARED: Readonly<Record<CrmChangeKind, CrmDeclaration>> = {
  // No field says consent, and what an import makes of silence nobody tells: it may be mailed. It may match an archived one.
  submit: { calls: 1, effects: { ...NONE, newAddress: 'implicit', revives: true, relists: true } },
  create: { calls: 1, effects: { ...NONE, newAddress: 'as-sent' } },
  refer: { calls: 1, effects: NONE },
  opt: { calls: 2, spared: 1, effects: { ...NONE, known: 'as-sent' } },
  address: { calls: 2, spared: 1, effects: { ...NONE, newAddress: 'as-sent', known: 'as-sent', movesAddress: true } },
  name: { calls: 2, spared: 1, effects: NONE },
  // A list may stand as a tag or as the value of a field.
  fields: { calls: 2, spared: 1, effects: { ...NONE, relists: true } },
  tag: { calls: 1, effects: { ...NONE, relists: true } },
  untag: { calls: 2, effects: NONE },
  note: { calls: 1, effects: NONE },
};

export const VIRTUOUS_CHANGES: ReadonlyMap<CrmChangeKind, CrmDeclaration> = new Map(
  Object.entries(DECLARED) as [CrmChangeKind, CrmDeclaration][],
);
