/** I15: the token chain survives expiry, storms of askers, kills and lost answers; a chain that is lost says so, once. */
import { describe, expect, test } from 'vitest';
import { createUndiciTransport } from '../../src/adapters/undici-transport.ts';
import type { Store } from '../../src/store/store.ts';
import { Killed } from '../../src/testing/crash-points.ts';
import { Chain, codeOf, CONNECTION, DAY, HOUR, NEVER } from './chain.ts';

const token = ({ access }: { access: { token(signal: AbortSignal): Promise<string> } }) => access.token(NEVER);

describe('I15: one renewal', () => {
  test('is made when the token has ended, and its token works; nothing is asked before', async () => {
    await using chain = await Chain.open();
    const before = chain.tokenRequests();
    const process = await chain.process();
    const first = await token(process);
    expect(await chain.works(first)).toBe(200);
    chain.clock.advance(20 * HOUR);
    expect(await token(process)).toBe(first);
    expect(chain.tokenRequests()).toBe(before);
    chain.clock.advance(4 * HOUR);
    const second = await token(process);
    expect(second).not.toBe(first);
    expect([await chain.works(first), await chain.works(second)]).toEqual([401, 200]);
    expect([chain.tokenRequests() - before, process.endpoint.sent]).toEqual([1, 1]);
  });

  test('serves 200 workers in 8 processes at the instant of expiry', async () => {
    await using chain = await Chain.open();
    const before = chain.tokenRequests();
    chain.clock.advance(DAY);
    const processes = await Promise.all(Array.from({ length: 8 }, () => chain.process()));
    const tokens = await Promise.all(Array.from({ length: 200 }, (_, n) => token(processes[n % 8] ?? fail())));
    expect(new Set(tokens).size).toBe(1);
    expect(chain.tokenRequests() - before).toBe(1);
    expect(await chain.works(tokens[0] ?? '')).toBe(200);
    expect(chain.simulators.requests.totals().excess).toBe(0);
  });

  test('is stored before its token is given to anybody', async () => {
    await using chain = await Chain.open();
    chain.clock.advance(DAY);
    const given = await token(await chain.process());
    expect((await chain.stored()).tokens.accessToken).toBe(given);
  });

  test('keeps a long-lived refresh token, and chains on day after day with a rotating one', async () => {
    for (const refreshTokens of ['longLived', 'rotating'] as const) {
      await using chain = await Chain.open({ switches: { refreshTokens } });
      const seen = new Set([(await chain.stored()).tokens.refreshToken]);
      for (let day = 0; day < 4; day += 1) {
        chain.clock.advance(DAY);
        expect(await chain.works(await token(await chain.process()))).toBe(200);
        seen.add((await chain.stored()).tokens.refreshToken);
      }
      expect([refreshTokens, seen.size]).toEqual([refreshTokens, refreshTokens === 'longLived' ? 1 : 5]);
    }
  });

  test('happens early, and a sign-in server that is down then ends nothing', async () => {
    await using chain = await Chain.open();
    const process = await chain.process();
    const first = await token(process);
    chain.clock.advance(23.5 * HOUR);
    chain.simulators.world.faults.set([{ kind: 'status', status: 503, match: { path: '/token' } }]);
    expect(await token(process)).toBe(first);
    chain.simulators.world.faults.set([]);
    chain.clock.advance(2 * 60_000);
    expect(await token(process)).not.toBe(first);
  });

  test('is asked for at most three times, and then the sign-in is not called lost', async () => {
    await using chain = await Chain.open();
    chain.clock.advance(DAY);
    const before = chain.tokenRequests();
    chain.simulators.world.faults.set([{ kind: 'html', match: { path: '/token' } }]);
    expect(await codeOf(token(await chain.process()))).toBe('SIGN_IN_UNAVAILABLE');
    expect(chain.tokenRequests() - before).toBe(3);
    chain.simulators.world.faults.set([]);
    expect(await chain.works(await token(await chain.process()))).toBe(200);
  });

  test('follows a token that the vendor refused before its time, once', async () => {
    await using chain = await Chain.open();
    const process = await chain.process();
    const first = await token(process);
    chain.simulators.world.mutate({ op: 'expireAccessTokens' });
    const second = await process.access.renew(first, NEVER);
    expect(await chain.works(second ?? '')).toBe(200);
    expect(await process.access.renew(second ?? '', NEVER)).toBeNull();
    // Another process that was refused the first one finds the second, and asks nobody.
    const asked = chain.tokenRequests();
    expect(await (await chain.process()).access.renew(first, NEVER)).toBe(second);
    expect(chain.tokenRequests()).toBe(asked);
  });
});

