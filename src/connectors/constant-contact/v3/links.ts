/**
 * Where a page ends and where the next one is.
 *
 * A last page says nothing or null of its next: `_links` is `{}`, absent or null, or `next` is null, or its `href` is.
 * Anything else that is not a proper next link is doubt, and doubt is never an end (I9, T10). A link must be a path on this same host (C7); the wire pins the host again.
 */
import { isRecord } from '../../reading/fields.ts';

/** What a page says about its successor. */
export type Next =
  | { readonly kind: 'last' }
  | { readonly kind: 'next'; readonly link: string }
  /** Neither an end nor a link that may be followed. */
  | { readonly kind: 'doubt' };

const LAST: Next = { kind: 'last' };
const DOUBT: Next = { kind: 'doubt' };
/** One slash, then no second one: `//host` is another host. No backslash, space or control anywhere, no dot segment. */
const PATH_LINK = /^\/(?![/\\])[^\\\s\p{Cc}#]*$/u;

/** Reads the next link of a page. */
export function nextOf(page: Readonly<Record<string, unknown>>): Next {
  const links = page['_links'];
  if (links === undefined || links === null) return LAST;
  if (!isRecord(links)) return DOUBT;
  const next = links['next'];
  if (next === undefined || next === null) return LAST;
  if (!isRecord(next)) return DOUBT;
  const href = next['href'];
  if (href === null) return LAST;
  return typeof href === 'string' && isSafe(href) ? { kind: 'next', link: withPlus(href) } : DOUBT;
}

function isSafe(href: string): boolean {
  const path = href.split('?', 1)[0] ?? '';
  return PATH_LINK.test(href) && !/(^|\/)\.{1,2}(\/|$)|%2e|%2f|%5c/i.test(path);
}

/** A cursor is base64, where a bare `+` means itself; servers read it as a space. */
function withPlus(href: string): string {
  const at = href.indexOf('?');
  return at < 0 ? href : href.slice(0, at) + href.slice(at).replaceAll('+', '%2B');
}
