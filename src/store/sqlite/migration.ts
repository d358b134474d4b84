/**
 * One step of the schema, as data. Numbered upwards from 1; run once, in a transaction of its own.
 */
import type { Db } from './database.ts';

export interface Migration {
  readonly number: number;
  readonly name: string;
  readonly sql: string;
  /** What SQL alone cannot do, after it and in the same transaction. */
  readonly fill?: (db: Db) => void;
}
