/**
 * Runs one program as a child process and tells what it cost: wall time, CPU of all its processes, peak memory.
 *
 * Decides nothing about what is run. A program that fails is an error here, never a figure.
 */
import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

export interface Cost {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakMb: number;
}
export interface Measured {
  readonly cost: Cost;
  readonly stdout: string;
}
type Usage = Omit<Cost, 'seconds'>;

/** A plan of a million lines prints more than a text can hold. */
const MOST_KEPT = 100_000;
const PRELOAD = new URL('usage-at-exit.js', import.meta.url).href;

function readUsage(file: string): Usage {
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  const usages = lines.map((line) => JSON.parse(line) as Usage);
  return {
    cpuSeconds: usages.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0),
    peakMb: Math.max(...usages.map(({ peakMb }) => peakMb)),
  };
}

/** Runs `node` with these arguments and measures it; `good`: exits that are none of its failures. Throws with its last words. */
export async function measure(
  work: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  good: readonly number[] = [0],
): Promise<Measured> {
  const usage = join(work, 'usage.jsonl');
  rmSync(usage, { force: true });
  const began = performance.now();
  const child = spawn(process.execPath, [...args], {
    cwd: work,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env, CONCORD_BENCH_USAGE: usage, NODE_OPTIONS: `--import=${PRELOAD}` },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout = `${stdout}${text}`.slice(-MOST_KEPT)));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const code = await new Promise((resolve) => child.once('close', resolve));
  const seconds = (performance.now() - began) / 1000;
  if (typeof code !== 'number' || !good.includes(code))
    throw new Error(`node ${args.join(' ')} ended with ${String(code)}\n${stdout.slice(-2000)}${stderr.slice(-4000)}`);
  return { cost: { seconds, ...readUsage(usage) }, stdout };
}
