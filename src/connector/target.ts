/**
 * What a system promises whose people can be written: its operations, each with what it does to consent.
 *
 * Interfaces only. The guard at the door judges by the declaration alone, so an operation without one cannot be sent;
 * a false declaration is the one bug that this design cannot catch. A target classifies and never retries (the wire does), never stores, never decides who is written.
 */
import type { BulkTarget } from './bulk.ts';
import type { ConsentEffects } from '../model/consent-effects.ts';
import type { Contact } from '../model/contact.ts';
import type { PersonIntent } from '../model/intent.ts';
import type { Reading } from '../model/record.ts';

/** What can be done to one person by itself. `unsubscribe` lowers and does nothing else; `update` carries all other changes. */
export const PERSON_OPERATIONS = ['create', 'update', 'unsubscribe', 'delete'] as const;
export type PersonOperation = (typeof PERSON_OPERATIONS)[number];

export interface OperationDeclaration {
  readonly effects: ConsentEffects;
  /** Requests that one person costs, reading before and after included. */
  readonly calls: number;
}

/** What a send is allowed and given. */
export interface SendHow {
  /** False while an opt-out or doubt stands: whatever is sent must leave the person unmailable, or be refused. */
  readonly mayMail: boolean;
  /** An opt-out: may use the last of the day's budget (I3). */
  readonly urgent: boolean;
}

/**
 * What came of a send. `written`: read back, and it holds what was wanted (`reading` null: the person is not there any
 * more). `moved`: what stands there is not what the plan saw, and nothing was changed. `refused`: this will never succeed
 * as it is. `differs`: it was accepted, yet what stands there now is something else.
 */
export type SendResult =
  | { readonly kind: 'written'; readonly reading: Reading<Contact> | null }
  | { readonly kind: 'moved' }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'differs'; readonly reason: string };

export interface PeopleTarget {
  /** Every operation that may be sent. One that is missing here is refused at the door. */
  readonly operations: ReadonlyMap<PersonOperation, OperationDeclaration>;
  /** How it makes many people in one job; null: it cannot. */
  readonly bulk: BulkTarget | null;
  /** How long after a write a read may still miss it, in ms. */
  readonly visibilityMs: number;

  /**
   * Sends one operation for one person. Throws ConnectorError: `unknown_outcome` when it may have been carried out,
   * any other class when nothing was changed.
   */
  send(operation: PersonOperation, intent: PersonIntent, how: SendHow, signal: AbortSignal): Promise<SendResult>;
  /** Reads whether an operation whose answer was lost was carried out; changes nothing. Throws ConnectorError. */
  lookUp(operation: PersonOperation, intent: PersonIntent, signal: AbortSignal): Promise<LookUp>;
}

/** `done`: what was wanted stands there (`reading` null: the person is gone, as wanted). */
export type LookUp =
  { readonly kind: 'done'; readonly reading: Reading<Contact> | null } | { readonly kind: 'not-done' };
