/**
 * `npm run bench -- --backfill`: an account of people whom the CRM does not have is taken over, hour by hour.
 *
 * Passes an hour apart until everybody who may be mailed is submitted, imported by the CRM's night and met, one killed in
 * the middle; a few people change in each hour. What was carried is checked by the systems themselves. The CRM's hour is
 * small for its size, so that the work takes several. Time is virtual.
 */
import type { Backfill } from '../src/cli/way-choice.ts';
import { fewestOfBackfill, type BackfillSizes, type PassSeen } from './backfill-fewest.ts';
import { BatchKill } from './batch-kill.ts';
import { Life, submissionsOf, THERE_AN_HOUR, type Somebody } from './backfill-life.ts';
import { agree, flagsOf } from './day-changes.ts';
import { sum, type Fewest } from './day-fewest.ts';
import { Systems, type Requests } from './systems.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** More than this of the fewest is a waste that has to be found. */
const MOST = 1.1;
/** An estimate that is further off than this tells nobody anything. */
const OFF = 1 / 3;
/** The night comes after nineteen hours; after so many nothing is on its way any more. */
const MOST_PASSES = 30;
const BATCH = 100;
/** Of those who are drawn for both systems some are out, nameless or deleted. */
const THERE = 2 * THERE_AN_HOUR * MOST_PASSES;
const OWN = 100;
const NEVER = ', create: never';
const SUBMIT = ', placeholder: { first_name: Friend, last_name: Unknown }';

export interface BackfillResult {
  readonly contacts: number;
  readonly perHour: number;
  readonly estimate: Pick<Backfill, 'made' | 'calls' | 'hours' | 'callsPerHour'>;
  /** Submissions that arrived, and in how many of the CRM's hours. */
  readonly batches: number;
  readonly hours: number;
  readonly sizes: BackfillSizes;
  readonly fewest: Fewest;
  readonly spent: Requests;
  readonly paths: Readonly<Record<string, number>>;
  readonly longestWaitMs: number;
  readonly met: number;
  /** What was not carried, by kind: each is a failure. */
  readonly wrong: Readonly<Record<string, number>>;
}

/** Plays a backfill; judges nothing but what the systems say. Throws where a pass fails. */
export async function playBackfill(
  contacts: number,
  tell: (line: string) => void = () => undefined,
): Promise<BackfillResult> {
  const perHour = Math.max(60, Math.ceil(contacts / BATCH / 4));
  using systems = new Systems({
    contacts: contacts + THERE,
    crm: { contacts: OWN, shared: THERE },
    switches: { crmAutoImport: true, crmAutoCreate: true, crmRatePerHour: perHour },
  });
  return await new Play(systems, contacts, perHour, tell).run();
}

/** One backfill under way. */
class Play {
  readonly #systems: Systems;
  readonly #contacts: number;
  readonly #perHour: number;
  readonly #tell: (line: string) => void;
  readonly #kill: BatchKill;
  readonly #seen: PassSeen[] = [];
  readonly #hours = new Set<number>();
  #late = 0;
  #unsure = 0;

  constructor(systems: Systems, contacts: number, perHour: number, tell: (line: string) => void) {
    this.#systems = systems;
    this.#kill = new BatchKill(() => systems.simulator.world.crm.state.rows.size);
    this.#contacts = contacts;
    this.#perHour = perHour;
    this.#tell = tell;
  }

