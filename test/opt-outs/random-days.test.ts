import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { Account, HOUR } from '../harness/account.ts';
import { begin, dead, LIES, READ_CHANNELS, type Failure } from './failures.ts';
import { HOWS, mailableInMirror, mailableInTruth, type How } from './safety.ts';

let account: Account | null = null;
afterEach(async () => {
  await account?.close();
  account = null;
});

const WELL: Failure = {
  faults: [],
  switches: { optoutAfter: 'works', counts: 'right', trackers: 'works', indexDelayMs: 0, contactsOrder: 'updated_at' },
};
const failure = fc.oneof(
  fc.constant(WELL),
  fc
    .tuple(fc.constantFrom(...READ_CHANNELS), fc.constantFrom(503, 403))
    .map(([channel, status]) => dead(channel, status)),
  fc.constantFrom(...Object.values(LIES)),
);
const deed = fc.oneof(
  { weight: 4, arbitrary: fc.record({ op: fc.constant('unsubscribe' as const), how: fc.constantFrom(...HOWS) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      op: fc.constant('resubscribe' as const),
      how: fc.constantFrom('contact' as const, 'account' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ op: fc.constantFrom('delete' as const, 'revive' as const, 'edit' as const) }) },
);
const happening = fc.record({ who: fc.nat(7), deed });
const day = fc.record({
  happenings: fc.array(happening, { maxLength: 4 }),
  failure,
  wait: fc.constantFrom(HOUR, 5 * HOUR, 25 * HOUR),
});
type Happening = typeof happening extends fc.Arbitrary<infer T> ? T : never;

/** Who left by themselves and did not come back by themselves. */
class Leavers {
  readonly #out = new Set<string>();

  note(id: string, op: string, how: How): void {
    if (how !== 'contact' && how !== 'campaign') return;
    if (op === 'unsubscribe') this.#out.add(id);
    if (op === 'resubscribe') this.#out.delete(id);
  }

  has(id: string): boolean {
    return this.#out.has(id);
  }
}

function happen(at: Account, people: readonly string[], leavers: Leavers, { who, deed: what }: Happening): void {
  const contact_id = people[who] ?? '';
  const person = at.world.state.people.get(contact_id);
  const isOut = person?.email?.permission === 'unsubscribed';
  const isGone = person?.deletedAt !== null;
  at.pass(60_000);
  if (what.op === 'edit') at.world.mutate({ op: 'edit', contact_id, set: { first_name: `N${at.clock.now()}` } });
  else if (what.op === 'delete' && !isGone) at.world.mutate({ op: 'delete', contact_id });
  else if (what.op === 'revive' && isGone) at.world.mutate({ op: 'revive', contact_id });
  else if (what.op === 'unsubscribe' && !isOut && !isGone) {
    at.world.mutate({ op: 'unsubscribe', contact_id, how: what.how });
    leavers.note(contact_id, what.op, what.how);
  } else if (what.op === 'resubscribe' && isOut && !isGone) {
    at.world.mutate({ op: 'resubscribe', contact_id, how: what.how });
    leavers.note(contact_id, what.op, what.how);
  }
}

async function live(days: readonly (typeof day extends fc.Arbitrary<infer T> ? T : never)[]): Promise<void> {
  const at = (account = await Account.open({ contacts: 40 }));
  await at.sync();
  const people = at.people('explicit').slice(0, 8);
  const leavers = new Leavers();
  const knownOut = new Set<string>();
  for (const { happenings, failure: fails, wait } of days) {
    for (const one of happenings) happen(at, people, leavers, one);
    begin(at, { ...WELL, ...fails, switches: { ...WELL.switches, ...fails.switches } });
    at.pass(wait);
    await at.sync();
    const mailable = new Set(mailableInMirror(at));
    const raised = [...knownOut].filter((id) => leavers.has(id) && mailable.has(id));
    expect(raised, 'I1: known to have left, and mailable again').toEqual([]);
    for (const id of people) if (leavers.has(id) && !mailable.has(id)) knownOut.add(id);
    for (const id of knownOut) if (!leavers.has(id)) knownOut.delete(id);
  }
  begin(at, WELL);
  for (const wait of [25 * HOUR, HOUR]) {
    at.pass(wait);
    await at.sync();
  }
  expect(mailableInMirror(at)).toEqual(mailableInTruth(at).filter((id) => !leavers.has(id)));
  at.pass(HOUR);
  expect(await at.sync(), 'I7').toMatchObject({ outcome: 'done', applied: 0 });
  await at.close();
}

describe('I1, I7, T18, T19, T25: days on which people leave and return while channels fail', () => {
  test.each([1, 2, 3, 4])(
    'seed %i: who is known to have left is never mailable again but by themselves',
    async (seed) => {
      await fc.assert(fc.asyncProperty(fc.array(day, { minLength: 4, maxLength: 8 }), live), {
        seed,
        numRuns: 2,
        endOnFailure: true,
      });
    },
  );
});
