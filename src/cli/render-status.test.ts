/** What `status` says of a budget by the hour. */
import { expect, test } from 'vitest';
import type { HourStatus } from './hour-results.ts';
import { renderStatus } from './render-status.ts';

const HOUR: HourStatus = {
  group: 'connection:crm',
  perHour: 1_500,
  used: 312,
  left: 888,
  endsAt: Date.UTC(2026, 0, 10, 13),
  pausedUntil: null,
};
const said = (more: Partial<HourStatus>): string =>
  renderStatus({ at: 0, syncs: [], connections: [], budgets: [], hours: [{ ...HOUR, ...more }] }).join('\n');

test.each([
  ['runs', {}, '312 of 1,500 used; 888 left for Concord, the hour ends at 2026-01-10T13:00:00Z'],
  ['is over', { used: 0, left: 1_200, endsAt: null }, '0 of 1,500 used; 1,200 left for Concord'],
  ['was never begun', { used: null, left: 1_200, endsAt: null }, 'no request yet; 1,200 left for Concord'],
  [
    'is spent',
    { used: 1_200, left: 0, pausedUntil: HOUR.endsAt },
    '1,200 of 1,500 used; it goes on at 2026-01-10T13:00:00Z, only opt-outs before',
  ],
])('an hour that %s', (_name, more, sentence) => {
  expect(said(more)).toBe(`Requests this hour\n  connection:crm  ${sentence}`);
});

test('without a CRM there is no hour to speak of', () => {
  expect(renderStatus({ at: 0, syncs: [], connections: [], budgets: [], hours: [] })).toEqual([]);
});
