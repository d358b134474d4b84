/** The simulator in this thread answers as the one behind sockets does, whatever strikes it. */
import { describe, expect, test } from 'vitest';
import type { InsideOutcome } from './inside.ts';
import type { FaultPlan } from './faults/plan.ts';
import { simulateInside, startSimulators, type InsideSimulator } from './main.ts';
import { NOON } from './testing/start.ts';

const PATHS = [
  '/v3/contacts?status=all&limit=20&include=custom_fields',
  '/v3/contacts?updated_after=2020-01-01T00:00:00Z&limit=5',
  '/v3/contacts/counts',
  '/v3/contact_lists',
  '/v3/nowhere',
  '/v3/account/summary',
];
const OPTIONS = { contacts: 60, seed: 5, quota: { perSecond: 6, perDay: 100 }, clock: { now: () => NOON } } as const;

function ask(simulator: InsideSimulator, url: string): InsideOutcome {
  const headers = { authorization: `Bearer ${simulator.token}`, host: 'api.example.org' };
  return simulator.exchange({ method: 'GET', url, headers, body: '' });
}

describe('without sockets', () => {
  test.each<[string, FaultPlan]>([
    ['as usual', []],
    ['rows twice', [{ kind: 'items-twice', match: { path: '^/v3/contacts' } }]],
    ['cut short', [{ kind: 'truncated-json' }]],
    ['a status instead', [{ kind: 'status', status: 503, at: { every: 2 } }]],
  ])('%s: every answer is that of the door', async (_, faults) => {
    const door = await startSimulators({ ...OPTIONS, faults });
    const inside = simulateInside({ ...OPTIONS, faults });
    const origin = new URL(door.ready.constantContact.v3).origin;
    for (const path of [...PATHS, ...PATHS]) {
      const answer = await fetch(origin + path, { headers: { authorization: `Bearer ${inside.token}` } });
      const outcome = ask(inside, path);
      expect(outcome).toMatchObject({
        kind: 'answer',
        answer: { status: answer.status, text: await answer.text(), headers: { date: answer.headers.get('date') } },
      });
    }
    expect(inside.requests.totals()).toEqual(door.requests.totals());
    expect(inside.requests.excess).toBe(6);
    await door.close();
  });

  test('what breaks a connection is told with the time it takes, and leaves its line in the log', () => {
    let now = NOON;
    const faults: FaultPlan = [
      { kind: 'reset-after', at: 1 },
      { kind: 'timeout', ms: 5_000, at: 2 },
      { kind: 'slow', ms: 700, at: 3 },
      { kind: 'refuse', ms: 2_000, at: 4 },
    ];
    const inside = simulateInside({ ...OPTIONS, clock: { now: () => now }, faults });
    const path = '/v3/contact_lists';
    expect(ask(inside, path)).toEqual({ kind: 'reset', afterMs: 0 });
    expect(ask(inside, path)).toEqual({ kind: 'reset', afterMs: 5_000 });
    expect(ask(inside, path)).toMatchObject({ kind: 'answer', afterMs: 700 });
    expect(ask(inside, path)).toEqual({ kind: 'reset', afterMs: 0 });
    expect(ask(inside, path)).toEqual({ kind: 'refused', afterMs: 0 });
    now += 2_000;
    expect(ask(inside, path)).toMatchObject({ kind: 'answer', afterMs: 0 });
    expect(inside.requests.entries.map((entry) => entry.fault)).toEqual([
      'reset-after',
      'timeout',
      'slow',
      'refuse',
      null,
    ]);
  });
});
