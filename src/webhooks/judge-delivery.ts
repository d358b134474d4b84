/**
 * judge-delivery: what becomes of a request that claims to be a delivery (C5).
 *
 * Pure. A stranger learns one thing whatever was wrong. A true delivery that is too old is thanked and left: polling has
 * found by then what it says, and refusing it would only bring it back.
 */
import { readDelivery, type Delivery } from './delivery.ts';
import { isSignedBy, type SignatureEncoding } from './signature.ts';

export interface Endpoint {
  /** Name of the header with the signature, in lower case. */
  readonly header: string;
  readonly encoding: SignatureEncoding;
  /** The present secret, and the one before it while both are good. */
  readonly secrets: readonly string[];
}

export type Verdict =
  | { readonly kind: 'stranger' }
  | { readonly kind: 'unreadable' }
  | { readonly kind: 'stale' }
  | { readonly kind: 'good'; readonly delivery: Delivery };

/** A clock may be ahead of ours by so much. */
const AHEAD_MS = 5 * 60_000;
/** The time that is signed is the event's, not the sending's: a sender that could not reach us for a night still may. */
const BEHIND_MS = 24 * 3_600_000;

/** Judges a request's body by its headers (names in lower case). */
export function judgeDelivery(
  endpoint: Endpoint,
  headers: Readonly<Record<string, string | undefined>>,
  body: Uint8Array,
  now: number,
): Verdict {
  if (!isSignedBy(body, headers[endpoint.header], endpoint.secrets, endpoint.encoding)) return { kind: 'stranger' };
  const delivery = readDelivery(body);
  if (delivery === null) return { kind: 'unreadable' };
  const { at } = delivery;
  if (at !== null && (at - now > AHEAD_MS || now - at > BEHIND_MS)) return { kind: 'stale' };
  return { kind: 'good', delivery };
}
