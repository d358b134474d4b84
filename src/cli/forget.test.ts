import { describe, expect, test } from 'vitest';
import { captureIo } from '../testing/cli-io.ts';
import type { ForgetResult } from './evidence-results.ts';
import { main } from './main.ts';

const FILES = {
  '/work-here/concord.yaml': `store: ./concord.db
connections:
  cc: { connector: constant-contact, auth: { accessToken: "\${CC_TOKEN}" } }
  app: { connector: sqlite, file: ./app.db }
syncs:
  one: { primary: cc, secondary: app, mode: mirror, streams: all }
`,
};
const erased = { facts: 2, records: 1, links: 0, waiting: 1, operations: 0, journal: 3 };
const done: ForgetResult = { kind: 'forgotten', erased, swept: true, stance: 'out', notErased: ['cc', 'app'] };
const nothing = { facts: 0, records: 0, links: 0, waiting: 0, operations: 0, journal: 0 };

async function run(argv: readonly string[], result: ForgetResult) {
  const { io, written } = captureIo({
    files: FILES,
    env: { CC_TOKEN: 'a-token-value' },
    application: { forget: async () => result },
  });
  return { exit: await main(argv, io), ...written };
}

describe('forget', () => {
  test('says what was erased, that the opt-out stands on, and what is not its to erase; never the address', async () => {
    const { exit, out } = await run(['forget', 'ann@example.org'], done);
    expect(exit).toBe(0);
    expect(out.split('\n')).toEqual([
      'Forgotten in the store: facts 2, records 1, waiting 1, journal 3.',
      'The opt-out stands on under a keyed hash: whoever comes back with this address is held out.',
      'Not erased: what cc and app hold. Delete the person there; what still shows them is read again by the next pass.',
      'Saved plans, backups of the store and whatever was printed are yours to erase.',
      '',
    ]);
    expect(out).not.toContain('ann');
  });

  test.each([
    ['hold', 'The doubt stands on under a keyed hash'],
    ['in', 'No opt-out stands about this address'],
    ['silent', 'No opt-out is on record about this address'],
  ] as const)('says what suppresses when %s stands', async (stance, words) => {
    const { exit, out } = await run(['forget', 'ann@example.org'], { ...done, erased: nothing, stance });
    expect(exit).toBe(0);
    expect(out).toContain('Nothing in the store names this person.');
    expect(out).toContain(words);
  });

  test.each<[string, ForgetResult, RegExp]>([
    [
      'an opt-out under way',
      { kind: 'under-way', syncs: ['one'], stance: 'out', notErased: [] },
      /^error: Nothing was erased: an opt-out of this person, .* in one\. Run `concord sync`/u,
    ],
    [
      'another pass at work',
      { kind: 'busy', sync: 'one', owner: { host: 'h', pid: 7 }, stance: 'out', notErased: [] },
      /^error: Another Concord \(h, process 7\) is at work on one/u,
    ],
    ['a file that could not be written anew', { ...done, swept: false }, /^warning: What was erased may still stand/u],
  ])('exits with 1 for %s, and says what to do', async (_, result, words) => {
    const { exit, err } = await run(['forget', 'ann@example.org'], result);
    expect(exit).toBe(1);
    expect(err).toMatch(words);
    expect(JSON.parse((await run(['forget', 'ann@example.org', '--json'], result)).out.split('\n')[0] ?? '')).toEqual(
      result,
    );
  });

  test('something that is no address is wrong usage', async () => {
    expect((await run(['forget', 'ann'], done)).exit).toBe(2);
  });
});
