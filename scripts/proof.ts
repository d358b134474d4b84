/**
 * `npm run proof`: the laboratory. Plays histories made from seeds (the whole program on a virtual clock beside the simulator, with
 * faults, crashes and life in the account) and holds every promise against the simulator's truth.
 *
 * `--seeds N` (300) histories `--from M` (1); every tenth is played twice and must log the same, with `--twice` each. `--workers N` (one
 * a core). `--first` ends with the first failure. `--show` prints one seed's history and log instead. `--share K/N` is for CI: 300
 * seeds that depend on the share. `--except N,N` leaves out seeds that are known to fail, and says so. A failing seed is printed with its history, shortened. Ends with `N passed, N failed`.
 */
import { availableParallelism } from 'node:os';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { drawHistory } from '../test/laboratory/draw-history.ts';
import { tell } from '../test/laboratory/history.ts';
import type { Finding } from '../test/laboratory/moment.ts';
import { judgeSeed, shorten } from '../test/laboratory/seed.ts';
import { play } from '../test/laboratory/table-stage.ts';
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

function* seedsOf(from: number, seeds: number, twice: boolean, except: ReadonlySet<number>): Generator<Wanted, void> {
  for (let seed = from; seed < from + seeds; seed += 1)
    if (!except.has(seed)) yield { seed, twice: twice || seed % 10 === 0 };
}

async function show(seed: number): Promise<boolean> {
  const { findings, log } = await judgeSeed(seed, true);
  for (const line of [...tell(drawHistory(seed)), '', ...log]) say(line);
  sayFindings(findings);
  return findings.length === 0;
}

/** Prints what breaks the promise, as short as it can be found, and what happened when it was played. */
async function explain({ seed, findings }: Told): Promise<void> {
  say(`BAD  --from ${seed} --seeds 1`);
  sayFindings(findings);
  const short = await shorten(drawHistory(seed), findings);
  say(`shortened from ${drawHistory(seed).events.length} events:`);
  for (const line of tell(short)) say(`  ${line}`);
  say('as it was played:');
  const played = await play(short);
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
      except: { type: 'string', default: '' },
      twice: { type: 'boolean', default: false },
      first: { type: 'boolean', default: false },
      show: { type: 'boolean', default: false },
    },
  });
  const [part] = (values.share ?? '0').split('/').map(Number);
  const from = values.share === undefined ? Number(values.from) : FIRST_SHARE + Number(part) * IN_A_SHARE;
  const [seeds, workers] = [Number(values.seeds), Number(values.workers)];
  if (![from, seeds, workers].every(Number.isSafeInteger) || seeds < 1 || workers < 1)
    throw new Error('--seeds, --from and --workers are whole numbers');
  if (values.show) return show(from);
  const except = new Set(values.except.split(',').filter(Boolean).map(Number));
  for (const seed of except) say(`left out, known to fail: seed ${seed} (docs/proof.md)`);
  const failed: Told[] = [];
  const sum = { histories: 0, passes: 0, requests: 0 };
  await playAll(seedsOf(from, seeds, values.twice, except), workers, (told) => {
    sum.histories += 1;
    sum.passes += told.passes;
    sum.requests += told.requests;
    if (told.findings.length === 0) return true;
    failed.push(told);
    say(`bad: seed ${told.seed}: ${told.findings[0]?.id ?? ''}`);
    return !values.first;
  });
  for (const told of failed.slice(0, MOST_SHORTENED)) await explain(told);
  say(
    `seeds ${from} to ${from + seeds - 1}: ${sum.histories} histories, ${sum.passes} commands, ${sum.requests} requests`,
  );
  say(`${sum.histories - failed.length} passed, ${failed.length} failed`);
  return failed.length === 0;
}

process.exitCode = (await main()) ? 0 : 1;
