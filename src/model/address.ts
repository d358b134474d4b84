/**
 * Addresses: when two spellings are one mailbox (trap T31), and how an address may appear in a log (I20, C8).
 *
 * Joins as little as is safe: surrounding space, invisible characters, Unicode form, the spelling of the domain and
 * ASCII case. Plus tags, dots and other alphabets stay apart, because joining two people is worse than keeping one
 * twice. Must never be used to build the address that is sent: the source's own bytes are.
 */
import { domainToASCII } from 'node:url';

const PRINTABLE_ASCII = /^[!-~]+$/;
const INVISIBLE = /[\p{Default_Ignorable_Code_Point}\p{Cf}]/gu;
const SPACE_OR_CONTROL = /[\s\p{Cc}]/u;
const QUOTED_LOCAL = /^"[^\p{Cc}]+"$/u;

/** Computes the match key of an address, null when the text is no address. Of printable ASCII it is the text in lower case. */
export function matchKey(address: string): string | null {
  const text = PRINTABLE_ASCII.test(address) ? address : address.replace(INVISIBLE, '').trim().normalize('NFC');
  const at = text.lastIndexOf('@');
  if (at < 1 || at === text.length - 1) return null;
  const local = localKey(text.slice(0, at));
  const domain = domainKey(text.slice(at + 1));
  return local === null || domain === null ? null : `${local}@${domain}`;
}

/** Masks an address for a log: the first character where it is a plain one, and the top-level domain. */
export function maskAddress(address: string): string {
  const key = matchKey(address);
  if (key === null) return '***';
  const first = /^[a-z0-9]/.exec(key)?.[0] ?? '';
  const top = /\.[a-z0-9-]+$/.exec(key)?.[0] ?? '';
  return `${first}***@***${top}`;
}

function localKey(local: string): string | null {
  if (!QUOTED_LOCAL.test(local) && (SPACE_OR_CONTROL.test(local) || local.includes('@'))) return null;
  return asciiLower(local);
}

/** An ASCII domain is only put in lower case: the URL rules behind domainToASCII would also rewrite numbers and escapes. */
function domainKey(domain: string): string | null {
  if (PRINTABLE_ASCII.test(domain)) return asciiLower(domain);
  if (SPACE_OR_CONTROL.test(domain)) return null;
  const ascii = domainToASCII(domain);
  return ascii === '' ? null : ascii;
}

function asciiLower(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
