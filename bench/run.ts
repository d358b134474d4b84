/**
 * `npm run bench`: what Concord costs beside the plain script, in turn, on this machine, from the same server.
 *
 * `--contacts 100000,1000000` sizes; `--repeat N` whole rounds, of which the middle counts; `--only script` or
 * `concord`. `--day` counts the requests of a day in the account and a CRM instead, `--backfill` takes an account over into an empty one. Prints a Markdown table. Each pass's copy is checked before its figure counts.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openAccount, type Account } from './account.ts';
import { faultsOf, playBackfill, renderBackfillBench } from './backfill.ts';
import { isFrugal, playDay, renderDay } from './day.ts';
import { measure } from './measure.ts';
import { concord, plainScript, type Pass, type Subject } from './subjects.ts';
import { HEAD, middle, renderRow, type Row } from './table.ts';

const PASSES: readonly Pass[] = [
  'first load',
  'full re-read, nothing changed',
  'incremental, nothing changed',
  'incremental, 1 % changed',
];
const CHANGED_ONE_IN = 100;

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Measures one pass of one program and checks its copy. */
async function runPass(
  work: string,
  account: Account,
  subject: Subject,
  pass: Pass,
  expected: Expected,
): Promise<Row['cost']> {
  const before = await account.requests();
  const { cost } = await measure(work, subject.command(pass), subject.env);
  const requests = (await account.requests()) - before;
  const copied = subject.copied(1);
  if (copied.contacts !== expected.contacts || copied.edited !== expected.edited) {
    throw new Error(`${subject.name}, ${pass}: copied ${JSON.stringify(copied)}, expected ${JSON.stringify(expected)}`);
  }
  return { ...cost, requests };
}

interface Expected {
  readonly contacts: number;
  readonly edited: number;
}

/** One round: every pass, the programs in turn, from empty databases. */
async function round(contacts: number, only: string): Promise<readonly Row[]> {
  const work = mkdtempSync(join(tmpdir(), 'concord-bench-'));
  using account = await openAccount(contacts);
  const subjects = [plainScript(work, account.url), concord(work, account.url)].filter(({ name }) =>
    name.toLowerCase().includes(only),
  );
  const rows: Row[] = [];
  let edited = 0;
  try {
    for (const pass of PASSES) {
      if (pass === 'incremental, 1 % changed') edited = await account.touch(CHANGED_ONE_IN);
      const carried = pass === 'incremental, nothing changed' ? null : edited > 0 ? edited : contacts;
      for (const subject of subjects) {
        const cost = await runPass(work, account, subject, pass, { contacts, edited });
        rows.push({ contacts, pass, subject: subject.name, carried, cost });
      }
    }
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return rows;
}

function merge(rounds: readonly (readonly Row[])[]): readonly Row[] {
  const [first = []] = rounds;
  return first.map((row, n) => ({ ...row, cost: middle(rounds.flatMap((rows) => rows[n]?.cost ?? [])) }));
}

function machine(repeat: number): string {
  const [cpu] = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  const load = loadavg()[0]?.toFixed(1) ?? '';
  const day = new Date().toISOString().slice(0, 10);
  return `${day}, ${cpus().length} × ${cpu?.model ?? 'unknown'}, ${memory} GiB, Node ${process.versions.node}, load before ${load}, middle of ${repeat}`;
}

/** Plays a day in both systems for each size; exit 1 where one cost too much. */
async function day(sizes: string): Promise<void> {
  say(`${machine(1)}\n`);
  for (const contacts of sizes.split(',').map(Number)) {
    const result = await playDay(contacts, (line) => process.stderr.write(`${line}\n`));
    for (const line of renderDay(result)) say(line);
    if (!isFrugal(result)) process.exitCode = 1;
  }
}

/** Takes accounts of each size over into a CRM; exit 1 where something is not as it has to be. */
async function backfill(sizes: string): Promise<void> {
  say(`${machine(1)}\n`);
  for (const contacts of sizes.split(',').map(Number)) {
    const result = await playBackfill(contacts, (line) => process.stderr.write(`${line}\n`));
    const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
    for (const line of renderBackfillBench(result)) say(line);
    const cpu = Math.round((userCPUTime + systemCPUTime) / 1e6);
    say(`\nThis process, both simulated systems in it: peak ${Math.round(maxRSS / 1024)} MB, ${cpu} CPU s.`);
    const faults = faultsOf(result);
    for (const fault of faults) say(`WRONG: ${fault}`);
    if (faults.length > 0) process.exitCode = 1;
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      contacts: { type: 'string', default: '100000' },
      repeat: { type: 'string', default: '1' },
      only: { type: 'string', default: '' },
      day: { type: 'boolean', default: false },
      backfill: { type: 'boolean', default: false },
    },
  });
  if (values.day) return day(values.contacts);
  if (values.backfill) return backfill(values.contacts);
  say(`${machine(Number(values.repeat))}\n\n${HEAD}`);
  for (const contacts of values.contacts.split(',').map(Number)) {
    const rounds: (readonly Row[])[] = [];
    for (let n = 0; n < Number(values.repeat); n += 1) rounds.push(await round(contacts, values.only));
    const rows = merge(rounds);
    for (const row of rows) {
      const script =
        row.subject === 'plain script'
          ? undefined
          : rows.find(({ pass, subject }) => pass === row.pass && subject === 'plain script');
      say(renderRow(row, script));
    }
  }
}

await main();
