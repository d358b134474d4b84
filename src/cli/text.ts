/**
 * Plain text for people: aligned columns, counts, spans of time. Pure; decides layout, never content.
 */

/** Aligns rows in columns, two spaces apart; the last column runs free. */
export function alignRows(rows: readonly (readonly string[])[], indent = ''): readonly string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [index, cell] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, cell.length);
  }
  return rows.map((row) => {
    const cells = row.map((cell, index) => (index === row.length - 1 ? cell : cell.padEnd(widths[index] ?? 0)));
    return `${indent}${cells.join('  ')}`.trimEnd();
  });
}

/** Writes a number with thousands apart: `12,345`. */
export function formatCount(count: number): string {
  return count.toLocaleString('en-US');
}

/** Writes "1 record", "2 records". */
export function formatNumber(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** Writes the figures that are not zero: `held 2, parked 1`; empty when all are. */
export function formatFigures(figures: Readonly<Record<string, number | undefined>>): string {
  return Object.entries(figures)
    .filter(([, count]) => count !== undefined && count !== 0)
    .map(([name, count]) => `${name} ${formatCount(count ?? 0)}`)
    .join(', ');
}

const SPANS = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1_000, 's'],
] as const;

/** Writes a span of time in its two largest units: `2 h 5 min`. */
export function formatSpan(ms: number): string {
  if (ms < 1_000) return `${Math.max(0, Math.round(ms))} ms`;
  const start = SPANS.findIndex(([unit]) => ms >= unit);
  let rest = ms;
  const parts: string[] = [];
  for (const [unit, name] of SPANS.slice(start, start + 2)) {
    const count = Math.floor(rest / unit);
    if (count > 0) parts.push(`${count} ${name}`);
    rest -= count * unit;
  }
  return parts.join(' ');
}

/** Writes an instant as ISO UTC text; `never` for none. */
export function formatInstant(at: number | null): string {
  return at === null ? 'never' : new Date(at).toISOString().replace(/\.\d{3}Z$/u, 'Z');
}

/** Writes how long ago an instant was. */
export function formatAgo(at: number | null, now: number): string {
  return at === null ? 'never' : `${formatSpan(now - at)} ago`;
}

/** Writes any JSON value shortly; `nothing` for null and absent. */
export function formatValue(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
