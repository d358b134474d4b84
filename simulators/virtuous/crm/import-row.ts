/**
 * import-row: one contact that was submitted for an import, and where it stands (virtuous-crm §7).
 *
 * `held` until the night's batch; then in one of the three review buckets; `imported` and `rejected` are ends. Nothing of it can be read
 * through the API: accepted may mean a contact tonight, in a week, or never.
 */
import type { Place, Reference } from './types.ts';

export type RowState = 'held' | 'match_needed' | 'update_needed' | 'ready' | 'imported' | 'rejected';

export interface RowData {
  readonly contactType: string | null;
  readonly name: string | null;
  readonly firstName: string | null;
  readonly middleName: string | null;
  readonly lastName: string | null;
  readonly suffix: string | null;
  readonly title: string | null;
  readonly emailType: string | null;
  readonly email: string | null;
  readonly phoneType: string | null;
  readonly phone: string | null;
  readonly place: Partial<Place> | null;
  readonly tags: readonly string[];
  readonly fields: Readonly<Record<string, string>>;
}

export interface ImportRow {
  readonly id: number;
  readonly at: number;
  readonly source: string | null;
  readonly reference: Reference | null;
  readonly data: RowData;
  readonly state: RowState;
  /** The contact that it would be put to; null: a new one. */
  readonly matchId: number | null;
  /** Whether a person has said what it matches, so that the batch no longer asks. */
  readonly decided: boolean;
  /** What became of it. */
  readonly contactId: number | null;
}
