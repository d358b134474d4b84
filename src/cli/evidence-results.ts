/**
 * What `evidence` and `forget` answer, as values: shown as text, printed as they are with --json. Shapes only.
 */
import type { ConsentFact } from '../model/consent.ts';
import type { RecordState } from '../model/record.ts';

/** One fact of the ledger, in the order in which it became known. */
export interface EvidenceFact extends Omit<ConsentFact, 'matchKey'> {
  /** Its number and hash in the chain of all facts. */
  readonly seq: number;
  readonly hash: string;
  /** When its person was forgotten: contact and evidence are gone since. Null: it still names them. */
  readonly forgottenAt: number | null;
  /** Which address it was told about; another one of the same contact counts as well. `number`: a telephone number. */
  readonly address: 'this' | 'another' | 'not told' | 'number';
  /** Numbers of the opt-ins that lift it; always empty for an opt-in. */
  readonly liftedBy: readonly number[];
}
export interface EvidenceStanding {
  readonly medium: ConsentFact['medium'];
  readonly scope: ConsentFact['scope'];
  readonly stance: 'out' | 'in' | 'hold' | 'silent';
  /** The fact that decides; null when silent. */
  readonly bySeq: number | null;
}
export interface EvidencePerson {
  readonly sync: string;
  readonly contactId: string;
  readonly state: RecordState;
  readonly mailable: boolean;
  /** The dates that the source keeps on the contact itself. */
  readonly said: readonly { readonly at: number | null; readonly event: string; readonly by: string | null }[];
}
export interface EvidenceDeed {
  readonly at: number;
  readonly sync: string;
  readonly contactId: string;
  readonly event: string;
  readonly rule: string;
  readonly before: unknown;
  readonly after: unknown;
  readonly evidence: string | null;
  readonly run: string;
}
export interface EvidencePage {
  /** As asked. */
  readonly email: string;
  readonly madeAt: number;
  readonly standing: readonly EvidenceStanding[];
  /** Names of the lists that facts are about, by list id, as far as they were read. */
  readonly lists: Readonly<Record<string, string>>;
  readonly people: readonly EvidencePerson[];
  readonly facts: readonly EvidenceFact[];
  /** What Concord wrote or decided about these people, oldest first. */
  readonly deeds: readonly EvidenceDeed[];
  /** True: there are older deeds than those told. */
  readonly deedsLeftOut: boolean;
  /** Whether the ledger, of all people, is as it was written. */
  readonly ledger:
    | { readonly whole: true; readonly facts: number; readonly head: string }
    | {
        readonly whole: false;
        readonly facts: number;
        readonly broken: { readonly kind: 'changed' | 'missing' | 'inserted'; readonly seq: number };
      };
}

/** What was erased; or that another pass is at work; or that an opt-out of this person is still to be written. */
export type ForgetResult = (
  | {
      readonly kind: 'forgotten';
      readonly erased: {
        readonly facts: number;
        readonly records: number;
        readonly links: number;
        readonly waiting: number;
        readonly operations: number;
        readonly journal: number;
      };
      /** False: the file could not be written anew, so free pages of it may still hold what was erased. */
      readonly swept: boolean;
    }
  | { readonly kind: 'busy'; readonly sync: string; readonly owner: { readonly host: string; readonly pid: number } }
  | { readonly kind: 'under-way'; readonly syncs: readonly string[] }
) & {
  /** What stands about the address afterwards. */
  readonly stance: 'out' | 'in' | 'hold' | 'silent';
  /** The connections that hold what they hold. */
  readonly notErased: readonly string[];
};
