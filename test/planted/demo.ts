/** Bugs of the demo: a story that is told although it is not so. */
import type { PlantedBug } from './planted-bug.ts';

const DONORS = 'test/demo/donors.test.ts';

export const bugs: readonly PlantedBug[] = [
  {
    name: 'demo-crm-flags-by-what-was-meant',
    file: 'src/demo/donors-day.ts',
    find: "map((method) => method['isOptedIn'] === true)",
    replace: "map((method) => method['isOptedIn'] === null)",
    caughtBy: { file: DONORS, test: 'a story that contradicts the truth says so and exits 1' },
  },
  {
    name: 'demo-crm-third-pass-not-held-against-the-logs',
    file: 'src/demo/donors-play.ts',
    find: "this.#claim('changes of either system in all', expected, kinds.length);",
    replace: "this.#claim('changes of either system in all', expected, kinds.length + 1);",
    caughtBy: { file: DONORS, test: 'another world (seed 2) is told as truly' },
  },
  {
    name: 'demo-crm-claims-that-fail-nothing',
    file: 'src/cli/commands/demo.ts',
    find: "if ('claims' in scene && !scene.claims.every(holds)) return EXIT.failed;",
    replace: "if ('claims' in scene && !scene.claims.some(holds)) return EXIT.failed;",
    caughtBy: { file: DONORS, test: 'a story that contradicts the truth says so and exits 1' },
  },
];
