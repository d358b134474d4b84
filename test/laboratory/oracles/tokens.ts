/**
 * I15, by what was on the line: the chain survives whatever nobody could help, and a pair is kept before it is used.
 */
import { saysSignInLost, type Oracle } from '../moment.ts';

/** A chain is called lost only where an answer was lost, a process died with it, or the account's user ended it. */
export const tokenChainSurvives: Oracle = {
  after({ installation: { tokens }, command, sync, ended }) {
    if (tokens === null) return [];
    const texts = [...tokens.takeFaults()];
    if (saysSignInLost(ended) && !tokens.chainMayBeLost)
      texts.push('the chain was lost although every pair had arrived and was kept');
    return texts.map((text) => ({ id: 'I15', text: `${command} ${sync}: ${text}` }));
  },
};
