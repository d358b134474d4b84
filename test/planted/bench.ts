/** Bugs of the benchmark's server, which would flatter everybody, and one that only a benchmark shows. */
import type { PlantedBug } from './planted-bug.ts';

export const bugs: readonly PlantedBug[] = [
  {
    name: 'bench-last-page-cut',
    file: 'bench/contact-pages.ts',
    find: 'const links = end < total',
    replace: 'const links = end + query.limit < total',
    caughtBy: { file: 'bench/server.test.ts', test: 'a complete walk gives everybody exactly once' },
  },
  {
    name: 'bench-filter-ignored',
    file: 'bench/contact-pages.ts',
    find: 'if ((people.updatedAt[n] ?? 0) < since) continue;',
    replace: '',
    caughtBy: { file: 'bench/server.test.ts', test: 'updated_after gives those who were touched, and nobody else' },
  },
  {
    name: 'bench-small-batches-of-newcomers',
    file: 'src/engine/crm-newcomers.ts',
    find: "=== 'transaction' ? crm.target.submitRows : 1;",
    replace: "=== 'transaction' ? 10 : 1;",
    caughtBy: { file: 'bench/backfill.test.ts', test: 'a backfill of 300 people, killed in the middle' },
  },
];
