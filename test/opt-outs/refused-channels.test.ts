import { describe, expect, test } from 'vitest';
import { leaveInEveryWay } from './every-way-out.ts';
import { dead, READ_CHANNELS } from './failures.ts';

describe('T18: one channel alone is refused, and nobody who leaves waits longer than the next pass', () => {
  test.each(READ_CHANNELS)('403: %s, after the first load', async (channel) => {
    expect(await leaveInEveryWay(dead(channel, 403), 'after the first load')).toEqual([]);
  });

  test.each(READ_CHANNELS.filter((channel) => channel !== 'complete walk'))(
    '400: %s, from the first day',
    async (channel) => {
      expect(await leaveInEveryWay(dead(channel, 400), 'from the first day')).toEqual([]);
    },
  );
});
