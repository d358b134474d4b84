import { describe, expect, test } from 'vitest';
import { createFakeClock } from './fake-clock.ts';

describe('the virtual clock', () => {
  test('sleeping moves time to exactly the end of the sleep, without waiting', async () => {
    const clock = createFakeClock(1000);
    await clock.sleep(86_400_000);
    expect(clock.now()).toBe(86_401_000);
  });
  test('sleepers wake in the order of their times, whoever slept first', async () => {
    const clock = createFakeClock(0);
    const woken: string[] = [];
    const sleeper = async (name: string, ...naps: number[]): Promise<void> => {
      for (const nap of naps) {
        await clock.sleep(nap);
        woken.push(`${name}@${clock.now()}`);
      }
    };
    await Promise.all([sleeper('a', 100, 100), sleeper('b', 50, 20, 200), sleeper('c', 150)]);
    expect(woken).toEqual(['b@50', 'b@70', 'a@100', 'c@150', 'a@200', 'b@270']);
  });
  test('tickers tick on the way, and alone move nothing', async () => {
    const clock = createFakeClock(0);
    const ticks: number[] = [];
    {
      using _ticker = clock.every(10, () => ticks.push(clock.now()));
      await Promise.resolve();
      expect(ticks).toEqual([]);
      await clock.sleep(35);
      clock.advance(10);
    }
    clock.advance(100);
    expect(ticks).toEqual([10, 20, 30, 40]);
  });
  test('advance wakes whoever is due', async () => {
    const clock = createFakeClock(0);
    const slept = clock.sleep(500);
    clock.advance(500);
    await slept;
    expect(clock.now()).toBe(500);
  });
  test('an abort wakes with its reason and moves no time', async () => {
    const clock = createFakeClock(0);
    const controller = new AbortController();
    const slept = clock.sleep(500, controller.signal);
    controller.abort(new Error('stop'));
    await expect(slept).rejects.toThrow('stop');
    await expect(clock.sleep(5, controller.signal)).rejects.toThrow('stop');
    expect(clock.now()).toBe(0);
  });
  test('a corrected clock changes what time it is, not how long a sleep takes', async () => {
    const clock = createFakeClock(10_000);
    const slept = clock.sleep(1000);
    clock.stepTo(0);
    await slept;
    expect(clock.now()).toBe(1000);
  });
});