  async run(): Promise<BackfillResult> {
    const { clock, simulator } = this.#systems;
    const { world } = simulator;
    const life = this.#settle();
    clock.advance(2 * DAY);
    await this.#meet();
    const { backfill } = await this.#systems.plan({ contacts: SUBMIT, good: ['done'] });
    if (backfill === null) throw new Error('nothing was estimated');
    this.#tell(`told: ${backfill.made} people, ${backfill.calls} requests, ${backfill.hours} h`);
    this.#kill.after = Math.floor(backfill.made / 2);
    const [before, pathsBefore, began] = [this.#systems.requests(), this.#systems.paths(), clock.now()];
    for (let n = 1; n <= MOST_PASSES && !this.#isOver(); n += 1) {
      this.#until(began + n * HOUR - HOUR / 2);
      life.happen(world, clock.now());
      this.#until(began + n * HOUR);
      await this.#pass();
      this.#late += life.look(world, clock.now());
      this.#tell(
        `hour ${n}: ${world.crm.state.rows.size} submitted, ${this.#systems.requests().crm - before.crm} requests`,
      );
    }
    const after = this.#systems.requests();
    const paths = differences(this.#systems.paths(), pathsBefore);
    const { underReview } = await this.#systems.plan({ contacts: SUBMIT });
    const sizes = this.#sizes(life, Math.ceil((clock.now() - began) / DAY));
    return {
      contacts: this.#contacts,
      perHour: this.#perHour,
      estimate: backfill,
      batches: (paths['POST /api/Contact/Batch'] ?? 0) + (paths['POST /api/Contact/Transaction'] ?? 0),
      hours: this.#hours.size,
      sizes,
      fewest: fewestOfBackfill(sizes),
      spent: { cc: after.cc - before.cc, crm: after.crm - before.crm },
      paths,
      longestWaitMs: life.longestWaitMs,
      met: imported(world),
      wrong: { ...this.#wrong(life), unmet: underReview?.people ?? 0 },
    };
  }

  #settle(): Life {
    const { world } = this.#systems.simulator;
    const there = agree(world);
    const mailable = [...world.state.people.values()].flatMap(({ id, email, deletedAt }): readonly Somebody[] =>
      deletedAt === null && email !== null && ['explicit', 'implicit'].includes(email.permission)
        ? [{ id, email: email.address }]
        : [],
    );
    // From all over the account, so that some leave before and some after they are asked for.
    const newcomers = mailable.filter(({ email }) => flagsOf(world, email).length === 0);
    const step = Math.max(1, Math.floor(newcomers.length / MOST_PASSES));
    return new Life(there, newcomers.filter((_one, n) => n % step === 0).slice(0, MOST_PASSES));
  }

  /** Those who are in both are met before, so that what is counted is the backfill. */
  async #meet(): Promise<void> {
    for (let n = 0; n < 3; n += 1) {
      await this.#systems.pass({ contacts: NEVER, good: ['done', 'partial'] });
      this.#systems.clock.advance(HOUR);
    }
  }

  async #pass(): Promise<void> {
    const { simulator, clock } = this.#systems;
    const { rows } = simulator.world.crm.state;
    const hour = Math.floor(clock.now() / HOUR);
    const [submitted, old] = [rows.size, [...rows.values()].filter((one) => one.at <= clock.now() - HOUR)];
    this.#seen.push({
      moved: movedSince(this.#systems, clock.now()),
      waiting: old.filter(({ contactId }) => contactId === null).length,
    });
    const how = { contacts: SUBMIT, good: ['done', 'partial'] } as const;
    try {
      await this.#systems.pass({ ...how, steps: this.#kill });
    } catch (error) {
      if (!this.#kill.isDead) throw error;
      this.#kill.revive();
      // Those who wait longest are looked for first: a few in a pass never come to an unsure one of a later hour.
      this.#unsure = this.#hours.size === 0 ? BATCH : 0;
      this.#tell(`killed after ${rows.size} were submitted, and started again`);
      // What a killed process held is free after its lease.
      clock.advance(60_000);
      this.#seen.push({ moved: movedSince(this.#systems, clock.now()), waiting: 0 });
      await this.#systems.pass(how);
    }
    if (rows.size > submitted) this.#hours.add(hour);
  }

  #until(at: number): void {
    const { clock } = this.#systems;
    clock.advance(Math.max(0, at - clock.now()));
  }

  /** Everybody asked for is imported, and a pass came after. */
  #isOver(): boolean {
    const { rows } = this.#systems.simulator.world.crm.state;
    const last = this.#seen.at(-1);
    return rows.size > 0 && last?.waiting === 0 && [...rows.values()].every(({ contactId }) => contactId !== null);
  }

  #sizes(life: Life, days: number): BackfillSizes {
    const { rows } = this.#systems.simulator.world.crm.state;
    const { left, renamed } = life;
    return {
      submitted: rows.size,
      batch: BATCH,
      left: left.length,
      renamed: renamed.length,
      unsure: this.#unsure,
      passes: this.#seen,
      days,
    };
  }

  #wrong({ newcomersLeft, left }: Life): Readonly<Record<string, number>> {
    const { world } = this.#systems.simulator;
    const times = submissionsOf(world);
    const wanted = [...world.state.people.values()].filter(
      ({ email, deletedAt }) =>
        deletedAt === null && email !== null && ['explicit', 'implicit'].includes(email.permission),
    );
    return {
      late: this.#late,
      beyondLimit: this.#systems.excess(),
      twice: [...times.values()].filter((n) => n > 1).length,
      missing: wanted.filter(({ email }) => flagsOf(world, email?.address ?? '').length === 0).length,
      notImported: world.crm.state.rows.size - imported(world),
      submittedAlthoughOut: newcomersLeft.filter(({ id, wasSubmitted }) => !wasSubmitted && times.has(id)).length,
      outButOn: [...newcomersLeft, ...left].filter(({ email }) => flagsOf(world, email).includes(true)).length,
      notKilled: this.#kill.killed ? 0 : 1,
    };
  }
}

