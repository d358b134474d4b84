/**
 * Access to a vendor: the token that a request carries, and another one when the vendor refuses it.
 *
 * Interface only; whoever keeps tokens implements it, and the wire asks. A token must never be kept beyond the request.
 */
export interface Access {
  /** Gives the access token of the moment. Throws ConnectorError `auth` where a person must sign in again. */
  token(signal: AbortSignal): Promise<string>;
  /** Gives another token than the one that was refused, or null where there is none to be had. Throws like `token`. */
  renew(refused: string, signal: AbortSignal): Promise<string | null>;
}

/** Makes the access of a token that somebody else renews. */
export function fixedAccess(token: () => string): Access {
  return { token: async () => token(), renew: async () => null };
}
