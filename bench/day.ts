/**
 * `npm run bench -- --day`: the requests of a day of life in both systems, beside the fewest that it needs.
 *
 * 24 passes, an hour apart, after both have met and are quiet. What was carried is checked by the systems themselves before
 * a figure counts; ends with exit 1 when a side cost more than 1.1 of its fewest. Time is virtual, so only requests are told.
 */
import { agree, Day, flagsOf, HOURS } from './day-changes.ts';
import { fewestOfAccount, fewestOfCrm, sum, type Fewest, type Sizes } from './day-fewest.ts';
import { inBoth, Systems, type Requests } from './systems.ts';

const HOUR = 3_600_000;
/** More than this of the fewest is a waste that has to be found. */
export const MOST = 1.1;

export interface DayResult {
  readonly sizes: Sizes;
  readonly counts: Day['counts'];
  readonly fewest: Readonly<Record<keyof Requests, Fewest>>;
  readonly spent: Requests;
  /** Requests of the day by method and path. */
  readonly paths: Readonly<Record<string, number>>;
  readonly applied: number;
}

/** Plays a day. Throws where something was not carried, or a limit was passed. */
export async function playDay(people: number, tell: (line: string) => void = () => undefined): Promise<DayResult> {
  using systems = new Systems(inBoth(people));
  const { world } = systems.simulator;
  const fit = agree(world);
  // The CRM's dates are coarse: whoever moved yesterday is shown again all day.
  systems.clock.advance(2 * HOURS * HOUR);
  tell(`${people} people are in both; the first two passes`);
  await systems.pass();
  systems.clock.advance(HOUR);
  const quiet = await systems.pass();
  if (quiet.applied > 0) throw new Error('the second pass was not quiet');
  const day = new Day(people, fit);
  const [before, pathsBefore] = [systems.requests(), systems.paths()];
  let applied = 0;
  for (let hour = 0; hour < HOURS; hour += 1) {
    systems.clock.advance(HOUR / 2);
    day.happen(world, hour);
    systems.clock.advance(HOUR / 2);
    applied += (await systems.pass()).applied;
    tell(`hour ${hour + 1} of ${HOURS}: ${applied} written`);
  }
  check(systems, day, fit);
  const after = systems.requests();
  const sizes = sizesOf(systems);
  return {
    sizes,
    counts: day.counts,
    fewest: { cc: fewestOfAccount(sizes, day.counts), crm: fewestOfCrm(sizes, day.counts) },
    spent: { cc: after.cc - before.cc, crm: after.crm - before.crm },
    paths: Object.fromEntries(
      Object.entries(systems.paths())
        .map(([path, n]) => [path, n - (pathsBefore[path] ?? 0)] as const)
        .filter(([, n]) => n > 0),
    ),
    applied,
  };
}

function sizesOf({ simulator: { world } }: Systems): Sizes {
  const all = [...world.state.people.values()];
  const living = all.filter(({ deletedAt }) => deletedAt === null);
  return {
    people: all.length,
    unsubscribed: living.filter(({ email }) => email?.permission === 'unsubscribed').length,
    deleted: all.length - living.length,
    contacts: [...world.crm.state.contacts.values()].filter(({ archivedAt }) => archivedAt === null).length,
  };
}

/** A day that was not carried is no cheap one: everybody who left, in either system, is out in both. */
function check(
  systems: Systems,
  { counts }: Day,
  fit: readonly { readonly id: string; readonly email: string }[],
): void {
  if (systems.excess() > 0) throw new Error('requests went beyond a limit');
  const { world } = systems.simulator;
  const end = counts.clicked + counts.unsubscribed + counts.bounced;
  const out = fit.slice(0, end).filter(({ email }) => flagsOf(world, email).includes(true));
  const first = end + counts.renamed + counts.moved;
  const deleted = fit.slice(first, first + counts.deleted).filter(({ email }) => flagsOf(world, email).includes(true));
  const withdrawn = fit.slice(first + counts.deleted, first + counts.deleted + counts.withdrawn);
  const missed = withdrawn.filter(({ id }) => world.state.people.get(id)?.email?.permission !== 'unsubscribed');
  const renamed = fit
    .slice(end, end + counts.renamed)
    .filter(({ email }) => !nameOf(systems, email).startsWith('Renamed'));
  const joined = Math.max(0, counts.joined - world.crm.state.rows.size);
  const left = { out: out.length, deleted: deleted.length, withdrawn: missed.length, renamed: renamed.length, joined };
  if (Object.values(left).some((n) => n > 0)) throw new Error(`not carried: ${JSON.stringify(left)}`);
}

function nameOf({ simulator }: Systems, email: string): string {
  const told = simulator.world.crm.contact({ email }) as {
    readonly individuals?: readonly { readonly firstName?: string }[];
  } | null;
  return told?.individuals?.[0]?.firstName ?? '';
}

/** Words a result as Markdown tables. */
export function renderDay({ sizes, counts, fewest, spent, paths, applied }: DayResult): readonly string[] {
  const changes = Object.entries(counts).map(([kind, n]) => `${n} ${kind}`);
  const lines = (['cc', 'crm'] as const).map((side) => {
    const least = sum(fewest[side]);
    return `| ${side === 'cc' ? 'Constant Contact' : 'Virtuous CRM+'} | ${spent[side]} | ${least} | ${(spent[side] / least).toFixed(3)}× |`;
  });
  const parts = (side: keyof Requests): readonly string[] =>
    Object.entries(fewest[side]).map(([what, n]) => `| ${side} | ${what} | ${n} |`);
  return [
    `${sizes.people.toLocaleString('en-US')} people in both, ${HOURS} passes; ${changes.join(', ')}; ${applied} written.`,
    '',
    '| side | requests | fewest | ratio |',
    '| --- | ---: | ---: | ---: |',
    ...lines,
    '',
    '| side | what it needs at least | requests |',
    '| --- | --- | ---: |',
    ...parts('cc'),
    ...parts('crm'),
    '',
    ...Object.entries(paths).map(([path, n]) => `    ${String(n).padStart(7)}  ${path}`),
  ];
}

/** Tells whether each side stayed within what is allowed. */
export function isFrugal({ fewest, spent }: DayResult): boolean {
  return spent.cc <= MOST * sum(fewest.cc) && spent.crm <= MOST * sum(fewest.crm);
}
