/**
 * What the parts of the store's conformance suite share: a place to open stores in, and the smallest valid values.
 *
 * Knows the contract alone, so that every implementation runs the same tests. Must never know a database.
 */
import { createFakeClock } from './fake-clock.ts';
import type { ConsentFact } from '../model/consent.ts';
import type { Clock } from '../ports/clock.ts';
import { noSteps, type Steps } from '../ports/steps.ts';
import type {
  JournalEntry,
  Lease,
  LinkToStore,
  NewOperation,
  Owner,
  PageToStore,
  Shelf,
  Take,
  Waiting,
  WalkStep,
} from '../store/rows.ts';
import type { Store } from '../store/store.ts';
import type { PairOf, Renewal, StoredSignIn, WrappedKey } from '../store/vault.ts';

export interface StoreSetting {
  readonly tenant: string;
  readonly clock: Clock;
  readonly steps: Steps;
  readonly isAlive: (owner: Owner) => boolean | null;
}
/** One empty place (a file, a database) with a store opened in it. */
export interface OpenedStore {
  readonly store: Store;
  readonly file?: string;
  /** Opens a further handle on the same place, as another process or tenant would. */
  another(setting: StoreSetting): Promise<Store>;
  /** Lets go of the first store and opens it again, as the next process would. */
  reopen(setting: StoreSetting): Promise<Store>;
  /** Closes every handle and removes the place. */
  close(): Promise<void>;
}
/** What an implementation hands to the suite. */
export interface StoreUnderTest {
  open(setting: StoreSetting): Promise<OpenedStore>;
}

export const START = Date.UTC(2026, 10, 21, 12);
export const SYNC = 'copy';
export const TTL = 60_000;

/** Makes a setting; what is not given is a fixed clock, one tenant, no crash, and owners of whom nothing is known. */
export function setting(more: Partial<StoreSetting> = {}): StoreSetting {
  return { tenant: 'default', clock: createFakeClock(START), steps: noSteps, isAlive: () => null, ...more };
}

/** Runs a test in a place of its own. */
export async function inPlace<T>(
  under: StoreUnderTest,
  how: StoreSetting,
  run: (place: OpenedStore) => Promise<T>,
): Promise<T> {
  const place = await under.open(how);
  try {
    return await run(place);
  } finally {
    await place.close();
  }
}

export class Crash extends Error {
  override readonly name = 'Crash';
}
/** Steps that throw at one point once they are armed. */
export function crashAt(point: string): Steps & { armed: boolean; readonly seen: string[] } {
  const seen: string[] = [];
  return {
    armed: false,
    seen,
    reached(reached) {
      if (!this.armed) return;
      seen.push(reached);
      if (reached === point) throw new Crash(point);
    },
  };
}

export function owner(id: string): Owner {
  return { id, host: 'host-1', pid: 100 };
}

/** Takes the sync, which must be free. */
export async function lease(store: Store, id = 'owner-1', sync = SYNC): Promise<Lease> {
  const answer = await store.acquireLease(sync, owner(id), TTL);
  if (answer.kind !== 'yours') throw new Error(`the sync is taken by ${answer.owner.id}`);
  return answer.lease;
}

/** A store with its lease and its shelf of contacts: what most tests begin with. */
export interface Ready {
  readonly store: Store;
  readonly lease: Lease;
  readonly shelf: Shelf;
}
export async function ready(store: Store, sync = SYNC): Promise<Ready> {
  return { store, lease: await lease(store, 'owner-1', sync), shelf: await store.shelf(sync, 'primary', 'contacts') };
}

export function take(id: string, hash: string, more: Partial<Take> = {}): Take {
  const content = JSON.stringify({ id, hash });
  return { id, hash, version: `v-${hash}`, state: 'implicit', matchKey: null, content, agreed: false, ...more };
}

export function page(more: Partial<PageToStore> = {}): PageToStore {
  const nothing = { takes: [], seen: [], walk: null, cursors: {}, marks: {}, facts: [], waiting: [], settled: [] };
  return { ...nothing, readAt: START, journal: [], ...more };
}

export function step(walkId: number, next: string | null, more: Partial<WalkStep> = {}): WalkStep {
  return { walkId, next, startedSource: null, total: null, ...more };
}

export function fact(contactId: string, more: Partial<ConsentFact> = {}): ConsentFact {
  const at = '2026-11-20T10:00:00Z';
  const rest = {
    matchKey: null,
    medium: 'email',
    scope: 'all',
    sync: SYNC,
    side: 'primary',
    channel: 'changes',
    actor: 'person',
    evidence: 'reading',
    run: 'run-1',
  } as const;
  return { contactId, fact: 'out', at, readAt: START, ...rest, ...more };
}

export function waits(id: string, more: Partial<Waiting> = {}): Waiting {
  return { kind: 'parked', stream: 'contacts', id, reason: 'refused', detail: { why: id }, run: 'run-1', ...more };
}

export function entry(id: string | null, more: Partial<JournalEntry> = {}): JournalEntry {
  const stream = id === null ? null : ('contacts' as const);
  return {
    run: 'run-1',
    stream,
    id,
    event: 'updated',
    rule: 'primary-wins',
    before: { a: 1 },
    after: null,
    evidence: null,
    ...more,
  };
}

export function link(primaryId: string, secondaryId: string, more: Partial<LinkToStore> = {}): LinkToStore {
  const baseline = { hash: `b-${primaryId}`, fields: { first_name: 'Ann' } };
  return { stream: 'contacts', primaryId, secondaryId, baseline, agrees: null, ...more };
}

export function operation(primaryId: string, more: Partial<NewOperation> = {}): NewOperation {
  const baseline = { hash: 'b', fields: { first_name: 'Ann' } };
  return {
    stream: 'contacts',
    lane: 'live',
    primaryId,
    recordId: 1,
    recordHash: 'h',
    payload: { set: { first_name: primaryId } },
    baseline,
    secondaryId: `s-${primaryId}`,
    journal: [entry(primaryId)],
    ...more,
  };
}

export function wrappedKey(keyId: string): WrappedKey {
  return { keyId, masterId: 'master-1', wrapped: Buffer.from(`wrapped ${keyId}`) };
}

export function signedIn(connection: string, more: Partial<StoredSignIn> = {}): StoredSignIn {
  const dates = { signedInAt: START, usedAt: START, accessUntil: START + 86_400_000, lostAt: null };
  const sealed = Buffer.from(`sealed for ${connection}`);
  return { connection, signIn: 'sign-in-1', generation: 1, keyId: 'key-1', sealed, renewable: true, ...dates, ...more };
}

export function renewal(more: Partial<Renewal> = {}): Renewal {
  return { keyId: 'key-1', sealed: Buffer.from('sealed anew'), usedAt: START + 5, accessUntil: null, ...more };
}

export function resealed(
  connection: string,
  more: Partial<StoredSignIn> = {},
): PairOf & {
  readonly from: string;
  readonly sealed: Uint8Array;
} {
  const { signIn, generation, keyId: from } = signedIn(connection, more);
  return { connection, signIn, generation, from, sealed: Buffer.from('under another key') };
}

export const NOTHING_ELSE = { waiting: [], settled: [], journal: [] } as const;
export const AGREED_ONLY = { dropContent: false, journal: [], waiting: [], settled: [], marks: {} } as const;
export const CLOSED_ONLY = { cursors: {}, marks: {}, journal: [] } as const;
