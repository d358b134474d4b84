/**
 * The one sink of every command: what goes where, and what may never go anywhere.
 *
 * Decides: results on standard output (with --json one object a line and nothing else), notices and progress on
 * standard error; --quiet keeps notes and summaries back. Secrets given to `hide` are masked in whatever is written (I20).
 */
import { escapeJson, escapeText } from './escape.ts';
import type { Io } from './io.ts';
import { explain } from './messages.ts';
import type { Notice } from './results.ts';

export interface OutputMode {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
}

const MASK = '[secret]';
/** Shorter values would mask ordinary words. */
const SHORTEST_SECRET = 6;

export class Output {
  readonly mode: OutputMode;
  readonly #io: Pick<Io, 'stdout' | 'stderr'>;
  readonly #hidden = new Set<string>();

  constructor(io: Pick<Io, 'stdout' | 'stderr'>, mode: OutputMode) {
    this.#io = io;
    this.mode = mode;
  }

  /** Masks a secret from now on, in plain, URL and base64 form. */
  hide(secret: string): void {
    if (secret.length < SHORTEST_SECRET) return;
    const bytes = Buffer.from(secret);
    const forms = [secret, encodeURIComponent(secret), bytes.toString('base64'), bytes.toString('base64url')];
    for (const form of forms) this.#hidden.add(form);
  }

  /** Writes lines for a person to standard output; nothing with --json. */
  async lines(lines: readonly string[]): Promise<void> {
    if (this.mode.json || lines.length === 0) return;
    await this.#io.stdout.write(this.#mask(lines.map((line) => `${escapeText(line)}\n`).join('')));
  }

  /** Writes one object to standard output; nothing without --json. */
  async json(value: unknown): Promise<void> {
    if (this.mode.json) await this.always(value);
  }

  /** Writes one object to standard output whatever the mode; for what is JSON by contract. */
  async always(value: unknown): Promise<void> {
    await this.#io.stdout.write(this.#mask(`${escapeJson(value)}\n`));
  }

  /** Tells a person something on standard error, and a program on standard output. */
  async notice(notice: Notice, about: Readonly<Record<string, unknown>> = {}): Promise<void> {
    if (this.mode.quiet && notice.level === 'note') return;
    const sentence = explain(notice);
    await this.json({ kind: 'message', ...about, ...notice, sentence });
    await this.complain(notice.level === 'note' ? sentence : `${notice.level}: ${sentence}`);
  }

  /** Writes a line to standard error. */
  async complain(line: string): Promise<void> {
    await this.#io.stderr.write(this.#mask(`${escapeText(line)}\n`));
  }

  /** Writes the trace of an error to standard error, with --verbose alone. */
  async trace(error: unknown): Promise<void> {
    if (!this.mode.verbose || !(error instanceof Error)) return;
    for (const line of (error.stack ?? error.message).split('\n')) await this.complain(line);
    if (error.cause !== undefined) await this.trace(error.cause);
  }

  #mask(text: string): string {
    let masked = text;
    for (const form of this.#hidden) masked = masked.replaceAll(form, MASK);
    return masked;
  }
}
