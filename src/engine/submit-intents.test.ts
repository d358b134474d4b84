import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { LookUp, OperationDeclaration, PeopleTarget, PersonOperation, SendResult } from '../connector/target.ts';
import { ConnectorError } from '../model/errors.ts';
import type { PersonIntent } from '../model/intent.ts';
import { openSqliteStore } from '../store/sqlite/open.ts';
import type { Store } from '../store/store.ts';
import { readingOf } from '../testing/contact-readings.ts';
import { fact, page, ready, setting, type Ready, START } from '../testing/describe-store-kit.ts';
import { createFakeClock } from '../testing/fake-clock.ts';
import { intentOf } from '../testing/person-intents.ts';
import { settleEarlier, submitIntents, type PersonWrite, type SubmitHooks } from './submit-intents.ts';
import type { WorkContext } from './work-context.ts';

const AS_SENT: OperationDeclaration = {
  effects: { newAddress: 'as-sent', known: 'as-sent', revives: false, relists: true, movesAddress: true },
  calls: 1,
};
const LOWERS: OperationDeclaration = {
  effects: { newAddress: 'not-mailed', known: 'lowered', revives: false, relists: false, movesAddress: false },
  calls: 1,
};
const WRITTEN: SendResult = { kind: 'written', reading: readingOf({}) };

let folder = '';
let store: Store;
let base: Ready;
const clock = createFakeClock(START);
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'concord-submit-'));
  store = await openSqliteStore({ file: join(folder, 'concord.db'), ...setting({ clock }) });
  base = await ready(store);
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

function rig(
  send: (name: PersonOperation, intent: PersonIntent) => Promise<SendResult>,
  found: LookUp['kind'] = 'done',
) {
  const sent: string[] = [];
  const ends: string[] = [];
  const target: PeopleTarget = {
    operations: new Map([
      ['create', AS_SENT],
      ['update', AS_SENT],
      ['unsubscribe', LOWERS],
    ]),
    bulk: null,
    visibilityMs: 120_000,
    send: (name, intent) => {
      sent.push(`${name} ${intent.address}`);
      return send(name, intent);
    },
    lookUp: async () => (found === 'done' ? { kind: 'done', reading: readingOf({}) } : { kind: 'not-done' }),
  };
  const hooks: SubmitHooks = {
    side: 'primary',
    agreed: async () => null,
    ended: ({ id }, end, reason) => void ends.push(`${id} ${end}${reason === null ? '' : ` ${reason}`}`),
  };
  const ctx = {
    sync: { name: base.lease.sync },
    run: 'run-1',
    lease: base.lease,
    store,
    clock,
    signal: new AbortController().signal,
    waits: new Set<string>(),
    keepLease: async () => undefined,
  } as unknown as WorkContext;
  return { ctx, target, hooks, sent, ends };
}

function write(id: string, said: Partial<PersonIntent>): PersonWrite {
  const baseline = { hash: 'b', fields: {} };
  const intent = intentOf({ address: `${id}@example.org`, ...said });
  return { id, secondaryId: id, recordId: 1, recordHash: 'h', intent, baseline, journal: [], more: null };
}
const out = (address: string) => page({ facts: [fact('someone-else', { matchKey: address })] });
const states = async () => store.countOperations(base.lease.sync);

