/**
 * SQLite's way of writing names. Every identifier goes through `quote`, every value is bound: a name from a
 * configuration or a catalogue can never change a statement (C7).
 */

/** Quotes an identifier. A NUL would end the statement's text, so such a name is refused. */
export function quote(name: string): string {
  if (name.includes('\0')) throw new RangeError('an identifier cannot contain NUL');
  return `"${name.replaceAll('"', '""')}"`;
}

/** Quotes and joins a column list. */
export function quoteAll(names: readonly string[], alias?: string): string {
  const before = alias === undefined ? '' : `${alias}.`;
  return names.map((name) => before + quote(name)).join(', ');
}

/** Folds a name as SQLite compares names: ASCII case only. */
export function foldName(name: string): string {
  return name.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
