/** The fields of a sync with a CRM, as the file has them. */
import { expect, test } from 'vitest';
import { fingerprintSync } from './fingerprint.ts';
import { loadConfig } from './load.ts';

function loaded(contacts: string) {
  return loadedWith(`consent: {}${contacts}`);
}

function loadedWith(more: string) {
  const text = `store: ./concord.db
connections:
  cc: { connector: constant-contact, auth: { accessToken: "\${KEY}" } }
  crm: { connector: virtuous, auth: { apiKey: "\${KEY}" } }
syncs:
  donors: { primary: cc, secondary: crm, ${more} }
`;
  const [sync] = loadConfig(text, { env: { KEY: 'key-canary' }, file: '/there/concord.yaml' }).syncs;
  if (sync?.mode !== 'crm') throw new Error('no sync with a CRM');
  return sync;
}
const fields = (text: string) => loaded(`, contacts: { fields: ${text} }`);

test('the short form is the long one with write: always; the order is ours', () => {
  const { fields: found } = fields('{ job_title: { to: Job Title, write: if-empty }, first_name: firstName }');
  expect(found).toEqual([
    { from: 'first_name', to: 'firstName', direction: 'primary-to-secondary', write: 'always' },
    { from: 'job_title', to: 'Job Title', direction: 'primary-to-secondary', write: 'if-empty' },
  ]);
});

test('T36: each part of a field counts for the fingerprint, and the order of the file does not', () => {
  const of = (text: string) => fingerprintSync(fields(text));
  const all = [
    fingerprintSync(loaded('')),
    of('{ job_title: A }'),
    of('{ job_title: B }'),
    of('{ last_name: A }'),
    of('{ job_title: { to: A, write: never } }'),
    of('{ job_title: { to: A, direction: two-way } }'),
    of('{ job_title: { to: A, direction: secondary-to-primary } }'),
    of('{ custom_field:Shoe size: A }'),
  ];
  expect(new Set(all).size).toBe(all.length);
  expect(of('{ job_title: { to: A, direction: primary-to-secondary } }')).toBe(of('{ job_title: A }'));
  expect(of('{ job_title: A, last_name: B }')).toBe(of('{ last_name: B, job_title: A }'));
});

test.each([
  ['{ first_name: firstName, job_title: firstName }', /a place takes one field/u],
  ['{ email_address: Mail }', /email_address/u],
  ['{ job_titel: Job }', /did you mean "job_title"|job_title/u],
  ['{ "custom_field:": Job }', /custom_field: and the id, name or label/u],
  ['{ job_title: { to: Job, direction: both } }', /two-way/u],
  ['{ job_title: { to: Job, direction: two-way, write: if-empty } }', /does not go with two-way/u],
])('%s is refused with a sentence', (text, sentence) => {
  expect(() => fields(text)).toThrow(sentence);
});

test("the stream's direction is that of each field that says none", () => {
  const { fields: found } = loaded(
    ", contacts: { direction: two-way, fields: { job_title: Job, 'custom_field:Shoe size': { to: Shoes, direction: secondary-to-primary } } }",
  );
  expect(found).toEqual([
    { from: 'job_title', to: 'Job', direction: 'two-way', write: 'always' },
    { from: 'custom_field:Shoe size', to: 'Shoes', direction: 'secondary-to-primary', write: 'always' },
  ]);
});

test('bounces: which codes end a permission, in an order of ours; what is not said changes no fingerprint', () => {
  const consent = (text: string) => loadedWith(`consent: ${text}`);
  expect(consent('{}').consent.bounces).toEqual(['B', 'S']);
  expect(consent('{ bounces: [S, D, B] }').consent.bounces).toEqual(['B', 'D', 'S']);
  expect(consent('{ bounces: [] }').consent.bounces).toEqual([]);
  const prints = ['{}', '{ bounces: [B] }', '{ bounces: [] }', '{ bounces: [B, D, S] }'].map((text) =>
    fingerprintSync(consent(text)),
  );
  expect(new Set(prints).size).toBe(prints.length);
  expect(fingerprintSync(consent('{ bounces: [S, B] }'))).toBe(prints[0]);
});

// By V the mail was delivered: an absence ends nobody's permission.
test.each(['{ bounces: [V] }', '{ bounces: [Q] }', '{ bounces: B }'])(
  '%s is refused with what would be right',
  (text) => {
    expect(() => loadedWith(`consent: ${text}`)).toThrow(/B, D, F, S, X, Z/u);
  },
);

const MADE = '{ evidence: { field: Asked for mail }, lists: [News] }';
const withNew = (said: string, consent = '{ direction: two-way }') =>
  loadedWith(`consent: ${consent}, contacts: { newFromSecondary: ${said} }`);

test('new people of the CRM are made with evidence and lists, and count for the fingerprint', () => {
  expect(withNew(MADE).newFromSecondary).toEqual({ evidence: { field: 'Asked for mail' }, lists: ['News'] });
  expect(withNew('{ evidence: { tag: Newsletter }, lists: [News, News] }').newFromSecondary).toEqual({
    evidence: { tag: 'Newsletter' },
    lists: ['News'],
  });
  const of = (said: string) => fingerprintSync(withNew(said));
  expect(of(MADE)).not.toBe(of('{ evidence: { tag: Asked for mail }, lists: [News] }'));
});

test.each([
  ['{ lists: [News] }', '{ direction: two-way }', /evidence/u],
  ['{ evidence: { field: Asked }, lists: [] }', '{ direction: two-way }', /lists/u],
  ['{ evidence: { field: Asked } }', '{ direction: two-way }', /lists.*is missing/u],
  ['{ evidence: { flag: on }, lists: [News] }', '{ direction: two-way }', /evidence/u],
  [MADE, '{}', /needs consent: \{ direction: two-way \}/u],
])('newFromSecondary %s with consent %s is refused with a sentence', (said, consent, sentence) => {
  expect(() => withNew(said, consent)).toThrow(sentence);
});
