/**
 * account: is this still the account the sync was begun with (T35)?
 *
 * Read daily and whenever the credential has changed. Another account stops the sync before anything of it is read into
 * the store: a reconnect elsewhere must never look like a mass deletion and a mass import.
 */
import type { Account } from '../connector/source.ts';
import { isErrorOf } from '../model/errors.ts';
import { textHash } from '../model/hash.ts';
import { isDue } from '../rules/cadence.ts';
import { PassStopped, warn, type PassContext } from './context.ts';
import type { WorkContext } from './work-context.ts';

const DAY_MS = 24 * 3_600_000;

/** Who tells whose account a connection is, and under which marks that is remembered. */
export interface Pinned {
  readonly source: { identify(signal: AbortSignal): Promise<Account> };
  /** Changes when the signed-in identity may have. */
  readonly credential: string;
  readonly marks: 'people' | 'crm';
}
interface PinnedAccount {
  readonly id: string;
  readonly name: string | null;
  readonly credential: string;
}

/** Pins the primary's account on first sight and compares it afterwards. Throws PassStopped `other-account`. */
export function checkAccount(ctx: PassContext): Promise<void> {
  return pinAccount(ctx, { source: ctx.source, credential: ctx.credential, marks: 'people' });
}

/** Tells which account a sync was begun with, or null. */
export async function pinnedAccount(
  store: Pick<WorkContext['store'], 'mark'>,
  sync: string,
  marks: Pinned['marks'],
): Promise<PinnedAccount | null> {
  return (await store.mark(sync, `${marks}:account`)) as PinnedAccount | null;
}

/** Pins an account on first sight and compares it afterwards. Throws PassStopped `other-account`. */
export async function pinAccount(ctx: WorkContext, pinned: Pinned): Promise<void> {
  const mark = (key: string): Promise<unknown> => ctx.store.mark(ctx.sync.name, `${pinned.marks}:${key}`);
  const known = (await mark('account')) as PinnedAccount | null;
  const now = ctx.clock.now();
  const sameCredential = known?.credential === pinned.credential;
  if (sameCredential && !isDue((await mark('identityAt')) as number | null, DAY_MS, now)) return;
  await ctx.keepLease();
  const account = await identify(ctx, pinned, sameCredential);
  if (account === null) return;
  if (known !== null && known.id !== account.id) {
    const hash = textHash(`${ctx.sync.name}\naccount\n${account.id}`);
    throw new PassStopped({ reason: 'other-account', expected: known.id, found: account.id }, 'contacts', hash);
  }
  await ctx.store.setMarks(ctx.lease, {
    [`${pinned.marks}:identityAt`]: now,
    [`${pinned.marks}:account`]: { id: account.id, name: account.name, credential: pinned.credential },
  });
}

/** A pinned account whose page is down stays the same while the credential does: opt-outs do not wait for it. */
async function identify(ctx: WorkContext, { source }: Pinned, sameCredential: boolean): Promise<Account | null> {
  try {
    return await source.identify(ctx.signal);
  } catch (error) {
    if (!sameCredential || !isErrorOf(error, 'unavailable', 'forbidden', 'refused_request', 'not_found')) throw error;
    warn(ctx, 'channel-down', { channel: 'account', status: error.facts.status ?? null, code: error.code });
    return null;
  }
}
