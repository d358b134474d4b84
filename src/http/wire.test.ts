import { describe, expect, test } from 'vitest';
import { fixedAccess } from '../connector/access.ts';
import type { Access } from '../connector/access.ts';
import type { Classify } from '../connector/wire.ts';
import type { ErrorClass } from '../model/errors.ts';
import { ConnectorError } from '../model/errors.ts';
import { createFakeClock } from '../testing/fake-clock.ts';
import type { Scripted } from '../testing/fake-transport.ts';
import { createFakeTransport, jsonAnswer, textAnswer, transportFault } from '../testing/fake-transport.ts';
import type { MemoryLedger } from './memory-ledger.fixture.ts';
import { createMemoryLedger } from './memory-ledger.fixture.ts';
import type { WaitInfo } from './wire.ts';
import { createWire } from './wire.ts';

const NOON = Date.UTC(2026, 0, 1, 12);
const NEVER = new AbortController().signal;
const ok = jsonAnswer(200, { fine: true });
const down = textAnswer(503, '');

/** A vendor whose errors are arrays or objects with an `error_key`. */
const classify: Classify = (status, body) => {
  const first: unknown = Array.isArray(body) ? body[0] : body;
  const vendorKey = (first as { error_key?: string } | undefined)?.error_key ?? null;
  const classes: Readonly<Record<number, ErrorClass>> = {
    401: 'auth',
    403: 'forbidden',
    404: vendorKey === null ? 'unavailable' : 'not_found',
    429: vendorKey === 'quota_exceeded' ? 'quota_exceeded' : 'throttled',
  };
  return {
    code: `TEST_${status}`,
    errorClass: classes[status] ?? (status >= 500 ? 'unavailable' : 'refused_request'),
    vendorKey,
  };
};

function rig(
  script: readonly Scripted[],
  more: { ledger?: MemoryLedger; now?: number; perDay?: number; access?: Access } = {},
) {
  const clock = createFakeClock(more.now ?? NOON);
  const transport = createFakeTransport(...script);
  const ledger = more.ledger ?? createMemoryLedger();
  const waits: WaitInfo[] = [];
  const wire = createWire({
    connection: 'cc',
    baseUrl: 'https://api.cc.email/v3',
    group: 'key',
    limits: { perSecond: 4, perDay: more.perDay ?? 10_000 },
    access: more.access ?? fixedAccess(() => 'token-canary'),
    classify,
    transport,
    ledger,
    clock,
    random: { next: () => 0.5 },
    onWait: (info) => waits.push(info),
  });
  const read = (signal: AbortSignal = NEVER) =>
    wire.read({ method: 'GET', path: '/contacts', query: { email: 'query-canary@example.org' } }, signal);
  return { clock, transport, ledger, wire, waits, read };
}

async function failureOf(work: Promise<unknown>): Promise<ConnectorError> {
  const error: unknown = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (error instanceof ConnectorError) return error;
  throw new Error('expected a ConnectorError', { cause: error });
}

