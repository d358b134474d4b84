/**
 * cheapest: one by one, or in jobs? Chosen for a set of new people by requests and by what each way does to consent.
 *
 * A job needs a list, makes people implicit, puts them on the list even if they once left it: so it is open only to
 * people whom the account was never seen to have, and only where that is what is wanted. Jobs are cut far below the
 * system's own limits. Pure; must never put anybody into a job who does not fit one.
 */
import type { ConsentEffects } from '../model/consent-effects.ts';

/** A new person as the choice sees one: the bytes of their row, null where only a single request can make them. */
export interface NewPerson {
  readonly id: string;
  readonly bytes: number | null;
}

/** The two ways, as a connector declares them. `jobs` null: the system has none. */
export interface Ways {
  /** Requests that one person costs by themselves. */
  readonly single: number;
  readonly jobs: {
    readonly effects: ConsentEffects;
    readonly limits: { readonly rows: number; readonly bytes: number };
    /** Requests to send one, and how many jobs one request tells the end of. */
    readonly calls: number;
    readonly toldAtOnce: number;
    readonly readBack: number;
  } | null;
  /** How many lists the people are to be on. */
  readonly lists: number;
}

/** Why nobody, or not everybody, goes in a job; null: all do. */
export type NoJob = 'no-jobs' | 'no-list' | 'consent' | 'unfit' | 'not-cheaper';
export interface Choice {
  readonly people: number;
  readonly singles: readonly string[];
  readonly jobs: readonly (readonly string[])[];
  readonly calls: number;
  /** What it would cost to make everybody by themselves. */
  readonly callsOneByOne: number;
  readonly because: NoJob | null;
}

/** Chooses the way with the fewest requests among those whose effects on consent are wanted. */
export function chooseCheapest(people: readonly NewPerson[], ways: Ways): Choice {
  const closed = closedBy(ways);
  const { jobs } = ways;
  if (closed !== null || jobs === null) return made(people, people, [], 0, ways, closed);
  const unfit = people.filter(({ bytes }) => bytes === null || bytes > jobs.limits.bytes);
  const unfitIds = new Set(unfit.map(({ id }) => id));
  const packed = pack(
    people.filter(({ id }) => !unfitIds.has(id)),
    jobs.limits,
  );
  const cost = (job: readonly NewPerson[]): number => jobs.calls + Math.ceil(job.length / jobs.readBack);
  const worth = packed.filter((job) => 1 + cost(job) < job.length * ways.single);
  const dear = packed.filter((job) => !worth.includes(job)).flat();
  const told = Math.ceil(worth.length / jobs.toldAtOnce);
  const calls = worth.reduce((sum, job) => sum + cost(job), told);
  const because = unfit.length > 0 ? 'unfit' : dear.length > 0 ? 'not-cheaper' : null;
  return made(people, [...unfit, ...dear], worth, calls, ways, because);
}

/** A way whose effects are not exactly the wanted ones is no way, however cheap. */
function closedBy({ jobs, lists }: Ways): NoJob | null {
  if (jobs === null) return 'no-jobs';
  if (lists === 0) return 'no-list';
  const { newAddress, known } = jobs.effects;
  return newAddress === 'implicit' && known === 'unchanged' ? null : 'consent';
}

/** In the given order: rows are much alike, so nothing is won by sorting them. */
function pack(people: readonly NewPerson[], { rows, bytes }: { rows: number; bytes: number }): NewPerson[][] {
  const jobs: NewPerson[][] = [];
  let room = 0;
  for (const person of people) {
    const size = person.bytes ?? 0;
    const last = jobs.at(-1);
    if (last === undefined || last.length >= rows || size > room) {
      jobs.push([person]);
      room = bytes - size;
    } else {
      last.push(person);
      room -= size;
    }
  }
  return jobs;
}

function made(
  people: readonly NewPerson[],
  singles: readonly NewPerson[],
  jobs: readonly (readonly NewPerson[])[],
  jobCalls: number,
  { single }: Ways,
  because: NoJob | null,
): Choice {
  return {
    people: people.length,
    singles: singles.map(({ id }) => id),
    jobs: jobs.map((job) => job.map(({ id }) => id)),
    calls: jobCalls + singles.length * single,
    callsOneByOne: people.length * single,
    because,
  };
}
