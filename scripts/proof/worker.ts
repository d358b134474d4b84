/**
 * A process that plays seeds for `npm run proof`: takes numbers, one after the other, and tells how each was judged.
 *
 * Must never print: what is printed, the parent decides.
 */
import process from 'node:process';
import { judgeBoth } from '../../test/laboratory/both/both-seed.ts';
import { judgeSeed } from '../../test/laboratory/seed.ts';
import type { Told, Wanted } from './messages.ts';

process.on('message', ({ seed, twice, both }: Wanted) => {
  const told = (answer: Told): boolean => process.send?.(answer) ?? false;
  (both ? judgeBoth : judgeSeed)(seed, twice).then(
    ({ findings, passes, requests }) => told({ seed, findings, passes, requests }),
    (error: unknown) => told({ seed, findings: [{ id: 'laboratory', text: textOf(error) }], passes: 0, requests: 0 }),
  );
});

function textOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
