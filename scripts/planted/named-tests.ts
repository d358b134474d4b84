/** Runs named tests of a checkout with vitest and tells how each one really ended. */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';

export interface TestEnd {
  /** From the root of the checkout. */
  readonly file: string;
  readonly name: string;
  readonly status: string;
}
interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

/** A broken program may never end by itself: what is not known after this long is not known. */
const LIMIT_MS = 180_000;

/** vitest matches names joined by ` > ` and reports them joined by a space: a space stands for both. */
function pattern(names: readonly string[]): string {
  const escaped = names.map((name) => name.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&'));
  return escaped.map((name) => name.replaceAll(' ', ' (?:> )?')).join('|');
}

/** Runs the tests of `files` whose full name holds one of `names`. Empty when nothing was reported: hung, or did not load. */
export async function runNamedTests(
  folder: string,
  files: readonly string[],
  names: readonly string[],
): Promise<readonly TestEnd[]> {
  const report = join(folder, 'planted-report.json');
  const vitest = join(folder, 'node_modules/vitest/vitest.mjs');
  const options = ['--reporter=json', `--outputFile.json=${report}`, '--testNamePattern', pattern(names)];
  const child = spawn(process.execPath, [vitest, 'run', ...files, ...options], {
    cwd: folder,
    stdio: 'ignore',
    env: { ...process.env, CONCORD_PLANTED: '1' },
    timeout: LIMIT_MS,
    killSignal: 'SIGKILL',
  });
  await new Promise((resolve) => child.once('exit', resolve));
  if (!existsSync(report)) return [];
  const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as Report;
  rmSync(report);
  return testResults.flatMap(({ name: path, assertionResults }) =>
    assertionResults
      .filter(({ fullName }) => names.some((name) => fullName.includes(name)))
      .map(({ fullName, status }) => ({ file: relative(realpathSync(folder), path), name: fullName, status })),
  );
}
