/**
 * Composes the areas to one Store. SQLite is synchronous, so each method has ended when it returns; being async it
 * still fails by rejecting, as the contract says. Must never hold logic.
 */
import type { Owner } from '../rows.ts';
import type { Store } from '../store.ts';
import * as agreement from './agreement.ts';
import * as bounces from './bounces.ts';
import * as budget from './budget.ts';
import * as budgetWindows from './budget-windows.ts';
import { verifyChain } from './chain.ts';
import type { Db } from './database.ts';
import * as facts from './fact-reads.ts';
import { forget } from './forget.ts';
import * as inbox from './inbox.ts';
import * as jobs from './jobs.ts';
import * as journal from './journal.ts';
import * as leases from './leases.ts';
import * as links from './links.ts';
import * as outboxRows from './outbox-rows.ts';
import * as outbox from './outbox.ts';
import { finishAppend, storePage } from './pages.ts';
import * as recordKeys from './record-keys.ts';
import * as records from './records.ts';
import * as runs from './runs.ts';
import * as shelves from './shelves.ts';
import { tallies } from './tallies.ts';
import * as vault from './vault.ts';
import * as waiting from './waiting.ts';
import * as walks from './walks.ts';

/** Makes a Store of an opened database; the budget has a connection of its own. */
export function composeStore(db: Db, budgetDb: Db, isAlive: (owner: Owner) => boolean | null): Store {
  return {
    close: async () => {
      budgetDb.close();
      db.close();
    },
    acquireLease: async (...args) => leases.acquireLease(db, isAlive, ...args),
    renewLease: async (...args) => leases.renewLease(db, ...args),
    releaseLease: async (...args) => leases.releaseLease(db, ...args),
    forget: async (...args) => forget(db, isAlive, ...args),
    ...composeSnapshot(db),
    ...composeEvidence(db),
    ...composeWriting(db),
    ...composeBudget(budgetDb),
    ...composeRuns(db),
    ...composeVault(db),
    takeDelivery: async (...args) => inbox.takeDelivery(db, ...args),
    hints: async (...args) => inbox.hints(db, ...args),
    settleHints: async (...args) => inbox.settleHints(db, ...args),
  };
}

function composeSnapshot(db: Db) {
  return {
    shelf: async (...args) => shelves.shelf(db, ...args),
    known: async (...args) => records.known(db, ...args),
    storePage: async (...args) => storePage(db, ...args),
    finishAppend: async (...args) => finishAppend(db, ...args),
    pending: async (...args) => records.pending(db, ...args),
    agree: async (...args) => agreement.agree(db, ...args),
    doubt: async (...args) => agreement.doubt(db, ...args),
    resetShelf: async (...args) => agreement.resetShelf(db, ...args),
    tallies: async (...args) => tallies(db, ...args),
    record: async (...args) => records.record(db, ...args),
    records: async (...args) => records.records(db, ...args),
    contents: async (...args) => records.contents(db, ...args),
    findByMatchKey: async (...args) => records.findByMatchKey(db, ...args),
    findByKeys: async (...args) => recordKeys.findByKeys(db, ...args),
    openWalk: async (...args) => walks.openWalk(db, ...args),
    findWalk: async (...args) => walks.findWalk(db, ...args),
    closeWalk: async (...args) => walks.closeWalk(db, ...args),
    unseen: async (...args) => walks.unseen(db, ...args),
    cursor: async (...args) => shelves.cursor(db, ...args),
    mark: async (...args) => shelves.mark(db, ...args),
    setMarks: async (...args) => shelves.setMarks(db, ...args),
  } satisfies Partial<Store>;
}

