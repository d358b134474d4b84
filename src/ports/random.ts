/** Randomness, as a port (backoff jitter). */
export interface Random {
  /** Draws a number in [0, 1). */
  next(): number;
}
