/** Unguessable bytes, as a port: keys, nonces and the one-time values of a sign-in are made of these and of nothing else. */
export interface Entropy {
  /** Draws that many bytes from the machine's cryptographic source. */
  bytes(count: number): Uint8Array;
}
