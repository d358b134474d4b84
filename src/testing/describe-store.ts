/**
 * The store's conformance suite: every promise of `store/store.ts`, tried against an implementation.
 *
 * An implementation calls `describeStore` from its own test file with a way to open an empty place; nothing else about
 * it is known here. Must never skip a promise for one implementation.
 */
import { describe } from 'vitest';
import { describeAgreements } from './describe-store-agreement.ts';
import { describeBounces } from './describe-store-bounces.ts';
import { describeBudget } from './describe-store-budget.ts';
import { describeEvidence } from './describe-store-evidence.ts';
import { describeForgetting } from './describe-store-forget.ts';
import { describeInbox } from './describe-store-inbox.ts';
import { describeJobs } from './describe-store-jobs.ts';
import { describeKeys } from './describe-store-keys.ts';
import type { StoreUnderTest } from './describe-store-kit.ts';
import { describeLinks } from './describe-store-links.ts';
import { describeOutbox } from './describe-store-outbox.ts';
import { describeOwnership } from './describe-store-ownership.ts';
import { describePages } from './describe-store-pages.ts';
import { describeVault } from './describe-store-vault.ts';
import { describeWalks } from './describe-store-walks.ts';
import { describeWindows } from './describe-store-windows.ts';

/** Tests every promise of the store's contract. */
export function describeStore(name: string, under: StoreUnderTest): void {
  describe(`the store over ${name}`, () => {
    describeOwnership(under);
    describePages(under);
    describeKeys(under);
    describeAgreements(under);
    describeWalks(under);
    describeEvidence(under);
    describeForgetting(under);
    describeLinks(under);
    describeOutbox(under);
    describeJobs(under);
    describeBudget(under);
    describeWindows(under);
    describeVault(under);
    describeInbox(under);
    describeBounces(under);
  });
}
