/** What a change costs: a contact is read just before and after it, and what that reading showed is not asked for again. */
import { afterEach, describe, expect, test } from 'vitest';
import type { SendHow } from '../../src/connector/crm.ts';
import { done, openDonors, some } from './donors.ts';
import { HOUR, type TwoSides } from './two-sides.ts';

let two: TwoSides;
afterEach(() => two[Symbol.dispose]());

/** Notes with what each change was sent; each reading of a contact brings its number. */
function watch(waitMs = 0): { readonly kind: string; readonly stands: unknown }[] {
  const sent: { readonly kind: string; readonly stands: unknown }[] = [];
  const { source, target } = two.crm;
  const readOne = source.readOne.bind(source);
  let readings = 0;
  source.readOne = async (id, signal) => {
    const answer = await readOne(id, signal);
    return answer.kind === 'found' ? { ...answer, stands: `reading ${(readings += 1)}` } : answer;
  };
  const send = target.send.bind(target);
  target.send = (change, how: SendHow, signal) => {
    sent.push({ kind: change.kind, stands: how.stands });
    return send(change, how, signal);
  };
  two.crm.meanwhile = () => two.clock.advance(waitMs);
  return sent;
}

async function met(): Promise<void> {
  two = openDonors();
  await done(two);
  two.clock.advance(HOUR);
}

describe('the reading just before a change', () => {
  test('is handed on with the first change of its contact, and with no other', async () => {
    await met();
    const [ann] = some(two);
    const sent = watch();
    two.world.mutate({ op: 'unsubscribe', contact_id: ann.id, how: 'contact' });
    two.crm.requests.length = 0;
    await done(two);
    expect(sent).toEqual([
      { kind: 'opt', stands: 'reading 1' },
      { kind: 'note', stands: undefined },
    ]);
    // Changes, read, switched off, noted, read back: nothing else.
    expect(two.crm.requests.filter((request) => request !== 'changes')).toEqual([
      'readOne',
      'send opt',
      'send note',
      'readOne',
    ]);
  });

  test('is not handed on where the change had to wait since', async () => {
    two = openDonors();
    const [ann] = some(two);
    two.crm.add('Her firm', [{ first: 'Office', emails: [[ann.email, true]] }]);
    await done(two);
    two.clock.advance(HOUR);
    // Each request takes its time: while the second contact is read, what the first one showed grows old.
    const sent = watch(31_000);
    two.world.mutate({ op: 'unsubscribe', contact_id: ann.id, how: 'contact' });
    await done(two);
    expect(two.crm.flags(ann.email)).toEqual([false, false]);
    expect(sent.filter(({ kind }) => kind === 'opt').map(({ stands }) => stands)).toEqual([undefined, undefined]);
  });

  test('of a household whose address stands twice is for the first of the two', async () => {
    two = openDonors({ known: false });
    const [ann] = some(two);
    two.crm.add('Couple', [
      { first: ann.first, emails: [[ann.email, true]] },
      { first: 'Bo', emails: [[ann.email, true]] },
    ]);
    await done(two);
    two.clock.advance(HOUR);
    const sent = watch();
    two.world.mutate({ op: 'unsubscribe', contact_id: ann.id, how: 'contact' });
    await done(two);
    expect(two.crm.flags(ann.email)).toEqual([false, false]);
    expect(sent.filter(({ kind }) => kind === 'opt').map(({ stands }) => stands)).toEqual(['reading 1', undefined]);
  });
});
