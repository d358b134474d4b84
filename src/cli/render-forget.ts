/**
 * `forget`, for a person: what was erased, what goes on suppressing, and what is not Concord's to erase. Pure. Must never
 * repeat the address.
 */
import type { ForgetResult } from './evidence-results.ts';
import { formatFigures } from './text.ts';

const STAYS = {
  out: 'The opt-out stands on under a keyed hash: whoever comes back with this address is held out.',
  hold: 'The doubt stands on under a keyed hash: whoever comes back with this address is held out.',
  in: 'No opt-out stands about this address, so nothing suppresses it.',
  silent: 'No opt-out is on record about this address, so nothing suppresses it.',
} as const;

/** Words what was done. */
export function renderForget(result: Extract<ForgetResult, { kind: 'forgotten' }>): readonly string[] {
  const figures = formatFigures(result.erased);
  return [
    figures === '' ? 'Nothing in the store names this person.' : `Forgotten in the store: ${figures}.`,
    STAYS[result.stance],
    `Not erased: what ${result.notErased.join(' and ')} hold. Delete the person there; what still shows them is read again by the next pass.`,
    'Saved plans, backups of the store and whatever was printed are yours to erase.',
  ];
}
