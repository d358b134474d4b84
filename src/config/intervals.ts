/**
 * Times in the configuration: `every 24h`, and cron expressions of five fields. Pure.
 *
 * Decides what is a valid interval or calendar rule; what a rule means in time is decided by rules/next-due.ts.
 */
import type { Schedule } from '../model/schedule.ts';

const UNIT_MS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const INTERVAL = /^every\s+([1-9][0-9]{0,5})\s*([smhd])$/u;
/** As JSON Schema sees an interval. */
export const INTERVAL_PATTERN = INTERVAL.source;

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
interface CronField {
  readonly from: number;
  readonly to: number;
  readonly names: readonly string[];
}
const CRON_FIELDS: readonly CronField[] = [
  { from: 0, to: 59, names: [] },
  { from: 0, to: 23, names: [] },
  { from: 1, to: 31, names: [] },
  { from: 1, to: 12, names: MONTHS },
  { from: 0, to: 7, names: DAYS },
];

/** Reads `every 90m` as ms; null when it is not an interval. */
export function parseInterval(text: string): number | null {
  const match = INTERVAL.exec(text);
  if (match === null) return null;
  return Number(match[1]) * UNIT_MS[match[2] as keyof typeof UNIT_MS];
}

/** Reads a schedule: an interval, or a cron expression; null when it is neither. */
export function parseSchedule(text: string): Schedule | null {
  const ms = parseInterval(text);
  if (ms !== null) return { kind: 'every', ms };
  const fields = text.trim().toLowerCase().split(/\s+/u);
  if (fields.length !== CRON_FIELDS.length) return null;
  const valid = CRON_FIELDS.every((field, index) =>
    (fields[index] ?? '').split(',').every((part) => isPart(part, field)),
  );
  return valid ? { kind: 'cron', expression: fields.join(' ') } : null;
}

/** One of `*`, `5`, `1-5`, `mon-fri`, each with an optional `/step`. */
function isPart(part: string, field: CronField): boolean {
  const [range = '', step, ...rest] = part.split('/');
  if (rest.length > 0 || (step !== undefined && !/^[1-9][0-9]?$/u.test(step))) return false;
  if (range === '*') return true;
  const ends = range.split('-').map((end) => cronNumber(end, field));
  const [from, to = from] = ends;
  return ends.length <= 2 && from !== null && to !== null && from !== undefined && to !== undefined && from <= to;
}

function cronNumber(text: string, field: CronField): number | null {
  const named = field.names.indexOf(text);
  if (named >= 0) return named + (field.names === MONTHS ? 1 : 0);
  if (!/^[0-9]{1,2}$/u.test(text)) return null;
  const value = Number(text);
  return value >= field.from && value <= field.to ? value : null;
}
