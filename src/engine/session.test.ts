/** The frame around a pass, where only real time can show what it promises. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createSystemClock } from '../adapters/system-clock.ts';
import { noSteps } from '../ports/steps.ts';
import { openSqliteStore } from '../store/sqlite/open.ts';
import { attempt, end } from './pass.ts';
import { runSession, type SessionPorts } from './session.ts';
import type { SyncSpec } from './work-context.ts';

test('an interruption is heard in the midst of work that never waits for anything', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'concord-session-'));
  const clock = createSystemClock();
  const store = await openSqliteStore({
    file: join(folder, 'concord.db'),
    tenant: 'default',
    clock,
    steps: noSteps,
    isAlive: () => null,
  });
  try {
    const stop = new AbortController();
    const ports = {
      store,
      clock,
      ids: { next: () => 'run-1' },
      owner: { id: 'owner-1', host: 'here', pid: 1 },
      signal: stop.signal,
      emit: () => undefined,
      requests: () => ({}),
    } as unknown as SessionPorts;
    // A signal reaches a program as this timer does: only when the work lets go.
    void clock.sleep(50).then(() => stop.abort());
    const session = await runSession(ports, { name: 'copy' } as SyncSpec, 'sync', 'sync', async (ctx) => {
      const cut = await attempt(ctx, async () => {
        const until = clock.elapsed() + 3_000;
        while (clock.elapsed() < until) await ctx.keepLease();
      });
      return cut ?? end('done', null);
    });
    expect(session.end).toMatchObject({ outcome: 'partial', cause: { code: 'interrupted' } });
  } finally {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
