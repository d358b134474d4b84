/** I5, I6: killed anywhere, answers lost anywhere, and the CRM ends as it would have: each flag off, each note there once. */
import { describe, expect, test } from 'vitest';
import { ConnectorError } from '../../src/model/errors.ts';
import { noSteps } from '../../src/ports/steps.ts';
import { crashAt, Killed } from '../../src/testing/crash-points.ts';
import { done, expectNobodyOutIsIn, openDonors, pass, some, waiting, written, type Donor } from './donors.ts';
import { HOUR, type TwoSides } from './two-sides.ts';

/** Ann has left, Bob was deleted, and the CRM knows one of Ann's addresses twice. */
async function aDay(): Promise<{ readonly two: TwoSides; readonly gone: readonly Donor[] }> {
  const two = openDonors({ contacts: 16 });
  const [ann, bob] = some(two);
  two.crm.add('Firm', [{ first: 'Office', emails: [[ann.email, true]] }], { type: 'Organization' });
  await done(two);
  two.clock.advance(HOUR);
  two.world.mutate({ op: 'unsubscribe', contact_id: ann.id, how: 'contact' });
  two.world.mutate({ op: 'delete', contact_id: bob.id });
  two.clock.advance(25 * HOUR);
  return { two, gone: [ann, bob] };
}

/** Two passes later all is as it must be, and the third writes nothing. */
async function settled({ two, gone }: Awaited<ReturnType<typeof aDay>>): Promise<void> {
  for (let n = 0; n < 2; n += 1) {
    two.clock.advance(HOUR);
    await done(two);
  }
  for (const { email } of gone) expect(two.crm.flags(email)).not.toContain(true);
  const texts = two.crm.notes.map(({ contactId, text }) => `${contactId} ${text}`).sort();
  expect(texts).toHaveLength(3);
  expect(new Set(texts).size, 'each note once').toBe(3);
  expectNobodyOutIsIn(two);
  const before = written(two).length;
  two.clock.advance(HOUR);
  expect((await done(two)).summary).toMatchObject({ applied: 0 });
  expect(written(two)).toHaveLength(before);
  expect(await waiting(two)).toEqual([]);
  const left = await two.withStore((store) => store.countOperations('donors'));
  expect({ ...left, confirmed: 0, superseded: 0 }).toEqual({ confirmed: 0, superseded: 0 });
}

async function kill(two: TwoSides, at: number): Promise<boolean> {
  const steps = crashAt(at);
  two.steps = steps;
  try {
    await pass(two);
    return false;
  } catch (error) {
    if (!(error instanceof Killed)) throw error;
    return true;
  } finally {
    two.steps = noSteps;
  }
}

describe('I5: a kill', () => {
  test('at any durable step of a pass with opt-outs, and again in the next, is invisible afterwards', async () => {
    const counted = await aDay();
    counted.two.steps = crashAt();
    await pass(counted.two);
    const { visited } = counted.two.steps as ReturnType<typeof crashAt>;
    counted.two.steps = noSteps;
    await settled(counted);
    counted.two[Symbol.dispose]();
    // What a kill while the account is read means is tried elsewhere: from the CRM's reading on, to the end.
    const from = visited.indexOf('store:intend:before-commit') - 12;
    expect(visited.length - from).toBeGreaterThan(40);
    for (let at = from; at < visited.length; at += 1) {
      const day = await aDay();
      expect(await kill(day.two, at)).toBe(true);
      day.two.clock.advance(HOUR);
      if (at % 2 === 1) await kill(day.two, at - Math.floor((at - from) / 2));
      await settled(day).catch((error: unknown) => {
        throw new Error(`killed at ${at}, ${visited[at]}: ${String(error)}`, { cause: error });
      });
      day.two[Symbol.dispose]();
    }
  }, 120_000);
});

describe('I6: an answer that was lost', () => {
  const lost = new ConnectorError('TIMEOUT', 'unknown_outcome', 'no answer', { connection: 'crm' });
  test.each([
    ['send opt', 'before'],
    ['send opt', 'after'],
    ['send note', 'before'],
    ['send note', 'after'],
  ] as const)('of %s, %s the CRM acted', async (request, when) => {
    const day = await aDay();
    const { two } = day;
    let first = true;
    two.crm.fault = (asked, at) => {
      if (asked !== request || at !== when || !first) return null;
      first = false;
      return lost;
    };
    await done(two);
    expect(first).toBe(false);
    await settled(day);
    two[Symbol.dispose]();
  });

  test.each(['readOne', 'send opt', 'send note', 'hasNote'] as const)(
    'or a CRM that goes down at %s ends the pass without harm',
    async (request) => {
      const day = await aDay();
      const { two } = day;
      two.crm.fault = (asked, at) =>
        asked === request && at === 'before'
          ? new ConnectorError('SOURCE_503', 'unavailable', 'down', { connection: 'crm' })
          : null;
      await pass(two);
      two.crm.fault = () => null;
      await settled(day);
      two[Symbol.dispose]();
    },
  );

  test('of a note at the first meeting, where nothing tells any more that the flag ever said yes', async () => {
    const two = openDonors({ contacts: 16 });
    const [ann] = some(two);
    two.world.mutate({ op: 'unsubscribe', contact_id: ann.id, how: 'contact' });
    let first = true;
    two.crm.fault = (asked, at) => {
      if (asked !== 'send note' || at !== 'before' || !first) return null;
      first = false;
      return lost;
    };
    for (let n = 0; n < 3; n += 1) {
      await done(two);
      two.clock.advance(HOUR);
    }
    expect(two.crm.flags(ann.email)).toEqual([false]);
    expect(two.crm.notes).toHaveLength(1);
    two[Symbol.dispose]();
  });

  test('T17: a read that still shows what stood before is read again later, and no flag is written twice for it', async () => {
    const day = await aDay();
    const { two } = day;
    const [ann] = day.gone;
    let stale = true;
    const before = [...two.crm.contacts.values()].filter(
      ({ individuals }) => individuals[0]?.emails[0]?.address === ann?.email,
    );
    const { source } = two.crm;
    const readOne: typeof source.readOne = source.readOne.bind(source);
    source.readOne = async (id, signal) => {
      const old = before.find(({ contact_id }) => contact_id === id);
      const answer = await readOne(id, signal);
      return stale && old !== undefined && answer.kind === 'found'
        ? { ...answer, reading: { ...answer.reading, content: old, hash: 'old' } }
        : answer;
    };
    await pass(two);
    stale = false;
    await settled(day);
    expect(two.crm.carriedOut.filter(({ kind }) => kind === 'opt').length).toBeLessThanOrEqual(3);
    two[Symbol.dispose]();
  });
});
