/**
 * The inverse plan for a person: each change of a run, whether it can be taken back, and why. Pure.
 */
import type { PassResult } from './results.ts';
import { formatCount, formatFigures, formatInstant, formatNumber, formatValue } from './text.ts';
import type { UndoLine, UndoSummary } from './undo-results.ts';

/** For every reason of the inverse plan what it means, and what a person can do. */
export const UNDO_REASONS: Readonly<Record<string, string>> = {
  'goes-both-ways':
    'the field goes both ways: the old value, put into your table, is carried to the account by the next pass',
  'row-inserted':
    'Concord deletes no row of yours; delete it yourself, and it is made anew when the person next changes in the account',
  'contact-made':
    'Concord deletes nobody in the account; delete the contact there, and see to the row that asked for it',
  'consent-raised':
    'the account says yes; your own system may say no at any time, and then the row stays out until it says yes again',
  'consent-lowered': 'nobody is let in by an undo; a yes of the person in the account lifts it',
  'opt-out-carried': 'nobody is let in by an undo; a new sign-up of the person in the account lifts it',
  mirror: 'a mirror is what the account says; the next read would write it again',
  loaded: 'the first load of a mirror; what the account says would be written again',
  'deleted-there': 'the account reported the person as deleted; only the account can take that back',
  'account-decides': 'the account decides this field; change it there, for its value would be written again',
  address: 'the row is found by its address; change it in the account',
  'not-mapped': 'the configuration no longer has this field',
  'row-gone': 'there is no such row any more',
  'changed-since': 'your table holds another value by now: somebody changed it since',
  'account-moved': 'the account holds another value than the two agreed on, and it would win',
  'not-settled': 'the account has not shown this value yet; run `concord sync` first',
  'person-gone': 'the account takes no edits of this person now',
  'not-on-record': 'the journal does not hold what stood there before',
  'crm-flag-off':
    'a flag that fell is switched on by nobody but a person: where it fell by mistake, switch it on in the CRM, and answer the conflict that follows if the opt-out stands',
  'crm-flag-on': 'the account says yes; whoever says no in the CRM stays out there',
  'crm-note': 'a note is nobody’s consent: delete it in the CRM if it is wrong, it is not written again',
  'crm-reference': 'people are found by it, and it would be written again; take `reference` out of `match:` first',
  'crm-made':
    'Concord deletes and archives nobody in a CRM; archive the contact there, or take the row out of its imports',
  'crm-field': 'an undo writes nothing into a CRM: correct the value in the account, and the next pass carries it',
  'crm-said-so': 'the CRM holds this value, and it would be carried again; correct it there',
  'unknown-change': 'this release does not know how to take back such a change',
};

/** Where a run wrote, as a line names it. */
const PLACES = {
  table: 'in the table',
  account: 'in the account',
  mirror: 'in the mirror',
  crm: 'in the CRM',
} as const;

const HEADS = { reversible: 'Reversible', partly: 'Partly', never: 'Never' } as const;

/** Words one line, on two where values moved. */
export function renderUndoLine(line: UndoLine): readonly string[] {
  const who = [line.id, line.secondaryId === null ? '' : `<${line.secondaryId}>`].filter((part) => part !== '');
  const what =
    line.field === null ? '' : `: ${line.field} back from ${formatValue(line.from)} to ${formatValue(line.to)}`;
  const about = who.length === 0 ? line.stream : `${line.stream} ${who.join(' ')}`;
  return [
    `${HEADS[line.group]}: ${about}, ${PLACES[line.where]}${what}`,
    `    ${UNDO_REASONS[line.reason] ?? line.reason.replaceAll('-', ' ')}.`,
  ];
}

/** Words the sum; `more` is written next. */
export function renderUndoSummary(
  { sync, run, command, startedAt, outcome, lines }: UndoSummary,
  more: boolean,
): readonly string[] {
  const ended = outcome === null ? 'did not end' : `ended ${outcome}`;
  const total = lines.reversible + lines.partly + lines.never;
  const sum =
    total === 0
      ? 'It changed neither side.'
      : `${formatNumber(total, 'change')}: reversible ${lines.reversible}, partly ${lines.partly}, never ${lines.never}.`;
  const next =
    lines.reversible > 0
      ? `Nothing was written. \`concord undo ${run} --apply\` puts back what is reversible.`
      : 'Nothing was written, and nothing of it can be put back.';
  return [
    `Run ${run}: ${command} of ${sync} on ${formatInstant(startedAt)}, ${ended}. ${sum}`,
    ...(more || total === 0 ? [] : [next]),
  ];
}

/** Words what was put back of the run `of`. */
export function renderUndone(
  of: string,
  { sync, run, outcome, applied, skipped, parked }: PassResult,
): readonly string[] {
  if (outcome === 'stopped')
    return [
      `Nothing was put back. The plan is what stands above; once it is released, \`concord undo ${of} --apply\` carries it out.`,
    ];
  // Somebody else is at work on the sync: what was said about that is all there is to say.
  if (run === null) return [];
  const left = formatFigures({ ...skipped, refused: parked });
  return [
    `${sync}: run ${run} put back the values of ${formatCount(applied)} people into your table. The next pass carries them to the account.`,
    ...(left === '' ? [] : [`  Not put back: ${left}.`]),
  ];
}
