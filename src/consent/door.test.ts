import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ConsentEffects } from '../model/consent-effects.ts';
import type { PersonIntent } from '../model/intent.ts';
import { intentOf } from '../testing/person-intents.ts';
import { judgeAtDoor, type StandingAt } from './door.ts';
import type { Standing } from './ledger.ts';

const UPDATE: ConsentEffects = {
  newAddress: 'not-mailed',
  known: 'as-sent',
  revives: true,
  relists: true,
  movesAddress: true,
};
const CREATE: ConsentEffects = { ...UPDATE, newAddress: 'as-sent', known: 'unchanged', revives: false };
const IMPORT: ConsentEffects = { ...CREATE, newAddress: 'implicit', revives: true };
const SIGN_UP: ConsentEffects = { ...IMPORT, newAddress: 'explicit', known: 'explicit' };
const LOWER: ConsentEffects = { ...UPDATE, known: 'lowered', relists: false, movesAddress: false };

const all =
  (stance: Standing['stance'], lists: Standing['stance'] = 'silent'): StandingAt =>
  (_address, scope) => ({ stance: scope === 'all' ? stance : lists });
const fresh = (more: Partial<PersonIntent> = {}) => intentOf({ contactId: null, permission: 'implicit', ...more });

describe('the door', () => {
  test('I1: an operation that declares nothing is refused, whatever stands and whatever is wanted', () => {
    expect(judgeAtDoor(undefined, intentOf({ permission: 'unsubscribe' }), all('in'))).toEqual({
      kind: 'refused',
      reason: 'undeclared',
    });
  });

  test.each(['out', 'hold'] as const)(
    'I1 I2 T22: a new person is refused while %s stands, deleted or not',
    (stance) => {
      for (const effects of [CREATE, IMPORT])
        expect(judgeAtDoor(effects, fresh(), all(stance))).toEqual({ kind: 'refused', reason: stance });
    },
  );

  test('I2: a new person passes with evidence, and silence alone is none', () => {
    expect(judgeAtDoor(CREATE, fresh(), all('silent'))).toEqual({ kind: 'pass', mayMail: true });
    expect(judgeAtDoor(CREATE, fresh({ permission: 'keep' }), all('silent'))).toMatchObject({ reason: 'no-evidence' });
  });

  test('T21: the sign-up form opts people in by itself: always refused', () => {
    for (const stance of ['in', 'silent', 'out'] as const)
      for (const intent of [fresh(), intentOf({})])
        expect(judgeAtDoor(SIGN_UP, intent, all(stance))).toMatchObject({ kind: 'refused' });
  });

  test('T21: either kind of opting in is enough, and is named as the reason', () => {
    for (const effects of [
      { ...UPDATE, known: 'explicit' },
      { ...CREATE, newAddress: 'explicit' },
    ] as const)
      for (const intent of [fresh(), intentOf({})])
        expect(judgeAtDoor(effects, intent, all('in'))).toEqual({ kind: 'refused', reason: 'opts-in' });
  });

  test.each(['out', 'hold'] as const)(
    'I1 T21: what may make somebody mailable again is refused while %s stands, even without a list',
    (stance) => {
      const raising: ConsentEffects = { ...LOWER, known: 'raised' };
      expect(judgeAtDoor(raising, intentOf({}), all(stance))).toEqual({ kind: 'refused', reason: stance });
      expect(judgeAtDoor(raising, intentOf({}), all('silent'))).toMatchObject({ kind: 'pass' });
    },
  );

  test('I1: nobody who is known is raised', () => {
    const verdict = judgeAtDoor(UPDATE, intentOf({ permission: 'implicit' }), all('in'));
    expect(verdict).toEqual({ kind: 'refused', reason: 'raises-known' });
  });

  test('I1: a change beside an opt-out passes only as one that mails nobody', () => {
    expect(judgeAtDoor(UPDATE, intentOf({ fields: { first_name: 'Ann' } }), all('out'))).toEqual({
      kind: 'pass',
      mayMail: false,
    });
  });

  test('T27: an address that moves takes its doubt along', () => {
    const moves = intentOf({ address: 'new@example.org', addressWas: 'old@example.org' });
    const old: StandingAt = (address) => ({ stance: address === 'old@example.org' ? 'out' : 'silent' });
    expect(judgeAtDoor(UPDATE, moves, old)).toEqual({ kind: 'refused', reason: 'out' });
    expect(judgeAtDoor(UPDATE, moves, all('silent'))).toMatchObject({ kind: 'pass' });
  });

  test('T24: a list that the person left is not given back; leaving one is', () => {
    const add = intentOf({ lists: { add: ['l1'], remove: [] } });
    expect(judgeAtDoor(UPDATE, add, all('in', 'out'))).toEqual({ kind: 'refused', reason: 'left-list' });
    expect(judgeAtDoor(UPDATE, add, all('out'))).toEqual({ kind: 'refused', reason: 'out' });
    const remove = intentOf({ lists: { add: [], remove: ['l1'] } });
    expect(judgeAtDoor(UPDATE, remove, all('out', 'out'))).toMatchObject({ kind: 'pass' });
  });

  test('T24: only the list that was left is refused, and only to an operation that puts people on lists', () => {
    const left: StandingAt = (_address, scope) => ({ stance: scope === 'list:l1' ? 'out' : 'in' });
    const add = (...lists: string[]) => intentOf({ lists: { add: lists, remove: [] } });
    expect(judgeAtDoor(UPDATE, add('l2'), left)).toEqual({ kind: 'pass', mayMail: true });
    expect(judgeAtDoor(UPDATE, add('l2', 'l1'), left)).toEqual({ kind: 'refused', reason: 'left-list' });
    expect(judgeAtDoor({ ...UPDATE, relists: false }, add('l1'), left)).toEqual({ kind: 'pass', mayMail: true });
    expect(judgeAtDoor({ ...UPDATE, relists: false }, add('l1'), all('in', 'out'))).toMatchObject({ kind: 'pass' });
    expect(judgeAtDoor({ ...LOWER, relists: true }, add('l1'), left)).toMatchObject({ reason: 'left-list' });
  });

  test('T27: without another address only the one is asked about', () => {
    const asked: (string | null)[] = [];
    judgeAtDoor(UPDATE, intentOf({ address: 'ann@example.org', addressWas: null }), (address) => {
      asked.push(address);
      return { stance: 'silent' };
    });
    expect(asked).toEqual(['ann@example.org']);
  });

  test('I1: what lowers one thing and may raise another is judged like the rest', () => {
    expect(judgeAtDoor(LOWER, intentOf({}), all('in'))).toEqual({ kind: 'pass', mayMail: false });
    const { known } = UPDATE;
    expect(judgeAtDoor({ ...LOWER, known }, intentOf({}), all('in'))).toEqual({ kind: 'pass', mayMail: true });
    const making = { ...LOWER, newAddress: 'as-sent' } as const;
    expect(judgeAtDoor(making, fresh({ permission: 'keep' }), all('in'))).toMatchObject({ reason: 'no-evidence' });
    expect(judgeAtDoor(making, fresh(), all('out'))).toEqual({ kind: 'refused', reason: 'out' });
  });

  test('I2: evidence is asked of whoever is new and could be mailed, and of nobody else', () => {
    const keep = fresh({ permission: 'keep' });
    expect(judgeAtDoor(CREATE, intentOf({}), all('silent'))).toEqual({ kind: 'pass', mayMail: true });
    expect(judgeAtDoor(UPDATE, keep, all('silent'))).toEqual({ kind: 'pass', mayMail: true });
    // Whoever is new and is mailed by nobody is not refused for an opt-out: they stay as they are.
    expect(judgeAtDoor(UPDATE, fresh(), all('out'))).toEqual({ kind: 'pass', mayMail: false });
  });

  test('I3: an opt-out passes by any operation, and mails nobody', () => {
    const out = intentOf({
      permission: 'unsubscribe',
      lists: { add: ['l1'], remove: [] },
      addressWas: 'a@example.org',
    });
    for (const stance of ['in', 'out', 'hold', 'silent'] as const)
      expect(judgeAtDoor(UPDATE, out, all(stance))).toEqual({ kind: 'pass', mayMail: false });
    expect(judgeAtDoor(CREATE, fresh({ permission: 'unsubscribe' }), all('out'))).toMatchObject({ kind: 'pass' });
  });

  test('I3: what only lowers passes whatever stands', () => {
    for (const stance of ['in', 'out', 'hold', 'silent'] as const)
      expect(judgeAtDoor(LOWER, intentOf({ permission: 'unsubscribe' }), all(stance))).toEqual({
        kind: 'pass',
        mayMail: false,
      });
  });

  test('I1: no declaration, intent and standing let anybody be mailed against an OUT or a doubt', () => {
    const effects = fc.record({
      newAddress: fc.constantFrom('not-mailed', 'implicit', 'explicit', 'as-sent'),
      known: fc.constantFrom('unchanged', 'lowered', 'raised', 'explicit', 'as-sent'),
      revives: fc.boolean(),
      relists: fc.boolean(),
      movesAddress: fc.boolean(),
    }) as fc.Arbitrary<ConsentEffects>;
    const intent = fc
      .record({
        contactId: fc.constantFrom(null, 'c1'),
        permission: fc.constantFrom('keep', 'unsubscribe', 'implicit'),
        addressWas: fc.constantFrom(null, 'old@example.org'),
        remove: fc.boolean(),
        lists: fc.record({ add: fc.subarray(['l1']), remove: fc.constant([]) }),
      })
      .map((said) => intentOf(said as Partial<PersonIntent>));
    fc.assert(
      fc.property(effects, intent, fc.constantFrom('out', 'hold'), (declared, wanted, stance) => {
        const verdict = judgeAtDoor(declared, wanted, all(stance));
        expect(verdict.kind === 'refused' || !verdict.mayMail).toBe(true);
      }),
    );
  });
});
