/** Very many people under review: all of them are counted, however few are listed at a time. */
import { afterEach, expect, test } from 'vitest';
import { underReview } from '../../src/application/under-review.ts';
import { inReview } from '../../src/engine/crm-submitted.ts';
import { openDonors } from './donors.ts';
import { SYNC, type TwoSides } from './two-sides.ts';

let two: TwoSides;
afterEach(() => two[Symbol.dispose]());

test('I17: more people under review than are ever listed are counted, with since when', async () => {
  two = openDonors({ known: false, contacts: 14 });
  const since = two.clock.now();
  await two.session('sync', async (ctx) => {
    const waiting = Array.from({ length: 20_001 }, (_one, n) => inReview(ctx, `person ${n}`, false));
    await ctx.store.wait(ctx.lease, waiting, []);
    return { outcome: 'done', cause: null, stopHash: null };
  });
  expect(await two.withStore((store) => underReview(store, SYNC))).toEqual({ people: 20_001, since });
});
