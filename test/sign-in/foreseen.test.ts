/** I15: `status` foresees the end of a sign-in from the dates in the store: without the master key, and without a request. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createKeyFiles } from '../../src/adapters/key-files.ts';
import { createInbound } from '../../src/adapters/inbound-http.ts';
import { createLoopback } from '../../src/adapters/loopback.ts';
import type { Ports } from '../../src/application/installation.ts';
import { assemble } from '../../src/application/open.ts';
import { explain } from '../../src/cli/messages.ts';
import { loadConfig } from '../../src/config/load.ts';
import { noSteps } from '../../src/ports/steps.ts';
import type { StoredSignIn } from '../../src/store/vault.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { signedIn, START, wrappedKey } from '../../src/testing/describe-store-kit.ts';
import { createFakeClock } from '../../src/testing/fake-clock.ts';
import { createFakeTransport } from '../../src/testing/fake-transport.ts';
import { DAY, entropy } from './chain.ts';

const CONFIG = `store: ./concord.db
masterKey: { file: ./not-there.key }
connections:
  cc: { connector: constant-contact, auth: { clientId: app-1 } }
  app: { connector: sqlite, file: ./app.db }
syncs:
  copy: { primary: cc, secondary: app, mode: mirror, streams: [contacts] }
`;

/** What `status` says of a connection so many days after its sign-in. */
async function statusAfter(days: number, signIn: Partial<StoredSignIn> | null) {
  const folder = mkdtempSync(join(tmpdir(), 'concord-foreseen-'));
  const clock = createFakeClock(START + days * DAY);
  const file = join(folder, 'concord.db');
  try {
    const store = await openSqliteStore({ file, tenant: 'default', clock, steps: noSteps, isAlive: () => null });
    await store.addDataKey(wrappedKey('key-1'));
    if (signIn !== null) await store.putSignIn(signedIn('cc', signIn));
    await store.close();
    const ports: Ports = {
      clock,
      ids: { next: () => 'id-1' },
      random: { next: () => 0.5 },
      steps: noSteps,
      transport: createFakeTransport(),
      entropy,
      keyFiles: createKeyFiles(),
      loopback: createLoopback(),
      inbound: createInbound(),
      owner: { id: 'owner-1', host: 'test', pid: 1 },
    };
    const application = await assemble(loadConfig(CONFIG, { env: {}, file: join(folder, 'concord.yaml') }), ports);
    const [status] = (await application.status()).connections;
    await application.close();
    return { state: status?.state, said: (status?.messages ?? []).map(explain).join(' ') };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test.each([
  ['in use', 1, {}, 'good', /^$/u],
  ['not there', 1, null, 'missing', /not signed in yet.*`concord connect cc`/u],
  ['idle for four months', 121, {}, 'idle', /not been used for months: .* 2027-05-20T/u],
  ['idle for half a year', 181, {}, 'ended', /`concord connect cc`/u],
  ['without a refresh token', 0.5, { renewable: false }, 'ends', /cannot renew itself and ends at 2026-11-22T12/u],
  ['without one, and over', 2, { renewable: false }, 'ended', /token has ended/u],
  ['refused while its token lasts', 0.5, { lostAt: START }, 'lost', /works until 2026-11-22T12.*`concord connect cc`/u],
  ['refused, and over', 2, { lostAt: START }, 'ended', /no longer accepted/u],
] as const)('I15: a sign-in that is %s', async (_what, days, signIn, state, sentence) => {
  const told = await statusAfter(days, signIn);
  expect([told.state, told.said]).toEqual([state, expect.stringMatching(sentence)]);
});
