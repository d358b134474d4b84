/** How one person's write ends: what is told of it, what is kept, and how urgent it goes. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { OperationDeclaration, PeopleTarget, SendHow, SendResult } from '../connector/target.ts';
import { ConnectorError, type ErrorClass } from '../model/errors.ts';
import type { PersonIntent } from '../model/intent.ts';
import { openSqliteStore } from '../store/sqlite/open.ts';
import type { Store } from '../store/store.ts';
import { readingOf } from '../testing/contact-readings.ts';
import { entry, fact, link, page, ready, setting, type Ready, START, SYNC } from '../testing/describe-store-kit.ts';
import { createFakeClock } from '../testing/fake-clock.ts';
import { intentOf } from '../testing/person-intents.ts';
import { waitKey } from './context.ts';
import {
  intendAll,
  operationFor,
  PARKED,
  settleEarlier,
  submitIntents,
  type PersonWrite,
  type SubmitHooks,
} from './submit-intents.ts';
import type { WorkContext } from './work-context.ts';

const AS_SENT: OperationDeclaration = {
  effects: { newAddress: 'as-sent', known: 'as-sent', revives: false, relists: true, movesAddress: true },
  calls: 1,
};
const LOWERS: OperationDeclaration = {
  effects: { newAddress: 'not-mailed', known: 'lowered', revives: false, relists: false, movesAddress: false },
  calls: 1,
};
const READING = readingOf({});
const clock = createFakeClock(START);
let folder = '';
let store: Store;
let base: Ready;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'concord-ends-'));
  store = await openSqliteStore({ file: join(folder, 'concord.db'), ...setting({ clock }) });
  base = await ready(store);
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

interface Told {
  readonly ends: string[];
  readonly hows: SendHow[];
  readonly partly: boolean[];
  readonly renewals: { count: number };
}
function rig(send: () => Promise<SendResult>, waits: readonly string[] = []) {
  const told: Told = { ends: [], hows: [], partly: [], renewals: { count: 0 } };
  const target: PeopleTarget = {
    operations: new Map([
      ['create', AS_SENT],
      ['update', AS_SENT],
      ['delete', LOWERS],
      ['unsubscribe', LOWERS],
    ]),
    bulk: null,
    visibilityMs: 120_000,
    send: (_name, _intent, how) => {
      told.hows.push(how);
      return send();
    },
    lookUp: async () => ({ kind: 'done', reading: READING }),
  };
  const hooks: SubmitHooks = {
    side: 'primary',
    agreed: ({ primaryId }, _reading, partly) => {
      told.partly.push(partly);
      return link(primaryId, `row-${primaryId}`);
    },
    ended: ({ id, recordId }, end, reason) => void told.ends.push(`${id} ${recordId} ${end} ${reason}`),
  };
  const ctx = {
    sync: { name: SYNC },
    run: 'run-1',
    lease: base.lease,
    store,
    clock,
    signal: new AbortController().signal,
    waits: new Set<string>(waits),
    keepLease: async () => void (told.renewals.count += 1),
  } as unknown as WorkContext;
  return { ctx, target, hooks, told };
}
function write(id: string, said: Partial<PersonIntent>): PersonWrite {
  const intent = intentOf({ address: `${id}@example.org`, ...said });
  const journal = [entry(id, { event: 'tried' })];
  const baseline = { hash: 'b', fields: {} };
  return { id, secondaryId: id, recordId: 7, recordHash: 'h', intent, baseline, journal, more: null };
}
const states = async () => store.countOperations(SYNC);
const written = async (): Promise<SendResult> => ({ kind: 'written', reading: READING });
const reasonOf = async (state: 'superseded' | 'parked') => (await store.operations(SYNC, state, 9))[0]?.reason;

test.each([
  [{ contactId: null, permission: 'unsubscribe', remove: true }, 'create'],
  [{ permission: 'unsubscribe', remove: true }, 'unsubscribe'],
  [{ remove: true }, 'delete'],
  [{}, 'update'],
] as const)('an opt-out goes before all else that is wanted of somebody known: %o is %s', (said, operation) => {
  expect(operationFor(intentOf(said))).toBe(operation);
});

describe('what is sent', () => {
  test('I3: an opt-out may use the last of the budget, nothing else may', async () => {
    const { ctx, target, hooks, told } = rig(written);
    await submitIntents(ctx, target, [write('a', {}), write('b', { permission: 'unsubscribe' })], hooks);
    expect(told.hows).toEqual([
      { mayMail: false, urgent: true },
      { mayMail: true, urgent: false },
    ]);
    expect(told.renewals.count).toBeGreaterThan(1);
  });

  test('I1: beside an opt-out a change goes out as one that may mail nobody', async () => {
    await store.storePage(base.lease, base.shelf, page({ facts: [fact('x', { matchKey: 'a@example.org' })] }));
    const { ctx, target, hooks, told } = rig(written);
    await submitIntents(ctx, target, [write('a', { fields: { first_name: 'A' } })], hooks);
    expect(told.hows).toEqual([{ mayMail: false, urgent: false }]);
  });

  test('I1: an opt-out between the claim and the request is seen, and nothing leaves', async () => {
    const { ctx, target, hooks, told } = rig(written);
    const late = {
      ...store,
      sending: async (...args: Parameters<Store['sending']>) => {
        await store.sending(...args);
        await store.storePage(base.lease, base.shelf, page({ facts: [fact('x', { matchKey: 'a@example.org' })] }));
      },
    };
    const fresh = { contactId: null, permission: 'implicit' } as const;
    await submitIntents({ ...ctx, store: late }, target, [write('a', fresh)], hooks);
    expect([told.hows, told.ends]).toEqual([[], ['a 7 refused out']]);
    expect([await states(), await reasonOf('superseded')]).toEqual([{ superseded: 1 }, 'out']);
  });

  test('many go through the outbox in batches, each once, and none waits in it that nobody intended', async () => {
    const { ctx, target, hooks, told } = rig(written);
    const intents: number[] = [];
    const counted = {
      ...store,
      intend: async (...args: Parameters<Store['intend']>) => {
        intents.push(args[2].length);
        await store.intend(...args);
      },
    };
    const people = Array.from({ length: 1000 }, (_, n) => write(`p${n}`, {}));
    await intendAll({ ...ctx, store: counted }, target, people, hooks);
    expect([intents, await states(), told.ends]).toEqual([[500, 500], { pending: 1000 }, []]);
    const refused = [write('q', { permission: 'implicit' })];
    await intendAll({ ...ctx, store: counted }, target, refused, hooks);
    expect([intents.length, told.ends]).toEqual([2, ['q 7 refused raises-known']]);
    const [first] = await store.operations(SYNC, 'pending', 1);
    expect(first).toMatchObject({ stream: 'contacts', side: 'primary', matchKeys: ['p0@example.org'], lane: 'live' });
  });
});

describe('a write that ends', () => {
  test('carried out: link and journal are kept, and what waited for it is settled; nothing else is', async () => {
    const waiting = (id: string, reason: string) =>
      ({ kind: 'parked', stream: 'contacts', id, reason, detail: null, run: 'r' }) as const;
    await store.wait(base.lease, [waiting('a', PARKED), waiting('a', 'row-taken'), waiting('b', PARKED)], []);
    const { ctx, target, hooks, told } = rig(written, [waitKey('contacts', 'a', PARKED)]);
    await submitIntents(ctx, target, [write('a', {}), write('b', {})], hooks);
    expect((await store.waiting(SYNC, 9)).map(({ id, reason }) => [id, reason])).toEqual([
      ['a', 'row-taken'],
      ['b', PARKED],
    ]);
    expect((await store.links(SYNC, 'contacts', ['a'])).get('a')).toMatchObject({ secondaryId: 'row-a' });
    expect((await store.journal(SYNC, 'contacts', 'a', 9)).map(({ event }) => event)).toEqual(['tried']);
    expect(told.ends).toEqual(['a 7 applied null', 'b 7 applied null']);
  });

  test.each([
    [{}, false],
    [{ fields: { first_name: 'A' } }, true],
    [{ customFields: { c1: 'x' } }, true],
    [{ fields: { first_name: 'A' }, customFields: { c1: 'x' } }, true],
    [{ lists: { add: ['l1'], remove: [] } }, true],
    [{ lists: { add: [], remove: ['l1'] } }, true],
    [{ tags: { add: ['t1'], remove: [] } }, true],
    [{ tags: { add: [], remove: ['t1'] } }, true],
    [{ lists: { add: ['l1'], remove: ['l2'] } }, true],
    [{ tags: { add: ['t1'], remove: ['t2'] } }, true],
    [{ lists: { add: ['l1'], remove: [] }, tags: { add: ['t1'], remove: [] } }, true],
    [{ addressWas: 'old@example.org' }, true],
    [{ remove: true }, true],
  ] as const)('I8: an opt-out with %o besides is carried out partly: %s', async (more, partly) => {
    const { ctx, target, hooks, told } = rig(written);
    await submitIntents(ctx, target, [write('a', { permission: 'unsubscribe', ...more })], hooks);
    expect(told.partly).toEqual([partly]);
  });

  test('an edit is carried out whole', async () => {
    const { ctx, target, hooks, told } = rig(written);
    await submitIntents(ctx, target, [write('a', { fields: { first_name: 'A' } })], hooks);
    expect(told.partly).toEqual([false]);
  });

  test('I13: where something else stands there now, it is decided anew', async () => {
    const { ctx, target, hooks, told } = rig(async () => ({ kind: 'moved' }));
    await submitIntents(ctx, target, [write('a', {})], hooks);
    expect(told.ends).toEqual(['a 7 moved moved']);
    expect([await states(), await reasonOf('superseded')]).toEqual([{ superseded: 1 }, 'moved']);
  });

  test.each(['became-mailable', 'became-explicit'])(
    'I1: %s waits for a person at once, with its reason',
    async (why) => {
      const { ctx, target, hooks, told } = rig(async () => ({ kind: 'differs', reason: why }));
      await submitIntents(ctx, target, [write('a', {})], hooks);
      expect(told.ends).toEqual([`a 7 parked ${why}`]);
      expect(await store.waiting(SYNC, 9)).toMatchObject([
        { kind: 'parked', stream: 'contacts', id: 'a', reason: PARKED, detail: { why } },
      ]);
    },
  );

  test.each(['auth', 'forbidden', 'throttled', 'quota_exceeded', 'unavailable', 'not_ready'] as const)(
    '%s says that nothing was changed: decided anew, and the pass ends',
    async (errorClass: ErrorClass) => {
      const { ctx, target, hooks, told } = rig(() => Promise.reject(new ConnectorError('CODE', errorClass, 'x')));
      await expect(submitIntents(ctx, target, [write('a', {})], hooks)).rejects.toThrow(ConnectorError);
      expect(told.ends).toEqual(['a 7 moved CODE']);
      expect([await states(), await reasonOf('superseded')]).toEqual([{ superseded: 1 }, 'CODE']);
    },
  );
});

describe('an earlier pass', () => {
  test('I6: an unknown outcome without a time of sending, or from a clock that was set back, waits for no time', async () => {
    const lost = new ConnectorError('SOURCE_TIMEOUT', 'unknown_outcome', 'x');
    const { ctx, target, hooks, told } = rig(() => Promise.reject(lost));
    const blind: PeopleTarget = { ...target, lookUp: async () => ({ kind: 'not-done' }) };
    await submitIntents(ctx, target, [write('a', {})], hooks);
    const timed = { ...ctx, clock: { ...clock, now: () => START - 200_000 } } as WorkContext;
    await settleEarlier(timed, blind, hooks);
    expect(told.ends.at(-1)).toBe('a 7 moved not-arrived');
    expect(await reasonOf('superseded')).toBe('not-arrived');
  });

  test('what it did not send is decided anew by that reason, and of that nothing is told', async () => {
    const { ctx, target, hooks, told } = rig(written);
    await intendAll(ctx, target, [write('a', {})], hooks);
    await settleEarlier(ctx, target, hooks);
    expect([await reasonOf('superseded'), told.ends]).toEqual(['decided-anew', []]);
  });
});