describe('I15: a refusal for good', () => {
  test('is noted, asks for a person, and the server is never asked again', async () => {
    await using chain = await Chain.open();
    chain.simulators.world.mutate({ op: 'revokeGrants' });
    chain.clock.advance(DAY);
    expect(await codeOf(token(await chain.process()))).toBe('SIGN_IN_LOST');
    const asked = chain.tokenRequests();
    for (let pass = 0; pass < 3; pass += 1) expect(await codeOf(token(await chain.process()))).toBe('SIGN_IN_LOST');
    expect(chain.tokenRequests()).toBe(asked);
    expect((await chain.stored()).lostAt).not.toBeNull();
    await chain.signIn();
    expect(await chain.works(await token(await chain.process()))).toBe(200);
  });

  test('of an old refresh token is no loss where somebody else has renewed: the store is read again first', async () => {
    await using chain = await Chain.open({ switches: { refreshReuseKills: false } });
    chain.clock.advance(DAY);
    // The leases removed altogether: both believe that they are alone.
    const alone = (store: Store): Store => ({
      ...store,
      acquireLease: async (sync, owner) => ({ kind: 'yours', lease: { sync, owner, fence: 1 } }),
      renewLease: async () => undefined,
      releaseLease: async () => undefined,
    });
    const processes = await Promise.all([chain.process({ store: alone }), chain.process({ store: alone })]);
    const tokens = await Promise.all(processes.map(token));
    expect(new Set(tokens).size).toBe(1);
    expect(await chain.works(tokens[0] ?? '')).toBe(200);
    expect((await chain.stored()).lostAt).toBeNull();
  });

  test('while the access token still works serves on until it ends', async () => {
    await using chain = await Chain.open({ switches: { refreshReuseKills: false } });
    const process = await chain.process();
    const first = await token(process);
    chain.clock.advance(23.5 * HOUR);
    chain.simulators.world.faults.set([
      { kind: 'status', status: 400, body: { error: 'invalid_grant' }, match: { path: '/token' } },
    ]);
    expect(await token(process)).toBe(first);
    expect((await chain.stored()).lostAt).not.toBeNull();
    expect(await chain.works(first)).toBe(200);
    chain.clock.advance(HOUR);
    expect(await codeOf(token(process))).toBe('SIGN_IN_LOST');
  });

  test('of the application itself is not taken for a lost chain', async () => {
    await using chain = await Chain.open();
    chain.clock.advance(DAY);
    const body = { error: 'invalid_client', error_description: 'secret-canary' };
    chain.simulators.world.faults.set([{ kind: 'status', status: 401, body, match: { path: '/token' } }]);
    expect(await codeOf(token(await chain.process()))).toBe('SIGN_IN_REFUSED');
    chain.simulators.world.faults.set([]);
    expect(await chain.works(await token(await chain.process()))).toBe(200);
  });

  test('comes after 180 idle days', async () => {
    await using chain = await Chain.open();
    chain.clock.advance(181 * DAY);
    expect(await codeOf(token(await chain.process()))).toBe('SIGN_IN_LOST');
  });
});

describe('I6 I15: an answer that was lost', () => {
  const lost = [{ kind: 'reset-after', match: { path: '/token' }, times: 1 }] as const;

  test('is asked for again at once, which saves the chain where the server forgives that', async () => {
    for (const switches of [{ refreshGraceMs: 30_000 }, { refreshTokens: 'longLived' }] as const) {
      await using chain = await Chain.open({ switches });
      chain.clock.advance(DAY);
      chain.simulators.world.faults.set([...lost]);
      expect(await chain.works(await token(await chain.process()))).toBe(200);
    }
  });

  test('loses the chain where it does not, and that shows as a sign-in that a person must renew', async () => {
    await using chain = await Chain.open();
    chain.clock.advance(DAY);
    chain.simulators.world.faults.set([...lost]);
    expect(await codeOf(token(await chain.process()))).toBe('SIGN_IN_LOST');
  });

  test('is not caused by an interruption: ^C waits for a renewal under way', async () => {
    await using chain = await Chain.open();
    chain.clock.advance(DAY);
    const controller = new AbortController();
    const real = createUndiciTransport();
    const transport: typeof real = {
      close: () => real.close(),
      exchange: async (request, signal) => {
        controller.abort(new Error('^C'));
        return real.exchange(request, signal);
      },
    };
    const { access } = await chain.process({ transport });
    await access.token(controller.signal).catch(() => undefined);
    expect(await chain.works((await chain.stored()).tokens.accessToken)).toBe(200);
    await real.close();
  });
});

