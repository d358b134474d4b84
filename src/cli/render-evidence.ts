/**
 * `evidence`, for a person: one page that can be read without knowing Concord. Pure.
 *
 * Decides the words; what stands was decided by the ledger. Must never leave out a fact.
 */
import type { EvidenceDeed, EvidenceFact, EvidencePage, EvidencePerson, EvidenceStanding } from './evidence-results.ts';
import { formatCount, formatInstant } from './text.ts';

const ACTORS = {
  person: 'the person',
  account: 'the account',
  operator: 'whoever runs Concord',
  unknown: 'nobody known',
} as const;
const ACTS = { out: 'opted out', in: 'opted in', hold: 'put on hold' } as const;
const STANCES = {
  out: 'opted out: is not mailed',
  hold: 'in doubt: is not mailed',
  in: 'opted in',
  silent: 'nothing is on record',
} as const;
const SMS_STANCES = {
  ...STANCES,
  out: 'opted out: is to get no SMS',
  hold: 'in doubt: is to get no SMS',
} as const;
const RULES = {
  out: 'an opt-out that no later opt-in by somebody who may lift it has lifted stands',
  hold: 'a doubt that nothing has lifted counts as an opt-out',
  in: 'no opt-out stands, and somebody known opted in',
  silent: 'silence is no permission, and no opt-out',
} as const;

/** Words the page. */
export function renderEvidence(page: EvidencePage): readonly string[] {
  return [
    `Proof of consent for ${page.email}`,
    `Made on ${formatInstant(page.madeAt)} from what Concord was told. All times are UTC.`,
    ...part(
      'What stands',
      page.standing.map((one) => renderStanding(one, page.lists)),
    ),
    ...part('What the source keeps on the contact itself', page.people.flatMap(renderPerson), 'No contact.'),
    ...part(
      'What was said, in the order in which Concord heard it',
      page.facts.flatMap((one) => renderFact(one, page.lists)),
      'Nothing.',
    ),
    ...part('What Concord did', page.deeds.map(renderDeed), 'Nothing.'),
    ...(page.deedsLeftOut ? ['  Older entries are left out.'] : []),
    ...part('Whether the ledger is whole', renderLedger(page)),
  ];
}

function part(title: string, lines: readonly string[], none = ''): readonly string[] {
  return ['', title, ...(lines.length === 0 ? [none] : lines).map((line) => `  ${line}`)];
}

function renderStanding({ medium, scope, stance, bySeq }: EvidenceStanding, lists: Names): string {
  const by = bySeq === null ? '' : `, by fact ${bySeq}`;
  return `${nameScope(scope, lists, medium)}: ${stanceOf(medium, stance)}${by} (${RULES[stance]})`;
}

function stanceOf(medium: EvidenceFact['medium'], stance: EvidenceStanding['stance']): string {
  return (medium === 'sms' ? SMS_STANCES : STANCES)[stance];
}

type Names = EvidencePage['lists'];

function nameScope(scope: string, lists: Names, medium: EvidenceFact['medium']): string {
  if (scope === 'all') return medium === 'sms' ? 'all messages by SMS' : 'all mail by email';
  const id = scope.slice('list:'.length);
  const name = lists[id];
  return `${name === undefined ? `list ${id}` : `list "${name}" (${id})`} by ${medium}`;
}

function renderPerson({ sync, contactId, state, mailable, said }: EvidencePerson): readonly string[] {
  const may = mailable ? 'may be mailed' : 'is not mailed through us';
  return [
    `${sync}: contact ${contactId}, ${state}, ${may}`,
    ...said.map(({ at, event, by }) => `  ${event} on ${formatInstant(at)}${by === null ? '' : `, ${by}`}`),
  ];
}

function renderFact(fact: EvidenceFact, lists: Names): readonly string[] {
  const when = fact.at === null ? 'at a time that the source did not say' : `on ${fact.at}`;
  const lifted = fact.liftedBy.length === 0 ? '' : `; lifted by fact ${fact.liftedBy.join(' and ')}`;
  const address = fact.address === 'this' ? '' : `, told ${WHERE[fact.address]}`;
  return [
    `${fact.seq}  ${ACTS[fact.fact]} ${when}, by ${ACTORS[fact.actor]}: ${nameScope(fact.scope, lists, fact.medium)}${lifted}`,
    `   heard on ${formatInstant(fact.readAt)} from the ${fact.side} of ${fact.sync}, channel ${fact.channel}, in run ${fact.run}; ` +
      (fact.forgottenAt === null
        ? `evidence: ${fact.evidence}; contact ${fact.contactId}${address}`
        : `the person was forgotten on ${formatInstant(fact.forgottenAt)}`),
  ];
}

const WHERE = {
  another: 'under another address of the same contact',
  'not told': 'without an address',
  number: 'under a telephone number',
} as const;

function renderDeed({ at, sync, contactId, event, rule, before, after, evidence, run }: EvidenceDeed): string {
  const moved = before === null && after === null ? '' : `: ${valueOf(before)} -> ${valueOf(after)}`;
  const on = evidence === null ? '' : `, on ${evidence}`;
  return `${formatInstant(at)}  ${event} in ${sync}, contact ${contactId}${moved} (${rule}${on}, run ${run})`;
}

/** Whole, however long: a proof leaves nothing out. */
function valueOf(value: unknown): string {
  if (value === null) return 'nothing';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function renderLedger({ ledger }: EvidencePage): readonly string[] {
  if (!ledger.whole)
    return [`No. Fact ${ledger.broken.seq} of the ledger ${BROKEN[ledger.broken.kind]}: this page is no proof.`];
  if (ledger.facts === 0) return ['Yes: nothing was ever told about anybody.'];
  return [
    `Yes: all ${formatCount(ledger.facts)} facts about all people vouch for each other. The newest has the hash`,
    `${ledger.head}. Whoever wrote down an earlier hash can find it in the ledger again.`,
  ];
}

const BROKEN = { changed: 'was changed', missing: 'is missing', inserted: 'was slipped in' } as const;
