/** The part of the mirror's suite about who may write (docs/decisions/0006): one test for each promise of `ledger` and `take`. */
import { expect, test } from 'vitest';
import type { MirrorOwner, MirrorSide } from '../connector/side.ts';
import { LeaseLost } from '../model/errors.ts';
import { STREAMS } from '../model/record.ts';
import type { MirrorPlace } from './describe-mirror-kit.ts';
import { contactContent } from './mirror-contents.ts';

const FIRST: MirrorOwner = { store: 'store', fence: 1 };
const SECOND: MirrorOwner = { store: 'store', fence: 2 };
const WRITES = [{ id: 'a', content: contactContent('a') }];

/** Runs these tests at a place. */
export function describeMirrorOwner(at: () => MirrorPlace): void {
  const opened = async (): Promise<MirrorSide> => {
    const mirror = await at().open();
    await mirror.prepare(STREAMS);
    return mirror;
  };

  test('a mirror that nobody took has no owner, and one that is not there yet has none either', async () => {
    const nothing = { owner: null, writes: 0, loading: false };
    expect(await (await at().open()).ledger()).toEqual(nothing);
    expect(await (await opened()).ledger()).toEqual(nothing);
  });

  test('I14: whoever was replaced writes nothing more, by any method', async () => {
    const [paused, other] = [await opened(), await opened()];
    await paused.take(FIRST, null);
    await paused.write('contacts', WRITES);
    await other.take(SECOND, FIRST);
    const before = await at().rows('contacts');
    const late = [{ id: 'a', content: { ...contactContent('a'), first_name: 'Late' } }];
    await expect(paused.write('contacts', late)).rejects.toThrow(LeaseLost);
    await expect(paused.writeConsent(late)).rejects.toThrow(LeaseLost);
    await expect(paused.beginLoad(null)).rejects.toThrow(LeaseLost);
    expect(await at().rows('contacts')).toEqual(before);
    await other.write('contacts', late);
    expect((await other.read('contacts', ['a'])).get('a')).toMatchObject({ first_name: 'Late' });
  });

  test('I14: a load that was begun by one owner is neither appended to nor finished by it after another took over', async () => {
    const [paused, other] = [await opened(), await opened()];
    await paused.take(FIRST, null);
    await paused.beginLoad(null);
    await other.take(SECOND, FIRST);
    await expect(paused.append(WRITES)).rejects.toThrow(LeaseLost);
    await expect(paused.finishLoad(() => Promise.resolve())).rejects.toThrow(LeaseLost);
    expect(await other.ledger()).toMatchObject({ owner: SECOND, loading: true });
  });

  test('nobody takes a mirror over from somebody who is not its owner any more', async () => {
    const mirror = await opened();
    await mirror.take(FIRST, null);
    await expect((await opened()).take(SECOND, null)).rejects.toThrow(LeaseLost);
    await expect((await opened()).take(SECOND, { ...FIRST, store: 'another' })).rejects.toThrow(LeaseLost);
    expect((await mirror.ledger()).owner).toEqual(FIRST);
  });

  test('writes are counted over all owners, and what was undone is not', async () => {
    const [first, second] = [await opened(), await opened()];
    await first.take(FIRST, null);
    await first.write('contacts', WRITES);
    await second.take({ store: 'another', fence: 1 }, FIRST);
    await expect(first.write('contacts', WRITES)).rejects.toThrow(LeaseLost);
    await second.write('contacts', WRITES);
    expect(await second.ledger()).toEqual({ owner: { store: 'another', fence: 1 }, writes: 2, loading: false });
  });
}