describe('a read is tried at most 5 times within 60 s', () => {
  test('and succeeds when any of the five does', async () => {
    const { read, wire, ledger } = rig([
      down,
      transportFault('reset'),
      textAnswer(200, '<html>'),
      textAnswer(200, '{"cut":'),
      ok,
    ]);
    expect((await read()).body).toEqual({ fine: true });
    expect(wire.sent).toBe(5);
    expect(ledger.settled).toEqual([0, 1, 2, 3, 4]);
  });
  test('five failures end it', async () => {
    const { read, transport, clock } = rig([down, down, down, down, down]);
    const error = await failureOf(read());
    expect([error.code, error.errorClass, error.facts.attempts]).toEqual(['TEST_503', 'unavailable', 5]);
    expect(transport.requests).toHaveLength(5);
    expect(clock.now() - NOON).toBeLessThan(60_000);
  });
  test('tries that each take their whole time limit end within 60 s of the first', async () => {
    const slow: Scripted = async (request) => {
      await box.clock.sleep(request.timeoutMs);
      throw transportFault('timeout');
    };
    const box = rig([slow, slow, slow, slow, slow]);
    const error = await failureOf(box.read());
    expect(error.code).toBe('SOURCE_TIMEOUT');
    expect(box.clock.now() - NOON).toBeLessThanOrEqual(60_000);
    expect(box.transport.requests).toHaveLength(3);
  });
  test("waiting for the budget is not the source's fault and does not count", async () => {
    const ledger = createMemoryLedger();
    ledger.script(
      { kind: 'wait', until: NOON + 300_000 },
      ...Array.from({ length: 70 }, () => ({ kind: 'wait', until: NOON + 300_000 }) as const),
    );
    const { read, waits, clock } = rig([down, ok], { ledger });
    await read();
    expect(clock.now() - NOON).toBeGreaterThan(290_000);
    expect(waits[0]?.reason).toBe('budget');
    expect(Math.max(...waits.map((wait) => wait.ms))).toBeLessThanOrEqual(5000);
  });
  test('a clock that is set back meanwhile neither stalls nor prolongs it', async () => {
    const back: Scripted = () => {
      box.clock.stepTo(NOON - 3_600_000);
      return down;
    };
    const box = rig([back, down, down, down, down]);
    expect((await failureOf(box.read())).facts.attempts).toBe(5);
  });
});

