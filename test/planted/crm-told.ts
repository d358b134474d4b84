/** Bugs of what is told about a CRM: an hour that is not ours to use, an opt-out that could be taken back. */
import type { PlantedBug } from './planted-bug.ts';

export const bugs: readonly PlantedBug[] = [
  {
    name: 'I1-crm-flag-that-undo-calls-reversible',
    file: 'src/plan/inverse-crm.ts',
    find: "{ group: 'never', reason: 'crm-flag-off' }",
    replace: "{ group: 'reversible', reason: 'crm-flag-off' }",
    caughtBy: { file: 'src/plan/inverse-crm.test.ts', test: 'I1: nothing is ever called reversible' },
  },
  {
    name: 'I12-status-gives-away-the-share-of-others',
    file: 'src/application/hours.ts',
    find: 'remaining - keptOfHour(share, quota)',
    replace: 'remaining',
    caughtBy: { file: 'src/application/hours.test.ts', test: "is the vendor's in size, and what is left to others" },
  },
  {
    name: 'status-tells-an-hour-that-is-over',
    file: 'src/application/hours.ts',
    find: 'window.endsAt > now ? window : null',
    replace: 'window.endsAt > 0 ? window : null',
    caughtBy: { file: 'src/application/hours.test.ts', test: 'that is over is followed by a whole one' },
  },
];
