/**
 * Passes, plans and verifications, for a person and for a program.
 *
 * Decides the lines; pure. The object of a finished sync has exactly the keys of the contract, in its order.
 */
import type { Difference, Outcome, PassResult, PlanLine, PlanSummary, RefusedLine, VerifySummary } from './results.ts';
import type { Backfill, WayChoice } from './way-choice.ts';
import { formatCount, formatFigures, formatInstant, formatNumber, formatSpan, formatValue } from './text.ts';

const OUTCOMES: Readonly<Record<Outcome, string>> = {
  done: 'done',
  partial: 'ended early without harm',
  stopped: 'stopped, waits for a person',
  failed: 'failed',
};

/** Makes the contract's line of a sync: these keys and no other. */
export function passToJson(result: PassResult): Readonly<Record<string, unknown>> {
  const { sync, run, outcome, read, unchanged, applied, skipped, held, parked, conflicts, requests, durationMs } =
    result;
  return { sync, run, outcome, read, unchanged, applied, skipped, held, parked, conflicts, requests, durationMs };
}

/** Words a finished pass. */
export function renderPass(result: PassResult): readonly string[] {
  const { unchanged, applied, held, parked, conflicts, skipped } = result;
  const buckets = formatFigures({ unchanged, applied, held, parked, conflicts });
  const lines = [
    `${result.sync}: ${OUTCOMES[result.outcome]}. Read ${formatNumber(result.read, 'record')}${buckets === '' ? '' : `: ${buckets}`}.`,
  ];
  if (formatFigures(skipped) !== '') lines.push(`  Skipped: ${formatFigures(skipped)}.`);
  lines.push(`  ${renderCost(result.requests)} in ${formatSpan(result.durationMs)}.`);
  return lines;
}

function renderCost(requests: Readonly<Record<string, number>>): string {
  const total = Object.values(requests).reduce((sum, count) => sum + count, 0);
  const each = formatFigures(requests);
  return `${formatNumber(total, 'request')}${each === '' ? '' : ` (${each})`}`;
}

/** Words one decision of a plan, with its changes below it. */
export function renderPlanLine(line: PlanLine): readonly string[] {
  const urgent = line.lane === 'opt-out' ? ', an opt-out: written first' : '';
  return [
    `${line.action} ${line.stream} ${line.id} (${line.reason}${urgent})`,
    ...line.changes.map(({ field, before, after }) => `    ${field}: ${formatValue(before)} -> ${formatValue(after)}`),
  ];
}

/** Words the end of a plan: counts by reason, cost in calls, and whether a guard would stop it. */
export function renderPlanSummary(summary: PlanSummary): readonly string[] {
  if (summary.outcome !== 'done') return [`${summary.sync}: the plan ${OUTCOMES[summary.outcome]}.`];
  const head = summary.agree
    ? `${summary.sync}: both sides agree about ${formatNumber(summary.read, 'record')}; nothing to do.`
    : `${summary.sync}: ${formatFigures(summary.actions) || 'nothing to write'}; ${formatCount(summary.unchanged)} unchanged.`;
  const lines = [head];
  if (formatFigures(summary.reasons) !== '') lines.push(`  By reason: ${formatFigures(summary.reasons)}.`);
  lines.push(`  Carrying it out costs ${renderCost(summary.cost)}; making it cost ${renderCost(summary.requests)}.`);
  if (summary.backfill !== null) lines.push(`  ${renderBackfill(summary.backfill)}`);
  if (summary.underReview !== null)
    lines.push(
      `  Under review in the CRM: ${formatNumber(summary.underReview.people, 'contact')}, the longest since ${formatInstant(summary.underReview.since)}.`,
    );
  if (summary.guard !== null) {
    const { reason, count, linked } = summary.guard;
    lines.push(
      `  A guard (${reason}: ${formatCount(count)} of ${formatCount(linked)}) would stop it; hash ${summary.hash}.`,
    );
  }
  return lines;
}

/** Words what making people in a CRM takes: never as a promise. */
export function renderBackfill({ made, way, calls, callsOneByOne, hours, callsPerHour }: Backfill): string {
  const cost = `${formatNumber(calls, 'request')} in all`;
  const batches = way === 'batch' ? `, ${formatCount(callsOneByOne)} if each went alone` : '';
  const time =
    hours === null
      ? 'nothing of an hour is left over for it'
      : `about ${hours} h at ${formatCount(callsPerHour)} an hour; opt-outs and edits go first, and a pass ends when an hour is spent`;
  return `New in the CRM: ${formatNumber(made, 'contact')}, ${cost}${batches}; ${time}.`;
}

const ALONE: Readonly<Record<string, string>> = {
  'no-jobs': 'this system has no jobs',
  'no-list': 'a job cannot make people without a list, and `contacts.create.lists` names none',
  consent: 'a job would do more to consent than is wanted',
  unfit: 'some people do not fit into a job, or a job has ended without them before',
  'not-cheaper': 'for so few a job costs as much',
};

/** Words how new people would be made and lists changed, and why so. */
export function renderExplained({ newPeople, memberships }: PlanSummary): readonly string[] {
  return [
    ...(newPeople === null
      ? ['  Nobody new is made.']
      : renderWay('New people', 'import job', newPeople, IMPORT_EFFECTS)),
    ...(memberships === null ? [] : renderWay('Lists of people', 'list job', memberships, LIST_EFFECTS)),
  ];
}

function renderWay(who: string, job: string, choice: WayChoice, effects: string): readonly string[] {
  const { people, singles, jobs, calls, callsOneByOne, because } = choice;
  const ways = [
    ...(jobs > 0 ? [`${formatCount(people - singles)} in ${formatNumber(jobs, job)}`] : []),
    ...(singles > 0 ? [`${formatCount(singles)} one by one`] : []),
  ];
  const cost = `${formatNumber(calls, 'request')}, ${formatNumber(callsOneByOne, 'request')} if all went one by one`;
  const why = because === null ? [] : [`  One by one, because ${ALONE[because] ?? because}.`];
  return [`  ${who}: ${ways.join(', ')}; ${cost}.`, ...(jobs > 0 ? [effects] : []), ...why];
}
const IMPORT_EFFECTS =
  '  An import makes people implicit and puts them on the lists; only people whom the account never had go into one.';
const LIST_EFFECTS =
  '  A list job may bring back who left; nobody goes into one against whom an opt-out or a doubt stands, or who left that list.';

/** Words a saved plan's line that was not carried out. */
export function renderRefused(line: RefusedLine): string {
  return `refused ${line.stream} ${line.id} (${line.reason})`;
}

/** Words one difference. */
export function renderDifference(difference: Difference): string {
  const { stream, id, field, primary, secondary, because } = difference;
  if (field === null)
    return `${stream} ${id}: only on the ${secondary === null ? 'primary' : 'secondary'} side (${because})`;
  return `${stream} ${id} ${field}: primary ${formatValue(primary)}, secondary ${formatValue(secondary)} (${because})`;
}

/** Words the end of a verification. */
export function renderVerifySummary(summary: VerifySummary): readonly string[] {
  const compared = `Compared ${formatNumber(summary.compared, 'record')}, ${formatCount(summary.equal)} equal`;
  const found = formatFigures(summary.differences);
  const head =
    summary.outcome === 'done' ? (summary.agree ? 'both sides agree' : 'the sides differ') : OUTCOMES[summary.outcome];
  return [
    `${summary.sync}: ${head}. ${compared}${found === '' ? '' : `; different: ${found}`}.`,
    `  ${renderCost(summary.requests)} in ${formatSpan(summary.durationMs)}.`,
  ];
}
