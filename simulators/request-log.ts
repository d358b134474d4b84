/**
 * request-log: every request that reached the simulator, with what became of it.
 *
 * It holds paths with their queries, never headers or bodies, so no token stands in it. It also tells how many requests went
 * beyond a limit: a test fails its run when `excess` is not 0.
 */

/** What a host counts of its own limits. */
export interface Limits {
  /** How many requests went beyond each limit. */
  excess(): Readonly<Record<string, number>>;
  /** How many calls were counted on the present UTC day. */
  today(): number;
}

export interface RequestEntry {
  readonly n: number;
  /** Instant by the simulator's clock. */
  readonly at: number;
  readonly method: string;
  /** Path with query. */
  readonly path: string;
  /** Null where no answer was given. */
  readonly status: number | null;
  readonly fault: string | null;
}

export interface RequestTotals {
  readonly total: number;
  readonly excess: number;
  readonly excessBy: Readonly<Record<string, number>>;
  readonly today: number;
  readonly byStatus: Readonly<Record<string, number>>;
  readonly byPath: Readonly<Record<string, number>>;
}

const UUID = /[0-9a-f]{8}-[0-9a-f-]{27}/g;
const MOST_ENTRIES = 200_000;

export class RequestLog {
  readonly #quota: Limits;
  readonly #ids: RegExp;
  readonly #byStatus: Record<string, number> = {};
  readonly #byPath: Record<string, number> = {};
  #entries: RequestEntry[] = [];
  #total = 0;

  /** `ids` is what stands for an id in a path, left out of the totals by path. */
  constructor(quota: Limits, ids: RegExp = UUID) {
    this.#quota = quota;
    this.#ids = ids;
  }

  /** Gives the next request its number. */
  begin(): number {
    this.#total += 1;
    return this.#total;
  }

  /** Writes down what became of a request. */
  end(entry: RequestEntry): void {
    const path = `${entry.method} ${(entry.path.split('?')[0] ?? '').replace(this.#ids, '{id}')}`;
    const status = entry.status === null ? 'none' : String(entry.status);
    this.#byStatus[status] = (this.#byStatus[status] ?? 0) + 1;
    this.#byPath[path] = (this.#byPath[path] ?? 0) + 1;
    if (this.#entries.length < MOST_ENTRIES) this.#entries.push(entry);
  }

  /** Every request answered so far, in the order of the answers (the first 200,000). */
  get entries(): readonly RequestEntry[] {
    return this.#entries;
  }

  /** How many requests have come. */
  get total(): number {
    return this.#total;
  }

  /** How many requests went beyond a limit. */
  get excess(): number {
    return Object.values(this.#quota.excess()).reduce((sum, n) => sum + n, 0);
  }

  /** Tells all totals. */
  totals(): RequestTotals {
    return {
      total: this.#total,
      excess: this.excess,
      excessBy: this.#quota.excess(),
      today: this.#quota.today(),
      byStatus: { ...this.#byStatus },
      byPath: { ...this.#byPath },
    };
  }

  /** Forgets the entries, keeping the totals. */
  forget(): void {
    this.#entries = [];
  }
}
