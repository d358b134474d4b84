import { defineConfig } from 'vitest/config';

// For `npm run mutation` alone: the tests that watch over what is mutated, none that starts a process or an account.
export default defineConfig({
  test: {
    include: [
      'src/compare/**/*.test.ts',
      'src/consent/**/*.test.ts',
      'src/plan/**/*.test.ts',
      'src/model/**/*.test.ts',
      'src/store/sqlite/store.test.ts',
      'src/engine/submit-*.test.ts',
    ],
    setupFiles: ['test/harness/seed.ts'],
    testTimeout: 60_000,
    passWithNoTests: false,
  },
});
