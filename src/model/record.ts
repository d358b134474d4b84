/**
 * The words of the core, and the shape in which every record travels.
 *
 *   connector   code for one system              connection  a configured access to one account or database
 *   stream      a kind of record                 record      one such thing
 *   snapshot    all records of a stream          changes     those after a point; `cursor`: that point
 *   sync        two connections kept in step     primary     the source of record; `secondary`: the other
 *   link        this record here is that there   baseline    what both sides last agreed (a content hash)
 *   reading     one record as one answer of the source showed it
 *   walk        a complete enumeration that may span several processes
 *   held        waits by itself                  parked      waits for a person; `conflict`: a person must choose
 *
 * Must never: hold behaviour, know a vendor, or read a clock.
 */

export const STREAMS = ['contacts', 'lists', 'tags', 'custom_fields', 'segments'] as const;
export type StreamName = (typeof STREAMS)[number];
export type SideName = 'primary' | 'secondary';

/**
 * Consent state of a contact as its source says it. `held` is a value nobody documented: never sendable, never a
 * person's own opt-out. `none`: the record has no address, or is not a person.
 */
export const PERMISSION_STATES = [
  'explicit',
  'implicit',
  'not_set',
  'pending_confirmation',
  'temp_hold',
  'unsubscribed',
  'held',
  'none',
] as const;
export type PermissionState = (typeof PERMISSION_STATES)[number];

/** A stored record's state: its permission, or `deleted` at the source. */
export type RecordState = PermissionState | 'deleted';

/** Canonical content of one record: known fields in a fixed order, sub-resources sorted, unknown keys under `extra`. */
export type Content = Readonly<Record<string, unknown>>;

/** One record as one answer showed it. */
export interface Reading<C extends Content = Content> {
  readonly id: string;
  /** 22 characters, from {@link file://./hash.ts contentHash} of `content`. */
  readonly hash: string;
  /** The source's own versions, as text: for a contact `updated_at|email_address.updated_at`. Saves work, never decides. */
  readonly version: string;
  readonly state: RecordState;
  readonly content: C;
}

/** A record that could not be understood: kept with its reason, never fatal to the others. */
export interface Refused {
  /** The source's id when it had one, else `?` and a hash of the bytes. */
  readonly id: string;
  readonly reason: string;
}

/** A record as text: what is stored under the same text hash need not be read again. */
export interface Unread {
  readonly id: string;
  /** Of the text and of the way it would be read. */
  readonly textHash: string;
  /** Parses it; the two arrays hold it, and whatever its text carries along. Throws ConnectorError `unavailable` for a text that is none. */
  readonly read: () => { readonly readings: readonly Reading[]; readonly refused: readonly Refused[] };
}

/** One answer's worth of readings. Only a page with `next: null` proves that an enumeration is complete. */
export interface Page<C extends Content = Content> {
  readonly readings: readonly Reading<C>[];
  readonly refused: readonly Refused[];
  /** Further records of the page, whose text was not parsed yet; absent: there are none. */
  readonly unread?: readonly Unread[];
  /** Opaque to all but the connector; handing it back continues after this page. */
  readonly next: string | null;
  /** What the source's Date header said, in ms since 1970; null where it said nothing readable. */
  readonly sourceTime: number | null;
  /** How many records the source says the whole enumeration has, where it says so. */
  readonly total: number | null;
}
