/** Bugs of reading what changed: cursors, pages, windows and listings that lose people or delete them. */
import type { PlantedBug } from './planted-bug.ts';

const CURSOR = { file: 'src/rules/next-cursor.ts' };
const CURSOR_TEST = 'src/rules/next-cursor.test.ts';
const SCENARIOS = 'test/detection/scenarios.test.ts';
const WINDOWS = 'test/detection/windows.test.ts';
const CLOCKS = 'test/detection/clocks.test.ts';
const DISASTERS = 'test/detection/disasters.test.ts';
const RECORDS = 'test/detection/records.test.ts';

export const bugs: readonly PlantedBug[] = [
  {
    name: 'I9-one-not-found-deletes-though-listings-are-not-found-either',
    file: 'src/engine/missing.ts',
    find: 'left <= 1 || !ctx.health.deniesWhatExists',
    replace: 'left <= GONE_TIMES || !ctx.health.deniesWhatExists',
    caughtBy: { file: 'test/detection/records.test.ts', test: 'I9: where listings are answered with "not found"' },
  },
  {
    name: 'T11-resumed-walk-counts-from-its-end',
    file: 'src/engine/people.ts',
    find: "    marks: { 'people:walkAt': walk.startedAt },",
    replace: "    marks: { 'people:walkAt': ctx.clock.now() },",
    caughtBy: {
      file: 'test/detection/interrupted-load.test.ts',
      test: 'a daily walk that is interrupted for more than a day is as old as its beginning',
    },
  },
  {
    name: 'T1-cursor-without-overlap',
    ...CURSOR,
    find: 'isoOf(begun - OVERLAP_MS)',
    replace: 'isoOf(begun)',
    caughtBy: { file: CURSOR_TEST, test: "T1: the source's own time when the read began, less the overlap" },
  },
  {
    name: 'T1-cursor-from-our-now',
    ...CURSOR,
    find: 'const begun = plausible(read.startedSource, read.startedAt);',
    replace: 'const begun = read.startedAt;',
    caughtBy: { file: CLOCKS, test: 'T4: our clock is wrong' },
  },
  {
    name: 'T1-cursor-from-the-last-page',
    file: 'src/store/sqlite/walks.ts',
    find: 'started_source = coalesce(started_source, ?)',
    replace: 'started_source = coalesce(?, started_source)',
    caughtBy: { file: WINDOWS, test: 'T1 the cursor is the time of the first page' },
  },
  {
    name: 'T3-bound-rounded-up',
    file: 'src/connectors/constant-contact/v3/requests.ts',
    find: 'updated_after: since,',
    replace: 'updated_after: new Date(Math.ceil(Date.parse(since) / 1000) * 1000 + 1000).toISOString(),',
    caughtBy: {
      file: 'src/connectors/constant-contact/v3/connector.test.ts',
      test: 'every request for contacts names a status: changes, window, sweeps',
    },
  },
  {
    name: 'T3-fraction-rounded',
    file: 'src/model/instant.ts',
    find: 'return Number.isNaN(ms) ? null : Math.floor(ms);',
    replace: 'return Number.isNaN(ms) ? null : Math.ceil(ms / 1000) * 1000;',
    caughtBy: { file: CURSOR_TEST, test: 'T3: finer digits of the source are floored, never rounded' },
  },
  {
    name: 'T5-row-from-the-future-believed',
    ...CURSOR,
    find: 'const newest = past(instantOf(read.newestSeen), read.startedAt);',
    replace: 'const newest = instantOf(read.newestSeen);',
    caughtBy: { file: CURSOR_TEST, test: 'moves the cursor nowhere' },
  },
  {
    name: 'I4-last-page-dropped',
    file: 'src/engine/enumerate.ts',
    find: "return 'restart';\n",
    replace: "return 'restart';\n    if (page.next === null && from !== null) return 'complete';\n",
    caughtBy: { file: SCENARIOS, test: 'I4: everybody beyond the first page arrives' },
  },
  {
    name: 'I4-next-link-ignored',
    file: 'src/connectors/constant-contact/v3/links.ts',
    find: "{ kind: 'next', link: withPlus(href) }",
    replace: 'LAST',
    caughtBy: { file: SCENARIOS, test: 'T6: a window of more than one page' },
  },
  {
    name: 'I4-walk-step-apart-from-its-page',
    file: 'src/store/sqlite/pages.ts',
    find: "return leased(db, 'storePage', lease, () => {",
    replace: `if (page.walk !== null) {
    const { walk } = page;
    leased(db, 'walk', lease, () => advanceWalk(db, shelf, walk, page.seen));
    return storePage(db, lease, shelf, { ...page, walk: null });
  }
  return leased(db, 'storePage', lease, () => {`,
    caughtBy: { file: 'src/store/sqlite/store.test.ts', test: 'I4, I5, T11: killed at any commit and resumed' },
  },
  {
    name: 'I4-unfinished-window-moves-its-cursor',
    file: 'src/engine/enumerate.ts',
    find: "if (isErrorOf(error, 'cursor_gone') && from !== null) return null;",
    replace: `if (isErrorOf(error, 'cursor_gone') && from !== null) return null;
    if (from !== null) return { readings: [], refused: [], next: null, sourceTime: null, total: null };`,
    caughtBy: { file: WINDOWS, test: 'T10: a window that breaks off' },
  },
  {
    name: 'T9-expired-cursor-ends-the-window',
    file: 'src/engine/enumerate.ts',
    find: "return 'restart';\n",
    replace: "return 'complete';\n",
    caughtBy: { file: WINDOWS, test: 'T9: cursors that repeat or expire' },
  },
  {
    name: 'T10-doubtful-page-is-an-end',
    file: 'src/connectors/constant-contact/v3/links.ts',
    find: "const DOUBT: Next = { kind: 'doubt' };",
    replace: 'const DOUBT: Next = LAST;',
    caughtBy: {
      file: 'src/connectors/constant-contact/v3/pages.test.ts',
      test: 'only a well-formed page without next is an end',
    },
  },
  {
    name: 'T11-interrupted-walk-begins-anew',
    file: 'src/engine/enumerate.ts',
    find: 'let from = walk.resume;',
    replace: 'let from: string | null = null;',
    caughtBy: { file: 'test/detection/quota.test.ts', test: 'goes on where it stopped, and ends' },
  },
  {
    name: 'T12-changes-from-the-end-of-the-first-load',
    file: 'src/engine/people.ts',
    find: 'const cursor = start ?? isoOf(',
    replace: 'const cursor = (start && isoOf(ctx.clock.now())) ?? isoOf(',
    caughtBy: { file: WINDOWS, test: 'I4 T1 T12: writers are active while we read' },
  },
  {
    name: 'T16-one-cursor-for-two-channels',
    file: 'src/engine/changes.ts',
    find: '{ [timed.channel]: next }',
    replace: '{ changes: next, window: next }',
    caughtBy: { file: SCENARIOS, test: 'T6: a window of more than one page' },
  },
  {
    name: 'T17-stale-page-undoes-a-fresh-one',
    file: 'src/engine/take-up.ts',
    find: '!direct && readAt - stored.readAt < VISIBILITY_MS && isOlder',
    replace: 'readAt < 0 && isOlder',
    caughtBy: {
      file: CLOCKS,
      test: 'T26 a page from before an edit and an opt-out, shown minutes after both, undoes neither',
    },
  },
  {
    name: 'T17-older-by-one-clock-alone',
    file: 'src/rules/staleness.ts',
    find: 'if (a > b) return false;',
    replace: '',
    caughtBy: { file: 'src/rules/staleness.test.ts', test: 'older is what has an older part and no newer one' },
  },
  {
    name: 'T7-absence-is-deletion',
    file: 'src/engine/missing.ts',
    find: '() => read(ctx, shelf, suspect, channel));',
    replace: '() => storeGone(ctx, shelf, suspect.id, channel));',
    caughtBy: { file: RECORDS, test: 'who is missing from a listing though alive is read directly and stays' },
  },
  {
    name: 'I9-empty-listing-believed',
    file: 'src/engine/missing.ts',
    find: ' ?? emptySide(found, walk)',
    replace: '',
    caughtBy: { file: DISASTERS, test: 'empty lists, tags and fields, on the daily walk' },
  },
  {
    name: 'I9-empty-first-listing-believed',
    file: 'src/engine/people.ts',
    find: '  await refuseEmpty(ctx, shelf, walk);\n',
    replace: '',
    caughtBy: { file: DISASTERS, test: 'on the very first load' },
  },
  {
    name: 'I9-any-404-proves-an-absence',
    file: 'src/connectors/constant-contact/v3/classify.ts',
    find: 'if (key !== null) return { code',
    replace: 'if (key !== null || body === undefined) return { code',
    caughtBy: { file: 'src/connectors/constant-contact/v3/classify.test.ts', test: 'error bodies in all their shapes' },
  },
  {
    name: 'I9-deletion-not-written-down',
    file: 'src/engine/mirror-lane.ts',
    find: 'untold ? { deletedAt: isoOf(clock.now()) } : {}',
    replace: 'untold ? {} : {}',
    caughtBy: {
      file: 'test/detection/left-over.test.ts',
      test: 'later: the row says deleted all the same, and is written once',
    },
  },
  {
    name: 'T35-account-not-pinned',
    file: 'src/engine/account.ts',
    find: 'known !== null && known.id !== account.id',
    replace: 'known !== null && account.id === null',
    caughtBy: { file: SCENARIOS, test: 'T35: another account behind the same' },
  },
  {
    name: 'T35-new-token-taken-for-the-same-account',
    file: 'src/engine/account.ts',
    find: 'known?.credential === pinned.credential;',
    replace: 'known !== null;',
    caughtBy: {
      file: 'test/opt-outs/never-held-back.test.ts',
      test: 'a new token is asked whose it is at once, and not a day later',
    },
  },
  {
    name: 'T6-no-daily-walk',
    file: 'src/engine/people.ts',
    find: 'open !== null || isDue(marks.walkAt, ctx.sync.reconcileMs, ctx.clock.now());',
    replace: 'open !== null;',
    caughtBy: { file: WINDOWS, test: 'T6 T7 pages ordered by' },
  },
  {
    name: 'T2-repeated-record-counts-as-new',
    file: 'src/store/sqlite/pages.ts',
    find: 'if (before.hash === take.hash) return before.recordId;',
    replace: '',
    caughtBy: { file: 'src/store/sqlite/store.test.ts', test: 'T2, T8: a take whose hash is stored already' },
  },
];