function imported(world: Systems['simulator']['world']): number {
  return [...world.crm.state.rows.values()].filter(({ contactId }) => contactId !== null).length;
}

function movedSince({ simulator }: Systems, now: number): number {
  const since = Math.floor(now / DAY) * DAY - DAY;
  return [...simulator.world.crm.state.contacts.values()].filter((one) => one.modifiedAt >= since).length;
}

function differences(
  after: Readonly<Record<string, number>>,
  before: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> {
  const all = Object.entries(after).map(([path, n]) => [path, n - (before[path] ?? 0)] as const);
  return Object.fromEntries(all.filter(([, n]) => n > 0));
}

/** Names what is not as it has to be; empty: all is well. */
export function faultsOf({
  wrong,
  spent,
  fewest,
  estimate,
  batches,
  hours,
  longestWaitMs,
}: BackfillResult): readonly string[] {
  const told = Math.ceil(estimate.hours ?? 0);
  return [
    ...Object.entries(wrong).flatMap(([what, n]) => (n > 0 ? [`${what}: ${n}`] : [])),
    ...(spent.crm > MOST * sum(fewest) ? ['too many requests'] : []),
    ...(Math.abs(told - hours) > hours * OFF ? [`told ${told} h, took ${hours} h`] : []),
    ...(Math.abs(estimate.calls - batches) > batches * OFF ? [`told ${estimate.calls} requests, took ${batches}`] : []),
    ...(longestWaitMs > HOUR ? ['an opt-out waited longer than its next pass'] : []),
  ];
}

/** Words a result. */
export function renderBackfillBench(result: BackfillResult): readonly string[] {
  const { contacts, perHour, estimate, batches, hours, sizes, fewest, spent, paths, longestWaitMs, met } = result;
  const least = sum(fewest);
  const n = (value: number): string => value.toLocaleString('en-US');
  return [
    `${n(contacts)} people in the account alone, ${n(sizes.submitted)} of them submitted and ${n(met)} met; ${sizes.passes.length} passes, an hour of ${n(perHour)} requests.`,
    '',
    '| | told | took |',
    '| --- | ---: | ---: |',
    `| people | ${n(estimate.made)} | ${n(sizes.submitted)} |`,
    `| requests to submit them | ${n(estimate.calls)} | ${n(batches)} |`,
    `| hours of the CRM | ${estimate.hours ?? 'never'} | ${hours} |`,
    `| people an hour | ${n(Math.round(estimate.made / (estimate.hours ?? 1)))} | ${n(Math.round(sizes.submitted / hours))} |`,
    '',
    `Virtuous CRM+: ${n(spent.crm)} requests, fewest ${n(least)}, ${(spent.crm / least).toFixed(3)}×; Constant Contact: ${n(spent.cc)} requests.`,
    `The longest that an opt-out waited: ${Math.round(longestWaitMs / 60_000)} min, of passes an hour apart.`,
    `Left ${sizes.left}, renamed ${sizes.renamed}.`,
    '',
    ...Object.entries(fewest).map(([what, least]) => `    ${String(least).padStart(7)}  ${what}`),
    '',
    ...Object.entries(paths).map(([path, count]) => `    ${String(count).padStart(7)}  ${path}`),
  ];
}