describe('what an answer means', () => {
  test.each([
    ['401 at once', jsonAnswer(401, { error_key: 'unauthorized', error_message: 'x' }), 'auth', 1],
    ['401 in plain text at once', textAnswer(401, 'Unauthorized'), 'auth', 1],
    ['403 at once', jsonAnswer(403, [{ error_key: 'contacts.api.forbidden' }]), 'forbidden', 1],
    ['400 at once', jsonAnswer(400, [{ error_key: 'contacts.api.validation.error' }]), 'refused_request', 1],
    ['405 at once', textAnswer(405, ''), 'refused_request', 1],
    ['404 of the API', jsonAnswer(404, [{ error_key: 'contacts.api.not_found' }]), 'not_found', 1],
    ['I9: 404 of an HTML page proves nothing', textAnswer(404, '<html>not found</html>'), 'unavailable', 5],
    ['I9: an empty 404 proves nothing', textAnswer(404, ''), 'unavailable', 5],
    ['202 is not ready', jsonAnswer(202, { status: 'processing' }), 'not_ready', 5],
    ['HTML with 200 is never data', textAnswer(200, '<!doctype html>'), 'unavailable', 5],
    ['an empty 200 is never data', textAnswer(200, ''), 'unavailable', 5],
    ['truncated JSON is never data', textAnswer(200, '{"contacts":[{"a":1}'), 'unavailable', 5],
    ['a redirect is never followed', textAnswer(302, '', { location: 'https://evil.example/' }), 'refused_request', 1],
    ['429 throttled', jsonAnswer(429, { error_key: 'throttled', error_message: 'Too Many Requests' }), 'throttled', 5],
    ['500', jsonAnswer(500, { error_key: 'x' }), 'unavailable', 5],
    ['refused connection', transportFault('refused'), 'unavailable', 5],
    ['a body over the limit', transportFault('too-large'), 'unavailable', 1],
  ] as const)('%s', async (_name, answer, errorClass, tries) => {
    const { read, transport } = rig(Array.from({ length: 5 }, () => answer));
    const error = await failureOf(read());
    expect([error.errorClass, transport.requests.length]).toEqual([errorClass, tries]);
  });
  test('204 has no body', async () => {
    expect(await rig([textAnswer(204, '')]).read()).toEqual({ status: 204, body: undefined, sourceTime: null });
  });
  test('C7 prototype keys of an answer are own data and change no prototype', async () => {
    const { read } = rig([textAnswer(200, '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}')]);
    const body = (await read()).body as Record<string, unknown>;
    expect(Object.keys(body)).toEqual(['__proto__', 'constructor']);
    expect(Object.getPrototypeOf(body)).toBe(Object.prototype);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
  test('a bomb of nested arrays is parsed without harm', async () => {
    const depth = 200_000;
    const { read } = rig([textAnswer(200, `${'['.repeat(depth)}${']'.repeat(depth)}`)]);
    expect(Array.isArray((await read()).body)).toBe(true);
  });
  test('retry-after is honoured, and beyond the 60 s it ends the read and says until when', async () => {
    const patient = rig([jsonAnswer(429, { error_key: 'throttled' }, { 'retry-after': '9' }), ok]);
    await patient.read();
    expect(patient.waits).toEqual([{ connection: 'cc', reason: 'throttled', ms: 9000 }]);
    const late = rig([textAnswer(503, '', { 'retry-after': '3600' })]);
    expect((await failureOf(late.read())).facts.until).toBe(NOON + 3_600_000);
  });
});

describe('I12 every request is counted before it is sent', () => {
  test('retries too, and each slot is settled', async () => {
    const { read, ledger, transport } = rig([down, transportFault('timeout'), ok]);
    await read();
    expect(ledger.reservations).toHaveLength(transport.requests.length);
    expect(await ledger.spent('key', '2026-01-01')).toBe(3);
    expect(ledger.settled).toEqual([0, 1, 2]);
  });
  test('a spent day sends nothing and says when it goes on', async () => {
    const { read, transport } = rig([], { ledger: createMemoryLedger({ '2026-01-01': 100 }), perDay: 100 });
    const error = await failureOf(read());
    expect(error.errorClass).toBe('quota_exceeded');
    expect(error.facts.until).toBe(Date.UTC(2026, 0, 2, 0, 15));
    expect(transport.requests).toHaveLength(0);
  });
  test('T4 just before midnight a request is reserved for both days', async () => {
    const { read, ledger } = rig([ok], { now: Date.UTC(2026, 0, 1, 23, 59, 30) });
    await read();
    expect(ledger.reservations[0]?.days).toEqual(['2026-01-01', '2026-01-02']);
  });
  test("T4 the day is the vendor's: its Date header corrects our clock", async () => {
    const ahead = jsonAnswer(200, {}, { date: 'Fri, 02 Jan 2026 01:00:00 GMT' });
    const { read, ledger, wire } = rig([ahead, ok], { now: Date.UTC(2026, 0, 1, 22) });
    await read();
    expect(wire.skewMs).toBe(3 * 3_600_000);
    await read();
    expect(ledger.reservations.map((one) => one.days)).toEqual([['2026-01-01'], ['2026-01-02']]);
  });
  test('a Date header that is no HTTP date measures nothing', async () => {
    const { read, wire } = rig([jsonAnswer(200, {}, { date: '2031' })]);
    expect((await read()).sourceTime).toBeNull();
    expect(wire.skewMs).toBeNull();
  });
});

describe('the vendor says that the day is gone', () => {
  const gone = jsonAnswer(429, { error_key: 'quota_exceeded', error_message: 'Limit Exceeded' });

  test('it is not retried, and where our count agrees it is kept until midnight', async () => {
    const ledger = createMemoryLedger({ '2026-01-01': 9_500 });
    const { read, transport } = rig([gone], { ledger });
    const error = await failureOf(read());
    expect([error.errorClass, error.facts.vendorKey, transport.requests.length]).toEqual([
      'quota_exceeded',
      'quota_exceeded',
      1,
    ]);
    expect(error.facts.until).toBe(ledger.exhausted[0]?.until);
    expect((await failureOf(read())).code).toBe('BUDGET_SPENT');
    expect(transport.requests).toHaveLength(1);
  });
  test('where our count does not, the next pass asks again with one request: nothing sticks beyond its cause', async () => {
    const { read, transport } = rig([gone, ok]);
    expect((await failureOf(read())).facts.until).toBeGreaterThanOrEqual(Date.UTC(2026, 0, 2));
    expect((await read()).body).toEqual({ fine: true });
    expect(transport.requests).toHaveLength(2);
  });
  test('its own word for how long is believed', async () => {
    const ledger = createMemoryLedger();
    const { read } = rig([{ ...gone, headers: { 'retry-after': '600' } }], { ledger });
    expect((await failureOf(read())).facts.until).toBe(NOON + 600_000);
    expect(ledger.exhausted).toEqual([{ day: '2026-01-01', until: NOON + 600_000 }]);
  });
});

describe('I20 errors and waits say nothing secret or personal', () => {
  const hostile = [{ error_key: 'body-canary ann@example.org', error_message: 'body-canary' }];
  test.each([
    ['refused', jsonAnswer(400, hostile)],
    ['unauthorised', jsonAnswer(401, hostile[0])],
    ['not JSON', textAnswer(200, '<p>body-canary</p>')],
    ['redirected', textAnswer(301, 'body-canary', { location: 'https://header-canary.example' })],
    ['no answer', transportFault('dns')],
  ])('%s', async (_name, answer) => {
    const { read, waits } = rig(Array.from({ length: 5 }, () => answer));
    const error = await failureOf(read());
    const said = JSON.stringify([error.message, error.stack, error.code, error.facts, waits]);
    expect(said).not.toMatch(/canary|ann@|cc\.email/);
    expect(error.facts.request).toBe('GET /contacts');
  });
});

describe('the signal', () => {
  test('aborted before: nothing leaves, nothing is counted', async () => {
    const { read, transport, ledger } = rig([ok]);
    await expect(read(AbortSignal.abort(new Error('stop')))).rejects.toThrow('stop');
    expect([transport.requests.length, ledger.reservations.length]).toEqual([0, 0]);
  });
  test('aborted during a try or a pause: its reason is thrown and the slot settled', async () => {
    const controller = new AbortController();
    const { read, ledger } = rig([
      () => {
        controller.abort(new Error('stop'));
        return transportFault('aborted', true);
      },
    ]);
    await expect(read(controller.signal)).rejects.toThrow('stop');
    expect(ledger.settled).toEqual([0]);
  });
  test('an unreached server is no request on the wire', async () => {
    const { read, wire } = rig([transportFault('refused'), ok]);
    await read();
    expect(wire.sent).toBe(1);
  });
});

test('a request carries the token of the moment in a header and nothing secret in its address', async () => {
  const { read, transport } = rig([ok]);
  await read();
  const sent = transport.requests[0];
  expect(sent?.headers['authorization']).toBe('Bearer token-canary');
  expect(sent?.url).toBe('https://api.cc.email/v3/contacts?email=query-canary%40example.org');
  expect([sent?.timeoutMs, sent?.maxBytes]).toEqual([20_000, 33_554_432]);
});

describe('I6: a write is sent again only where nothing of it can have acted', () => {
  const write = (wire: ReturnType<typeof rig>['wire']) =>
    wire.write({ method: 'POST', path: '/contacts', json: { first_name: 'body-canary' } }, NEVER);

  test.each([
    ['a time limit', transportFault('timeout')],
    ['a reset', transportFault('reset')],
    ['a 503', down],
    ['a page of something in front', textAnswer(200, '<html>')],
    ['a 202', jsonAnswer(202, {})],
  ] as const)('%s leaves the outcome unknown, after one request', async (_what, answer) => {
    const { wire, transport } = rig([answer]);
    const error = await failureOf(write(wire));
    expect([error.errorClass, transport.requests.length]).toEqual(['unknown_outcome', 1]);
    expect(JSON.stringify(error.facts) + error.message).not.toMatch(/canary/);
  });

  test.each([
    ['nothing listened', transportFault('refused')],
    ['it was throttled', jsonAnswer(429, { error_key: 'throttled' })],
  ] as const)('%s: it is sent again', async (_what, answer) => {
    const { wire, transport, ledger } = rig([answer, jsonAnswer(201, { contact_id: 'a' })]);
    expect(await write(wire)).toMatchObject({ status: 201 });
    expect([transport.requests.length, ledger.reservations.length]).toEqual([2, 2]);
  });

  test('a clear refusal is told as one', async () => {
    const { wire } = rig([jsonAnswer(400, [{ error_key: 'bad' }])]);
    expect((await failureOf(write(wire))).errorClass).toBe('refused_request');
  });
});

describe('I15: a token that the vendor refuses', () => {
  const refused = jsonAnswer(401, { error_key: 'unauthorized' });

  /** Access whose tokens are numbered; each renewal gives the next, until there are no more. */
  function numbered(renewals: number) {
    const asked: string[] = [];
    let current = 1;
    const access: Access = {
      token: async () => `token-${current}`,
      renew: async (token) => {
        asked.push(token);
        if (current > renewals) return null;
        current += 1;
        return `token-${current}`;
      },
    };
    return { access, asked };
  }

  test('is renewed once, and the read is sent again with the new one', async () => {
    const { access, asked } = numbered(1);
    const { read, transport, ledger } = rig([refused, ok], { access });
    expect((await read()).body).toEqual({ fine: true });
    expect(transport.requests.map(({ headers }) => headers['authorization'])).toEqual([
      'Bearer token-1',
      'Bearer token-2',
    ]);
    expect([asked, ledger.reservations.length]).toEqual([['token-1'], 2]);
  });

  test('ends the read when the new one is refused as well: never a loop', async () => {
    const { access, asked } = numbered(9);
    const { read, transport } = rig([refused, refused], { access });
    expect((await failureOf(read())).errorClass).toBe('auth');
    expect([asked.length, transport.requests.length]).toEqual([1, 2]);
  });

  test('ends the read at once where there is no other', async () => {
    const { access } = numbered(0);
    const { read, transport } = rig([refused], { access });
    expect((await failureOf(read())).errorClass).toBe('auth');
    expect(transport.requests).toHaveLength(1);
  });

  test('is renewed once for a write too: who was turned away did nothing there', async () => {
    const { access, asked } = numbered(9);
    const { wire, transport } = rig([refused, ok, refused, refused], { access });
    const write = () => wire.write({ method: 'POST', path: '/contacts', json: { n: 1 } }, NEVER);
    expect((await write()).body).toEqual({ fine: true });
    expect(transport.requests.map(({ body }) => body)).toEqual(['{"n":1}', '{"n":1}']);
    expect((await failureOf(write())).errorClass).toBe('auth');
    expect([asked.length, transport.requests.length]).toEqual([2, 4]);
  });

  test('is asked for before the slot is taken: a renewal never holds the quota', async () => {
    const seen: number[] = [];
    const access: Access = {
      token: async () => {
        seen.push(box.ledger.reservations.length);
        return 'token-1';
      },
      renew: async () => null,
    };
    const box = rig([down, ok], { access });
    await box.read();
    expect(seen).toEqual([0, 1]);
  });
});

describe('what a request says of its answer', () => {
  const empty = textAnswer(200, '');

  test('one that may be answered by nothing is done by it, and only one that may', async () => {
    const { wire } = rig([empty, empty]);
    const asked = { method: 'POST', path: '/batch', json: {} } as const;
    expect(await wire.write({ ...asked, mayBeEmpty: true }, NEVER)).toMatchObject({ status: 200, body: undefined });
    await expect(wire.write(asked, NEVER)).rejects.toMatchObject({ errorClass: 'unknown_outcome' });
  });

  test('an HTML page is never nothing', async () => {
    const { wire } = rig([textAnswer(200, '<html>')]);
    const asked = { method: 'POST', path: '/batch', json: {}, mayBeEmpty: true } as const;
    await expect(wire.write(asked, NEVER)).rejects.toMatchObject({ errorClass: 'unknown_outcome' });
  });

  test('one whose maker will ask for less is sent once where the source does not answer it', async () => {
    const asked = { method: 'POST', path: '/query', json: {}, oneTry: true } as const;
    const heavy = rig([down]);
    await expect(heavy.wire.read(asked, NEVER)).rejects.toMatchObject({ errorClass: 'unavailable' });
    const slow = rig([transportFault('timeout')]);
    await expect(slow.wire.read(asked, NEVER)).rejects.toMatchObject({ code: 'SOURCE_TIMEOUT' });
    expect([heavy.transport.requests.length, slow.transport.requests.length]).toEqual([1, 1]);
    const away = rig([transportFault('refused'), jsonAnswer(429, {}), ok]);
    expect((await away.wire.read(asked, NEVER)).body).toEqual({ fine: true });
  });
});
