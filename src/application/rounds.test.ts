/** Rounds on a virtual clock: who runs when, and that nobody waits for another's trouble. */
import { describe, expect, test } from 'vitest';
import type { Schedule } from '../model/schedule.ts';
import { createFakeClock, type FakeClock } from '../testing/fake-clock.ts';
import { keepRounds, type Ended, type Round } from './rounds.ts';

const MINUTE = 60_000;
const DONE: Ended = { outcome: 'done', reconnect: null };
const hourly: Schedule = { kind: 'every', ms: 60 * MINUTE };
const round = (sync: string, more: Partial<Round> = {}): Round => ({
  sync,
  schedule: hourly,
  last: { startedAt: null, failures: 0, resumeAt: null },
  ...more,
});

interface Played {
  /** Sync and minute since the start of each pass, in order. */
  readonly starts: readonly (readonly [string, number])[];
  readonly mostAtOnce: number;
}

/** Plays rounds for some minutes; `pass` is given the sync, how often it ran before, and the clock. */
async function play(
  rounds: readonly Round[],
  minutes: number,
  pass: (sync: string, before: number, clock: FakeClock, signal: AbortSignal) => Promise<Ended> = async () => DONE,
  hints: readonly (readonly [sync: string, minute: number])[] = [],
): Promise<Played> {
  const clock = createFakeClock();
  const begin = clock.now();
  const stop = new AbortController();
  const starts: [string, number][] = [];
  let atWork = 0;
  let mostAtOnce = 0;
  void clock.sleep(minutes * MINUTE).then(() => stop.abort());
  const hinted = new Set<string>();
  for (const [sync, minute] of hints) void clock.sleep(minute * MINUTE).then(() => hinted.add(sync));
  const run = async (sync: string): Promise<Ended> => {
    const before = starts.filter(([name]) => name === sync).length;
    starts.push([sync, (clock.now() - begin) / MINUTE]);
    atWork += 1;
    mostAtOnce = Math.max(mostAtOnce, atWork);
    const result = await pass(sync, before, clock, stop.signal);
    atWork -= 1;
    return result;
  };
  await keepRounds(rounds, { clock, signal: stop.signal, hinted }, run, async () => undefined);
  return { starts, mostAtOnce };
}

describe('serve: rounds', () => {
  test('a sync runs at once and then by its schedule, until the signal', async () => {
    expect((await play([round('a')], 150)).starts).toEqual([
      ['a', 0],
      ['a', 60],
      ['a', 120],
    ]);
  });

  test('what ran before this process counts', async () => {
    const clock = createFakeClock();
    const last = { startedAt: clock.now() - 20 * MINUTE, failures: 0, resumeAt: null };
    expect((await play([round('a', { last })], 50)).starts).toEqual([['a', 40]]);
  });

  test('a pass that lasts for hours keeps no other sync from its turn, and is never doubled', async () => {
    const { starts } = await play([round('slow'), round('quick')], 200, async (sync, _before, clock) => {
      if (sync === 'slow') await clock.sleep(150 * MINUTE);
      return DONE;
    });
    expect(starts.filter(([sync]) => sync === 'slow')).toEqual([
      ['slow', 0],
      ['slow', 150],
    ]);
    expect(starts.filter(([sync]) => sync === 'quick').map(([, minute]) => minute)).toEqual([0, 60, 120, 180]);
  });

  test('at most four passes are at work at once, and the rest have their turn', async () => {
    const many = Array.from({ length: 9 }, (_, index) => round(`s${index}`));
    const { starts, mostAtOnce } = await play(many, 30, async (_sync, _before, clock) => {
      await clock.sleep(MINUTE);
      return DONE;
    });
    expect(mostAtOnce).toBe(4);
    expect(new Set(starts.map(([sync]) => sync)).size).toBe(9);
  });

  test('a failure that may mend itself is tried again sooner, one that a person must mend is not', async () => {
    const failing = await play([round('a')], 50, async (_sync, before) =>
      before < 2 ? { outcome: 'failed', reconnect: null } : DONE,
    );
    expect(failing.starts.map(([, minute]) => minute)).toEqual([0, 5, 15]);
    const signedOut = await play([round('a')], 130, async () => ({ outcome: 'failed', reconnect: 'cc' }));
    expect(signedOut.starts.map(([, minute]) => minute)).toEqual([0, 60, 120]);
    const guarded = await play([round('a')], 70, async () => ({ outcome: 'stopped', reconnect: null }));
    expect(guarded.starts.map(([, minute]) => minute)).toEqual([0, 60]);
  });

  test('a spent quota goes on when it may', async () => {
    const { starts } = await play([round('a')], 50, async (_sync, before, clock) =>
      before === 0 ? { outcome: 'partial', reconnect: null, resumeAt: clock.now() + 30 * MINUTE } : DONE,
    );
    expect(starts.map(([, minute]) => minute)).toEqual([0, 30]);
  });

  test('T4: a clock that is set back by a day brings the next pass, not a day of silence', async () => {
    const { starts } = await play([round('a')], 30, async (_sync, before, clock) => {
      if (before === 0) clock.stepTo(clock.now() - 24 * 60 * MINUTE);
      return DONE;
    });
    expect(starts.length).toBeGreaterThan(1);
  });

  test('I16: a hint brings the turn within moments, and many hints bring one', async () => {
    const { starts } = await play([round('a'), round('b')], 55, undefined, [
      ['a', 20.01],
      ['a', 20.02],
      ['a', 30],
    ]);
    expect(starts.filter(([sync]) => sync === 'b')).toHaveLength(1);
    const [first, second, third, ...more] = starts.filter(([sync]) => sync === 'a').map(([, minute]) => minute);
    expect([first, more]).toEqual([0, []]);
    expect(Math.abs((second ?? 0) - 20)).toBeLessThan(0.2);
    expect(Math.abs((third ?? 0) - 30)).toBeLessThan(0.2);
  });

  test('I16: hints that never end bring one turn a minute and no more', async () => {
    const hints = Array.from({ length: 100 }, (_, n) => ['a', n / 20] as const);
    expect((await play([round('a')], 5, undefined, hints)).starts.length).toBeLessThanOrEqual(6);
  });

  test('the signal lets the pass at work end, and starts none of those that wait', async () => {
    const many = Array.from({ length: 6 }, (_, index) => round(`s${index}`));
    const { starts } = await play(many, 10, async (_sync, _before, clock, signal) => {
      await clock.sleep(100 * MINUTE, signal).catch(() => undefined);
      return { outcome: 'partial', reconnect: null };
    });
    expect(starts).toHaveLength(4);
  });
});