function composeEvidence(db: Db) {
  return {
    takeBounces: async (...args) => bounces.takeBounces(db, ...args),
    bounces: async (...args) => bounces.bounces(db, ...args),
    knownOuts: async (...args) => facts.knownOuts(db, ...args),
    facts: async (...args) => facts.facts(db, ...args),
    consent: async (...args) => facts.consent(db, ...args),
    factRows: async (...args) => facts.factRows(db, ...args),
    verifyChain: async () => verifyChain(db),
    newestOuts: async (...args) => facts.newestOuts(db, ...args),
    waiting: async (...args) => waiting.waiting(db, ...args),
    countWaiting: async (...args) => waiting.countWaiting(db, ...args),
    wait: async (...args) => waiting.wait(db, ...args),
    choose: async (...args) => waiting.choose(db, ...args),
    journal: async (...args) => journal.journal(db, ...args),
    journalOf: async (...args) => journal.journalOf(db, ...args),
    note: async (...args) => journal.note(db, ...args),
  } satisfies Partial<Store>;
}

function composeWriting(db: Db) {
  return {
    links: async (...args) => links.links(db, ...args),
    linksBySecondary: async (...args) => links.linksBySecondary(db, ...args),
    linksInside: async (...args) => links.linksInside(db, ...args),
    countLinks: async (...args) => links.countLinks(db, ...args),
    adopt: async (...args) => links.adopt(db, ...args),
    intend: async (...args) => outbox.intend(db, ...args),
    recover: async (...args) => outbox.recover(db, ...args),
    claim: async (...args) => outbox.claim(db, ...args),
    claimJudged: async (...args) => outbox.claimJudged(db, ...args),
    ungather: async (...args) => outbox.ungather(db, ...args),
    beginJob: async (...args) => jobs.beginJob(db, ...args),
    openJobs: async (...args) => jobs.openJobs(db, ...args),
    jobOperations: async (...args) => jobs.jobOperations(db, ...args),
    moveJob: async (...args) => jobs.moveJob(db, ...args),
    inJobs: async (...args) => jobs.inJobs(db, ...args),
    sending: async (...args) => outbox.sending(db, ...args),
    settleOperations: async (...args) => outbox.settleOperations(db, ...args),
    operations: async (...args) => outboxRows.operations(db, ...args),
    sentOperations: async (...args) => outboxRows.sentOperations(db, ...args),
    countOperations: async (...args) => outboxRows.countOperations(db, ...args),
  } satisfies Partial<Store>;
}

function composeBudget(db: Db) {
  return {
    reserve: async (...args) => budget.reserve(db, ...args),
    reserveInWindow: async (...args) => budgetWindows.reserveInWindow(db, ...args),
    noteWindow: async (...args) => budgetWindows.noteWindow(db, ...args),
    window: async (...args) => budgetWindows.readWindow(db, ...args),
    settle: async (...args) => budget.settleSlot(db, ...args),
    spent: async (...args) => budget.spent(db, ...args),
    exhaust: async (...args) => budget.exhaust(db, ...args),
  } satisfies Partial<Store>;
}

function composeRuns(db: Db) {
  return {
    startRun: async (...args) => runs.startRun(db, ...args),
    endRun: async (...args) => runs.endRun(db, ...args),
    findRun: async (...args) => runs.findRun(db, ...args),
    runs: async (...args) => runs.runs(db, ...args),
    recordStop: async (...args) => runs.recordStop(db, ...args),
    stops: async (...args) => runs.stops(db, ...args),
    release: async (...args) => runs.release(db, ...args),
    isReleased: async (...args) => runs.isReleased(db, ...args),
  } satisfies Partial<Store>;
}

function composeVault(db: Db) {
  return {
    dataKeys: async () => vault.dataKeys(db),
    addDataKey: async (...args) => vault.addDataKey(db, ...args),
    signIn: async (...args) => vault.signIn(db, ...args),
    signIns: async () => vault.signIns(db),
    putSignIn: async (...args) => vault.putSignIn(db, ...args),
    renewSignIn: async (...args) => vault.renewSignIn(db, ...args),
    loseSignIn: async (...args) => vault.loseSignIn(db, ...args),
    removeSignIn: async (...args) => vault.removeSignIn(db, ...args),
    replaceDataKeys: async (...args) => vault.replaceDataKeys(db, ...args),
  } satisfies Partial<Store>;
}
