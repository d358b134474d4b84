/**
 * From a code to what a person reads, and from anything thrown to a code.
 *
 * Decides which facts of an error may be shown: those that the error classes declare free of secrets. Must never show an
 * error's own message or stack (that is --verbose's, through Output.trace).
 */
import { ConfigError } from '../config/problems.ts';
import { ConnectorError, ERROR_CLASSES, LeaseLost, MasterKeyRefused, StoreRefused } from '../model/errors.ts';
import type { ErrorClass } from '../model/errors.ts';
import { FileError } from '../ports/files.ts';
import { InboundTaken } from '../ports/inbound.ts';
import { LoopbackTaken } from '../ports/loopback.ts';
import { PromptCancelled } from './prompts.ts';
import type { Facts, Notice } from './results.ts';
import { CLASS_SENTENCES, CODE_SENTENCES } from './sentences.ts';

/** Words a notice: by its own code, else by its error class, else as something unexpected with its code. */
export function explain({ code, facts }: Pick<Notice, 'code' | 'facts'>): string {
  const own = Object.hasOwn(CODE_SENTENCES, code) ? CODE_SENTENCES[code] : undefined;
  if (own !== undefined) return own(facts);
  const errorClass = facts['errorClass'];
  if (isErrorClass(errorClass)) return `${CLASS_SENTENCES[errorClass](facts)} [${code}]`;
  return `${code.replaceAll(/[-_]/gu, ' ')}${restOf(facts)}`;
}

/** Turns anything thrown into a notice; what is not known becomes `unexpected`. */
export function noticeOf(error: unknown): Notice {
  if (error instanceof ConnectorError) return { level: 'error', code: error.code, facts: factsOf(error) };
  if (error instanceof StoreRefused)
    return { level: 'error', code: `store-${error.code}`, facts: { file: error.file } };
  if (error instanceof LeaseLost) return { level: 'error', code: 'lease-lost', facts: { sync: error.sync } };
  if (error instanceof MasterKeyRefused)
    return { level: 'error', code: `master-key-${error.code}`, facts: { source: error.source } };
  if (error instanceof LoopbackTaken) return { level: 'error', code: 'redirect-taken', facts: {} };
  if (error instanceof InboundTaken) return { level: 'error', code: 'inbound-taken', facts: {} };
  if (error instanceof FileError) return { level: 'error', code: `file-${error.code}`, facts: { path: error.path } };
  if (error instanceof PromptCancelled) return { level: 'note', code: 'cancelled', facts: {} };
  if (error instanceof Error && error.name === 'AbortError')
    return { level: 'warning', code: 'interrupted', facts: {} };
  return { level: 'error', code: 'unexpected', facts: {} };
}

/** Gives what may be shown of a connector's error. */
export function factsOf(error: ConnectorError): Facts {
  const { connection, status, request, vendorKey, until, attempts } = error.facts;
  return {
    errorClass: error.errorClass,
    connection: connection ?? null,
    status: status ?? null,
    request: request ?? null,
    vendorKey: vendorKey ?? null,
    until: until ?? null,
    attempts: attempts ?? null,
    detail: SPEAKING.has(error.code) ? error.message : null,
  };
}

/** Errors whose own message holds nothing but names of tables and columns, and says which. */
const SPEAKING = new Set([
  'SQLITE_NO_FILE',
  'SQLITE_NO_TABLE',
  'SQLITE_NO_COLUMN',
  'SQLITE_KEY_NOT_UNIQUE',
  'SQLITE_KEY_TYPE',
  'SQLITE_FOREIGN_TABLE',
  'SQLITE_CANTOPEN',
]);

/** Tells whether an error is about what was typed or configured (exit 2). */
export function isUsageError(error: unknown): boolean {
  const kinds = [ConfigError, FileError, UsageError, MasterKeyRefused];
  return kinds.some((kind) => error instanceof kind);
}

/** Thrown by a command for arguments that cannot be right. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly notice: Notice;

  constructor(code: string, facts: Facts) {
    super(code);
    this.notice = { level: 'error', code, facts };
  }
}

function isErrorClass(value: unknown): value is ErrorClass {
  return typeof value === 'string' && Object.hasOwn(ERROR_CLASSES, value);
}

/** A code without a sentence still says all it knows. */
function restOf(facts: Facts): string {
  const known = Object.entries(facts).filter(([, value]) => value !== null);
  if (known.length === 0) return '.';
  return ` (${known.map(([name, value]) => `${name} ${Array.isArray(value) ? value.join(', ') : String(value)}`).join(', ')}).`;
}
