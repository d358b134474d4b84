/**
 * How many records a shelf has, by state: kept up to date with each change, so that asking costs nothing.
 *
 * Every function that changes a record says what the record was and what it became; `applied` adds the difference in
 * the same transaction. Must never count records by reading them.
 */
import type { RecordState } from '../../model/record.ts';
import type { Shelf, Tallies } from '../rows.ts';
import type { Db } from './database.ts';

/** The part of a record that the tallies depend on. */
export interface Counted {
  readonly state: RecordState;
  readonly hash: string;
  readonly agreed: string | null;
}
interface Row {
  records: number;
  agreed: number;
  pending: number;
}

/** Collects the differences of one transaction. */
export class TallyChange {
  readonly #rows = new Map<RecordState, Row>();

  /** Notes that a record was `before` (null: not there) and is now `after`. */
  moved(before: Counted | null, after: Counted): void {
    if (before !== null) this.#add(before, -1);
    this.#add(after, 1);
  }

  /** Notes that a record is there no more. */
  gone(before: Counted): void {
    this.#add(before, -1);
  }

  /** Writes the differences, inside the caller's transaction. */
  applied(db: Db, shelfId: number): void {
    for (const [state, { records, agreed, pending }] of this.#rows) {
      if (records === 0 && agreed === 0 && pending === 0) continue;
      db.run(
        `INSERT INTO tallies (tenant, shelf_id, state, records, agreed, pending) VALUES (@tenant, ?, ?, ?, ?, ?)
         ON CONFLICT (tenant, shelf_id, state) DO UPDATE SET records = records + excluded.records,
           agreed = agreed + excluded.agreed, pending = pending + excluded.pending`,
        shelfId,
        state,
        records,
        agreed,
        pending,
      );
    }
  }

  #add(record: Counted, sign: 1 | -1): void {
    const row = this.#rows.get(record.state) ?? { records: 0, agreed: 0, pending: 0 };
    row.records += sign;
    if (record.agreed !== null) row.agreed += sign;
    if (record.agreed !== record.hash) row.pending += sign;
    this.#rows.set(record.state, row);
  }
}

export function tallies(db: Db, { shelfId }: Shelf): Tallies {
  const rows = db.all<Row & { state: RecordState }>(
    'SELECT state, records, agreed, pending FROM tallies WHERE tenant = @tenant AND shelf_id = ? AND records > 0',
    shelfId,
  );
  const sum = (of: (row: Row & { state: RecordState }) => number) => rows.reduce((total, row) => total + of(row), 0);
  return {
    byState: Object.fromEntries(rows.map((row) => [row.state, row.records])),
    pendingByState: Object.fromEntries(rows.filter((row) => row.pending > 0).map((row) => [row.state, row.pending])),
    total: sum((row) => row.records),
    linked: sum((row) => (row.state === 'deleted' ? 0 : row.agreed)),
    pending: sum((row) => row.pending),
  };
}
