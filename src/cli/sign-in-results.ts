/**
 * What `connect` tells, as plain facts; no token among them.
 */
/** How a connection is signed in. */
export const WAYS = ['browser', 'device', 'refresh-token', 'access-token'] as const;
export type Way = (typeof WAYS)[number];

/** A user's password and the code of their second factor, which is asked for only where it is needed; null: nobody to ask. */
export interface PasswordHow {
  readonly with: 'password';
  readonly password: string;
  readonly code: () => Promise<string | null>;
}

export type ConnectHow =
  | PasswordHow
  | { readonly with: 'browser' | 'device' }
  /** `token` was pasted by a person. */
  | { readonly with: 'refresh-token' | 'access-token'; readonly token: string };

/** What a person must do now, or how it ended; the last item is `connected` or `other-account`. */
export type ConnectItem =
  | { readonly kind: 'open'; readonly address: string; readonly untilAt: number }
  | {
      readonly kind: 'device';
      readonly address: string;
      /** The address with the code in it, where the server gives one. */
      readonly completeAddress: string | null;
      readonly userCode: string;
      readonly untilAt: number;
    }
  | {
      readonly kind: 'connected';
      readonly connection: string;
      readonly account: string;
      readonly organisation: string | null;
      /** False: it ends with its access token, and a person must sign in again then. */
      readonly renewable: boolean;
      /** When the access token ends; null: nobody said. */
      readonly accessUntilAt: number | null;
    }
  /** Syncs were begun with another account: nothing was changed. */
  | {
      readonly kind: 'other-account';
      readonly connection: string;
      readonly found: string;
      readonly expected: string;
      readonly syncs: readonly string[];
    };
