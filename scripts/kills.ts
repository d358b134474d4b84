/**
 * `npm run kills`: kill -9 at random instants of real passes, while the account lives on; at the end of each round nobody may
 * be lost or doubled, and `verify` must find both sides equal (I5).
 *
 * A round is one installation: its first load is killed again and again until it is through, then so are its later
 * passes; then it is left alone until it is quiet, and compared. `--kills N` (200), `--contacts N` (5,000), `--seed N`;
 * `--share K/N` is for CI: a dozen kills with a seed of that share. Ends with `N passed, N failed`.
 */
import process from 'node:process';
import { parseArgs } from 'node:util';
import { compare } from './kills/compare.ts';
import { Installation, type Ended } from './kills/installation.ts';
import { World } from './kills/world.ts';

/** Kills that a round takes in its later passes, once its load is through. */
const KILLS_AFTER_LOAD = 8;
const KILLS_IN_CI = 12;
const MOST_PASSES = 8;

interface Figures {
  rounds: number;
  inLoad: number;
  later: number;
  /** Passes that were quicker than their death. */
  escaped: number;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Draws numbers in [0, 1) that are the same for the same seed (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** What people do between two passes: edits, opt-outs, new people, deletions; never so many that a guard would speak. */
function someLife(random: () => number, turn: number): object[] {
  const set = { first_name: `Turn ${turn}`, note: `note ${turn}` };
  return [
    { op: 'bulkEdit', n: 1 + Math.floor(random() * 12), set },
    { op: 'bulkUnsubscribe', n: 1 + Math.floor(random() * 4), how: random() < 0.5 ? 'contact' : 'account' },
    { op: 'bulkCreate', n: 1 + Math.floor(random() * 3) },
    { op: 'bulkDelete', n: Math.floor(random() * 2) },
  ].filter(({ n }) => n > 0);
}

/** Measures how long a whole load and an ordinary pass take here, so that deaths fall anywhere in them. */
async function measure(world: World): Promise<{ load: number; pass: number }> {
  using installation = new Installation(world);
  const load = await installation.run('sync');
  if (load.exit !== 0) throw new Error(`a calm pass failed (${String(load.exit)}): ${load.err}`);
  return { load: load.ms, pass: (await installation.run('sync')).ms };
}

/** Runs a round of at most `kills` kills; tells how many there were and what was wrong at its end. */
async function round(
  world: World,
  random: () => number,
  lasts: { load: number; pass: number },
  kills: number,
  figures: Figures,
): Promise<{ kills: number; wrong: string[] }> {
  using installation = new Installation(world);
  let killed = 0;
  let loaded = false;
  for (let later = 0; killed < kills && later < KILLS_AFTER_LOAD;) {
    await world.mutate(someLife(random, figures.inLoad + figures.later));
    const ended = await installation.run('sync', random() * (loaded ? lasts.pass : lasts.load));
    if (ended.exit === null) {
      killed += 1;
      if (loaded) figures.later += 1;
      else figures.inLoad += 1;
      if (loaded) later += 1;
    } else if (ended.exit === 0 || ended.exit === 4) {
      loaded = true;
      figures.escaped += 1;
    } else return { kills: killed, wrong: [`a pass after a kill ended with ${ended.exit}: ${ended.err}`] };
  }
  figures.rounds += 1;
  return { kills: killed, wrong: await judge(installation, world) };
}

async function judge(installation: Installation, world: World): Promise<string[]> {
  let ended: Ended | null = null;
  for (let pass = 0; pass < MOST_PASSES; pass += 1) {
    ended = await installation.run('sync');
    if (ended.last?.['outcome'] === 'done' && ended.last['applied'] === 0) break;
  }
  if (ended?.last?.['outcome'] !== 'done' || ended.last['applied'] !== 0)
    return [`not quiet: ${JSON.stringify(ended?.last)} ${ended?.err ?? ''}`];
  const wrong = compare(installation.mirror, await world.contacts());
  const verified = await installation.run('verify');
  return verified.exit === 0 ? wrong : [...wrong, `verify: exit ${verified.exit} ${JSON.stringify(verified.last)}`];
}

async function main(): Promise<boolean> {
  const { values } = parseArgs({
    options: {
      kills: { type: 'string' },
      contacts: { type: 'string', default: '5000' },
      seed: { type: 'string', default: '1' },
      share: { type: 'string' },
    },
  });
  const kills = Number(values.kills ?? (values.share === undefined ? 200 : KILLS_IN_CI));
  const seed = Number(values.share?.split('/')[0] ?? values.seed);
  const random = seeded(seed);
  await using world = await World.start(Number(values.contacts), seed);
  const lasts = await measure(world);
  const figures: Figures = { rounds: 0, inLoad: 0, later: 0, escaped: 0 };
  let [survived, failed] = [0, 0];
  while (survived + failed < kills) {
    const ended = await round(world, random, lasts, kills - survived - failed, figures);
    for (const line of ended.wrong.slice(0, 10)) say(`round ${figures.rounds}: ${line}`);
    if (ended.wrong.length === 0) survived += ended.kills;
    else failed += Math.max(1, ended.kills);
  }
  const { rounds, inLoad, later, escaped } = figures;
  say(`${inLoad} kills in first loads of ${values.contacts}, ${later} in later passes, ${rounds} rounds, seed ${seed}`);
  say(`${escaped} passes ended before their kill; ${await world.requests()} requests in all`);
  say(`${survived} passed, ${failed} failed`);
  return failed === 0;
}

process.exitCode = (await main()) ? 0 : 1;
