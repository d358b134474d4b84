/** Bugs of the Virtuous connector: what must be noticed of an answer, and what must never go out. */
import type { PlantedBug } from './planted-bug.ts';

const TARGET = 'src/connectors/virtuous/target.test.ts';
const WALK = 'src/connectors/virtuous/walk.test.ts';
const FIND = 'src/connectors/virtuous/find.test.ts';

export const bugs: readonly PlantedBug[] = [
  {
    name: 'I9-virtuous-ten-rows-taken-for-all',
    file: 'src/connectors/virtuous/lists.ts',
    find: 'rows.length < take && rows.length !== DEFAULT_TAKE && total',
    replace: 'rows.length < take && total',
    caughtBy: { file: WALK, test: 'the size: ten rows of many' },
  },
  {
    name: 'I9-virtuous-order-not-looked-at',
    file: 'src/connectors/virtuous/walk.ts',
    find: 'if (!isAfter(id, last)) throw',
    replace: 'if (!isAfter(id, after)) throw',
    caughtBy: { file: WALK, test: 'the order: [2,1]' },
  },
  {
    name: 'I17-virtuous-contact-that-fails-is-left-out',
    file: 'src/connectors/virtuous/walk.ts',
    find: 'return { readings: [], refused: [{ id: found.id, reason }], next,',
    replace: 'return { readings: [], refused: [], next,',
    caughtBy: { file: WALK, test: 'one contact that can never be answered is refused by its id' },
  },
  {
    name: 'I2-virtuous-unsaid-opt-in-is-a-yes',
    file: 'src/connectors/virtuous/contact-record.ts',
    find: "const optedIn = truth(raw['isOptedIn']);",
    replace: "const optedIn = truth(raw['isOptedIn']) ?? true;",
    caughtBy: { file: 'src/connectors/virtuous/contact-record.test.ts', test: 'nothing but a yes is a yes' },
  },
  {
    name: 'I1-virtuous-yes-sent-over-a-new-no',
    file: 'src/connectors/virtuous/method-changes.ts',
    find: 'if (wanted.optedIn && stands.optedIn !== email.opted_in)',
    replace: 'if (wanted.optedIn && email.opted_in === null)',
    caughtBy: { file: TARGET, test: 'a yes is not sent where somebody opted out since the plan' },
  },
  {
    name: 'T33-virtuous-consent-put-on-another-address',
    file: 'src/connectors/virtuous/method-changes.ts',
    find: 'if (stands === null || !isSame(stands.value, email.address)) return GONE;',
    replace: 'if (stands === null) return GONE;',
    caughtBy: { file: TARGET, test: 'is never put on another address' },
  },
  {
    name: 'T37-virtuous-put-with-one-field',
    file: 'src/connectors/virtuous/custom-fields.ts',
    find: 'const values = new Map<string, unknown>(pairs(stands));',
    replace: 'const values = new Map<string, unknown>(stands === null ? pairs(stands) : []);',
    caughtBy: { file: TARGET, test: 'the fields of a contact' },
  },
  {
    name: 'T32-virtuous-one-of-a-couple-left-out',
    file: 'src/connectors/virtuous/find.ts',
    find: 'const others = ids.filter((id) => !shown.has(id));',
    replace: 'const others = ids.filter((id) => !shown.has(id) && shown.size === 0);',
    caughtBy: { file: FIND, test: 'one whom the query leaves out is read directly' },
  },
  {
    name: 'T29-virtuous-archived-taken-for-gone',
    file: 'src/connectors/virtuous/find.ts',
    find: 'if (found === null) return readArchived(asking, id, signal);',
    replace: "if (found === null) return { kind: 'gone' };",
    caughtBy: { file: FIND, test: 'that is archived looks deleted' },
  },
  {
    name: 'T40-virtuous-answer-without-a-contact-is-done',
    file: 'src/connectors/virtuous/target.ts',
    find: "if (!isId(contactId)) throw unknownOutcome(asking, 'POST /api/Contact');",
    replace: '',
    caughtBy: { file: TARGET, test: 'is created at once with consent said' },
  },
  {
    name: 'T3-virtuous-zoneless-time-read-as-local',
    file: 'src/connectors/virtuous/moments.ts',
    find: 'ZONELESS.test(text) ? `${text}Z` : text',
    replace: 'ZONELESS.test(text) ? `${text}-05:00` : text',
    caughtBy: { file: 'src/connectors/virtuous/moments.test.ts', test: '2016-02-10T00:00:00' },
  },
  {
    name: 'I6-empty-answer-always-a-success',
    file: 'src/http/judge.ts',
    find: "(mayBeEmpty === true && body.kind === 'empty')",
    replace: "body.kind === 'empty'",
    caughtBy: { file: 'src/http/wire.test.ts', test: 'and only one that may' },
  },
  {
    name: 'I12-the-others-part-of-the-hour-used',
    file: 'src/http/budget-window.ts',
    find: 'request.urgent ? 0 : keptOfHour(limits.share, quota)',
    replace: 'request.urgent || quota > 0 ? 0 : keptOfHour(limits.share, quota)',
    caughtBy: { file: 'src/http/budget-window.test.ts', test: 'ends a pass where only the others’ part is left' },
  },
  {
    name: 'I3-opt-out-waits-for-the-hour',
    file: 'src/http/budget-window.ts',
    find: 'request.urgent ? 0 : keptOfHour(limits.share, quota)',
    replace: 'keptOfHour(limits.share, quota)',
    caughtBy: { file: 'src/http/budget-window.test.ts', test: 'an opt-out still goes' },
  },
  {
    name: 'I12-late-answer-gives-the-hour-back',
    file: 'src/store/sqlite/budget-windows.ts',
    find: 'remaining: same ? Math.min(open.remaining, left) : left',
    replace: 'remaining: left',
    caughtBy: { file: 'src/store/sqlite/store.test.ts', test: 'is never told more by a late answer' },
  },
  {
    name: 'I12-too-much-is-not-the-end-of-the-hour',
    file: 'src/http/quota-headers.ts',
    find: 'return { ...told, remaining: 0, endsAt:',
    replace: 'return { ...told, endsAt:',
    caughtBy: { file: 'src/http/quota-headers.test.ts', test: 'leaves nothing for' },
  },
  {
    name: 'I7-digits-of-a-time-change-a-contact',
    file: 'src/connectors/virtuous/contact-record.ts',
    find: "return key.endsWith('DateTimeUtc') ? (momentText(value) ?? value) : value;",
    replace: 'return value;',
    caughtBy: {
      file: 'src/connectors/virtuous/contact-record.test.ts',
      test: 'who asks and how is no part of a contact',
    },
  },
];
