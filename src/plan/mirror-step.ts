/**
 * mirror-step: what one pending record means for a mirror.
 *
 * Pure. The primary is the source of record: whatever somebody changed in a mirror's row gives way, and the step says
 * that it was there. Deletions keep the row. Must never decide on versions or dates: only content counts.
 */
import { compare } from '../compare/compare.ts';
import type { Content, RecordState, StreamName } from '../model/record.ts';
import { changedFields, destructionOf, isOptOut, raisesConsent, type Destruction } from './destruction.ts';

export interface MirrorInput {
  readonly stream: StreamName;
  readonly agreed: string | null;
  readonly hash: string;
  readonly state: RecordState;
  readonly content: Content;
  /** The mirror's row now, with the hash of its canonical content; null: there is none. */
  readonly row: { readonly content: Content; readonly hash: string } | null;
}

export interface MirrorStep {
  readonly action: 'insert' | 'update' | 'delete' | 'agree';
  readonly reason: 'new' | 'changed' | 'deleted' | 'same' | 'row-was-changed' | 'row-was-missing';
  readonly changed: readonly string[];
  readonly destructive: readonly Destruction[];
  readonly optOut: boolean;
  readonly raises: boolean;
}

/** Decides one record. */
export function mirrorStep(input: MirrorInput): MirrorStep {
  const { row, agreed, hash, state, content } = input;
  const verdict = compare(agreed, hash, row?.hash ?? null);
  const before = row?.content ?? null;
  const people = input.stream === 'contacts';
  const consent = {
    optOut: people && isOptOut(before, content, state),
    raises: people && raisesConsent(before, state),
  };
  if (verdict.kind === 'same' || verdict.kind === 'adopt') {
    return { action: 'agree', reason: 'same', changed: [], destructive: [], optOut: false, raises: false };
  }
  if (row === null)
    return {
      action: 'insert',
      reason: agreed === null ? 'new' : 'row-was-missing',
      changed: changedFields(null, content),
      destructive: [],
      ...consent,
    };
  // An empty hash means that what was agreed is in doubt (a kill in between): nobody touched the row.
  const drifted = agreed !== null && agreed !== '' && row.hash !== agreed;
  const reason = state === 'deleted' ? 'deleted' : drifted ? 'row-was-changed' : 'changed';
  return {
    action: state === 'deleted' ? 'delete' : 'update',
    reason,
    changed: changedFields(before, content),
    destructive: destruction(input, before),
    ...consent,
  };
}

function destruction(input: MirrorInput, before: Content | null): readonly Destruction[] {
  return input.stream === 'contacts' ? destructionOf(before, input.content, input.state) : [];
}
