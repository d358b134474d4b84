/**
 * The mirror's suite, part three: the first load. However often it is cut, each contact stands once and as it was told.
 */
import { expect, test } from 'vitest';
import type { LoadMark, MirrorSide, MirrorWrite } from '../connector/side.ts';
import { STREAMS } from '../model/record.ts';
import { crashAt, Killed } from './crash-points.ts';
import type { MirrorPlace } from './describe-mirror-kit.ts';
import { contactContent } from './mirror-contents.ts';

const page = (from: number, to: number): MirrorWrite[] =>
  Array.from({ length: to - from }, (_, n) => ({ id: `c${from + n}`, content: contactContent(`n${from + n}`) }));
const PAGES = [page(0, 3), page(3, 5), page(5, 9)];
const quietly = async (): Promise<void> => undefined;

async function started(place: MirrorPlace): Promise<MirrorSide> {
  const mirror = await place.open();
  await mirror.prepare(STREAMS);
  await mirror.beginLoad(null);
  return mirror;
}

async function expectPages(place: MirrorPlace, mirror: MirrorSide, prefix = ''): Promise<void> {
  const found = await mirror.scan('contacts', null, 100);
  expect(found).toEqual(PAGES.flat());
  expect(await place.rows(`${prefix}list_memberships`)).toHaveLength(18);
  expect(await place.rows(`${prefix}phone_numbers`)).toHaveLength(9);
}

/** Declares the tests. */
export function describeMirrorLoad(at: () => MirrorPlace): void {
  test('what was appended stands as if it had been written; afterwards writes work as ever', async () => {
    const mirror = await started(at());
    for (const writes of PAGES) await mirror.append(writes);
    let steps = 0;
    await mirror.finishLoad(async () => void steps++);
    expect(steps).toBeGreaterThan(1);
    await expectPages(at(), mirror);
    await mirror.write('contacts', page(3, 5));
    await expectPages(at(), mirror);
    await mirror.close();
  });

  test('finishing may be repeated, and needs no load', async () => {
    const mirror = await started(at());
    for (const writes of PAGES) await mirror.append(writes);
    await mirror.finishLoad(quietly);
    await mirror.finishLoad(quietly);
    await expectPages(at(), mirror);
    await mirror.close();
  });

  test('a load that goes on from a mark drops what came after it', async () => {
    const mirror = await started(at());
    const mark = await mirror.append(PAGES[0] ?? []);
    await mirror.append(PAGES[1] ?? []);
    await mirror.close();
    const next = await at().open();
    await next.beginLoad(mark);
    expect(await next.count('contacts')).toBe(3);
    for (const writes of PAGES.slice(1)) await next.append(writes);
    await next.finishLoad(quietly);
    await expectPages(at(), next);
    await next.close();
  });

  test('a load that begins anew empties the tables', async () => {
    const mirror = await at().open();
    await mirror.prepare(STREAMS);
    await mirror.write('contacts', page(50, 60));
    await mirror.beginLoad(null);
    expect(await mirror.count('contacts')).toBe(0);
    for (const writes of PAGES) await mirror.append(writes);
    await mirror.finishLoad(quietly);
    await expectPages(at(), mirror);
    await mirror.close();
  });

  test('preparing in the middle of a load changes nothing', async () => {
    const mirror = await started(at());
    const identity = await mirror.identity();
    const mark = await mirror.append(PAGES[0] ?? []);
    await mirror.prepare(STREAMS);
    await mirror.beginLoad(mark);
    for (const writes of PAGES.slice(1)) await mirror.append(writes);
    await mirror.finishLoad(quietly);
    await expectPages(at(), mirror);
    expect(await mirror.identity()).toBe(identity);
    await mirror.close();
  });

  test('a mark that the tables never reached ends the load instead of losing what lies between', async () => {
    const mirror = await started(at());
    for (const writes of PAGES) await mirror.append(writes);
    const mark = await mirror.append(page(20, 25));
    await mirror.beginLoad(null);
    await mirror.append(PAGES[0] ?? []);
    await expect(mirror.beginLoad(mark)).rejects.toMatchObject({ errorClass: 'cursor_gone' });
    expect(await mirror.count('contacts')).toBe(3);
    await mirror.close();
  });

  test('while a load is under way consent can be written, and whole contacts cannot', async () => {
    const mirror = await started(at());
    const mark = await mirror.append(PAGES[0] ?? []);
    const out = { id: 'c1', content: contactContent('n1', { permission_to_send: 'unsubscribed' }) };
    await mirror.writeConsent([out]);
    await expect(mirror.write('contacts', [out])).rejects.toMatchObject({ errorClass: 'bug' });
    await mirror.beginLoad(mark);
    expect((await mirror.read('contacts', ['c1'])).get('c1')).toEqual(out.content);
    await mirror.close();
  });

  test('the same contact twice in one append stands once, as it was told last', async () => {
    const mirror = await started(at());
    await mirror.append([{ id: 'c0', content: contactContent('old') }, ...PAGES.flat()]);
    await mirror.finishLoad(quietly);
    expect((await mirror.read('contacts', ['c0'])).get('c0')).toEqual(contactContent('n0'));
    expect(await mirror.count('contacts')).toBe(9);
    await mirror.close();
  });

  test('I5: a load killed at any step goes on from the last mark that was recorded', async () => {
    const notes = crashAt();
    const quiet = await at().open({ steps: notes, prefix: 'quiet_' });
    await load(quiet, { mark: null, pages: 0 });
    await expectPages(at(), quiet, 'quiet_');
    await quiet.close();
    expect(notes.visited.filter((point) => point === 'mirror:append:before-commit')).toHaveLength(3);
    for (let step = 0; step < notes.visited.length; step++) {
      const prefix = `crash${step}_`;
      const recorded: Recorded = { mark: null, pages: 0 };
      const dying = await at().open({ steps: crashAt(step), prefix });
      await expect(load(dying, recorded), notes.visited[step]).rejects.toThrow(Killed);
      await dying.close();
      const next = await at().open({ prefix });
      await load(next, recorded);
      await expectPages(at(), next, prefix);
      await next.close();
    }
  });
}

/** What the store remembers of a load: written after each append has returned. */
interface Recorded {
  mark: LoadMark | null;
  pages: number;
}

async function load(mirror: MirrorSide, recorded: Recorded): Promise<void> {
  await mirror.prepare(STREAMS);
  await mirror.beginLoad(recorded.mark);
  for (const writes of PAGES.slice(recorded.pages)) {
    recorded.mark = await mirror.append(writes);
    recorded.pages++;
  }
  await mirror.finishLoad(quietly);
}
