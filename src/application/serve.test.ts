/** The daemon put together: what is delivered to its door brings the turn of exactly the syncs of that connection. */
import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ServeItem } from '../cli/serve-results.ts';
import { loadConfig } from '../config/load.ts';
import type { Inbound, Posted } from '../ports/inbound.ts';
import { noSteps } from '../ports/steps.ts';
import { openSqliteStore } from '../store/sqlite/open.ts';
import { quietPass } from '../testing/cli-io.ts';
import { createFakeClock } from '../testing/fake-clock.ts';
import type { Installation } from './installation.ts';
import { serve } from './serve.ts';

const MINUTE = 60_000;
const SECRET = 'webhook-secret-canary';
const CONFIG = `store: ./concord.db
serve: { listen: 127.0.0.1:8787 }
connections:
  cc: { connector: constant-contact, auth: { accessToken: "\${KEY}" } }
  crm: { connector: virtuous, auth: { apiKey: "\${KEY}" }, webhook: { secret: "\${HOOK}" } }
  app: { connector: sqlite, file: ./app.db }
syncs:
  donors: { primary: cc, secondary: crm, schedule: every 30d, consent: { direction: two-way } }
  copy: { primary: cc, secondary: app, mode: mirror, streams: all, schedule: every 30d }
  aside: { primary: cc, secondary: app, mode: mirror, prefix: b_, streams: all }
`;

function delivery(eventId: string, contact: number): Posted {
  const body = new TextEncoder().encode(JSON.stringify({ event: 'ContactUpdate', eventId, contact: { id: contact } }));
  const signature = createHmac('sha256', SECRET).update(body).digest('base64');
  return { path: '/hooks/crm', headers: { 'x-virtuous-signature': signature }, body };
}

test('I16: a delivery is kept, and brings the turn of its own syncs; the door closes with the daemon', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'concord-serve-'));
  const clock = createFakeClock();
  const file = join(folder, 'concord.db');
  const store = await openSqliteStore({ file, tenant: 'default', clock, steps: noSteps, isAlive: () => null });
  try {
    const config = loadConfig(CONFIG, { env: { KEY: 'key-canary', HOOK: SECRET }, file: join(folder, 'concord.yaml') });
    const door: { post: ((posted: Posted) => Promise<number>) | null } = { post: null };
    const inbound: Inbound = {
      listen: async ({ host, port }, answer) => {
        expect([host, port]).toEqual(['127.0.0.1', 8787]);
        door.post = answer;
        return { port, [Symbol.asyncDispose]: async () => void (door.post = null) };
      },
    };
    const at = { config, store, ports: { clock, inbound } } as unknown as Installation;
    const stop = new AbortController();
    const statuses: (number | undefined)[] = [];
    void clock.sleep(10 * MINUTE).then(async () => statuses.push(await door.post?.(delivery('e1', 5))));
    void clock.sleep(20 * MINUTE).then(async () => statuses.push(await door.post?.(delivery('e1', 6))));
    void clock.sleep(30 * MINUTE).then(async () => statuses.push(await door.post?.(delivery('e2', 7))));
    void clock.sleep(60 * MINUTE).then(() => stop.abort());
    const begin = clock.now();
    const passes: [string, number][] = [];
    const pass = async (sync: string) => {
      passes.push([sync, Math.floor((clock.now() - begin) / MINUTE)]);
      return quietPass(sync);
    };
    const items: ServeItem[] = [];
    for await (const item of serve(at, pass, { signal: stop.signal, progress: () => undefined })) items.push(item);
    expect(items[0]).toMatchObject({ kind: 'serving', listening: 8787, unscheduled: ['aside'] });
    expect(passes).toEqual([
      ['donors', 0],
      ['copy', 0],
      ['donors', 10],
      ['donors', 30],
    ]);
    expect(statuses).toEqual([204, 204, 204]);
    expect((await store.hints('crm', 10)).map(({ recordId }) => recordId)).toEqual(['5', '7']);
    expect(items.filter(({ kind }) => kind === 'alarm')).toEqual([{ kind: 'alarm', connection: 'crm' }]);
    expect(door.post).toBeNull();
  } finally {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
