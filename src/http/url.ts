/**
 * Addresses: which URL a request becomes, and which it must never become.
 *
 * The base URL is data from the configuration and pins scheme, host and first path segment. Nothing a caller or a
 * vendor's next link says can leave them. Errors name neither the link nor the query: both may hold personal data.
 */
import { ConnectorError } from '../model/errors.ts';
import type { ApiRequest } from '../connector/wire.ts';

export interface Target {
  readonly url: string;
  /** Method and path without query: what logs and errors may say. */
  readonly label: string;
}

/** Base URL of a connection, taken apart. */
export interface Base {
  readonly origin: string;
  /** Without a slash at its end; empty for the root. */
  readonly path: string;
}

const LOOPBACK = /^(localhost|.+\.localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])$/;
/** Characters that mean different things to different servers, and encoded slashes, backslashes and dots. */
const AMBIGUOUS_PATH = /[\\\s\p{Cc}]|%2f|%5c|%2e/iu;

/** Checks a base URL: https (http on loopback only), no user, query or fragment. Throws `CONFIG_INSECURE_URL` or `CONFIG_BAD_URL`. */
export function parseBase(baseUrl: string): Base {
  const url = URL.parse(baseUrl);
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) throw badUrl('is not an http address');
  if (url.username !== '' || url.password !== '') throw badUrl('holds a user name or password');
  if (url.search !== '' || url.hash !== '') throw badUrl('has a query or a fragment');
  if (url.protocol === 'http:' && !LOOPBACK.test(url.hostname)) {
    throw new ConnectorError(
      'CONFIG_INSECURE_URL',
      'bug',
      'the base URL is not https, and its host is not this machine',
    );
  }
  return { origin: url.origin, path: url.pathname.replace(/\/+$/, '') };
}

/** Builds a request's absolute URL. Throws `bug` for a path that is none, `cursor_gone` for a link that leaves the base. */
export function targetOf(base: Base, request: ApiRequest): Target {
  if (request.link !== undefined) return linkTarget(base, request.method, request.link);
  const path = request.path ?? '';
  const url = URL.parse(`${base.origin}${base.path}${path}`);
  if (!path.startsWith('/') || AMBIGUOUS_PATH.test(path) || url?.pathname !== `${base.path}${path}`) {
    throw new ConnectorError('WIRE_BAD_PATH', 'bug', 'the request has no proper path');
  }
  return { url: `${url.href}${encodeQuery(request.query ?? {})}`, label: `${request.method} ${path}` };
}

function linkTarget(base: Base, method: string, link: string): Target {
  const url = confineLink(base, link);
  if (url === null) {
    throw new ConnectorError('WIRE_LINK_REFUSED', 'cursor_gone', 'the next link leaves the address of this connection');
  }
  const below = url.pathname.startsWith(`${base.path}/`) ? url.pathname.slice(base.path.length) : url.pathname;
  return { url: url.href, label: `${method} ${below}` };
}

/** Resolves a next link against the base; null when it would leave its host or its path's first segment. */
export function confineLink(base: Base, link: string): URL | null {
  const path = link.split(/[?#]/, 1)[0] ?? '';
  if (link === '' || AMBIGUOUS_PATH.test(path) || /[\s\p{Cc}\\]/u.test(link) || path.split('/').includes('..'))
    return null;
  const url = URL.parse(link, `${base.origin}${base.path}/`);
  if (url === null || url.origin !== base.origin || url.username !== '' || url.password !== '') return null;
  const first = base.path.split('/', 2)[1] ?? '';
  const below = first === '' || url.pathname.startsWith(`/${first}/`);
  if (!below) return null;
  url.hash = '';
  return url;
}

/** Encodes a query, leaving out undefined values; `+` and all else that is special is percent-encoded. */
export function encodeQuery(query: Readonly<Record<string, string | undefined>>): string {
  const pairs: string[] = [];
  for (const [key, value] of Object.entries(query)) {
    if (value !== undefined) pairs.push(`${encodeText(key)}=${encodeText(value)}`);
  }
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}

function encodeText(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

function badUrl(why: string): ConnectorError {
  return new ConnectorError('CONFIG_BAD_URL', 'bug', `the base URL ${why}`);
}
