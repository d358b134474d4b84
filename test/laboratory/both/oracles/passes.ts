/**
 * I7, I10, I12, I16, I18: what every pass between two systems must satisfy by itself.
 */
import { isIdle } from '../../oracles/passes.ts';
import type { BothOracle } from '../both-moment.ts';

/** I7. What says that it wrote nothing wrote nothing into either system; so do plan, verify and release. */
export const itGoesQuiet: BothOracle = {
  after({ command, result, ours, blow }) {
    if (ours.length === 0 || (command === 'pass' && (blow !== null || !isIdle(result)))) return [];
    const told = ours.slice(0, 3).map(({ kind }) => kind);
    return [{ id: 'I7', text: `${command} said it wrote nothing, and wrote ${told.join(', ')}` }];
  },
};

/**
 * I10. A pass that a guard stopped has written nothing but explicit opt-outs of the account into the CRM, with their notes. A flag that
 * went off at the CRM tells nobody's name, so what it would change in the account is held with the rest.
 */
export const guardsHold: BothOracle = {
  after({ result, ours }) {
    if (result?.outcome !== 'stopped') return [];
    return ours
      .filter(({ kind }) => !HELD_BY_NOTHING.has(kind))
      .map(({ kind }) => ({ id: 'I10', text: `the pass was stopped and wrote ${kind}` }));
  },
};
const HELD_BY_NOTHING = new Set(['crm.method.opted_out', 'crm.note.created']);

/** I12. No request ever went beyond the hour that the CRM grants. */
export const hourIsKept: BothOracle = {
  after({ crmExcess }) {
    return crmExcess === 0 ? [] : [{ id: 'I12', text: `${crmExcess} requests beyond the hour of the CRM` }];
  },
};

/** I16. The receiver thanks for what it kept and for nothing else, whoever knocks. */
export const deliveriesAreAnswered: BothOracle = {
  after: ({ misanswered }) => misanswered,
};

/** I18. At rest no write is of unknown outcome. */
export const everybodyEndsKnown: BothOracle = {
  after: () => [],
  atRest({ outbox }) {
    const open = Object.entries(outbox).filter(([state, n]) => OPEN.has(state) && n > 0);
    return open.map(([state, n]) => ({ id: 'I18', text: `at rest ${n} writes are ${state}` }));
  },
};
const OPEN: ReadonlySet<string> = new Set(['pending', 'leased', 'sending', 'verifying']);
