/**
 * What a plan wants to be true of one person at a system that can be written: the payload of an outbox operation.
 *
 * Names are Constant Contact V3's canonical ones. Says what, never how: the planner chooses the operations. Whatever is
 * not named stays as it is. Must never carry a permission that raises consent of a known person.
 */
import type { ContactColumn } from './contact.ts';

export interface SetChange {
  readonly add: readonly string[];
  readonly remove: readonly string[];
}

export interface PersonIntent {
  /** The target's own id; null: it does not know this person, as far as we could see. */
  readonly contactId: string | null;
  /** The address that the person is to have, in the source's own spelling (T31). */
  readonly address: string;
  /** The address that stands at the target now where it is to change, else null. */
  readonly addressWas: string | null;
  /** Columns to set; null blanks. Never the address, a consent column or a stamp. */
  readonly fields: Readonly<Partial<Record<ContactColumn, string | number | null>>>;
  /** Custom field id to value; null blanks. */
  readonly customFields: Readonly<Record<string, string | null>>;
  /** Ids of lists and tags. */
  readonly lists: SetChange;
  readonly tags: SetChange;
  /**
   * `keep`: as it stands. `unsubscribe`: out of all mail. `implicit`: a new person, whose IN has evidence; refused for
   * anybody that the target knows.
   */
  readonly permission: 'keep' | 'unsubscribe' | 'implicit';
  /** Who unsubscribed, where `permission` says so. */
  readonly actor: 'person' | 'account' | null;
  /** Reason to be shown with an unsubscribe, at most 255 characters. */
  readonly reason: string | null;
  /** The person is to be deleted at the target. */
  readonly remove: boolean;
  /** The target's version this was decided on (`updated_at|email_address.updated_at`); null for a new person. */
  readonly version: string | null;
}

/** Columns that a plan may set; the address, consent and stamps have ways of their own. */
export const WRITABLE_COLUMNS = [
  'first_name',
  'last_name',
  'job_title',
  'company_name',
  'birthday_month',
  'birthday_day',
  'anniversary',
] as const satisfies readonly ContactColumn[];

/** Makes an intent that changes nothing about a person. `contactId` null: somebody who is not there yet. */
export function untouched(contactId: string | null, address: string, version: string | null): PersonIntent {
  return {
    contactId,
    address,
    addressWas: null,
    fields: {},
    customFields: {},
    lists: { add: [], remove: [] },
    tags: { add: [], remove: [] },
    permission: 'keep',
    actor: null,
    reason: null,
    remove: false,
    version,
  };
}
