/**
 * Conformance, part 8: the budget ledger (I12), over several handles as over several processes.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { BudgetLedger } from '../store/budget-ledger.ts';
import { inPlace, setting, START, type StoreUnderTest } from './describe-store-kit.ts';
import { createFakeClock } from './fake-clock.ts';

const DAY = '2026-11-21';
const ABANDON = 30_000;
const LIMITS = { perSecond: 2, perDay: 100 };

/** Tests the budget ledger. */
export function describeBudget(under: StoreUnderTest): void {
  describeSeconds(under);
  describeClocks(under);
  describeDays(under);
}

function ask(ledger: BudgetLedger, now: number, limits = LIMITS, days: readonly string[] = [DAY]) {
  return ledger.reserve('key', limits, { now, days, abandonAfterMs: ABANDON });
}

async function go(ledger: BudgetLedger, now: number): Promise<number> {
  const answer = await ask(ledger, now);
  if (answer.kind !== 'go') throw new Error(`not free: ${answer.kind}`);
  return answer.slot;
}

function describeSeconds(under: StoreUnderTest): void {
  describe('I12: a slot', () => {
    test('stays taken until settle plus one second, and the waiting one is told when to ask again', () =>
      inPlace(under, setting(), async ({ store }) => {
        const first = await go(store, START);
        const second = await go(store, START);
        await store.settle(first, START + 700);
        const told = await ask(store, START + 800);
        expect(told.kind).toBe('wait');
        expect((await ask(store, START + 1_700)).kind).toBe('wait');
        const until = told.kind === 'wait' ? told.until : 0;
        expect(until).toBeGreaterThan(START + 1_700);
        expect(until).toBeLessThan(START + 1_710);
        await go(store, until);
        await store.settle(second, until);
        await store.settle(second, START);
        expect((await ask(store, until)).kind).toBe('wait');
      }));

    test('of a process that died is taken until abandonAfterMs', () =>
      inPlace(under, setting(), async ({ store }) => {
        await go(store, START);
        await go(store, START);
        const told = await ask(store, START + ABANDON - 1);
        expect(told).toEqual({ kind: 'wait', until: START + ABANDON });
        await go(store, START + ABANDON);
      }));

    test('is its own for each group, and shared by every handle on the place', () =>
      inPlace(under, setting(), async (place) => {
        const other = await place.another(setting());
        await go(place.store, START);
        await go(other, START);
        expect([(await ask(place.store, START)).kind, (await ask(other, START)).kind]).toEqual(['wait', 'wait']);
        const free = await other.reserve('another-key', LIMITS, { now: START, days: [DAY], abandonAfterMs: ABANDON });
        expect(free.kind).toBe('go');
        expect([await place.store.spent('key', DAY), await other.spent('another-key', DAY)]).toEqual([2, 1]);
      }));

    test('whenever the requests arrive between reserve and settle, no sliding second sees more than perSecond', () =>
      fc.assert(
        fc.asyncProperty(
          fc.array(request, { minLength: 1, maxLength: 25 }),
          fc.integer({ min: 1, max: 4 }),
          async (requests, perSecond) => {
            const arrivals = await inPlace(under, setting(), async (place) => {
              const handles = [place.store, await place.another(setting())];
              return simulate(handles, requests, perSecond);
            });
            expect(arrivals).toHaveLength(requests.length);
            arrivals.sort((a, b) => a - b);
            arrivals.forEach((at, i) => expect((arrivals[i + perSecond] ?? Infinity) - at).toBeGreaterThan(1_000));
          },
        ),
        { numRuns: 25 },
      ));
  });
}

interface Planned {
  readonly after: number;
  readonly takes: number;
  readonly arrives: number;
  readonly handle: number;
}
const request = fc.record({
  after: fc.nat(400),
  takes: fc.nat(1_500),
  /** Share of the way between reserve and settle at which the vendor sees it. */
  arrives: fc.double({ min: 0, max: 1, noNaN: true }),
  handle: fc.nat(1),
});

