/**
 * signature: whether a delivery comes from whoever holds the secret (C5).
 *
 * Pure. HMAC-SHA-256 over the body's bytes as they came; the algorithm is ours and nothing in a request chooses it. Must
 * never compare in a time that tells how much was right.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';

/** Virtuous's support page says Base64, its newer one presumes hex: a setting, then. */
export const SIGNATURE_ENCODINGS = ['base64', 'hex'] as const;
export type SignatureEncoding = (typeof SIGNATURE_ENCODINGS)[number];

/** Tells whether one of these secrets signed the body; two are good at once while one takes the other's place. */
export function isSignedBy(
  body: Uint8Array,
  said: string | undefined,
  secrets: readonly string[],
  encoding: SignatureEncoding,
): boolean {
  const signature = said === undefined ? null : decode(said, encoding);
  if (signature === null) return false;
  // Every secret is tried, so that the time tells nothing of which one it was.
  const matches = secrets.map((secret) => timingSafeEqual(hmac(secret, body), signature));
  return matches.includes(true);
}

const LENGTH = 32;
const FORMS: Readonly<Record<SignatureEncoding, RegExp>> = {
  base64: /^[A-Za-z0-9+/]{43}=$/u,
  hex: /^[0-9a-f]{64}$/iu,
};

function decode(said: string, encoding: SignatureEncoding): Uint8Array | null {
  if (!FORMS[encoding].test(said)) return null;
  const bytes = Buffer.from(said, encoding);
  return bytes.length === LENGTH ? bytes : null;
}

function hmac(secret: string, body: Uint8Array): Uint8Array {
  return createHmac('sha256', Buffer.from(secret, 'utf8')).update(body).digest();
}
