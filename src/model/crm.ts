/**
 * A CRM whose people live in households: what a contact of it is, and the changes that may be made to one.
 *
 * Shapes only. They stand here because plans are made of them, and a plan may know no connector. Consent stands on each
 * address, never on a household.
 */
import type { Content } from './record.ts';

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