/** Runs requests in virtual time, each asking again when it was told to; tells when each arrived at the vendor. */
async function simulate(
  handles: readonly BudgetLedger[],
  requests: readonly Planned[],
  perSecond: number,
): Promise<number[]> {
  const arrivals: number[] = [];
  let at = START;
  const events: { at: number; run: (now: number) => Promise<void> }[] = requests.map((planned) => {
    at += planned.after;
    const ledger = handles[planned.handle] as BudgetLedger;
    const run = async (now: number): Promise<void> => {
      const answer = await ask(ledger, now, { perSecond, perDay: 1_000 });
      if (answer.kind === 'wait') events.push({ at: Math.max(answer.until, now + 1), run });
      if (answer.kind !== 'go') return;
      arrivals.push(now + planned.takes * planned.arrives);
      events.push({ at: now + planned.takes, run: (then) => ledger.settle(answer.slot, then) });
    };
    return { at, run };
  });
  while (events.length > 0) {
    events.sort((a, b) => a.at - b.at);
    const next = events.shift();
    await next?.run(next.at);
  }
  return arrivals;
}

function describeClocks(under: StoreUnderTest): void {
  describe('T4, I12: a clock that steps back', () => {
    test.each([1, 700, 3_600_000])(
      'by %d ms frees no slot early, and holds none longer than a second more',
      async (back) => {
        const clock = createFakeClock(START);
        await inPlace(under, setting({ clock }), async ({ store }) => {
          for (const slot of [await go(store, clock.now()), await go(store, clock.now())])
            await store.settle(slot, clock.now());
          clock.stepTo(START - back);
          let waited = 0;
          for (; (await ask(store, clock.now())).kind === 'wait'; waited += 50) clock.advance(50);
          expect(waited).toBeGreaterThan(1_000);
          expect(waited).toBeLessThanOrEqual(2_050);
        });
      },
    );

    test('is told from a caller who was paused on the way and says an old time', async () => {
      const clock = createFakeClock(START);
      await inPlace(under, setting({ clock }), async ({ store }) => {
        clock.advance(900);
        for (const slot of [await go(store, START + 900), await go(store, START + 900)])
          await store.settle(slot, START + 900);
        expect((await ask(store, START)).kind).toBe('wait');
        clock.advance(500);
        expect((await ask(store, START + 1_400)).kind).toBe('wait');
      });
    });
  });
}

function describeDays(under: StoreUnderTest): void {
  const none = { perSecond: 100, perDay: 3 };
  describe('I12: a day', () => {
    test('is spent at perDay, counted before sending, unsettled requests too', () =>
      inPlace(under, setting(), async (place) => {
        for (let i = 0; i < 3; i += 1) expect((await ask(place.store, START, none)).kind).toBe('go');
        const other = await place.reopen(setting());
        expect(await ask(other, START, none)).toEqual({ kind: 'spent', day: DAY, until: null });
        expect(await other.spent('key', DAY)).toBe(3);
        expect((await ask(other, START, none, ['2026-11-22'])).kind).toBe('go');
      }));

    test('at UTC midnight a request counts for both days, over two handles, and neither is exceeded', () =>
      inPlace(under, setting(), async (place) => {
        const handles = [place.store, await place.another(setting())] as const;
        const both = [DAY, '2026-11-22'];
        expect((await ask(handles[0], START, none, [DAY])).kind).toBe('go');
        expect((await ask(handles[1], START, none, both)).kind).toBe('go');
        expect((await ask(handles[0], START, none, both)).kind).toBe('go');
        expect(await ask(handles[1], START, none, both)).toEqual({ kind: 'spent', day: DAY, until: null });
        expect(await Promise.all(both.map((day) => handles[0].spent('key', day)))).toEqual([3, 2]);
        expect((await ask(handles[0], START, none, ['2026-11-22'])).kind).toBe('go');
        expect(await ask(handles[1], START, none, both.toReversed())).toMatchObject({
          kind: 'spent',
          day: '2026-11-22',
        });
      }));

    test('is spent once the vendor said so, whatever we counted, until the time it named', () =>
      inPlace(under, setting(), async ({ store }) => {
        await store.exhaust('key', DAY, START + 5_000);
        expect(await ask(store, START)).toEqual({ kind: 'spent', day: DAY, until: START + 5_000 });
        expect((await ask(store, START, LIMITS, ['2026-11-22'])).kind).toBe('go');
        expect((await ask(store, START + 4_999)).kind).toBe('spent');
        expect((await ask(store, START + 5_000)).kind).toBe('go');
        expect(await store.spent('key', DAY)).toBe(1);
      }));
  });
}
