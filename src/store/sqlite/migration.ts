/**
 * One step of the schema, as data. Numbered from 1 without gaps; run once, in a transaction of its own.
 */
export interface Migration {
  readonly number: number;
  readonly name: string;
  readonly sql: string;
}
