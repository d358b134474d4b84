/** One effective owner (I14): who waits, who is replaced, and that who was replaced writes nothing more, anywhere. */
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { assemble } from '../../src/application/open.ts';
import type { PassResult } from '../../src/cli/results.ts';
import { loadConfig } from '../../src/config/load.ts';
import { LEASE_MS } from '../../src/engine/session.ts';
import { noSteps } from '../../src/ports/steps.ts';
import type { Transport } from '../../src/ports/transport.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { Account, HOUR, MINUTE } from '../harness/account.ts';
import { endState } from './end-state.ts';

const DEAD_PID = 2 ** 30;
const ELSEWHERE = { id: 'other', host: 'elsewhere', pid: 77 };

let account: Account;
beforeEach(async () => {
  // A process that sleeps between its counting and its sending may be one request late: not what is tried here.
  account = await Account.open({ quota: null });
});
afterEach(() => account.close());

/** Takes the lease as another process would, and says no more; tells whether it was given. */
async function holdLease(owner: { id: string; host: string; pid: number }, ttlMs: number): Promise<'yours' | 'taken'> {
  const file = join(account.folder, 'concord.db');
  const store = await openSqliteStore({
    file,
    tenant: 'default',
    clock: account.clock,
    steps: noSteps,
    isAlive: () => null,
  });
  const answer = await store.acquireLease('copy', owner, ttlMs);
  await store.close();
  return answer.kind;
}

/** Runs a pass in a process of its own beside any other; `hold` sees each request before it leaves. */
async function passBeside(id: string, hold: () => Promise<void>): Promise<PassResult> {
  const config = loadConfig(account.configText, {
    env: { CC_TOKEN: account.token },
    file: join(account.folder, 'concord.yaml'),
  });
  const ports = account.ports();
  const transport: Transport = {
    exchange: async (request, signal) => {
      await hold();
      return ports.transport.exchange(request, signal);
    },
    close: () => ports.transport.close(),
  };
  const application = await assemble(config, { ...ports, transport, owner: { id, host: 'beside', pid: 1 } });
  try {
    return await application.sync('copy', account.call());
  } finally {
    await application.close();
  }
}

describe('I14: a second pass', () => {
  test('waits 30 s for a living owner, then ends partial, names it and has asked for nothing', async () => {
    await holdLease(ELSEWHERE, 10 * MINUTE);
    const result = await account.sync();
    expect(result).toMatchObject({ outcome: 'partial', read: 0, owner: 'elsewhere, process 77' });
    expect(result.durationMs).toBeGreaterThanOrEqual(30_000);
    expect(result.durationMs).toBeLessThan(32_000);
    expect(account.requests()).toBe(0);
  });

  test('replaces an owner of this machine whose process is dead at once', async () => {
    await holdLease({ id: 'dead', host: hostname(), pid: DEAD_PID }, 10 * MINUTE);
    const before = account.clock.now();
    const result = await account.sync();
    expect(result.outcome).toBe('done');
    expect(account.clock.now() - before).toBe(result.durationMs);
    expect(account.simulators.requests.entries[0]?.at).toBeLessThan(before + 1000);
  });

  test('replaces an owner that nobody can ask once its lease is over, within 60 s', async () => {
    await holdLease(ELSEWHERE, LEASE_MS);
    const before = account.clock.now();
    expect((await account.sync()).outcome).toBe('partial');
    expect((await account.sync()).outcome).toBe('done');
    expect(account.simulators.requests.entries[0]?.at).toBeLessThan(before + MINUTE);
  });

  test('two at once do no harm: one works, the other waits for it or gives way', async () => {
    const [first, second] = await Promise.all([
      passBeside('one', async () => undefined),
      passBeside('two', async () => undefined),
    ]);
    expect(first.outcome).toBe('done');
    expect(second).toMatchObject(
      second.outcome === 'done' ? { applied: 0 } : { outcome: 'partial', read: 0, owner: 'beside, process 1' },
    );
    expect(await account.sync()).toMatchObject({ outcome: 'done', applied: 0 });
    expect(await account.verify()).toMatchObject([{ kind: 'summary', agree: true }]);
  });
});

describe('I14: an owner at work', () => {
  test('a pass that takes long stays the owner: whoever asks meanwhile is told so', async () => {
    const answers: string[] = [];
    const slow = passBeside('slow', async () => {
      account.clock.advance(20_000);
      answers.push(await holdLease({ ...ELSEWHERE, id: 'asking' }, LEASE_MS));
    });
    expect((await slow).outcome).toBe('done');
    expect(answers.length).toBeGreaterThan(5);
    expect(new Set(answers)).toEqual(new Set(['taken']));
  });
});

describe('I14: an owner that was paused and replaced', () => {
  beforeEach(async () => {
    await account.sync();
    account.pass(HOUR);
  });

  test('stops at its next step in the store, and what the new owner wrote stands', async () => {
    const [id = ''] = account.people('explicit');
    account.world.mutate({ op: 'edit', contact_id: id, set: { first_name: 'Older' } });
    let requests = 0;
    const paused = passBeside('paused', async () => {
      requests += 1;
      if (requests !== 5) return;
      // Stopped for two minutes: no timer of its own fires, and the world goes on.
      account.clock.stepTo(account.clock.now() + 2 * MINUTE);
      account.world.mutate({ op: 'edit', contact_id: id, set: { first_name: 'Newer' } });
      expect((await account.sync()).outcome).toBe('done');
    });
    expect(await paused).toMatchObject({ outcome: 'partial', applied: 0, messages: [{ code: 'lease-lost' }] });
    expect(account.rows('SELECT first_name FROM contacts WHERE contact_id = ?', id)).toEqual([{ first_name: 'Newer' }]);
    expect(await account.sync()).toMatchObject({ outcome: 'done', applied: 0 });
  });

  test('is stopped by the mirror itself when it wakes between the store and the mirror', async () => {
    const [id = ''] = account.people('explicit');
    account.world.mutate({ op: 'edit', contact_id: id, set: { first_name: 'Stale' } });
    const before = endState(account.folder).secondary;
    let takenOver = false;
    account.steps = {
      reached(point) {
        // The last step in the store before the write: from here on only the mirror can know.
        if (takenOver || point !== 'store:openWalk:before-commit') return;
        takenOver = true;
        account.change('UPDATE concord_mirror_owner SET fence = fence + 1');
      },
    };
    const result = await account.sync();
    expect(takenOver).toBe(true);
    expect(result).toMatchObject({ outcome: 'partial', applied: 0, messages: [{ code: 'lease-lost' }] });
    expect(endState(account.folder).secondary).toEqual(before);
  });
});
