/**
 * Every failure a connection can report, and the one thing that decides what happens next: its class.
 *
 * Facts are fields; the sentence is for a log. What a person reads is written in cli/messages from `code`.
 * No field may hold personal data or a secret: a path is recorded without its query.
 */

/** What the caller does about a failure. Add a class here with its handling, or do not add it. */
export const ERROR_CLASSES = {
  auth: 'stop-connection', // credentials rejected: a person signs in again
  forbidden: 'skip-channel', // scope, privilege or deactivated application: this door is shut, others may be open
  throttled: 'wait', // too fast: the budget's pace decides
  quota_exceeded: 'end-pass', // the day is spent: the pass ends and says when it goes on
  unavailable: 'retry', // no connection, 5xx, HTML, truncated: a read may be tried again
  not_ready: 'retry', // 202: accepted, not computed yet
  unknown_outcome: 'verify', // a write without a clear answer: read before sending again
  refused_request: 'skip-channel', // 400/405/406/415: this request will never be answered
  not_found: 'absent',
  cursor_gone: 'restart-window',
  precondition: 'recompare',
  rejected: 'park',
  bug: 'stop-run',
} as const;
export type ErrorClass = keyof typeof ERROR_CLASSES;

export interface ErrorFacts {
  readonly connection?: string;
  readonly status?: number;
  /** Method and path without query. */
  readonly request?: string;
  /** The vendor's own key, such as `contacts.api.validation.error`; never its free text. */
  readonly vendorKey?: string;
  /** When work may go on, in ms since 1970. */
  readonly until?: number;
  readonly attempts?: number;
  readonly cause?: unknown;
}

/** Thrown by connectors and the wire. Its `errorClass` alone decides what happens next. */
export class ConnectorError extends Error {
  override readonly name = 'ConnectorError';
  readonly code: string;
  readonly errorClass: ErrorClass;
  readonly facts: ErrorFacts;

  constructor(code: string, errorClass: ErrorClass, message: string, facts: ErrorFacts = {}) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.code = code;
    this.errorClass = errorClass;
    this.facts = facts;
  }
}

/** Another owner took this sync over: stop at once, write nothing more. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
  readonly sync: string;
  constructor(sync: string) {
    super(`the lease of sync ${sync} was taken over`);
    this.sync = sync;
  }
}

/** The store was written by a newer program, or is not a store. */
export class StoreRefused extends Error {
  override readonly name = 'StoreRefused';
  readonly code: 'newer' | 'not-a-store' | 'corrupt' | 'unreachable';
  /** Where the store is, as configured; null where whoever refused does not know. */
  readonly file: string | null;
  constructor(code: StoreRefused['code'], message: string, file: string | null = null) {
    super(message);
    this.code = code;
    this.file = file;
  }
}

/** The master key is not there, is none, or is not the one that the store's secrets were sealed under. */
export class MasterKeyRefused extends Error {
  override readonly name = 'MasterKeyRefused';
  readonly code: 'missing' | 'not-a-key' | 'another-key' | 'readable-by-others' | 'command-failed' | 'seal-broken';
  /** The file or the command's name that it was to come from, as configured; null where whoever refused does not know. */
  readonly source: string | null;
  constructor(code: MasterKeyRefused['code'], source: string | null = null) {
    super(`the master key is refused: ${code}`);
    this.code = code;
    this.source = source;
  }
}

/** Narrows an unknown thrown value to a ConnectorError of one of the classes given. */
export function isErrorOf(error: unknown, ...classes: readonly ErrorClass[]): error is ConnectorError {
  return error instanceof ConnectorError && classes.includes(error.errorClass);
}
