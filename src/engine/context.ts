/**
 * A pass's context, and the ways in which a phase ends it early.
 *
 * Holds no decision.
 */
import type { GuardStop } from '../plan/guards.ts';
import type { Content, StreamName } from '../model/record.ts';
import type { Lane } from './lane.ts';
import type { Warning, WorkContext } from './work-context.ts';

/** A pass with the lane that leads to its secondary. */
export interface PassContext extends WorkContext {
  readonly lane: Lane;
}

/** Thrown by a phase when a guard or another account stops the pass: nothing more may be written but explicit opt-outs. */
export class PassStopped extends Error {
  override readonly name = 'PassStopped';
  readonly stop: GuardStop | { readonly reason: 'other-account'; readonly expected: string; readonly found: string };
  readonly hash: string;
  readonly stream: StreamName;
  constructor(stop: PassStopped['stop'], stream: StreamName, hash: string) {
    super(`stopped: ${stop.reason}`);
    this.stop = stop;
    this.stream = stream;
    this.hash = hash;
  }
}

/** Thrown when a pass must end early without harm. */
export class PassCut extends Error {
  override readonly name = 'PassCut';
  readonly code: string;
  readonly facts: Warning['facts'];
  constructor(code: string, facts: Warning['facts'] = {}) {
    super(code);
    this.code = code;
    this.facts = facts;
  }
}

/** Records a warning once and tells listeners. */
export function warn(ctx: WorkContext, code: string, facts: Warning['facts'] = {}): void {
  const warning = { code, facts };
  if (ctx.warnings.some((known) => JSON.stringify(known) === JSON.stringify(warning))) return;
  ctx.warnings.push(warning);
  ctx.emit({ kind: 'warning', warning });
}

export function waitKey(stream: StreamName, id: string, reason: string): string {
  return `${stream}\n${id}\n${reason}`;
}

/** Parses content that the store keeps as JSON text. */
export function contentOf(text: string): Content {
  return JSON.parse(text) as Content;
}
