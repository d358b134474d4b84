import { describe, expect, test } from 'vitest';
import { createFakeClock } from '../testing/fake-clock.ts';
import { createBudget, keptForUrgent } from './budget.ts';
import { createMemoryLedger } from './memory-ledger.fixture.ts';

describe('I3: what of a day is kept for questions about who left', () => {
  test.each([
    [10_000, 200],
    [2_000, 40],
    [1_000, 20],
    [200, 20],
    [60, 6],
    [9, 0],
  ])('of %d a day: %d', (perDay, kept) => {
    expect(keptForUrgent(perDay)).toBe(kept);
  });

  test('is refused to all others, and the whole day is never exceeded', async () => {
    const clock = createFakeClock();
    const budget = createBudget({
      connection: 'cc',
      group: 'key',
      limits: { perSecond: 1000, perDay: 20 },
      ledger: createMemoryLedger(),
      clock,
      timeoutMs: 20_000,
      wait: (ms, signal) => clock.sleep(ms, signal),
    });
    const ask = (urgent: boolean): Promise<number> =>
      budget.reserve({ label: 'GET /x', urgent }, 0, new AbortController().signal);
    for (let n = 0; n < 18; n += 1) await ask(false);
    await expect(ask(false)).rejects.toMatchObject({ errorClass: 'quota_exceeded' });
    await ask(true);
    await ask(true);
    await expect(ask(true)).rejects.toMatchObject({ errorClass: 'quota_exceeded' });
  });
});
