/**
 * Everything that must be the same however often the programs were killed, in a form that two runs can be compared by.
 *
 * Left out: our own times, ids of runs and owners, row numbers, and by which channel something became known first.
 */
import Database from 'better-sqlite3';
import { join } from 'node:path';

type Row = Readonly<Record<string, string | number | null>>;

export interface EndState {
  /** Every table of the secondary, rows in order of content. What a test hung there to watch writes is among them. */
  readonly secondary: Readonly<Record<string, readonly string[]>>;
  readonly records: readonly string[];
  readonly tallies: readonly string[];
  readonly facts: readonly string[];
  /** How often the journal tells of each record that it was written, and what was seen of its consent. */
  readonly journal: readonly string[];
  readonly links: readonly string[];
  readonly waiting: readonly string[];
  /** Work that a finished history leaves none of. */
  readonly unfinished: readonly string[];
}

/** Reads it from the two databases in a folder. */
export function endState(folder: string): EndState {
  const store = new Database(join(folder, 'concord.db'), { readonly: true });
  const app = new Database(join(folder, 'app.db'), { readonly: true });
  try {
    return { secondary: readSecondary(app), ...readStore(store) };
  } finally {
    store.close();
    app.close();
  }
}

function readSecondary(app: Database.Database): EndState['secondary'] {
  const names = app
    .prepare<[], string>(
      `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '%concord_mirror%'`,
    )
    .pluck()
    .all();
  return Object.fromEntries(
    names.map((name) => {
      const rows = app.prepare<[], Row>(`SELECT * FROM "${name}"`).all();
      return [name, rows.map((row) => JSON.stringify(name === 'contacts' ? row : withoutOurTime(row))).sort()];
    }),
  );
}

/** What vanishes from a small listing is deleted at our time; only that it is deleted can be compared. */
function withoutOurTime(row: Row): Row {
  return 'deleted_at' in row ? { ...row, deleted_at: row['deleted_at'] === null ? null : 'deleted' } : row;
}

function readStore(store: Database.Database): Omit<EndState, 'secondary'> {
  const lines = (sql: string): string[] =>
    store
      .prepare<[], Row>(sql)
      .all()
      .map((row) => JSON.stringify(row))
      .sort();
  const shelf = 'FROM records AS r JOIN shelves AS s ON s.shelf_id = r.shelf_id';
  return {
    records: lines(
      `SELECT side, stream, id, state, agreed IS hash AS agreed,
         iif(state = 'deleted' AND stream <> 'contacts', '', hash) AS hash ${shelf} WHERE side = 'primary'`,
    ),
    tallies: lines(
      `SELECT side, stream, t.state, records, agreed, pending FROM tallies AS t JOIN shelves AS s ON s.shelf_id = t.shelf_id
       WHERE side = 'primary' AND records > 0`,
    ),
    // That somebody left a list has the time of the reading that showed it, which a kill makes another.
    facts: lines(
      `SELECT contact_id, medium, scope, fact, actor, iif(scope = 'all', at, NULL) AS at,
         count(DISTINCT channel) AS channels FROM facts GROUP BY 1, 2, 3, 4, 5, 6`,
    ),
    journal: lines(
      `SELECT stream, id, iif(event IN ('seen', 'loaded'), event, 'written') AS event, count(*) AS times
       FROM journal WHERE id IS NOT NULL OR event = 'loaded' GROUP BY 1, 2, 3`,
    ),
    links: lines('SELECT stream, primary_id, secondary_id, baseline_hash FROM links'),
    waiting: lines('SELECT kind, stream, id, reason FROM waiting'),
    unfinished: [
      ...lines(`SELECT 'walk' AS what, kind FROM walks WHERE pages > 0`),
      ...lines(`SELECT state, primary_id FROM outbox WHERE state NOT IN ('confirmed', 'superseded')`),
      ...lines(`SELECT id FROM records WHERE agreed IS NOT hash`),
    ],
  };
}

/** Lists what one end has and the other lacks, for a message that a person can read. */
export function differenceOf(found: unknown, wanted: EndState): unknown {
  if (found === null || typeof found !== 'object' || !('secondary' in found)) return found;
  const flat = (end: EndState): string[] =>
    Object.entries({ ...end, ...end.secondary }).flatMap(([part, lines]) =>
      Array.isArray(lines) ? lines.map((line) => `${part}: ${String(line)}`) : [],
    );
  const [have, want] = [flat(found as EndState), flat(wanted)];
  return {
    more: have.filter((line) => !want.includes(line)).slice(0, 5),
    less: want.filter((line) => !have.includes(line)).slice(0, 5),
    lines: [have.length, want.length],
  };
}
