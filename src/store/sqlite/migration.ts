/**
 * One step of the schema, as data. Numbered upwards from 1; run once, in a transaction of its own.
 */
export interface Migration {
  readonly number: number;
  readonly name: string;
  readonly sql: string;
}
