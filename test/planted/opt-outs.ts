/** Bugs of the channels by which an opt-out becomes known (T18): each alone must be found out. */
import type { PlantedBug } from './planted-bug.ts';

const ENGINE = 'src/engine/opt-outs.ts';
const REPORTED = 'src/engine/reported.ts';
const PEOPLE = 'src/engine/people.ts';
const REPORTS = 'test/opt-outs/reports.test.ts';
const LYING = 'test/opt-outs/lying-channels.test.ts';
const PROBE = 'test/opt-outs/probe.test.ts';

export const bugs: readonly PlantedBug[] = [
  {
    name: 'T28-a-report-takes-out-who-has-the-old-address-now',
    file: 'src/engine/reported.ts',
    find: "&& keys.length > 0 && !keys.includes(matchKey(address) ?? '')",
    replace: "&& keys.length > 0 && keys.includes('')",
    caughtBy: { file: 'test/opt-outs/reports.test.ts', test: 'T28: whoever left after they had swapped addresses' },
  },
  {
    name: 'T18-window-blamed-for-who-came-back',
    file: 'src/engine/probe.ts',
    find: "const proven = outcome !== 'blind' || (await isAnyStillOut(ctx, shelf, missed));",
    replace: 'const proven = missed.length >= 0;',
    caughtBy: { file: PROBE, test: 'and whoever is out still does' },
  },
  {
    name: 'T18-probe-always-works',
    file: 'src/rules/optout-probe.ts',
    find: "return evidence.complete ? 'blind' : 'unproven';",
    replace: "return 'works';",
    caughtBy: { file: PROBE, test: 'found by the first pass, and told' },
  },
  {
    name: 'T18-ignored-filter-not-noticed',
    file: 'src/rules/optout-probe.ts',
    find: "if (outside.length * 2 > evidence.answered.length) return 'ignored';",
    replace: '',
    caughtBy: { file: PROBE, test: 'found by the first pass, and told' },
  },
  {
    name: 'T18-unproven-window-not-read',
    file: 'src/rules/optout-probe.ts',
    find: "outcome === 'works' || outcome === 'unproven'",
    replace: "outcome === 'works'",
    caughtBy: {
      file: 'src/rules/optout-probe.test.ts',
      test: 'only what may still find somebody is worth its call',
    },
  },
  {
    name: 'T18-blind-window-not-cross-checked',
    file: PEOPLE,
    find: 'await crossCheck(ctx, shelf, seen, marks);',
    replace: '',
    caughtBy: { file: PROBE, test: 'a window that stops naming people is an alarm that names them' },
  },
  {
    name: 'T18-window-not-read',
    file: PEOPLE,
    find: 'seen = await readWindowChannel(ctx, shelf, channels, marks);',
    replace: 'await Promise.resolve();',
    caughtBy: { file: LYING, test: 'the totals, the reports and both sweeps are down: the window' },
  },
  {
    name: 'T18-reported-people-not-settled',
    file: REPORTED,
    find: 'await settleReported(ctx, shelf, unsettled);',
    replace: '',
    caughtBy: { file: REPORTS, test: 'one report that is down holds up no other' },
  },
  {
    name: 'T18-reported-and-unreadable-stays-mailable',
    file: REPORTED,
    find: 'ids.filter((id) => !moved.has(id)),',
    replace: 'ids.filter((id) => !moved.has(id) && id === null),',
    caughtBy: { file: REPORTS, test: 'somebody who is reported and whose contact' },
  },
  {
    name: 'T18-unsettled-report-forgotten',
    file: PEOPLE,
    find: '  await settleLeftovers(ctx, shelf);\n',
    replace: '',
    caughtBy: { file: REPORTS, test: 'I3: a kill between what a report says and what follows from it' },
  },
  {
    name: 'T18-first-page-of-a-report-only',
    file: 'src/engine/report-pages.ts',
    find: 'const over = answer.next === null ||',
    replace: 'const over = true ||',
    caughtBy: { file: REPORTS, test: 'a report of more than one page is read to where nothing is new' },
  },
  {
    name: 'T18-one-report-down-holds-up-the-others',
    file: ENGINE,
    find: 'const MAX_REPORTS_DOWN = 3;',
    replace: 'const MAX_REPORTS_DOWN = 1;',
    caughtBy: { file: REPORTS, test: 'one report that is down holds up no other' },
  },
  {
    name: 'T18-resent-campaign-keeps-its-old-reports',
    file: ENGINE,
    find: 'before === undefined || before.lastSent !== lastSent;',
    replace: 'before === undefined;',
    caughtBy: { file: REPORTS, test: 'a mailing that is sent once more brings a report of its own' },
  },
  {
    name: 'T18-no-daily-sweep',
    file: PEOPLE,
    find: 'if (daily || !explained) {',
    replace: 'if (!explained) {',
    caughtBy: { file: LYING, test: 'and the complete walk is down: the daily sweep' },
  },
  {
    name: 'T18-totals-are-no-tripwire',
    file: 'src/engine/canary.ts',
    find: 'if (moved.length === 0 || marks.countsDistrusted) return [];',
    replace: 'if (moved.length >= 0) return [];',
    caughtBy: { file: LYING, test: 'the window is blind, after the first load' },
  },
  {
    name: 'T18-leavers-of-the-sweep-not-read',
    file: ENGINE,
    find: 'if (believable) await readSuspects(',
    replace: 'if (!believable) await readSuspects(',
    caughtBy: { file: LYING, test: 'who signs up again without any stamp, while the complete walk is down' },
  },
  {
    name: 'T18-refused-channel-ends-the-pass',
    file: 'src/engine/channels.ts',
    find: "if (isErrorOf(error, 'forbidden', 'refused_request', 'not_found')) {",
    replace: "if (isErrorOf(error, 'refused_request', 'not_found')) {",
    caughtBy: { file: 'test/opt-outs/refused-channels.test.ts', test: '403: window, after the first load' },
  },
  {
    name: 'T18-clock-set-back-makes-nothing-due',
    file: 'src/rules/cadence.ts',
    find: ' || last > now;',
    replace: ';',
    caughtBy: { file: 'src/rules/cadence.test.ts', test: 'a clock that stepped back makes things due early' },
  },
  {
    name: 'T18-old-campaigns-not-asked',
    file: 'src/rules/cadence.ts',
    find: 'return age <= REPORT_EVERY_PASS_MS || isDue(campaign.lastRead, REPORT_AT_LEAST_MS, now);',
    replace: 'return age <= REPORT_EVERY_PASS_MS;',
    caughtBy: { file: 'src/rules/cadence.test.ts', test: 'a campaign' },
  },
];
