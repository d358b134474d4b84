import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isStoredForm } from './stored-form.ts';

describe('T41: the form in which a system keeps what we wrote', () => {
  test.each([
    [' Ann ', 'Ann'],
    ['ann lee', 'Ann Lee'],
    ['2016-04-03', '4/3/2016'],
    ['true', 'True'],
    ['A sentence that is too long for it', 'A sentence that is too'],
  ])('%j may be kept as %j', (written, stored) => {
    expect(isStoredForm(written, stored)).toBe(true);
  });

  test.each([
    ['Ann', 'Anna'],
    ['Ann', ''],
    ['', ''],
    ['Ann', '  '],
    ['A sentence', 'A'],
    ['2016-04-03', '4/4/2016'],
  ])('%j is not kept as %j', (written, stored) => {
    expect(isStoredForm(written, stored)).toBe(false);
  });

  test('a text with anything in it is a form of itself', () =>
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(isStoredForm(`a${text}`, `a${text}`)).toBe(true);
      }),
    ));
});
