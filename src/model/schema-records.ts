/**
 * The canonical forms of the small streams: lists, tags, custom fields, segments.
 *
 * Decides their columns (the mirror's, by the contract) and nothing else. `deleted_at` is the source's own time where
 * it tells one; where a record merely vanished, whoever confirms that it is gone sets it.
 */
import type { Content } from './record.ts';

export interface ContactList extends Content {
  readonly name: string | null;
  readonly description: string | null;
  readonly favorite: boolean | null;
  readonly created_at: string | null;
  readonly updated_at: string | null;
  readonly deleted_at: string | null;
  readonly extra: Readonly<Record<string, unknown>> | null;
}

export interface Tag extends Content {
  readonly name: string | null;
  readonly tag_source: string | null;
  readonly created_at: string | null;
  readonly updated_at: string | null;
  readonly deleted_at: string | null;
  readonly extra: Readonly<Record<string, unknown>> | null;
}

export interface FieldChoice {
  readonly choice_id: number;
  readonly choice_label: string | null;
  readonly display_order: number | null;
}

export interface CustomField extends Content {
  readonly label: string | null;
  readonly name: string | null;
  readonly type: string | null;
  /** JSON text of the field's metadata object, keys sorted. */
  readonly metadata: string | null;
  readonly created_at: string | null;
  readonly updated_at: string | null;
  readonly deleted_at: string | null;
  readonly choices: readonly FieldChoice[];
  readonly extra: Readonly<Record<string, unknown>> | null;
}

export interface Segment extends Content {
  readonly name: string | null;
  /** Null while only the listing was read: it omits criteria. */
  readonly segment_criteria: string | null;
  readonly created_at: string | null;
  readonly edited_at: string | null;
  readonly deleted_at: string | null;
  readonly extra: Readonly<Record<string, unknown>> | null;
}
