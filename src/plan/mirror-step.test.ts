import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MAILABLE } from '../consent/standing.ts';
import { contentHash } from '../model/hash.ts';
import type { Content } from '../model/record.ts';
import { readingOf } from '../testing/contact-readings.ts';
import { isMailable } from './destruction.ts';
import { mirrorStep, type MirrorInput } from './mirror-step.ts';

const reading = fc
  .record({
    permission_to_send: fc.constantFrom('explicit', 'implicit', 'unsubscribed', 'pending_confirmation'),
    first_name: fc.constantFrom('Ann', 'Bo', null),
    list_memberships: fc.constantFrom<readonly string[]>([], ['l1'], ['l1', 'l2']),
    deleted_at: fc.constantFrom(null, null, null, '2026-01-01T00:00:00Z'),
  })
  .map((said) => readingOf(said));
const row = fc.option(reading).map((found) => (found === null ? null : { content: found.content, hash: found.hash }));
const input: fc.Arbitrary<MirrorInput> = fc
  .tuple(reading, row, fc.constantFrom('none', 'doubt', 'row', 'target', 'other'))
  .map(([{ hash, state, content }, there, kind]) => {
    const agreed = { none: null, doubt: '', row: there?.hash ?? null, target: hash, other: 'other' }[kind];
    return { stream: 'contacts', agreed: agreed ?? null, hash, state, content, row: there };
  });
const rowOf = (content: Content): MirrorInput['row'] => ({ content, hash: contentHash(content) });

describe('one record of a mirror', () => {
  test('I7: what a step writes leaves the second nothing to do', () =>
    fc.assert(
      fc.property(input, (before) => {
        const step = mirrorStep(before);
        const there = step.action === 'agree' ? before.row : rowOf(before.content);
        const again = mirrorStep({ ...before, agreed: before.hash, row: there });
        expect(again).toMatchObject({ action: 'agree', changed: [], destructive: [], optOut: false, raises: false });
      }),
      { numRuns: 1000 },
    ));

  test('it agrees exactly where the row shows the record already', () =>
    fc.assert(
      fc.property(input, (before) => {
        const same = before.row?.hash === before.hash;
        expect(mirrorStep(before).action === 'agree').toBe(same);
      }),
    ));

  test('I1: a row becomes mailable only where the source says so, and then it is called a raise', () =>
    fc.assert(
      fc.property(input, (before) => {
        const step = mirrorStep(before);
        if (step.action === 'agree' || before.row === null) return;
        const raised = !isMailable(before.row.content) && isMailable(before.content);
        expect(step.raises).toBe(raised);
        if (raised) expect(MAILABLE.has(before.state)).toBe(true);
        if (step.optOut) expect([before.state, before.content['permission_to_send']]).toContain('unsubscribed');
      }),
    ));

  test('a row that somebody changed or removed gives way, and the step says that it was there', () => {
    const { hash, state, content } = readingOf({ first_name: 'Ann' });
    const base: MirrorInput = { stream: 'contacts', agreed: hash, hash, state, content, row: null };
    expect(mirrorStep(base)).toMatchObject({ action: 'insert', reason: 'row-was-missing' });
    const changed = rowOf({ ...content, first_name: 'Bo' });
    expect(mirrorStep({ ...base, row: changed })).toMatchObject({ action: 'update', reason: 'row-was-changed' });
    expect(mirrorStep({ ...base, agreed: '', row: changed })).toMatchObject({ action: 'update', reason: 'changed' });
  });

  test('a record that is new, deleted or changed is said to be that, with what it changes and destroys', () => {
    const { hash, state, content } = readingOf({ first_name: 'Ann', permission_to_send: 'explicit' });
    const there = rowOf({ ...content, first_name: 'Bo', last_name: 'Lang' });
    const base: MirrorInput = { stream: 'contacts', agreed: there?.hash ?? null, hash, state, content, row: there };
    expect(mirrorStep({ ...base, agreed: null, row: null })).toMatchObject({
      action: 'insert',
      reason: 'new',
      destructive: [],
      changed: expect.arrayContaining(['first_name']) as string[],
    });
    expect(mirrorStep(base)).toEqual({
      action: 'update',
      reason: 'changed',
      changed: ['first_name', 'last_name'],
      destructive: ['blanking'],
      optOut: false,
      raises: false,
    });
    expect(mirrorStep({ ...base, agreed: null })).toMatchObject({ action: 'update', reason: 'changed' });
    expect(mirrorStep({ ...base, state: 'deleted' })).toMatchObject({
      action: 'delete',
      reason: 'deleted',
      destructive: [],
    });
    expect(mirrorStep({ ...base, row: rowOf(content) })).toEqual({
      action: 'agree',
      reason: 'same',
      changed: [],
      destructive: [],
      optOut: false,
      raises: false,
    });
  });

  test('I3: an opt-out is called one in the contacts, and in no other stream', () => {
    const { hash, content } = readingOf({ permission_to_send: 'unsubscribed' });
    const row = rowOf({ ...content, permission_to_send: 'explicit', first_name: 'Ann' });
    const base: MirrorInput = { stream: 'contacts', agreed: '', hash, state: 'unsubscribed', content, row };
    expect(mirrorStep(base)).toMatchObject({ optOut: true, raises: false, destructive: ['blanking'] });
    expect(mirrorStep({ ...base, row: null })).toMatchObject({ optOut: true });
    expect(mirrorStep({ ...base, stream: 'lists' })).toMatchObject({ optOut: false, raises: false, destructive: [] });
    const out = rowOf({ ...content, first_name: 'Ann' });
    expect(mirrorStep({ ...base, state: 'explicit', row: out })).toMatchObject({ optOut: false, raises: true });
    expect(mirrorStep({ ...base, state: 'explicit', stream: 'tags', row: out })).toMatchObject({ raises: false });
  });
});
