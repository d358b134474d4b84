import { describe, expect, test } from 'vitest';
import { leaveInEveryWay } from './every-way-out.ts';
import { dead, READ_CHANNELS } from './failures.ts';

describe('T18: one channel alone is down (503), and nobody who leaves waits longer than the next pass', () => {
  test.each(READ_CHANNELS)('%s, after the first load', async (channel) => {
    expect(await leaveInEveryWay(dead(channel, 503), 'after the first load')).toEqual([]);
  });

  // Without the complete walk there is no first load at all: nobody is written, so nobody is mailed.
  test.each(READ_CHANNELS.filter((channel) => channel !== 'complete walk'))(
    '%s, from the first day',
    async (channel) => {
      expect(await leaveInEveryWay(dead(channel, 503), 'from the first day')).toEqual([]);
    },
  );
});
