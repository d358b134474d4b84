/** Lists and tags in a sync with a CRM, as the file has them. */
import { expect, test } from 'vitest';
import { fingerprintSync } from './fingerprint.ts';
import { loadConfig } from './load.ts';

function loaded(more: string, consent = 'primary-to-secondary') {
  const text = `store: ./concord.db
connections:
  cc: { connector: constant-contact, auth: { accessToken: "\${KEY}" } }
  crm: { connector: virtuous, auth: { apiKey: "\${KEY}" } }
syncs:
  donors: { primary: cc, secondary: crm, consent: { direction: ${consent} }${more} }
`;
  const [sync] = loadConfig(text, { env: { KEY: 'key-canary' }, file: '/there/concord.yaml' }).syncs;
  if (sync?.mode !== 'crm') throw new Error('no sync with a CRM');
  return sync;
}

test('each is a tag with a prefix, or a name in a field; left out they are left alone', () => {
  expect(loaded('')).toMatchObject({ lists: null, tags: null });
  expect(loaded(', lists: { as: tag }, tags: { as: field, field: Interests }')).toMatchObject({
    lists: { as: 'tag', prefix: 'CC: ', direction: 'primary-to-secondary' },
    tags: { as: 'field', field: 'Interests', direction: 'primary-to-secondary' },
  });
  expect(loaded(', lists: { as: tag, prefix: "", direction: two-way }', 'two-way').lists).toEqual({
    as: 'tag',
    prefix: '',
    direction: 'two-way',
  });
});

test('T36: each part counts for the fingerprint, and that there are none is no part', () => {
  const of = (more: string) => fingerprintSync(loaded(more));
  const all = [
    of(''),
    of(', lists: { as: tag }'),
    of(', tags: { as: tag }'),
    of(', lists: { as: tag, prefix: "Mail: " }'),
    of(', lists: { as: field, field: A }'),
    of(', lists: { as: field, field: B }'),
  ];
  expect(new Set(all).size).toBe(all.length);
  expect(fingerprintSync(loaded(', lists: { as: tag, direction: two-way }', 'two-way'))).not.toBe(
    fingerprintSync(loaded(', lists: { as: tag }', 'two-way')),
  );
  expect(of(', lists: { as: tag, prefix: "CC: " }')).toBe(of(', lists: { as: tag }'));
});

test.each([
  [', lists: { as: tag, direction: two-way }', /two-way needs consent/u],
  [', tags: { as: tag, direction: secondary-to-primary }', /is not in this version; primary-to-secondary is/u],
  [', lists: { as: table }', /as: tag/u],
  [', lists: { as: field }', /lists\.field/u],
  [', lists: { as: field, field: firstName }', /name a custom field of the CRM/u],
  [', lists: { as: field, field: A }, tags: { as: field, field: A }', /is where lists goes/u],
  [', contacts: { fields: { job_title: A } }, lists: { as: field, field: A }', /is where job_title goes/u],
])('%s is refused with a sentence', (more, sentence) => {
  expect(() => loaded(more)).toThrow(sentence);
});
