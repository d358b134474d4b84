/**
 * Where a connection's requests may go: the vendor, another https host, or this machine itself.
 *
 * Decides what a `baseUrl` may look like; a token must never travel in clear over a network (C6).
 */
export const CONSTANT_CONTACT_BASE_URL = 'https://api.cc.email/v3';

export const VIRTUOUS_BASE_URL = 'https://api.virtuoussoftware.com';

const LOOPBACK = /^(?:localhost|127(?:\.[0-9]{1,3}){3}|\[::1\])$/u;

/** Checks a base URL: gives it without its trailing slash, or says what is wrong with it. */
export function parseBaseUrl(text: string): { readonly url: string } | { readonly fault: string } {
  const url = URL.parse(text);
  if (url === null) return { fault: 'is not an address; expected something like https://api.cc.email/v3' };
  if (url.username !== '' || url.password !== '') return { fault: 'must not hold a user name or password' };
  if (url.search !== '' || url.hash !== '') return { fault: 'must not hold a query or a fragment (? or #)' };
  const secure = url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK.test(url.hostname));
  if (!secure)
    return { fault: 'must begin with https://; http is only for this machine itself (127.0.0.1, localhost, [::1])' };
  return { url: `${url.origin}${url.pathname}`.replace(/\/+$/u, '') };
}

/** Checks the address to which a browser brings a sign-in back: this machine itself, at a port, as registered. */
export function parseRedirect(text: string): { readonly url: string } | { readonly fault: string } {
  const url = URL.parse(text);
  const plain = url !== null && url.username === '' && url.password === '' && url.search === '' && url.hash === '';
  const here = plain && url.protocol === 'http:' && LOOPBACK.test(url.hostname) && url.port !== '';
  if (!here)
    return { fault: 'must be http on this machine itself with a port, such as http://127.0.0.1:8910/callback' };
  // Exactly as written: the vendor compares it letter by letter with what was registered.
  return { url: text };
}
