/**
 * Strangers: no file of the simulators imports anything of the product's, or the two would share their mistakes.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

test('no file here imports from src', () => {
  const files = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  );
  expect(files.length).toBeGreaterThan(40);
  for (const name of files) {
    const imports = readFileSync(join(import.meta.dirname, name), 'utf8').matchAll(/from '([^']+)'/g);
    for (const [, from = ''] of imports) expect([name, from]).not.toEqual([name, expect.stringContaining('/src/')]);
  }
});