describe('I15 I5: a process that is killed at any step of a renewal', () => {
  /** Kills at each step in turn; tells at which of them the next process found no way on. */
  async function lossesOf(switches: Parameters<typeof Chain.open>[0]): Promise<string[]> {
    const lost: string[] = [];
    for (let visit = 0; ; visit += 1) {
      await using chain = await Chain.open(switches);
      chain.clock.advance(DAY);
      let visits = 0;
      let struck: string | null = null;
      const steps = {
        reached(point: string) {
          visits += 1;
          if (visits - 1 === visit) struck = point;
          if (struck !== null) throw new Killed(point);
        },
      };
      const dying = await chain.process({ steps });
      await token(dying).catch(() => undefined);
      if (struck === null) return lost;
      // Its lease has to run out, for nobody can tell that it is dead.
      chain.clock.advance(HOUR);
      const code = await codeOf(token(await chain.process()));
      if (code === 'none') expect(await chain.works(await token(await chain.process()))).toBe(200);
      else lost.push(`${code} after ${String(struck)}`);
    }
  }

  test(
    'harms nothing with long-lived tokens, or where the server forgives a repetition',
    { timeout: 60_000 },
    async () => {
      expect(await lossesOf({ switches: { refreshTokens: 'longLived' } })).toEqual([]);
      expect(await lossesOf({ switches: { refreshGraceMs: 2 * HOUR } })).toEqual([]);
    },
  );

  test('costs the chain only between the answer and its commit', { timeout: 60_000 }, async () => {
    const lost = await lossesOf({});
    expect(lost.length).toBeGreaterThan(0);
    expect(new Set(lost)).toEqual(
      new Set([
        'SIGN_IN_LOST after store:settle:before-commit',
        'SIGN_IN_LOST after store:settle:after-commit',
        'SIGN_IN_LOST after sign-in:renewal:after-answer',
        'SIGN_IN_LOST after store:renewSignIn:before-commit',
      ]),
    );
  });
});

describe('T35: a sign-in', () => {
  test('that was made anew while a pass ran is not slipped into it', async () => {
    await using chain = await Chain.open();
    const process = await chain.process();
    await token(process);
    await chain.signIn();
    chain.clock.advance(DAY);
    expect(await codeOf(token(process))).toBe('SIGN_IN_CHANGED');
  });

  test('that is not there asks for one', async () => {
    await using chain = await Chain.open();
    const process = await chain.process();
    await process.store.removeSignIn(CONNECTION);
    expect(await codeOf(token(await chain.process()))).toBe('SIGN_IN_MISSING');
  });
});

describe('I20 C3: tokens', () => {
  test('lie in no file, in no failure and in no address', async () => {
    await using chain = await Chain.open();
    chain.clock.advance(DAY);
    const first = (await chain.stored()).tokens;
    await token(await chain.process());
    const second = (await chain.stored()).tokens;
    const bytes = chain.bytes();
    for (const secret of [first, second].flatMap((pair) => [pair.accessToken, pair.refreshToken ?? fail()])) {
      for (const form of [secret, Buffer.from(secret).toString('base64'), Buffer.from(secret).toString('hex')])
        expect(bytes.includes(form)).toBe(false);
    }
    chain.simulators.world.mutate({ op: 'revokeGrants' });
    chain.clock.advance(DAY);
    const error: unknown = await token(await chain.process()).catch((thrown: unknown) => thrown);
    const said = `${String((error as Error).stack)} ${JSON.stringify(error)} ${String((error as Error).cause)}`;
    expect(said).not.toContain(second.refreshToken);
    const asked = chain.simulators.requests.entries.map(({ path }) => path).filter((path) => path.includes('/token'));
    expect(new Set(asked)).toEqual(new Set(['/oauth2/default/v1/token']));
  });
});

function fail(): never {
  throw new Error('not there');
}
