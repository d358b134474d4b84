/**
 * Content hashes: two records agree exactly when their hashes do.
 *
 * Callers hand in canonical content (keys in a fixed order, lists sorted), so that JSON text is canonical too.
 * Must never be fed anything whose key order depends on who produced it; `sortKeys` makes such a value fit.
 */
import { createHmac, hash } from 'node:crypto';

/** Hashes canonical content: the first 128 bits of SHA-256 over its JSON text, as 22 characters of base64url. */
export function contentHash(content: unknown): string {
  return textHash(JSON.stringify(content));
}

/** Hashes text, or the same text as UTF-8 bytes: the first 128 bits of its SHA-256, as 22 characters of base64url. */
export function textHash(text: string | Uint8Array): string {
  return hash('sha256', text, 'base64url').slice(0, 22);
}

/** Hashes text for evidence, where somebody may look for another text with the same hash: the whole SHA-256. */
export function wholeHash(text: string): string {
  return hash('sha256', text, 'base64url');
}

/** Hashes text with a key (HMAC-SHA-256): without the key nobody can try out what the text was. */
export function keyedHash(key: Uint8Array, text: string): string {
  return createHmac('sha256', key).update(text).digest('base64url');
}

/** Copies a JSON value with the keys of every object in code-point order, so that equal values have equal JSON text. */
export function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  // fromEntries defines own properties, so a hostile "__proto__" key stays data.
  return Object.fromEntries(entries.map(([key, inner]) => [key, sortKeys(inner)]));
}
