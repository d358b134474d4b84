/**
 * What a CRM promises whose people live in households: reading them, finding them, and changing one thing at a time.
 *
 * Interfaces only. A record is a whole contact of the CRM with its individuals and their addresses; consent stands on
 * each address. A connector classifies and never waits or retries (the wire does), never stores, never decides.
 */
import type {
  CrmChange,
  CrmChangeKind,
  CrmContact,
  CrmField,
  CrmReference,
  CrmTag,
  NewCrmPerson,
} from '../model/crm.ts';
import type { Reading, Refused } from '../model/record.ts';
import type { Account } from './source.ts';
import type { ConsentEffects } from '../model/consent-effects.ts';

/** One answer's worth of contacts; only a page with `next: null` proves that an enumeration is complete. */
export interface CrmPage {
  readonly readings: readonly Reading<CrmContact>[];
  readonly refused: readonly Refused[];
  readonly next: string | null;
  readonly sourceTime: number | null;
  readonly total: number | null;
}

/** `gone`: 404. It may be archived, deleted, merged away or never have been: nothing is concluded from it alone. */
export type CrmRead =
  | {
      readonly kind: 'found';
      readonly reading: Reading<CrmContact>;
      readonly sourceTime: number | null;
      /** The connector's own, for a change of this contact that is sent next. Never looked into, never stored. */
      readonly stands?: unknown;
    }
  | { readonly kind: 'gone' }
  | { readonly kind: 'refused'; readonly reason: string };

export interface CrmSource {
  /** Reads which organisation a credential belongs to. Throws ConnectorError. */
  identify(signal: AbortSignal): Promise<Account>;
  /** Reads one page of all contacts in the order of their ids, archived ones left out; `from` is a page's `next`. */
  snapshot(from: string | null, signal: AbortSignal): Promise<CrmPage>;
  /** Reads one page of what changed at or after `since` (ISO UTC text); may show more, a day's worth, as the CRM's dates are coarse. */
  changes(since: string, from: string | null, signal: AbortSignal): Promise<CrmPage>;
  readOne(contactId: string, signal: AbortSignal): Promise<CrmRead>;
  /** Finds the one contact that bears an outside id. */
  findByReference(reference: CrmReference, signal: AbortSignal): Promise<CrmRead>;
  /** Finds every contact one of whose individuals has this address, not only the first. At most 50. */
  findByAddress(address: string, signal: AbortSignal): Promise<readonly Reading<CrmContact>[]>;
  tags(signal: AbortSignal): Promise<readonly CrmTag[]>;
  fields(signal: AbortSignal): Promise<readonly CrmField[]>;
}

export interface CrmDeclaration {
  readonly effects: ConsentEffects;
  readonly calls: number;
  /** How many of these calls a direct read of the contact just before spares; left out: none. */
  readonly spared?: number;
}

/** `accepted`: taken without a contact to show for it (a submission). `made`: of a creation. `gone`: the contact, individual or address is not there. */
export type CrmSent =
  | { readonly kind: 'done' }
  | { readonly kind: 'accepted' }
  | { readonly kind: 'made'; readonly contactId: string }
  | { readonly kind: 'gone' }
  | { readonly kind: 'refused'; readonly reason: string };

export interface SendHow {
  /** An opt-out. */
  readonly urgent: boolean;
  /** What a direct read of the change's contact brought just before: it need not be asked for again. */
  readonly stands?: unknown;
}

export interface CrmTarget {
  /** Every change that may be sent. One that is missing here is refused at the door. */
  readonly changes: ReadonlyMap<CrmChangeKind, CrmDeclaration>;
  /** How many people one submission may hold. */
  readonly submitRows: number;
  /** Sends one change. Throws ConnectorError `unknown_outcome` when it may have been carried out. */
  send(change: CrmChange, how: SendHow, signal: AbortSignal): Promise<CrmSent>;
  /** Submits many people in one request. Throws ConnectorError. */
  submitMany(people: readonly NewCrmPerson[], signal: AbortSignal): Promise<CrmSent>;
  /** Tells whether a note with exactly this text stands at the contact. Throws ConnectorError. */
  hasNote(contactId: string, text: string, signal: AbortSignal): Promise<boolean>;
}
