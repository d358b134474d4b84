/** The receiver: who is believed, what is kept before the answer, and what a stranger learns. */
import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { Posted } from '../ports/inbound.ts';
import type { DeliveryToTake, Inbox, TakenDelivery } from '../store/inbox.ts';
import { createFakeClock } from '../testing/fake-clock.ts';
import type { Endpoint } from '../webhooks/judge-delivery.ts';
import { receive, type HookEvent } from './hooks.ts';

const NOW = Date.UTC(2026, 10, 24, 10);
const MINUTE = 60_000;
const ENDPOINT: Endpoint = { header: 'x-virtuous-signature', encoding: 'base64', secrets: ['whsec-one'] };

function knock(answer: TakenDelivery | Error = 'new') {
  const taken: DeliveryToTake[] = [];
  const told: HookEvent[] = [];
  const inbox: Pick<Inbox, 'takeDelivery'> = {
    takeDelivery: async (delivery) => {
      if (answer instanceof Error) throw answer;
      taken.push(delivery);
      return answer;
    },
  };
  const parts = {
    inbox: inbox as Inbox,
    clock: createFakeClock(NOW),
    endpoints: new Map([['crm', ENDPOINT]]),
    tell: (event: HookEvent) => void told.push(event),
  };
  return { taken, told, post: (posted: Posted) => receive(parts, posted) };
}

function posted(value: unknown, more: { path?: string; secret?: string; header?: string } = {}): Posted {
  const { path = '/hooks/crm', secret = 'whsec-one', header = 'x-virtuous-signature' } = more;
  const body = new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value));
  const signature = createHmac('sha256', secret).update(body).digest('base64');
  return { path, headers: { [header]: signature }, body };
}
const event = (ageMs = 0, eventId = 'e-1') => ({
  event: 'ContactUpdate',
  eventId,
  eventDateTimeUtc: new Date(NOW - ageMs).toISOString().slice(0, -1),
  contact: { id: 5 },
});

describe('C5, I16: the receiver', () => {
  test('keeps what is signed before it answers, and tells that there is a hint', async () => {
    const { post, taken, told } = knock();
    expect(await post(posted(event()))).toBe(204);
    expect(taken).toMatchObject([{ connection: 'crm', deliveryId: 'e-1', records: ['5'] }]);
    expect(told).toEqual([{ kind: 'hint', connection: 'crm' }]);
  });

  test('I3: what could not be kept is not thanked for', async () => {
    await expect(knock(new Error('disk full')).post(posted(event()))).rejects.toThrow('disk full');
    expect(await knock('full').post(posted(event()))).toBe(503);
  });

  test('a wrong secret, a missing signature, another header, an unknown connection: all look alike', async () => {
    const { post, taken, told } = knock();
    const strangers = [
      posted(event(), { secret: 'guess' }),
      { ...posted(event()), headers: {} },
      posted(event(), { header: 'x-signature' }),
      posted(event(), { path: '/hooks/other' }),
      posted(event(), { path: '/hooks/crm/' }),
      posted(event(), { path: '/' }),
      posted('{', { secret: 'guess' }),
    ];
    expect(await Promise.all(strangers.map(post))).toEqual(strangers.map(() => 401));
    expect([taken, told]).toEqual([[], []]);
  });

  test('a delivery that comes again is thanked for, and tells nothing', async () => {
    const { post, told } = knock('repeat');
    expect(await post(posted(event()))).toBe(204);
    expect(told).toEqual([]);
  });

  test('an id with another body is an alarm', async () => {
    const { post, told } = knock('other-body');
    expect(await post(posted(event()))).toBe(204);
    expect(told).toEqual([{ kind: 'alarm', connection: 'crm' }]);
  });

  test.each([
    ['five minutes ahead of us', -5 * MINUTE, 1],
    ['further ahead', -5 * MINUTE - 1000, 0],
    ['a night old', 23 * 60 * MINUTE, 1],
    ['older than a day', 24 * 60 * MINUTE + 1000, 0],
  ])('an event %s', async (_what, age, kept) => {
    const { post, taken } = knock();
    expect(await post(posted(event(age)))).toBe(204);
    expect(taken).toHaveLength(kept);
  });

  test('what is signed and cannot be read is refused, so that it is seen at the sender', async () => {
    const { post, taken } = knock();
    expect(await post(posted('{"models":7}'))).toBe(422);
    expect(taken).toEqual([]);
  });
});
