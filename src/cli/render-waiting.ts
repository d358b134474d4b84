/**
 * What waits for a person, in sentences: what happened, and what can be done about it. Pure.
 */
import type { SettleResult, WaitingItem, WaitingList } from './waiting-results.ts';
import { formatCount, formatInstant, formatNumber } from './text.ts';

type Told = readonly [what: (why: string) => string, remedy: string];

const REASONS: Readonly<Record<string, Told>> = {
  unreadable: [
    (why) => `the account's answer about it could not be understood${why}`,
    'It is read again when it changes there, and by each complete read.',
  ],
  'write-refused': [
    (why) => `your table refused the row${why}`,
    'Every pass tries again: mend the table, or the value in Constant Contact.',
  ],
  'people-write-refused': [
    (why) => `the account refused the change${why}`,
    'Another value in your table is sent by itself.',
  ],
  'row-taken': [
    () => 'another contact has its row, or its address',
    'Give one of the two another address, or merge them in Constant Contact.',
  ],
  'opt-out-contradicted': [
    (why) => `one channel says that this person opted out${why}, the contact says that they may be mailed`,
    'They are kept out. A later opt-in of their own settles it.',
  ],
  'switched-on-at-home': [
    (why) => `rows of your table say yes of people who may not be mailed${why}, and nobody tells who switched them on`,
    'That is no opt-in: nothing of it reaches Constant Contact, where only the person can come back.',
  ],
  'crm-switched-on': [
    (why) => `the CRM says that this person may be mailed${why}, after they opted out`,
    'That is no opt-in. Switch the flag off there, or have them come back in Constant Contact.',
  ],
  'crm-gone': [
    () => 'the contact is archived or gone in the CRM, and no other bears the address',
    'Bring it back there, or leave it: in Constant Contact nothing changes.',
  ],
  'crm-two-references': [
    () => 'two contacts of the CRM bear the id of this person',
    'Merge them there, or take the id off one of them.',
  ],
  'crm-reference-of-another': [
    () => 'the contact with this address is another person of Constant Contact, by its id there or as Concord met them',
    'Give one of the two another address, or mend the id in the CRM.',
  ],
  'crm-address-moved-there': [
    (why) => `the CRM has another address for this person${why}`,
    'An address is changed in Constant Contact: change it there, or put it back in the CRM.',
  ],
  'crm-address-moved-both': [
    (why) => `both sides have a new address for this person${why}`,
    'Make them the same on both sides.',
  ],
  'crm-address-nowhere': [(why) => `the CRM has no e-mail for this person${why}`, 'Add the address there.'],
  'crm-write-refused': [
    (why) => `the CRM refused the change${why}`,
    'It is sent again when either side changes, or with retry.',
  ],
  'unreadable-in-crm': [
    (why) => `the CRM's answer about it could not be understood${why}`,
    'It is read again when it changes there, and by each complete read.',
  ],
  'window-blind': [
    () => 'the opt-out window did not show an opt-out that was there',
    'The other channels stand in for it.',
  ],
};

/** Words the list; `nothing` when it is empty. */
export function renderWaiting({ items, total }: WaitingList, nothing: string): readonly string[] {
  if (items.length === 0) return [nothing];
  const more = total > items.length ? [`${formatCount(total - items.length)} more are not listed.`] : [];
  return [...items.flatMap(renderItem), ...more];
}

function renderItem(item: WaitingItem): readonly string[] {
  const why = item.why === null ? '' : ` (${item.why})`;
  const [what, remedy] = REASONS[item.reason] ?? [() => `${item.reason.replaceAll('-', ' ')}${why}`, ''];
  const who = item.address === null ? item.id : `${item.id} <${item.address}>`;
  return [
    `${item.sync}: ${item.stream} ${who}: ${what(why)}; since ${formatInstant(item.since)}`,
    ...(remedy === '' ? [] : [`    ${remedy}`]),
    ...item.ways.map((way) => `    ${commandFor(way, item)}`),
  ];
}

function commandFor(way: WaitingItem['ways'][number], { sync, id }: WaitingItem): string {
  if (way === 'lower')
    return `\`concord resolve ${sync} ${id} lower\` has the next pass put the no back into the rows.`;
  if (way === 'keep') return `\`concord resolve ${sync} ${id} keep\` leaves it as it is until the record changes.`;
  if (way === 'dismiss') return `\`concord dismiss ${sync} ${id}\` leaves the account as it is.`;
  return `\`concord retry ${sync} ${id}\` has the next pass send it again.`;
}

const DONE = {
  retry: 'The next pass sends it again.',
  dismiss: 'It is not sent while your table says the same.',
  lower: 'The next pass puts the no back into the rows.',
  keep: 'It stays as it is until the record changes.',
} as const;

/** Words a decision that was taken. */
export function renderSettled({ sync, decision, settled }: SettleResult): readonly string[] {
  return [`${sync}: decided about ${formatNumber(settled.length, 'record')}. ${DONE[decision]}`];
}
