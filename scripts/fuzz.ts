/**
 * `npm run fuzz`: hostile input at every door of test/hostile. No crash that is not a refusal of our own, no hang over
 * 1 s, no changed prototype, no more than 256 MB.
 *
 * `--inputs N` (1,000,000), `--seed N`, `--only DOOR`, `--number N` tries one again (and prints it), `--share K/N` is for CI:
 * 20,000 inputs with a seed of that share. Ends with `N passed, N failed`; what failed is printed with its door, seed and
 * number, and shortened.
 */
import process from 'node:process';
import { parseArgs } from 'node:util';
import { DOORS, inputOf, prepareDoors } from '../test/hostile/doors.ts';
import type { Figures } from './fuzz/messages.ts';
import { shorten } from './fuzz/shorten.ts';
import { type Bad, Watcher } from './fuzz/watcher.ts';

const INPUTS_IN_CI = 20_000;
const AT_ONCE = 20_000;
/** More of them are counted and not shortened. */
const MOST_SHORTENED = 5;
const MOST_PRINTED = 2_000;

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function show(watcher: Watcher, bad: Bad, seed: number, only: string | null): Promise<void> {
  const { door, input } = inputOf(DOORS, seed, bad.number, only);
  say(`BAD  ${door.name}  --seed ${seed} --number ${bad.number}${only === null ? '' : ` --only ${only}`}`);
  say(bad.detail);
  const kind = headline(bad.detail);
  const short = await shorten(
    input,
    async (smaller) => headline((await watcher.try(door.name, smaller)).detail) === kind,
  );
  say(`shortened: ${JSON.stringify(short).slice(0, MOST_PRINTED)}`);
}

/** Two failures are the same when their first lines are, figures apart. */
function headline(detail: string): string {
  return (detail.split('\n', 1)[0] ?? '').replaceAll(/\d+/g, 'N');
}

function add(sum: Record<string, { taken: number; refused: number; slowest: number }>, figures: Figures): void {
  for (const [door, { taken, refused, slowest }] of Object.entries(figures)) {
    const mine = (sum[door] ??= { taken: 0, refused: 0, slowest: 0 });
    mine.taken += taken;
    mine.refused += refused;
    mine.slowest = Math.max(mine.slowest, slowest);
  }
}

async function main(): Promise<boolean> {
  const { values } = parseArgs({
    options: {
      inputs: { type: 'string' },
      seed: { type: 'string', default: '1' },
      only: { type: 'string' },
      number: { type: 'string' },
      share: { type: 'string' },
    },
  });
  const seed = Number(values.share?.split('/')[0] ?? values.seed);
  const only = values.only ?? null;
  const from = Number(values.number ?? 0);
  const inputs = Number(
    values.inputs ?? (values.number !== undefined ? 1 : values.share !== undefined ? INPUTS_IN_CI : 1_000_000),
  );
  if (!Number.isSafeInteger(seed) || !(inputs >= 1) || !(from >= 0))
    throw new Error('--seed, --inputs and --number are whole numbers');
  await prepareDoors();
  if (values.number !== undefined)
    say(`input: ${JSON.stringify(inputOf(DOORS, seed, from, only)).slice(0, MOST_PRINTED)}`);
  const watcher = new Watcher(new URL('../test/hostile/doors.ts', import.meta.url));
  const sum: Record<string, { taken: number; refused: number; slowest: number }> = {};
  let failed = 0;
  const until = from + inputs;
  for (let at = from; at < until; at += AT_ONCE) {
    const { bad, figures } = await watcher.run(seed, at, Math.min(at + AT_ONCE, until), only);
    add(sum, figures);
    for (const one of bad)
      if ((failed += 1) <= MOST_SHORTENED) await show(watcher, one, seed, only);
      else say(`BAD  --seed ${seed} --number ${one.number}: ${headline(one.detail)}`);
  }
  await watcher.close();
  for (const [door, { taken, refused, slowest }] of Object.entries(sum))
    say(`${door}: ${taken} taken, ${refused} refused, slowest ${Math.round(slowest)} ms`);
  say(`seed ${seed}, at most ${Math.round(watcher.peak / 2 ** 20)} MB resident`);
  say(`${inputs - failed} passed, ${failed} failed`);
  return failed === 0;
}

process.exitCode = (await main()) ? 0 : 1;
