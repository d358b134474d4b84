/** The connector over the real wire: what only the two together can promise. */
import { describe, expect, test } from 'vitest';
import { fixedAccess } from '../../connector/access.ts';
import { createMemoryLedger } from '../../http/memory-ledger.fixture.ts';
import { createWire } from '../../http/wire.ts';
import { createFakeClock } from '../../testing/fake-clock.ts';
import {
  createFakeTransport,
  jsonAnswer,
  textAnswer,
  type Scripted,
  transportFault,
} from '../../testing/fake-transport.ts';
import { fullContact, method } from './answers.fixture.ts';
import { classify } from './classify.ts';
import { createVirtuousSource } from './source.ts';
import { createVirtuousTarget } from './target.ts';

const NEVER = new AbortController().signal;
const html = (status: number) => textAnswer(status, '<html>cloud</html>');
const list = (...rows: readonly unknown[]) => jsonAnswer(200, { list: rows, total: rows.length });
const EMAIL = { id: '30', type: 'Home Email', address: 'ada@example.org', opted_in: true, primary: true };

function rig(...script: readonly Scripted[]) {
  const transport = createFakeTransport(...script);
  const wire = createWire({
    connection: 'crm',
    baseUrl: 'https://api.virtuoussoftware.com',
    group: 'crm',
    limits: { perSecond: 100, perHour: 1_500, share: 80 },
    access: fixedAccess(() => 'token'),
    classify,
    transport,
    ledger: createMemoryLedger(),
    clock: createFakeClock(),
    random: { next: () => 0.5 },
  });
  const asking = { wire, connection: 'crm' };
  const urls = () =>
    transport.requests.map(({ method: verb, url }) => `${verb} ${new URL(url).pathname}${new URL(url).search}`);
  return { source: createVirtuousSource(asking), target: createVirtuousTarget(asking), urls, transport };
}

describe('the connector over the real wire', () => {
  test('a page that ends in 520 with HTML, then in a time limit, is asked for smaller, each size once', async () => {
    const { source, urls } = rig(html(520), transportFault('timeout'), list(fullContact()));
    expect((await source.snapshot(null, NEVER)).readings.map(({ id }) => id)).toEqual(['4711']);
    expect(urls()).toEqual([1000, 500, 250].map((take) => `POST /api/Contact/Query/FullContact?skip=0&take=${take}`));
  });

  test('I9 gone is an empty 404, never one with a page of something in front of the API', async () => {
    expect(await rig(textAnswer(404, ''), list()).source.readOne('4711', NEVER)).toEqual({ kind: 'gone' });
    const behind = rig(...Array.from({ length: 5 }, () => html(404)));
    await expect(behind.source.readOne('4711', NEVER)).rejects.toMatchObject({ errorClass: 'unavailable' });
  });

  test('an outside id travels encoded', async () => {
    const { source, urls } = rig(textAnswer(404, ''));
    await source.findByReference({ source: 'Constant Contact', id: 'a+b' }, NEVER);
    expect(urls()).toEqual(['GET /api/Contact/Find?referenceSource=Constant%20Contact&referenceId=a%2Bb']);
  });

  test('I6 a write is done by an empty 200, and of unknown outcome after 502', async () => {
    const change = { kind: 'opt', contactId: '4711', email: EMAIL, optedIn: false } as const;
    const done = rig(jsonAnswer(200, method()), textAnswer(200, ''));
    expect(await done.target.send(change, { urgent: true }, NEVER)).toEqual({ kind: 'done' });
    const lost = rig(jsonAnswer(200, method()), html(502));
    await expect(lost.target.send(change, { urgent: true }, NEVER)).rejects.toMatchObject({
      errorClass: 'unknown_outcome',
    });
    expect(lost.transport.requests.length).toBe(2);
  });

  test('I20 a refusal holds nothing of what was sent or answered', async () => {
    const answer = { message: 'ada@example.org is bad', modelState: { 'note.note': ['ada@example.org'] } };
    const { target } = rig(jsonAnswer(400, answer));
    const change = { kind: 'note', contactId: '1', text: 'ada@example.org', at: '2026-01-01T00:00:00.000Z' } as const;
    const told = await target.send(change, { urgent: false }, NEVER);
    expect(told).toEqual({ kind: 'refused', reason: 'VIRTUOUS_BAD_REQUEST: note.note' });
  });
});
