/** C3: secrets move to a new master key while the program works, and without their key they are so many bytes. */
import { describe, expect, test } from 'vitest';
import { drawMasterKey, parseMasterKey } from '../../src/secrets/master-key.ts';
import type { Store } from '../../src/store/store.ts';
import { Killed } from '../../src/testing/crash-points.ts';
import { Chain, codeOf, CONNECTION, DAY, entropy, NEVER } from './chain.ts';

const newKey = () => parseMasterKey(drawMasterKey(entropy));

describe('C3: a new master key', () => {
  test('takes over every sign-in, and afterwards the old master key opens nothing', async () => {
    await using chain = await Chain.open();
    const before = (await chain.stored()).tokens;
    const [old] = chain.masters;
    const next = newKey();
    chain.masters = [next, old];
    expect(await (await chain.process()).keeper.rotate()).toBe(1);
    chain.masters = [next];
    expect((await chain.stored()).tokens).toEqual(before);
    chain.masters = [old];
    expect(await codeOf(chain.stored())).toBe('another-key');
  });

  test('works beside processes that were started before: what they renew is sealed under a key that stays', async () => {
    await using chain = await Chain.open();
    chain.clock.advance(DAY);
    const rotating = await chain.process();
    // The rotation falls between the moment that a renewal was sealed and the moment that it is stored.
    const store = (own: Store): Store => ({
      ...own,
      renewSignIn: async (...args) => {
        if ((await own.dataKeys()).length === 1 && rotations === 0) {
          rotations += 1;
          await rotating.keeper.rotate();
        }
        return own.renewSignIn(...args);
      },
    });
    let rotations = 0;
    const given = await (await chain.process({ store })).access.token(NEVER);
    expect(rotations).toBe(1);
    expect((await chain.stored()).tokens.accessToken).toBe(given);
    expect(await chain.works(given)).toBe(200);
  });

  test('waits for a sign-in that moves while it is at work', async () => {
    await using chain = await Chain.open();
    chain.clock.advance(DAY);
    const renewing = await chain.process();
    let renewals = 0;
    const store = (own: Store): Store => ({
      ...own,
      replaceDataKeys: async (...args) => {
        if ((renewals += 1) === 1) await renewing.access.token(NEVER);
        return own.replaceDataKeys(...args);
      },
    });
    expect(await (await chain.process({ store })).keeper.rotate()).toBe(1);
    expect(renewals).toBe(2);
    expect(await chain.works((await chain.stored()).tokens.accessToken)).toBe(200);
  });

  test.each(['before-commit', 'after-commit'])('is whole or not there after a kill %s', async (when) => {
    await using chain = await Chain.open();
    const before = (await chain.stored()).tokens;
    chain.masters = [newKey(), ...chain.masters];
    const steps = {
      reached(point: string) {
        if (point === `store:replaceDataKeys:${when}`) throw new Killed(point);
      },
    };
    await expect((await chain.process({ steps })).keeper.rotate()).rejects.toBeInstanceOf(Killed);
    expect((await chain.stored()).tokens).toEqual(before);
    expect(await (await chain.process()).keeper.rotate()).toBe(1);
    expect((await chain.stored()).tokens).toEqual(before);
  });
});

describe('C3: without the master key', () => {
  test('nothing opens, and a new sign-in under a new key is all that it takes to go on', async () => {
    await using chain = await Chain.open();
    chain.masters = [newKey()];
    const process = await chain.process();
    expect(await codeOf(process.access.token(NEVER))).toBe('another-key');
    expect(await codeOf(process.keeper.rotate())).toBe('another-key');
    await chain.signIn();
    expect(await chain.works(await (await chain.process()).access.token(NEVER))).toBe(200);
  });

  test('a sign-in copied to another connection does not open there', async () => {
    await using chain = await Chain.open();
    const { store, keeper } = await chain.process();
    const row = await store.signIn(CONNECTION);
    if (row === null) throw new Error('nothing is stored');
    expect(await store.putSignIn({ ...row, connection: 'other' })).toBe('stored');
    expect(await codeOf(keeper.load('other'))).toBe('seal-broken');
  });
});

test('I12: no second asks the token endpoint twice, whoever asks', async () => {
  await using chain = await Chain.open();
  const processes = await Promise.all(Array.from({ length: 3 }, () => chain.process()));
  const codes = await Promise.all(processes.map(({ endpoint }) => codeOf(endpoint.poll('unknown', NEVER))));
  expect(codes).toHaveLength(3);
  expect(chain.simulators.requests.totals().excess).toBe(0);
});
