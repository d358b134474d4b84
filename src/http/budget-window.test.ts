import { describe, expect, test } from 'vitest';
import { fixedAccess } from '../connector/access.ts';
import type { ApiRequest } from '../connector/wire.ts';
import { createFakeClock } from '../testing/fake-clock.ts';
import { createFakeTransport, jsonAnswer, type Scripted } from '../testing/fake-transport.ts';
import { keptOfHour } from './budget-window.ts';
import { createMemoryLedger } from './memory-ledger.fixture.ts';
import { createWire } from './wire.ts';

const NOON = Date.UTC(2026, 0, 1, 12);
const NEVER = new AbortController().signal;
const DATE = { date: 'Thu, 01 Jan 2026 12:00:00 GMT' };
const REQUEST: ApiRequest = { method: 'GET', path: '/x' };

function rig(limits: { readonly perHour: number; readonly share: number }, ...script: readonly Scripted[]) {
  const clock = createFakeClock(NOON);
  const transport = createFakeTransport(...script);
  const ledger = createMemoryLedger();
  const wire = createWire({
    connection: 'crm',
    baseUrl: 'https://crm.example',
    group: 'key',
    limits: { perSecond: 100, ...limits },
    access: fixedAccess(() => 'token'),
    classify: (status) => ({
      code: `TEST_${status}`,
      errorClass: status === 429 ? 'throttled' : 'unavailable',
      vendorKey: null,
    }),
    transport,
    ledger,
    clock,
    random: { next: () => 0.5 },
  });
  return { wire, ledger, transport, clock };
}
const answer = (remaining: number, resetMs: number) =>
  jsonAnswer(
    200,
    {},
    {
      ...DATE,
      'x-ratelimit-limit': '100',
      'x-ratelimit-remaining': String(remaining),
      'x-ratelimit-reset': String((NOON + resetMs) / 1000),
    },
  );

describe('an hour that an organisation’s tools share', () => {
  test.each([
    [80, 1500, 300],
    [80, 5000, 1000],
    [100, 1500, 30],
    [1, 100, 99],
  ])('of which %d percent are ours: of %d, %d are for others and for what is urgent', (share, quota, kept) => {
    expect(keptOfHour(share, quota)).toBe(kept);
  });

  test('ends a pass where only the others’ part is left, and says when to go on; an opt-out still goes', async () => {
    const { wire, transport } = rig({ perHour: 1500, share: 80 }, answer(20, 600_000), answer(19, 600_000));
    await wire.read(REQUEST, NEVER);
    await expect(wire.read(REQUEST, NEVER)).rejects.toMatchObject({
      code: 'BUDGET_SPENT',
      errorClass: 'quota_exceeded',
      facts: { until: NOON + 600_000 },
    });
    await wire.write({ ...REQUEST, method: 'PUT', urgent: true }, NEVER);
    expect(transport.requests.length).toBe(2);
  });

  test('what other tools use counts, whatever we sent', async () => {
    const { wire, ledger } = rig({ perHour: 1500, share: 80 }, answer(99, 600_000), answer(40, 600_000));
    await wire.read(REQUEST, NEVER);
    await wire.read(REQUEST, NEVER);
    expect(await ledger.window('key')).toMatchObject({ quota: 100, remaining: 40 });
  });

  test('a short pause that the vendor asks for is kept; a long one ends the pass', async () => {
    const short = rig(
      { perHour: 100, share: 100 },
      jsonAnswer(429, {}, { ...DATE, 'retry-after': '20' }),
      answer(80, 600_000),
    );
    await short.wire.read(REQUEST, NEVER);
    expect(short.clock.now()).toBeGreaterThanOrEqual(NOON + 20_000);
    const long = rig({ perHour: 100, share: 100 }, jsonAnswer(429, {}, { ...DATE, 'retry-after': '1800' }));
    await expect(long.wire.read(REQUEST, NEVER)).rejects.toMatchObject({
      errorClass: 'quota_exceeded',
      facts: { until: NOON + 1_800_000 },
    });
    await expect(long.wire.read(REQUEST, NEVER)).rejects.toMatchObject({ code: 'BUDGET_SPENT' });
    expect(long.transport.requests.length).toBe(1);
  });
});
