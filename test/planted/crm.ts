/** Bugs of deciding about people in a CRM with households: consent that comes back, or falls on the wrong address. */
import type { PlantedBug } from './planted-bug.ts';

const CONSENT = 'src/plan/crm-consent.ts';
const CONSENT_TEST = 'src/plan/crm-consent.test.ts';
const MATCH = 'src/plan/crm-match.ts';
const MATCH_TEST = 'src/plan/crm-match.test.ts';
const STEP = 'src/plan/crm-step.ts';
const STEP_TEST = 'src/plan/crm-step.test.ts';

export const bugs: readonly PlantedBug[] = [
  {
    name: 'T27-crm-who-left-and-moved-is-only-in-doubt',
    file: 'src/plan/crm-out.ts',
    find: "(stance !== 'hold' || at !== null)",
    replace: "stance !== 'hold'",
    caughtBy: { file: 'src/plan/crm-out.test.ts', test: 'T27: who is unsubscribed and has moved to an address' },
  },
  {
    name: 'T28-crm-met-at-the-linked-e-mail-of-another',
    file: MATCH,
    find: 'isTheirs(email.address, person) && !person.taken.has(email.id)',
    replace: 'isTheirs(email.address, person)',
    caughtBy: { file: MATCH_TEST, test: 'T28: nobody is met at an e-mail that is linked with another of ours' },
  },
  {
    name: 'T28-crm-links-of-others-forgotten',
    file: 'src/engine/crm-taken.ts',
    find: 'emailId !== null && lives(primaryId)',
    replace: 'emailId !== null && lives(primaryId) && false',
    caughtBy: { file: 'test/crm/life.test.ts', test: 'of whom the CRM has one' },
  },
  {
    name: 'I1-crm-flag-switched-on-with-consent',
    file: STEP,
    find: "{ kind: 'opt', contactId, email, optedIn: false }",
    replace: "{ kind: 'opt', contactId, email, optedIn: email.opted_in === null }",
    caughtBy: { file: STEP_TEST, test: 'I1: no step ever switches a flag on' },
  },
  {
    name: 'I3-crm-note-before-the-opt-out',
    file: STEP,
    find: '  const changes: readonly CrmChange[] = [\n',
    replace:
      '  const changes: readonly CrmChange[] = [\n    ...notesOf(note, flags.lower, null, base, mapping, now),\n',
    caughtBy: {
      file: STEP_TEST,
      test: 'I3: of somebody who is out, at first sight the opt-outs come before everything else',
    },
  },
  {
    name: 'T20-crm-flag-fought-over',
    file: CONSENT,
    find: 'if (agreed !== next) return',
    replace: 'if (agreed !== next || on === true) return',
    caughtBy: {
      file: CONSENT_TEST,
      test: 'T20: a flag that was switched on after both agreed on out is left to a human',
    },
  },
  {
    name: 'T23-crm-hold-taken-for-an-opt-out',
    file: 'src/plan/crm-out.ts',
    find: "(stance !== 'hold' || at !== null)",
    replace: "(stance !== 'hold' || at === null)",
    caughtBy: {
      file: 'src/plan/crm-out.test.ts',
      test: 'T23: a bounce that passes, and an address in doubt, are no opt-out',
    },
  },
  {
    name: 'T32-only-the-linked-flag-falls',
    file: STEP,
    find: '[...(address === null ? [] : placesOf(households, address)), ...mine]',
    replace: '[...(address === null || linked !== null ? [] : placesOf(households, address)), ...mine]',
    caughtBy: { file: STEP_TEST, test: 'T32: an opt-out falls on every contact with the address' },
  },
  {
    name: 'T33-agreed-flag-follows-the-email-to-another-address',
    file: CONSENT,
    find: 'return own.address === key ? own.flag : null;',
    replace: 'return own.flag;',
    caughtBy: { file: CONSENT_TEST, test: 'T33: what was agreed holds for the address alone' },
  },
  {
    name: 'crm-first-meeting-unsubscribes',
    file: CONSENT,
    find: "if (agreed !== 'in') return { next: 'apart', act: 'none' };",
    replace: "if (agreed === 'out') return { next: 'apart', act: 'none' };",
    caughtBy: { file: CONSENT_TEST, test: 'a flag that was off when the two first met stays at home' },
  },
  {
    name: 'T29-gone-contact-is-made-anew',
    file: MATCH,
    find: "return link === null ? { kind: 'new' }",
    replace: "return link === null || found.length === 0 ? { kind: 'new' }",
    caughtBy: { file: MATCH_TEST, test: 'nobody is met in a contact that is away, nor is one made anew' },
  },
  {
    name: 'T28-crm-household-swaps-people',
    file: MATCH,
    find: '(!stays || individualId === link?.individualId)',
    replace: '(stays || !stays)',
    caughtBy: { file: MATCH_TEST, test: 'T28: two of one household who swap their addresses keep their own e-mails' },
  },
  {
    name: 'T27-crm-yes-moves-with-the-address',
    file: 'src/plan/crm-address.ts',
    find: "if (email?.opted_in !== true || !mayBeMailed || stanceOf(key) !== 'in') return false;",
    replace: 'if (email?.opted_in !== true || !mayBeMailed) return false;',
    caughtBy: {
      file: 'src/plan/crm-address.test.ts',
      test: 'and nothing is known of the new address does not stay on',
    },
  },
  {
    name: 'T28-crm-fallen-flag-taken-for-a-withdrawal',
    file: CONSENT,
    find: 'if (key !== null && key !== input.address && input.isOut(key))',
    replace: 'if (key === null)',
    caughtBy: {
      file: CONSENT_TEST,
      test: 'T28: a former address that is out as another person is no opt-out of this one',
    },
  },
  {
    name: 'T41-crm-form-taken-for-an-edit',
    file: 'src/plan/crm-forms.ts',
    find: 'return Object.fromEntries([...kept, ...learnt]);',
    replace: 'return Object.fromEntries(kept);',
    caughtBy: { file: 'src/plan/crm-fields.test.ts', test: 'T41: what the CRM makes of our write is no edit' },
  },
  {
    name: 'crm-placeholder-written-back',
    file: 'src/plan/crm-fields.ts',
    find: 'return value === none ? null : value;',
    replace: 'return none === null ? value : value;',
    caughtBy: { file: 'src/plan/crm-fields.test.ts', test: 'a placeholder never goes to the account' },
  },
  {
    name: 'crm-tag-of-the-household-taken-from-another',
    file: 'src/plan/crm-labels.ts',
    find: 'merge.table.remove.filter((id) => around.others.has(id))',
    replace: 'merge.table.remove.filter((id) => around.others.has(`${id} `))',
    caughtBy: {
      file: 'src/plan/crm-labels.test.ts',
      test: 'a tag stays while another of the household is on the list',
    },
  },
  {
    name: 'crm-tag-of-the-household-puts-another-on-a-list',
    file: 'src/plan/crm-labels.ts',
    find: 'input.saidYes && !around.shared',
    replace: 'input.saidYes',
    caughtBy: { file: 'src/plan/crm-labels.test.ts', test: 'a tag of another of the household puts nobody on a list' },
  },
  {
    name: 'crm-opt-out-taken-for-leaving-lists',
    file: 'src/plan/crm-labels.ts',
    find: 'account.size === 0 ? [] :',
    replace: 'account.size < 0 ? [] :',
    caughtBy: {
      file: 'src/plan/crm-labels.test.ts',
      test: 'what an opt-out takes all at once is no word about a list',
    },
  },
  {
    name: 'crm-ambiguous-tag-taken-by-chance',
    file: 'src/plan/crm-label-book.ts',
    find: 'return found === 1 ? null',
    replace: 'return found >= 1 ? null',
    caughtBy: {
      file: 'src/plan/crm-label-book.test.ts',
      test: 'a missing tag, and a name that several bear, are to-dos',
    },
  },
  {
    name: 'T22-crm-submits-who-is-out',
    file: STEP,
    find: 'if (out !== null) return { ...nothing, reason',
    replace: "if (out?.reason === 'deleted') return { ...nothing, reason",
    caughtBy: { file: STEP_TEST, test: 'T22: nobody is made at the CRM who opted out' },
  },
  {
    name: 'crm-submits-again-while-held',
    file: STEP,
    find: 'if (input.base?.submitted !== undefined) return',
    replace: 'if (input.base?.submitted !== undefined && out !== null) return',
    caughtBy: { file: STEP_TEST, test: 'I7: once all is carried out, a second pass writes nothing' },
  },
  {
    name: 'I1-crm-made-opted-in-without-a-yes',
    file: 'src/plan/crm-newcomer.ts',
    find: "optedIn: stance === 'in' }",
    replace: "optedIn: stance !== 'hold' }",
    caughtBy: { file: STEP_TEST, test: 'somebody new is made by direct where their standing is silent' },
  },
  {
    name: 'I1-crm-flag-taken-for-evidence',
    file: 'src/plan/crm-new.ts',
    find: "if (evidence === null) return skip('no-evidence');",
    replace: "if (evidence === null && place.email.opted_in !== true) return skip('no-evidence');",
    caughtBy: { file: 'src/plan/crm-new.test.ts', test: 'nobody is made without evidence, however the flag stands' },
  },
];
