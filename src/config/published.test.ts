/** What is published about the configuration is true: the schema file, and every example in the documentation. */
import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { buildJsonSchema } from './json-schema.ts';
import { loadConfig } from './load.ts';

const published = readFileSync(new URL('../../schema/concord.schema.json', import.meta.url), 'utf8');
const page = readFileSync(new URL('../../docs/configuration.md', import.meta.url), 'utf8');
const examples = [...page.matchAll(/^```yaml\n([\s\S]*?)^```/gmu)].map(([, text = '']) => text);

test('the committed schema is the one that the sources make (npm run schema)', () => {
  expect(JSON.parse(published)).toEqual(JSON.parse(buildJsonSchema()));
});

describe('the published schema', () => {
  const validate = new Ajv2020({ strict: false }).compile(JSON.parse(published));

  test('refuses what loadConfig refuses for its shape', () => {
    const good: unknown = parse(examples[0] ?? '');
    expect(validate(good)).toBe(true);
    expect(validate({ ...(good as object), extra: 1 })).toBe(false);
    expect(validate({ ...(good as object), store: 1 })).toBe(false);
    expect(validate({ ...(good as object), reconcile: 'daily' })).toBe(false);
    expect(validate({ ...(good as object), connections: { a: { connector: 'other' } } })).toBe(false);
  });

  test.each(examples.map((text, index) => [index, text] as const))(
    'accepts example %i of the documentation',
    (_, text) => {
      validate(parse(text));
      expect(validate.errors).toBeNull();
    },
  );
});

describe('the examples of docs/configuration.md', () => {
  test('are there', () => {
    expect(examples.length).toBeGreaterThanOrEqual(4);
  });

  test.each(examples.map((text, index) => [index, text] as const))('example %i loads', (_, text) => {
    const config = loadConfig(text, {
      env: { CC_TOKEN: 'abcdefgh', CC_TOKEN_WEST: 'abcdefgh', VIRTUOUS_KEY: 'abcdefgh', DATA: '/srv' },
      file: '/srv/concord.yaml',
    });
    expect(config.syncs.length).toBeGreaterThan(0);
    expect(config.warnings).toEqual([]);
  });
});
