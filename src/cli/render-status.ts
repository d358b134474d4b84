/**
 * `status`, for a person: first the answer to "are we safe to send?", then what it rests on. Pure.
 */
import { explain } from './messages.ts';
import type { HourStatus } from './hour-results.ts';
import type { BudgetStatus, StatusReport, SyncStatus } from './results.ts';
import { alignRows, formatAgo, formatCount, formatFigures, formatInstant, formatNumber, formatSpan } from './text.ts';

/** Words the whole report. */
export function renderStatus(report: StatusReport): readonly string[] {
  return [
    ...report.syncs.flatMap((sync) => [...renderSync(sync, report.at), '']),
    ...renderConnections(report),
    ...(report.budgets.length === 0 ? [] : ['Requests today', ...alignRows(report.budgets.map(budgetRow), '  ')]),
    ...(report.hours.length === 0 ? [] : ['Requests this hour', ...alignRows(report.hours.map(hourRow), '  ')]),
  ];
}

/** What must be done about a sign-in; one that is well needs no line. */
function renderConnections({ connections }: StatusReport): readonly string[] {
  const lines = connections.flatMap(({ messages }) => messages.map((message) => `  - ${explain(message)}`));
  return lines.length === 0 ? [] : ['Signing in', ...lines, ''];
}

function renderSync(sync: SyncStatus, now: number): readonly string[] {
  return [
    `${sync.sync}: ${sync.safe ? 'safe to send' : 'NOT safe to send'}`,
    ...sync.because.map((notice) => `  - ${explain(notice)}`),
    ...alignRows(
      [
        ['last pass', lastPass(sync, now)],
        ['fresh', formatAgo(sync.freshAt, now)],
        ['complete read', completeRead(sync, now)],
        ['opt-outs', optOuts(sync)],
        ['outbox', formatFigures(sync.outbox) || 'empty'],
        ['waiting', formatFigures(sync.waiting) || 'nothing'],
        ...underReview(sync, now),
        ...sync.streams.map((stream) => [stream.stream, streamText(stream)]),
        ...sync.channels.map(({ channel, state, lastReadAt }) => [
          `channel ${channel}`,
          lastReadAt === null ? state : `${state}, read ${formatAgo(lastReadAt, now)}`,
        ]),
      ],
      '  ',
    ),
    ...sync.first.map(
      (item) => `  ${item.kind} ${item.stream} ${item.id}: ${item.reason}, since ${formatInstant(item.since)}`,
    ),
    ...sync.toDo.map((notice) => `  to do: ${explain(notice)}`),
    ...sync.stops
      .filter(({ releasedAt }) => releasedAt === null)
      .map(({ hash, at, reason }) => `  stopped ${formatInstant(at)} (${reason}): ${remedy(reason, hash)}`),
  ];
}

function underReview({ underReview: found }: SyncStatus, now: number): readonly (readonly string[])[] {
  if (found === null) return [];
  const people = found.people === 1 ? 'person' : 'people';
  return [
    [
      'under review',
      `${formatCount(found.people)} ${people} in the CRM, the longest submitted ${formatAgo(found.since, now)}`,
    ],
  ];
}

/** Another account is never let through: the records of two would be joined. */
function remedy(reason: string, hash: string): string {
  return reason === 'other-account'
    ? 'give the connection the right token; it cannot be released'
    : `\`concord release ${hash}\` lets it through`;
}

function lastPass({ lastRun }: SyncStatus, now: number): string {
  if (lastRun === null) return 'never';
  return `${lastRun.outcome ?? 'running, or broken off'}, ${lastRun.command} ${lastRun.run}, begun ${formatAgo(lastRun.startedAt, now)}`;
}

function completeRead({ reconciledAt, reconcileDueAt }: SyncStatus, now: number): string {
  if (reconciledAt === null) return 'never; the next pass makes one';
  return `${formatAgo(reconciledAt, now)}, next due ${formatInstant(reconcileDueAt)}`;
}

function optOuts({ optOutDelay, optOutsUnwritten }: SyncStatus): string {
  const unwritten = optOutsUnwritten === 0 ? 'all written' : `${formatCount(optOutsUnwritten)} NOT written yet`;
  if (optOutDelay === null) return `${unwritten}; none in the last day`;
  const { people, medianMs, longestMs } = optOutDelay;
  return `${unwritten}; ${formatNumber(people, 'opt-out')} in the last day, after ${formatSpan(medianMs)} (median) and ${formatSpan(longestMs)} (longest)`;
}

function streamText({ stream, records, pending, states }: SyncStatus['streams'][number]): string {
  const kinds = formatFigures(stream === 'contacts' ? states : { deleted: states.deleted });
  return `${formatNumber(records, 'record')}, ${formatCount(pending)} pending${kinds === '' ? '' : ` (${kinds})`}`;
}

function budgetRow({ group, day, spent, perDay, perSecond, exhaustedUntil }: BudgetStatus): readonly string[] {
  const gone = exhaustedUntil === null ? '' : `; the vendor says no more until ${formatInstant(exhaustedUntil)}`;
  return [group, `${formatCount(spent)} of ${formatCount(perDay)} on ${day}, ${perSecond} a second${gone}`];
}

/** All tools of the organisation use it up; what is left is what this program may still send. */
function hourRow({ group, perHour, used, left, endsAt, pausedUntil }: HourStatus): readonly string[] {
  const gone = used === null ? 'no request yet' : `${formatCount(used)} of ${formatCount(perHour)} used`;
  if (pausedUntil !== null)
    return [group, `${gone}; it goes on at ${formatInstant(pausedUntil)}, only opt-outs before`];
  const ends = endsAt === null ? '' : `, the hour ends at ${formatInstant(endsAt)}`;
  return [group, `${gone}; ${formatCount(left)} left for Concord${ends}`];
}
