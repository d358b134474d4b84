/**
 * Loaded into a measured process before its program (`node --import`): says at exit what the process cost.
 *
 * It only reports; the figures are the operating system's own. Worker threads belong to their process and stay silent.
 * Plain JavaScript, because Node would load a compiler into the measured process for a line of TypeScript: 17 MB and
 * 45 ms of the program's figures were that.
 */
import { appendFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

const file = process.env.CONCORD_BENCH_USAGE;
if (isMainThread && file !== undefined) {
  process.on('exit', () => {
    const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
    appendFileSync(
      file,
      `${JSON.stringify({ cpuSeconds: (userCPUTime + systemCPUTime) / 1e6, peakMb: maxRSS / 1024 })}\n`,
    );
  });
}
