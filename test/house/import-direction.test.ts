/** The shape of the house holds: every import goes the allowed way, nothing goes in circles, nothing is re-exported. */
import { describe, expect, test } from 'vitest';
import { listFiles, readText } from './checkout.ts';
import { cycles, importsOf, violations } from './imports.ts';

const files = new Map(
  listFiles()
    .filter((file) => /^(src|simulators)\/.*\.ts$/.test(file))
    .map((file) => [file, readText(file)]),
);

describe('import direction', () => {
  test('every import in src and simulators goes the allowed way', () => {
    expect(files.size).toBeGreaterThan(0);
    expect(violations(files)).toEqual([]);
  });

  test('no files import each other in a circle', () => {
    expect(cycles(files)).toEqual([]);
  });
});

describe('the rules can fail', () => {
  test.each([
    ['src/model/a.ts', "import { b } from '../store/store.ts';", 'src/model may not'],
    ['src/plan/a.ts', "import { readFileSync } from 'node:fs';", 'src/plan may not'],
    ['src/engine/a.ts', "import type { B } from '../store/sqlite/open.ts';", 'src/engine may not'],
    ['src/engine/a.ts', "import { b } from '../connectors/sqlite/b.ts';", 'src/engine may not'],
    [
      'src/connectors/constant-contact/a.ts',
      "import { b } from '../../consent/ledger.ts';",
      'constant-contact may not',
    ],
    ['src/consent/states.ts', "import { b } from './ledger.ts';", 'src/consent/states.ts may not'],
    ['src/connectors/sqlite/a.ts', "import { b } from '../constant-contact/b.ts';", 'src/connectors/sqlite may not'],
    ['src/cli/a.ts', "import { b } from '../engine/b.ts';", 'src/cli may not'],
    ['src/cli/a.ts', "import { b } from '../../simulators/b.ts';", 'src never imports simulators'],
    ['src/http/a.ts', "import { request } from 'undici';", 'only src/adapters may'],
    ['src/http/a.ts', "import leftPad from 'left-pad';", 'has no line in PACKAGES'],
    ['src/engine/a.ts', "import { clock } from '../testing/clock.ts';", 'by tests alone'],
    ['src/attic/a.ts', "import { b } from '../model/b.ts';", 'in no layer'],
    ['src/model/a.ts', "export { b } from './b.ts';", 'no barrels'],
    ['src/model/index.ts', 'export const a = 1;', 'no barrels'],
    ['simulators/a.ts', "import { b } from '../src/model/b.ts';", 'simulators may not'],
  ])('%s with `%s` is refused', (file, text, reason) => {
    expect(violations(new Map([[file, text]])).join()).toContain(reason);
  });

  test.each([
    ['src/engine/a.ts', "import type { Store } from '../store/store.ts';"],
    ['src/application/a.ts', "import { b } from '../store/sqlite/b.ts';"],
    ['src/cli/commands/demo.ts', "await import('../../../simulators/run.ts');"],
    ['simulators/world/a.ts', "import { b } from '../b.ts';"],
    ['src/engine/a.test.ts', "import { clock } from '../testing/clock.ts';"],
  ])('%s with `%s` is allowed', (file, text) => {
    expect(violations(new Map([[file, text]]))).toEqual([]);
  });

  test('a circle is printed file by file', () => {
    const circle = new Map([
      ['src/a.ts', "import { b } from './b.ts';"],
      ['src/b.ts', "import type { A } from './a.ts';"],
    ]);
    expect(cycles(circle)).toEqual(['src/a.ts → src/b.ts → src/a.ts']);
  });

  test('an import over several lines is seen', () => {
    const [found] = importsOf('src/a.ts', "import {\n  b,\n  type C,\n} from './b.ts';");
    expect(found).toEqual({ from: 'src/a.ts', to: 'src/b.ts', kind: 'static' });
  });
});
