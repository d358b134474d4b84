/** Bugs between an account and a CRM that random histories of both must find by themselves, each named by the seed that does. */
import type { PlantedBug } from './planted-bug.ts';

const BOTH = 'test/laboratory/both/both.test.ts';

export const bugs: readonly PlantedBug[] = [
  {
    name: 'I3-found-by-chance-flag-of-the-crm-not-lowered',
    file: 'src/plan/crm-consent.ts',
    find: "if (agreed !== next) return { next, act: 'lower' };",
    replace: "if (agreed !== next) return { next, act: 'none' };",
    caughtBy: { file: BOTH, test: 'seed 1 keeps every promise on both sides' },
  },
  {
    name: 'I3-found-by-chance-opt-out-of-the-crm-not-carried',
    file: 'src/plan/crm-consent.ts',
    find: "return carries ? { next: 'in', act: 'withdrawn' }",
    replace: "return carries ? { next: 'apart', act: 'none' }",
    caughtBy: { file: BOTH, test: 'seed 5 keeps every promise on both sides' },
  },
  {
    name: 'I1-found-by-chance-yes-moves-with-an-address',
    file: 'src/plan/crm-address.ts',
    find: "if (email?.opted_in !== true || !mayBeMailed || stanceOf(key) !== 'in') return false;",
    replace: 'if (email?.opted_in !== true) return false;',
    caughtBy: { file: BOTH, test: 'seed 22 keeps every promise on both sides' },
  },
  {
    name: 'I16-found-by-chance-hint-forgotten-unread',
    file: 'src/engine/crm-read.ts',
    find: `    await readContact(ctx, shelf, crm, recordId);
    await ctx.store.settleHints([hintId]);`,
    replace: `    if (recordId !== '') await ctx.store.settleHints([hintId]);`,
    caughtBy: { file: BOTH, test: 'seed 128 keeps every promise on both sides' },
  },
  {
    name: 'I16-found-by-chance-stranger-believed',
    file: 'src/webhooks/judge-delivery.ts',
    find: "return { kind: 'stranger' };",
    replace: "return { kind: 'stale' };",
    caughtBy: { file: BOTH, test: 'seed 5 keeps every promise on both sides' },
  },
  {
    name: 'T23-found-by-chance-bounce-not-carried',
    file: 'src/plan/crm-out.ts',
    find: 'if (bounce === null || !bounceCodes.includes(bounce.code)) return null;',
    replace: 'if (bounce === null || bounceCodes.length >= 0) return null;',
    caughtBy: { file: BOTH, test: 'seed 2 keeps every promise on both sides' },
  },
  {
    name: 'I7-note-for-an-archived-contact-for-ever',
    file: 'src/engine/crm-leftovers.ts',
    find: 'return notes.filter(({ contactId }) => there.has(contactId));',
    replace: 'return notes.filter(() => there !== null);',
    caughtBy: { file: 'test/crm/opt-outs.test.ts', test: 'leaves no note behind that is tried for ever' },
  },
];
