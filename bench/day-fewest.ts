/**
 * The fewest requests that a day needs, on each side: what the contract has read, and what each change costs at least.
 *
 * Pure arithmetic, from the vendor's page sizes and the changes of the day, never from what Concord sent. A change costs a
 * read just before, for a PUT replaces what it leaves out (T37, T38), the write, a read afterwards, and its note.
 */
import { CHANGING_HOURS, HOURS, MAILED_AT, type Counts } from './day-changes.ts';

export interface Sizes {
  /** Contacts of the account, deleted ones among them. */
  readonly people: number;
  readonly unsubscribed: number;
  readonly deleted: number;
  /** Contacts of the CRM. */
  readonly contacts: number;
}
export type Fewest = Readonly<Record<string, number>>;

const CC_PAGE = 500;
const CRM_PAGE = 1_000;
/** The two-hourly and daily entries of the contract's table. */
const EVERY_TWO_HOURS = 2;

/** Counts the account's side. */
export function fewestOfAccount({ people, unsubscribed, deleted }: Sizes, counts: Counts): Fewest {
  const mailed = HOURS - MAILED_AT;
  return {
    'whose account it is, daily': 1,
    'changes, opt-outs, counts, in each pass': 3 * HOURS,
    'campaigns: every two hours, and in each pass once one was sent': Math.ceil(MAILED_AT / EVERY_TWO_HOURS) + mailed,
    'the mailing: its reports, its opt-outs in each pass': 1 + mailed,
    'its bounces, every two hours': Math.ceil(mailed / EVERY_TWO_HOURS),
    'everyone unsubscribed, everyone deleted, daily': pages(unsubscribed, CC_PAGE) + pages(deleted, CC_PAGE),
    'everybody, daily': pages(people, CC_PAGE),
    'opt-outs of the CRM: read, written, read back': 3 * counts.withdrawn,
  };
}

/** Counts the CRM's side. */
export function fewestOfCrm({ contacts }: Sizes, counts: Counts): Fewest {
  const out = counts.clicked + counts.unsubscribed + counts.bounced + counts.deleted;
  return {
    'whose organisation it is, daily': 1,
    'changes, in each pass': HOURS,
    // A last page that is full does not say that it is the last.
    'everybody, daily': Math.floor(contacts / CRM_PAGE) + 1,
    'opt-outs: read, written, noted, read back': 4 * out,
    'names: read, written, read back': 3 * counts.renamed,
    'addresses: read, written, read back': 3 * counts.moved,
    'new people: submitted together, in each pass that has any': Math.min(counts.joined, CHANGING_HOURS),
    'new people under review: looked for after 1, 2, 4, … hours': looks(counts.joined),
  };
}

/** Nobody is imported before the night, so each of them is looked for as long as the day lasts. */
function looks(joined: number): number {
  let total = 0;
  for (let nth = 0; nth < joined; nth += 1) {
    const passesLeft = HOURS - 1 - (nth % CHANGING_HOURS);
    total += Math.floor(Math.log2(passesLeft)) + 1;
  }
  return total;
}

/** Adds up. */
export function sum(fewest: Fewest): number {
  return Object.values(fewest).reduce((total, n) => total + n, 0);
}

function pages(rows: number, size: number): number {
  return Math.max(1, Math.ceil(rows / size));
}
