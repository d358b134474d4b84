/**
 * What the demo claims, each figure beside the truth's: a claim that does not hold is shown, and fails the demo.
 *
 * Pure. Expected figures come from the simulator's log and state alone, found ones from the mirror's file and from what
 * Concord reported.
 */
import type { Content } from '../model/record.ts';
import { listOf, partOf, textOf, type Truth } from './world.ts';

export interface Claim {
  readonly claim: string;
  readonly truth: number;
  readonly found: number;
}

export type People = ReadonlyMap<string, Content>;

/** Tells whether a claim holds. */
export function holds({ truth, found }: Claim): boolean {
  return truth === found;
}

/** Counts the people whom the mirror shows exactly as the account has them. */
export function countAlike(truths: Iterable<Truth>, mirror: People): number {
  let alike = 0;
  for (const truth of truths) {
    const content = mirror.get(textOf(truth, 'contact_id') ?? '');
    if (content !== undefined && JSON.stringify(ofTruth(truth)) === JSON.stringify(ofMirror(content))) alike += 1;
  }
  return alike;
}

/** Names the records that a stretch of the log is about; campaigns are none of ours. */
export function touchedRecords(log: readonly Truth[]): ReadonlySet<string> {
  const touched = new Set<string>();
  for (const change of log) {
    const id = textOf(change, 'contact_id') ?? textOf(change, 'list_id') ?? textOf(change, 'tag_id');
    if (id !== null) touched.add(id);
  }
  return touched;
}

const PLAIN = ['first_name', 'last_name', 'job_title', 'company_name', 'birthday_month', 'birthday_day'] as const;
const CONSENT = ['permission_to_send', 'opt_in_source', 'opt_out_source', 'opt_out_reason'] as const;
const LISTS = ['list_memberships', 'taggings'] as const;
/** Lists of objects, with the keys of each that the truth tells, too. */
const PARTS = {
  custom_fields: ['custom_field_id', 'value'],
  phone_numbers: ['phone_number_id', 'phone_number', 'kind'],
  street_addresses: ['street_address_id', 'kind', 'street', 'city', 'state', 'postal_code', 'country'],
  notes: ['note_id', 'content'],
} as const;

function ofTruth(truth: Truth): unknown {
  const email = partOf(truth, 'email_address');
  return shapeOf(truth, textOf(email, 'address'), email);
}

function ofMirror(content: Content): unknown {
  return shapeOf(content, textOf(content, 'email_address'), content);
}

/** One person in the shape in which both are compared: order of lists and forms of times aside. */
function shapeOf(from: Truth, address: string | null, consent: Truth): unknown {
  const parts = Object.entries(PARTS).map(([part, keys]) =>
    listOf(from, part)
      .map((one) => JSON.stringify(keys.map((key) => one[key] ?? null)))
      .toSorted(),
  );
  return [
    address,
    (from['deleted_at'] ?? null) !== null,
    ...PLAIN.map((key) => from[key] ?? null),
    ...CONSENT.map((key) => consent[key] ?? null),
    ...LISTS.map((key) => listOf<string>(from, key).toSorted()),
    ...parts,
  ];
}
