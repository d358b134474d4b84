/** What `npm run proof` and its workers say to each other. */
import type { Finding } from '../../test/laboratory/moment.ts';

export interface Wanted {
  readonly seed: number;
  readonly twice: boolean;
  /** An account and a CRM, instead of an account beside a database. */
  readonly both: boolean;
}

export interface Told {
  readonly seed: number;
  readonly findings: readonly Finding[];
  readonly passes: number;
  readonly requests: number;
}
