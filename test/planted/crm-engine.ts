/** Bugs of a CRM with households: opt-outs that reach one place of two, flags that flap, notes that are written twice. */
import type { PlantedBug } from './planted-bug.ts';

const OPT_OUTS = 'test/crm/opt-outs.test.ts';
const CRASH = 'test/crm/crash.test.ts';
const EDITS = 'test/crm/edits.test.ts';
const NEW_PEOPLE = 'test/crm/new-people.test.ts';
const LIFE = 'test/crm/life.test.ts';
const READING = 'test/crm/reading.test.ts';

export const bugs: readonly PlantedBug[] = [
  {
    name: 'I7-crm-part-of-a-write-is-told-as-none',
    file: 'src/engine/crm-submit.ts',
    find: "maybe ? this.#later(reason) : this.#end('superseded', reason, 'skipped.moved')",
    replace: "this.#end(maybe ? 'verifying' : 'superseded', reason, 'skipped.moved')",
    caughtBy: {
      file: 'test/crm/opt-outs.test.ts',
      test: 'whose note finds nobody is not said to have written nothing',
    },
  },
  {
    name: 'I5-people-doubted-only-after-the-page-is-stored',
    file: 'src/engine/crm-page.ts',
    find: '  await doubtPeopleOf(ctx, shelf, changed, known, use.source);\n',
    replace: '',
    caughtBy: { file: READING, test: 'makes those pending again who have an address in it, and nobody else' },
  },
  {
    name: 'T29-a-contact-that-is-not-found-is-not-noticed',
    file: 'src/engine/crm-read.ts',
    find: 'confirmed = await confirmMissing(ctx, shelf, walk, LIVING, readMissing(crm));',
    replace: 'confirmed = true;',
    caughtBy: { file: READING, test: 'I9, T29: who is missing from a complete reading is read alone' },
  },
  {
    name: 'T11-nobody-is-unknown-before-the-CRM-was-read',
    file: 'src/engine/crm-read.ts',
    find: 'await close(ctx, walk, { changes: start ?? isoOf(startedAt - 24 * 3_600_000) });',
    replace: 'await close(ctx, walk, {});',
    caughtBy: { file: READING, test: 'ask for what changed since, and store it whole' },
  },
  {
    name: 'I6-a-note-is-written-again-unasked',
    file: 'src/engine/crm-submit.ts',
    find: "change.kind === 'note' && this.#mayBeWritten &&",
    replace: "change.kind === 'note' && false &&",
    caughtBy: { file: CRASH, test: 'of send note, after the CRM acted' },
  },
  {
    name: 'I5-what-an-unknown-outcome-left-is-forgotten',
    file: 'src/engine/crm-leftovers.ts',
    find: 'left.flatMap((one) => notesIn(payloadIn(one).changes)),',
    replace: 'left.slice(left.length).flatMap((one) => notesIn(payloadIn(one).changes)),',
    caughtBy: { file: CRASH, test: 'of a note at the first meeting' },
  },
  {
    name: 'I17-one-contact-that-answers-badly-ends-the-pass',
    file: 'src/engine/crm-submit.ts',
    find: 'const GIVE_UP_AFTER = 3;',
    replace: 'const GIVE_UP_AFTER = 1;',
    caughtBy: { file: OPT_OUTS, test: 'holds up nobody else, and is carried when it is well again' },
  },
  {
    name: 'I3-a-guard-holds-opt-outs-for-the-CRM',
    file: 'src/engine/crm-lane.ts',
    find: "const changes = payload.changes.filter(({ kind }) => kind === 'opt' || kind === 'note');",
    replace: "const changes = payload.changes.filter(({ kind }) => kind === 'note' && step.raises);",
    caughtBy: { file: OPT_OUTS, test: 'goes out while a guard holds the rest' },
  },
  {
    name: 'I1-the-CRM-door-knows-no-opt-out',
    file: 'src/consent/crm-door.ts',
    find: "one === 'out' || one === 'hold'",
    replace: "one === 'hold'",
    caughtBy: {
      file: 'src/consent/crm-door.test.ts',
      test: 'I1, T22: while out stands nobody is submitted, created mailable, or given the address mailable',
    },
  },
  {
    name: 'I7-a-carried-opt-out-is-not-agreed-on',
    file: 'src/engine/crm-carry.ts',
    find: "{ ...entry, flag: 'out' }",
    replace: 'entry',
    caughtBy: {
      file: 'test/crm/carried.test.ts',
      test: 'is nothing that an opt-in of the CRM takes back',
    },
  },
  {
    name: 'I10-opt-outs-of-the-CRM-pass-a-guard',
    file: 'src/engine/crm-carry.ts',
    find: '    destructive: step.destructive,',
    replace: '    destructive: [],',
    caughtBy: { file: 'test/crm/carried.test.ts', test: 'I10: of many at once waits for a person' },
  },
  {
    name: 'I8-what-the-account-shows-of-our-own-writes-is-its-edit',
    file: 'src/plan/crm-forms.ts',
    find: '  const sent = Object.entries(base?.sent ?? {});',
    replace: '  const sent = Object.entries({} as NonNullable<CrmBase["sent"]>);',
    caughtBy: { file: EDITS, test: 'that follows on another before the account was read again is no clash' },
  },
  {
    name: 'I5-an-edit-is-agreed-on-before-the-account-shows-it',
    file: 'src/engine/crm-edit.ts',
    find: '{ ...(crm.payload as CrmPayload), settles: false }',
    replace: '{ ...(crm.payload as CrmPayload), settles: true }',
    caughtBy: { file: EDITS, test: 'before the account acted' },
  },
  {
    name: 'T17-a-read-that-came-too-early-is-an-edit',
    file: 'src/engine/crm-submit.ts',
    find: '      changes.some((change) => isUnseen(change, before.input.households, after.input.households));',
    replace: '      changes.length < 0;',
    caughtBy: { file: EDITS, test: 'T17: that is a read which came too early is none' },
  },
  {
    name: 'I13-what-the-account-refused-is-sent-again-by-every-pass',
    file: 'src/engine/crm-edit.ts',
    find: '  if (isRefused && !left.parked.has(record.id)) return [crm];',
    replace: '  if (isRefused && record.id === "") return [crm];',
    caughtBy: { file: EDITS, test: 'stays as it is on both sides when a person dismisses it' },
  },
  {
    name: 'I2-a-flag-that-is-on-is-evidence',
    file: 'src/plan/crm-new.ts',
    find: "  if (evidence === null) return skip('no-evidence');",
    replace: "  if (evidence === null && input.lists.length === 0) return skip('no-evidence');",
    caughtBy: { file: NEW_PEOPLE, test: 'without evidence, however the flag stands' },
  },
  {
    name: 'T32-a-no-in-another-contact-makes-somebody-all-the-same',
    file: 'src/plan/crm-new.ts',
    find: 'placesOf([contact, ...input.households], key)',
    replace: 'placesOf([contact], key)',
    caughtBy: { file: NEW_PEOPLE, test: 'T32: whose address is off at another contact is not made' },
  },
  {
    name: 'T27-an-address-that-moved-in-the-CRM-is-a-new-person',
    file: 'src/engine/crm-new-people.ts',
    find: '    if (link !== null) put(link);',
    replace: '    if (link?.individualId === "") put(link);',
    caughtBy: { file: NEW_PEOPLE, test: 'T27: an address that the CRM gave to the e-mail of somebody known' },
  },
  {
    name: 'I3-a-no-right-after-the-making-is-taken-for-what-merely-stood-there',
    file: 'src/engine/crm-making.ts',
    find: 'link.emailId === null ? {} :',
    replace: 'link.emailId !== null ? {} :',
    caughtBy: { file: NEW_PEOPLE, test: 'I3: who says no in the CRM right after they were made' },
  },
  {
    name: 'I10-new-people-of-a-CRM-pass-the-guard',
    file: 'src/engine/crm-new-people.ts',
    find: '    raises: true,',
    replace: '    raises: false,',
    caughtBy: { file: NEW_PEOPLE, test: 'I10: of many at once waits for a person' },
  },
  {
    name: 'whom-a-job-made-is-linked-only-when-compared',
    file: 'src/engine/crm-lane.ts',
    find: '  if (making !== null) await linkThoseMade(ctx);',
    replace: '  if (making === undefined) await linkThoseMade(ctx);',
    caughtBy: { file: NEW_PEOPLE, test: 'whom a job made and whose address the CRM changed meanwhile is a conflict' },
  },
  {
    name: 'T30-whoever-was-parted-again-is-nowhere',
    file: 'src/plan/crm-match.ts',
    find: '(free.length === 0 || !hasLeft(one, person, link))',
    replace: '(free.length >= 0 || !hasLeft(one, person, link))',
    caughtBy: { file: LIFE, test: 'T30: and parted from it again is met where they have their address' },
  },
  {
    name: 'T29-the-yes-of-an-e-mail-that-was-merged-away-is-forgotten',
    file: 'src/plan/crm-consent.ts',
    find: "flag === 'in' && address === key",
    replace: "flag === 'apart' && address === key",
    caughtBy: { file: LIFE, test: 'I3: and whose flag went off with it is unsubscribed at the account' },
  },
];
