/**
 * `npm run planted`: proves that the tests can fail. Each bug of test/planted is put into a copy of the checkout, alone,
 * and the test that claims to watch over it must fail; without a bug it must pass.
 *
 * `--share K/N` takes every Nth bug, beginning with the Kth; `--only TEXT` those whose name holds TEXT (or one of several); `--jobs N` works
 * on so many at once, each in a copy of its own. Ends with `N caught, N missed`; exit 1 when one was missed or could not
 * be judged.
 */
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { plant, type PlantedBug } from '../test/planted/planted-bug.ts';
import { CheckoutCopy } from './planted/checkout-copy.ts';
import { loadBugs } from './planted/load-bugs.ts';
import { runNamedTests, type TestEnd } from './planted/named-tests.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Takes the Kth of every N, so that a share holds bugs of every area. */
function share(bugs: readonly PlantedBug[], text: string): readonly PlantedBug[] {
  const [part = 1, parts = 1] = text.split('/').map(Number);
  if (!(parts >= 1 && part >= 1 && part <= parts)) throw new Error(`--share ${text}: K/N with 1 <= K <= N is needed`);
  return bugs.filter((_, n) => n % parts === part - 1);
}

/** Tells why the untouched test cannot judge this bug, or null. */
function unfit(bug: PlantedBug, ends: readonly TestEnd[]): string | null {
  const mine = ends.filter(({ file, name }) => file === bug.caughtBy.file && name.includes(bug.caughtBy.test));
  if (mine.length === 0) return `no test named "${bug.caughtBy.test}" ran in ${bug.caughtBy.file}`;
  const bad = mine.find(({ status }) => status !== 'passed');
  return bad === undefined ? null : `without the bug the test is ${bad.status}`;
}

async function judge(copy: CheckoutCopy, bug: PlantedBug, untouched: readonly TestEnd[]): Promise<string | null> {
  const reason = unfit(bug, untouched);
  if (reason !== null) return reason;
  const { file, test } = bug.caughtBy;
  const ends = await copy.changed(
    bug.file,
    (text) => plant(bug, text),
    () => runNamedTests(copy.folder, [file], [test]),
  );
  if (ends.some(({ status }) => status === 'failed')) return null;
  return ends.length === 0
    ? 'with the bug the test did not end, or did not load'
    : 'with the bug the test still passes';
}

/** Judges bugs until none is left; returns how many were missed. */
async function work(waiting: PlantedBug[], untouched: readonly TestEnd[]): Promise<number> {
  using copy = new CheckoutCopy(root);
  let missed = 0;
  for (let bug = waiting.shift(); bug !== undefined; bug = waiting.shift()) {
    const reason = await judge(copy, bug, untouched).catch((error: unknown) => String(error));
    missed += reason === null ? 0 : 1;
    const { file, test } = bug.caughtBy;
    say(`${reason === null ? 'caught' : 'MISSED'}  ${bug.name}  by ${file}: ${reason ?? test}`);
  }
  return missed;
}

/** Runs every named test once as it is: what fails without a bug proves nothing with one. */
async function untouchedEnds(bugs: readonly PlantedBug[]): Promise<readonly TestEnd[]> {
  if (bugs.length === 0) return [];
  using copy = new CheckoutCopy(root);
  const files = [...new Set(bugs.map(({ caughtBy }) => caughtBy.file))];
  return await runNamedTests(copy.folder, files, [...new Set(bugs.map(({ caughtBy }) => caughtBy.test))]);
}

async function main(): Promise<boolean> {
  const { values } = parseArgs({
    options: {
      share: { type: 'string', default: '1/1' },
      only: { type: 'string', multiple: true, default: [''] },
      jobs: { type: 'string', default: String(availableParallelism()) },
    },
  });
  const bugs = share(await loadBugs(), values.share).filter(({ name }) =>
    values.only.some((text) => name.includes(text)),
  );
  const untouched = await untouchedEnds(bugs);
  const waiting = [...bugs];
  const workers = Array.from({ length: Math.max(1, Number(values.jobs)) }, () => work(waiting, untouched));
  const missed = (await Promise.all(workers)).reduce((sum, n) => sum + n, 0);
  say(`${bugs.length - missed} caught, ${missed} missed`);
  return missed === 0;
}

process.exitCode = (await main()) ? 0 : 1;
