/** What `npm run proof` and its workers say to each other. */
import type { Finding } from '../../test/laboratory/moment.ts';

export interface Wanted {
  readonly seed: number;
  readonly twice: boolean;
}

export interface Told {
  readonly seed: number;
  readonly findings: readonly Finding[];
  readonly passes: number;
  readonly requests: number;
}