describe('what a plan wants of people', () => {
  test('I3: opt-outs are sent first', async () => {
    const { ctx, target, hooks, sent, ends } = rig(async () => WRITTEN);
    const writes = [write('a', { fields: { first_name: 'A' } }), write('b', { permission: 'unsubscribe' })];
    await submitIntents(ctx, target, writes, hooks);
    expect(sent).toEqual(['unsubscribe b@example.org', 'update a@example.org']);
    expect(ends).toEqual(['b applied', 'a applied']);
    expect(await states()).toEqual({ confirmed: 2 });
  });

  test('I1: nothing is intended for an address with an opt-out, whichever contact had it', async () => {
    await store.storePage(base.lease, base.shelf, out('a@example.org'));
    const { ctx, target, hooks, sent, ends } = rig(async () => WRITTEN);
    await submitIntents(ctx, target, [write('a', { contactId: null, permission: 'implicit' })], hooks);
    expect([sent, ends, await states()]).toEqual([[], ['a refused out'], {}]);
  });

  test('I1: an opt-out that becomes known after the plan is seen by the transaction that claims the row', async () => {
    const { ctx, target, hooks, sent, ends } = rig(async () => {
      await store.storePage(base.lease, base.shelf, out('b@example.org'));
      return WRITTEN;
    });
    const fresh = { contactId: null, permission: 'implicit' } as const;
    await submitIntents(ctx, target, [write('a', fresh), write('b', fresh)], hooks);
    expect(sent).toEqual(['create a@example.org']);
    expect(ends).toEqual(['a applied', 'b refused out']);
    expect(await states()).toEqual({ confirmed: 1, superseded: 1 });
  });

  test('I1: an operation that the target does not declare is not sent', async () => {
    const { ctx, target, hooks, sent, ends } = rig(async () => WRITTEN);
    await submitIntents(ctx, target, [write('a', { remove: true })], hooks);
    expect([sent, ends]).toEqual([[], ['a refused undeclared']]);
  });

  test('I6: a lost answer is never sent again, but read back by the next pass', async () => {
    const lost = new ConnectorError('SOURCE_TIMEOUT', 'unknown_outcome', 'x');
    const { ctx, target, hooks, sent, ends } = rig(() => Promise.reject(lost));
    await submitIntents(ctx, target, [write('a', {})], hooks);
    await submitIntents(ctx, target, [], hooks);
    expect([sent.length, await states()]).toEqual([1, { verifying: 1 }]);
    await settleEarlier(ctx, target, hooks);
    expect(ends).toEqual(['a unknown SOURCE_TIMEOUT', 'a applied']);
    expect(await states()).toEqual({ confirmed: 1 });
  });

  test('I6: what a read does not show stays unknown until it must be visible, and is then decided anew', async () => {
    const lost = new ConnectorError('SOURCE_TIMEOUT', 'unknown_outcome', 'x');
    const { ctx, target, hooks } = rig(() => Promise.reject(lost), 'not-done');
    await submitIntents(ctx, target, [write('a', {})], hooks);
    await settleEarlier(ctx, target, hooks);
    expect(await states()).toEqual({ verifying: 1 });
    clock.advance(120_000);
    await settleEarlier(ctx, target, hooks);
    expect(await states()).toEqual({ superseded: 1 });
  });

  test('I5: what a killed pass had sent is read back, what it had not is decided anew', async () => {
    const { ctx, target, hooks } = rig(async () => {
      throw new Error('killed');
    });
    await expect(submitIntents(ctx, target, [write('a', {}), write('b', {})], hooks)).rejects.toThrow('killed');
    await store.recover(base.lease);
    expect(await states()).toEqual({ verifying: 1, pending: 1 });
    await settleEarlier(ctx, target, hooks);
    expect(await states()).toEqual({ confirmed: 1, superseded: 1 });
  });

  test('T38: what stands there now is something else: read again later, and parked only then', async () => {
    const { ctx, target, hooks, ends } = rig(async () => ({ kind: 'differs', reason: 'first_name' }), 'not-done');
    await submitIntents(ctx, target, [write('a', {})], hooks);
    clock.advance(120_000);
    await settleEarlier(ctx, target, hooks);
    expect(ends).toEqual(['a unknown differs:first_name', 'a parked differs:first_name']);
    expect(await store.waiting(base.lease.sync, 9)).toMatchObject([{ kind: 'parked', id: 'a' }]);
  });

  test('I1: somebody who became mailable is parked at once', async () => {
    const { ctx, target, hooks } = rig(async () => ({ kind: 'differs', reason: 'became-mailable' }));
    await submitIntents(ctx, target, [write('a', {})], hooks);
    expect(await states()).toEqual({ parked: 1 });
  });

  test('I17: a person who is refused never holds up the others', async () => {
    const { ctx, target, hooks, ends } = rig(async (_name, { address }) =>
      address.startsWith('a@') ? { kind: 'refused', reason: 'CC_BAD_REQUEST' } : WRITTEN,
    );
    await submitIntents(ctx, target, [write('a', {}), write('b', {})], hooks);
    expect(ends).toEqual(['a parked CC_BAD_REQUEST', 'b applied']);
  });
});
