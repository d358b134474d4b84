/**
 * `npm run proof`: the laboratory. Plays histories made from seeds (the whole program on a virtual clock beside the simulator, with
 * faults, crashes and life in the account) and holds every promise against the simulator's truth.
 *
 * `--seeds N` (300) histories `--from M` (1); every tenth is played twice and must log the same, with `--twice` each. `--workers N` (one
 * a core). `--first` ends with the first failure. `--show` prints one seed's history and log instead. `--share K/N` is for CI: 300
 * seeds that depend on the share. `--both` plays an account and a CRM that know some of the same people, instead of an account beside a
 * database. A failing seed is printed with its history, shortened. Ends with `N passed, N failed`.
 */
import { availableParallelism } from 'node:os';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { playBoth } from '../test/laboratory/both/both-stage.ts';
import { judgeBoth, shortenBoth } from '../test/laboratory/both/both-seed.ts';
import { drawBothHistory } from '../test/laboratory/both/draw-both.ts';
import { drawHistory } from '../test/laboratory/draw-history.ts';
import { tell } from '../test/laboratory/history.ts';
import type { Finding } from '../test/laboratory/moment.ts';
import { judgeSeed, shorten, type Judged } from '../test/laboratory/seed.ts';
import { play } from '../test/laboratory/table-stage.ts';
import type { Played } from '../test/laboratory/player.ts';
import type { Told, Wanted } from './proof/messages.ts';
import { playAll } from './proof/workers.ts';

/** Far from the seeds that somebody plays by hand. */
const FIRST_SHARE = 1_000_000;
const IN_A_SHARE = 300;
const MOST_SHORTENED = 3;
const MOST_PRINTED = 1_000;

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function sayFindings(findings: readonly Finding[]): void {
  for (const { id, text } of findings.slice(0, 5)) say(`  ${id}: ${text.slice(0, MOST_PRINTED)}`);
}

type Range = Omit<Wanted, 'seed'> & { readonly from: number; readonly seeds: number };

function* seedsOf({ from, seeds, twice, both }: Range): Generator<Wanted, void> {
  for (let seed = from; seed < from + seeds; seed += 1) yield { seed, twice: twice || seed % 10 === 0, both };
}

/** One kind of history: how it is judged, told and shortened. */
interface Kind {
  readonly judge: (seed: number, twice: boolean) => Promise<Judged>;
  readonly tell: (seed: number) => readonly string[];
  readonly events: (seed: number) => number;
  /** The shortest history that fails alike, told, and how it was played. */
  readonly shorten: (seed: number, findings: readonly Finding[]) => Promise<readonly [readonly string[], Played]>;
}

const BESIDE: Kind = {
  judge: judgeSeed,
  tell: (seed) => tell(drawHistory(seed)),
  events: (seed) => drawHistory(seed).events.length,
  shorten: async (seed, findings) => {
    const short = await shorten(drawHistory(seed), findings);
    return [tell(short), await play(short)];
  },
};
const BOTH: Kind = {
  judge: judgeBoth,
  tell: (seed) => tell(drawBothHistory(seed)),
  events: (seed) => drawBothHistory(seed).events.length,
  shorten: async (seed, findings) => {
    const short = await shortenBoth(drawBothHistory(seed), findings);
    return [tell(short), await playBoth(short)];
  },
};

async function show(kind: Kind, seed: number): Promise<boolean> {
  const { findings, log } = await kind.judge(seed, true);
  for (const line of [...kind.tell(seed), '', ...log]) say(line);
  sayFindings(findings);
  return findings.length === 0;
}

/** Prints what breaks the promise, as short as it can be found, and what happened when it was played. */
async function explain(kind: Kind, { seed, findings }: Told): Promise<void> {
  say(`BAD  --from ${seed} --seeds 1${kind === BOTH ? ' --both' : ''}`);
  sayFindings(findings);
  const [short, played] = await kind.shorten(seed, findings);
  say(`shortened from ${kind.events(seed)} events:`);
  for (const line of short) say(`  ${line}`);
  say('as it was played:');
  for (const line of played.log) say(`  ${line.slice(0, MOST_PRINTED)}`);
  sayFindings(played.findings);
}

async function main(): Promise<boolean> {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string', default: String(IN_A_SHARE) },
      from: { type: 'string', default: '1' },
      workers: { type: 'string', default: String(availableParallelism()) },
      share: { type: 'string' },
      twice: { type: 'boolean', default: false },
      first: { type: 'boolean', default: false },
      show: { type: 'boolean', default: false },
      both: { type: 'boolean', default: false },
    },
  });
  const [part] = (values.share ?? '0').split('/').map(Number);
  const from = values.share === undefined ? Number(values.from) : FIRST_SHARE + Number(part) * IN_A_SHARE;
  const [seeds, workers] = [Number(values.seeds), Number(values.workers)];
  if (![from, seeds, workers].every(Number.isSafeInteger) || seeds < 1 || workers < 1)
    throw new Error('--seeds, --from and --workers are whole numbers');
  const kind = values.both ? BOTH : BESIDE;
  if (values.show) return show(kind, from);
  const failed: Told[] = [];
  const sum = { histories: 0, passes: 0, requests: 0 };
  const wanted = seedsOf({ from, seeds, twice: values.twice, both: values.both });
  await playAll(wanted, workers, (told) => {
    sum.histories += 1;
    sum.passes += told.passes;
    sum.requests += told.requests;
    if (told.findings.length === 0) return true;
    failed.push(told);
    say(`bad: seed ${told.seed}: ${told.findings[0]?.id ?? ''}`);
    return !values.first;
  });
  for (const told of failed.slice(0, MOST_SHORTENED)) await explain(kind, told);
  say(
    `seeds ${from} to ${from + seeds - 1}: ${sum.histories} histories, ${sum.passes} commands, ${sum.requests} requests`,
  );
  say(`${sum.histories - failed.length} passed, ${failed.length} failed`);
  return failed.length === 0;
}

process.exitCode = (await main()) ? 0 : 1;
