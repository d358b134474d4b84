import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ConnectorError } from '../model/errors.ts';
import { confineLink, encodeQuery, parseBase, targetOf } from './url.ts';

const base = parseBase('https://api.cc.email/v3');

describe('C6 a base URL is https, or this machine itself', () => {
  test.each([
    'https://api.cc.email/v3',
    'http://127.0.0.1:4010/v3',
    'http://localhost:1/v3/',
    'http://[::1]:8/v3',
    'http://127.1/v3',
  ])('takes %s', (url) => expect(parseBase(url).path).toBe('/v3'));
  test.each([
    ['http://api.cc.email/v3', 'CONFIG_INSECURE_URL'],
    ['http://127.0.0.1.evil.example/v3', 'CONFIG_INSECURE_URL'],
    ['http://10.0.0.8/v3', 'CONFIG_INSECURE_URL'],
    ['https://user:canary@api.cc.email/v3', 'CONFIG_BAD_URL'],
    ['https://api.cc.email/v3?x=1', 'CONFIG_BAD_URL'],
    ['ftp://api.cc.email/v3', 'CONFIG_BAD_URL'],
    ['not an address', 'CONFIG_BAD_URL'],
  ])('refuses %s as %s and does not repeat it', (url, code) => {
    const error = thrownBy(() => parseBase(url));
    expect(error.code).toBe(code);
    expect(error.message).not.toContain('canary');
  });
});

describe('C7 a next link never leaves its host and the first segment of its path', () => {
  test.each([
    '/v3/contacts?cursor=bGltaXQ9MQ==',
    '/v3/contact_tags?cursor=a%2Bb',
    'https://api.cc.email/v3/contacts?cursor=x',
  ])('follows %s', (link) => expect(confineLink(base, link)?.origin).toBe('https://api.cc.email'));

  test.each([
    'https://evil.example/v3/contacts',
    '//evil.example/v3/contacts',
    '/\\evil.example/v3',
    '\\\\evil.example/v3',
    'https://api.cc.email@evil.example/v3/contacts',
    'https://user:pass@api.cc.email/v3/contacts',
    'http://api.cc.email/v3/contacts',
    'https://api.cc.email:8443/v3/contacts',
    '/v3/../admin',
    '/v3/%2e%2e/admin',
    '/v3/..%2fadmin',
    '/v3/..%5cadmin',
    '/v30/contacts',
    '/v4/contacts',
    '/v3',
    'javascript:alert(1)',
    '/v3/contacts\r\nhost: evil.example',
    ' /v3/contacts',
    '/\t/evil.example/v3',
    '',
  ])('refuses %j', (link) => expect(confineLink(base, link)).toBeNull());

  test('whatever the text, what is followed stays below the base', () => {
    const pieces = fc.constantFrom(
      '/',
      '//',
      '\\',
      '..',
      '.',
      '%2e',
      '%2f',
      '@',
      ':',
      '?',
      '#',
      'v3',
      'evil.example',
      'https:',
      '\t',
      ' ',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(pieces, { maxLength: 9 }).map((all) => all.join('')),
        ),
        (link) => {
          const url = confineLink(base, link);
          if (url === null) return;
          expect(url.origin).toBe('https://api.cc.email');
          expect(url.pathname.startsWith('/v3/')).toBe(true);
          expect(`${url.username}${url.password}`).toBe('');
        },
      ),
      { numRuns: 3000 },
    );
  });

  test('a refused link restarts the window, and its text is in no error', () => {
    const error = thrownBy(() =>
      targetOf(base, { method: 'GET', link: 'https://evil.example/v3?email=ann@example.org' }),
    );
    expect(error.errorClass).toBe('cursor_gone');
    expect(JSON.stringify([error, error.message])).not.toMatch(/evil|ann@/);
  });
});

describe('requests become addresses', () => {
  test('T25 of the API: a plus sign and all else that is special is percent-encoded', () => {
    expect(encodeQuery({ email: 'a+b@example.org', limit: undefined, status: 'all,x y&z' })).toBe(
      '?email=a%2Bb%40example.org&status=all%2Cx%20y%26z',
    );
    expect(encodeQuery({ email: '\ud800' })).toBe('?email=%EF%BF%BD');
  });
  test('the label has no query', () => {
    const target = targetOf(base, { method: 'GET', path: '/contacts', query: { email: 'ann@example.org' } });
    expect(target).toEqual({ url: 'https://api.cc.email/v3/contacts?email=ann%40example.org', label: 'GET /contacts' });
    expect(targetOf(base, { method: 'GET', link: '/v3/contacts?cursor=ann@example.org' }).label).toBe('GET /contacts');
  });
  test.each(['contacts', '/../admin', '/contacts/..', '/contacts?x=1', '/contacts#x', '/a\\b', '/a%2fb', ''])(
    'the path %j is a bug',
    (path) => expect(thrownBy(() => targetOf(base, { method: 'GET', path })).errorClass).toBe('bug'),
  );
});

function thrownBy(work: () => unknown): ConnectorError {
  try {
    work();
  } catch (error) {
    if (error instanceof ConnectorError) return error;
  }
  throw new Error('nothing was refused');
}
