import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

// One worker a core: the machines have two. Nothing here may depend on wall-clock speed, so the limit is generous.
// Forks, each file in its own: tests end processes, listen to signals and change users, which threads share.
export default defineConfig({
  test: {
    include: [
      'src/**/*.test.ts',
      'simulators/**/*.test.ts',
      'test/**/*.test.ts',
      'bench/**/*.test.ts',
      'scripts/**/*.test.ts',
    ],
    setupFiles: ['test/harness/seed.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
    maxWorkers: availableParallelism(),
    passWithNoTests: false,
  },
});
