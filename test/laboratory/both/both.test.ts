import { describe, expect, test } from 'vitest';
import { tell } from '../history.ts';
import { CRM_ACTS, isAtCrm } from './both-history.ts';
import { judgeBoth } from './both-seed.ts';
import { playBoth } from './both-stage.ts';
import { drawBothHistory } from './draw-both.ts';

const SEEDS = Array.from({ length: 12 }, (_, n) => n + 1);

/** Histories in which a planted bug shows that no shorter one of the first twelve shows: test/planted/both.ts. */
const TELLING = [22, 47, 128, 1096];

/** Of those in which the CRM tells of changes. */
const TOLD = [5, 16, 33, 128];

describe('histories of two systems', () => {
  test('the same seed makes the same one, and each seed another', () => {
    const told = SEEDS.map((seed) => tell(drawBothHistory(seed)).join('\n'));
    expect(SEEDS.map((seed) => tell(drawBothHistory(seed)).join('\n'))).toEqual(told);
    expect(new Set(told).size).toBe(told.length);
  });

  test('they are full of life on both sides: everything that staff can do comes in two hundred of them', () => {
    const events = Array.from({ length: 200 }, (_, n) => drawBothHistory(n).events).flat();
    const acts = events.flatMap((event) => (event.kind === 'act' ? [event.act] : []));
    const atCrm = acts.filter(isAtCrm);
    expect(new Set(atCrm.map((act) => act.do))).toEqual(new Set(Object.keys(CRM_ACTS)));
    expect(acts.length - atCrm.length).toBeGreaterThan(acts.length / 4);
    const faults = events.flatMap((event) => (event.kind === 'weather' ? event.faults : []));
    expect(new Set(faults.map(({ host = 'constant-contact' }) => host))).toEqual(
      new Set(['constant-contact', 'virtuous']),
    );
  });

  test('I16: in half of them the CRM tells of changes, in either form', () => {
    const hooked = Array.from({ length: 200 }, (_, n) => drawBothHistory(n).setup).filter(
      ({ hooks }) => hooks !== null,
    );
    expect(hooked.length).toBeGreaterThan(70);
    expect(hooked.length).toBeLessThan(130);
    expect(new Set(hooked.map(({ switches }) => switches.crmWebhookForm))).toEqual(new Set(['single', 'models']));
  });

  test('they are in order of time', () => {
    for (const seed of SEEDS) {
      const { events } = drawBothHistory(seed);
      expect(events.map(({ at }) => at)).toEqual(events.map(({ at }) => at).toSorted((a, b) => a - b));
    }
  });
});

describe('the laboratory of two systems', () => {
  const logs: string[] = [];

  test.each([...SEEDS, ...TELLING])('seed %i keeps every promise on both sides', async (seed) => {
    const { findings, log } = await judgeBoth(seed, seed % 4 === 0);
    expect(findings).toEqual([]);
    logs.push(...log);
  });

  test.each(TOLD)('I16: seed %i ends the same when none of its deliveries arrives', async (seed) => {
    const history = drawBothHistory(seed);
    const { setup } = history;
    if (setup.hooks === null) throw new Error('nothing is told in it');
    const told = await playBoth(history);
    const untold = await playBoth({ ...history, setup: { ...setup, hooks: { ...setup.hooks, areLost: true } } });
    expect(untold.findings).toEqual([]);
    expect(untold.end).toEqual(told.end);
    expect(untold.log).not.toEqual(told.log);
  });

  test('what was played was no idle time: both systems were written, passes were killed and ended early', () => {
    const all = logs.join('\n');
    const signs = [
      /"crm.method.opted_out"/,
      /"contact.unsubscribed"/,
      /"kind":"killed"/,
      /"outcome":"(failed|partial)"/,
    ];
    expect(signs.filter((sign) => !sign.test(all))).toEqual([]);
  });
});
