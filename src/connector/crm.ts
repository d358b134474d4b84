/**
 * What a CRM promises whose people live in households: reading them, finding them, and changing one thing at a time.
 *
 * Interfaces only. A record is a whole contact of the CRM with its individuals and their addresses; consent stands on
 * each address. A connector classifies and never waits or retries (the wire does), never stores, never decides.
 */
import type { Content, Reading, Refused } from '../model/record.ts';
import type { Account } from './source.ts';
import type { ConsentEffects } from '../model/consent-effects.ts';

/** One e-mail address of an individual. `optedIn` null: the answer did not say, which is never a yes. */
export interface CrmEmail {
  readonly id: string;
  /** The CRM's own word for the kind of address, such as "Home Email". */
  readonly type: string;
  /** As the CRM spells it (T31). */
  readonly address: string;
  readonly opted_in: boolean | null;
  readonly primary: boolean;
}

export interface CrmIndividual {
  readonly id: string;
  readonly first_name: string | null;
  readonly last_name: string | null;
  readonly primary: boolean;
  /** In the order of their ids. */
  readonly emails: readonly CrmEmail[];
}

export interface CrmReference {
  readonly source: string;
  readonly id: string;
}

/** A contact in canonical form. Absent is null; sub-resources are sorted; unknown keys stand under `extra`. */
export interface CrmContact extends Content {
  readonly contact_id: string;
  /** The CRM's own word: Household, Organization, ... */
  readonly type: string | null;
  readonly name: string | null;
  /** Set on a contact that a person merged into another. */
  readonly merged_into: string | null;
  /** Null: the answer does not say whether it is archived. */
  readonly archived: boolean | null;
  readonly references: readonly CrmReference[];
  /** Names, each once: they belong to the household, and several tags may bear one name. */
  readonly tags: readonly string[];
  /** By the field's name, not its label; values as text, null for an empty one. */
  readonly custom_fields: Readonly<Record<string, string | null>>;
  readonly individuals: readonly CrmIndividual[];
  /** ISO 8601 UTC text. */
  readonly created_at: string | null;
  readonly updated_at: string | null;
}

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
  | { readonly kind: 'found'; readonly reading: Reading<CrmContact>; readonly sourceTime: number | null }
  | { readonly kind: 'gone' }
  | { readonly kind: 'refused'; readonly reason: string };

/** A tag as its list shows it; names are not unique. */
export interface CrmTag {
  readonly id: string;
  readonly name: string;
  readonly group: string | null;
}
export interface CrmField {
  readonly name: string;
  readonly label: string | null;
  readonly type: string;
  /** Null: any value. */
  readonly options: readonly string[] | null;
}

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

/** Somebody whom the CRM does not have. */
export interface NewCrmPerson {
  readonly reference: CrmReference;
  readonly address: string;
  readonly address_type: string;
  readonly first_name: string;
  readonly last_name: string;
  readonly tags: readonly string[];
  readonly custom_fields: Readonly<Record<string, string>>;
}

/**
 * One change of one contact, each one request that can be looked up afterwards. `submit` only asks: the person may be
 * held under review for as long as the organisation likes, or for ever. `opt`: sets consent of one address, all else of
 * it sent as it stands.
 */
export type CrmChange =
  | { readonly kind: 'submit'; readonly person: NewCrmPerson }
  | { readonly kind: 'create'; readonly person: NewCrmPerson; readonly optedIn: boolean }
  | { readonly kind: 'refer'; readonly contactId: string; readonly reference: CrmReference }
  | { readonly kind: 'opt'; readonly contactId: string; readonly email: CrmEmail; readonly optedIn: boolean }
  | {
      readonly kind: 'address';
      readonly contactId: string;
      readonly email: CrmEmail;
      readonly address: string;
      readonly optedIn: boolean;
    }
  | {
      readonly kind: 'name';
      readonly contactId: string;
      readonly individualId: string;
      readonly first_name: string;
      readonly last_name: string;
    }
  | { readonly kind: 'fields'; readonly contactId: string; readonly set: Readonly<Record<string, string | null>> }
  | { readonly kind: 'tag'; readonly contactId: string; readonly tag: CrmTag }
  | { readonly kind: 'untag'; readonly contactId: string; readonly tag: CrmTag }
  | { readonly kind: 'note'; readonly contactId: string; readonly text: string; readonly at: string };
export type CrmChangeKind = CrmChange['kind'];

export interface CrmDeclaration {
  readonly effects: ConsentEffects;
  readonly calls: number;
}

/** `accepted`: taken without a contact to show for it (a submission). `gone`: the contact, individual or address is not there. */
export type CrmSent =
  | { readonly kind: 'done' }
  | { readonly kind: 'accepted' }
  | { readonly kind: 'gone' }
  | { readonly kind: 'refused'; readonly reason: string };

export interface CrmTarget {
  /** Every change that may be sent. One that is missing here is refused at the door. */
  readonly changes: ReadonlyMap<CrmChangeKind, CrmDeclaration>;
  /** How many people one submission may hold. */
  readonly submitRows: number;
  /** Sends one change. `urgent`: an opt-out. Throws ConnectorError `unknown_outcome` when it may have been carried out. */
  send(change: CrmChange, how: { readonly urgent: boolean }, signal: AbortSignal): Promise<CrmSent>;
  /** Submits many people in one request. Throws ConnectorError. */
  submitMany(people: readonly NewCrmPerson[], signal: AbortSignal): Promise<CrmSent>;
  /** Tells whether a note with exactly this text stands at the contact. Throws ConnectorError. */
  hasNote(contactId: string, text: string, signal: AbortSignal): Promise<boolean>;
}
