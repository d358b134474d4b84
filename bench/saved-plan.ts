/**
 * `node bench/saved-plan.ts --contacts 1000000`: what it costs to save a plan with a line for each contact, and to apply it.
 *
 * Into an empty mirror, so that everybody is one line. Prints time, CPU and peak memory of both; the copy is counted.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openAccount } from './account.ts';
import { measure } from './measure.ts';
import { concord } from './subjects.ts';

/** Something is to be written: no failure of a plan. */
const DIFFERS = 4;

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { contacts: { type: 'string', default: '1000000' } } });
  const contacts = Number(values.contacts);
  const work = mkdtempSync(join(tmpdir(), 'concord-bench-'));
  using account = await openAccount(contacts);
  const subject = concord(work, account.url);
  const [program = '', , ...rest] = subject.command('first load');
  const file = join(work, 'saved.plan');
  try {
    for (const command of [
      ['plan', '--out', file],
      ['apply', file],
    ]) {
      const args = [program, ...command, ...rest];
      const { cost } = await measure(work, args, subject.env, [0, DIFFERS]);
      const figures = `${cost.seconds.toFixed(0)} s, ${cost.cpuSeconds.toFixed(0)} CPU s, peak ${cost.peakMb.toFixed(0)} MB`;
      process.stdout.write(`${command[0]} of ${contacts} lines: ${figures}\n`);
    }
    const copied = subject.copied(1).contacts;
    if (copied !== contacts) throw new Error(`applied ${copied} contacts, not ${contacts}`);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

await main();
