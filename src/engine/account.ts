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
import { readMarks, writeMarks } from './people-state.ts';

const DAY_MS = 24 * 3_600_000;

/** Pins the account on first sight and compares it afterwards. Throws PassStopped `other-account`. */
export async function checkAccount(ctx: PassContext): Promise<void> {
  const marks = await readMarks(ctx);
  const now = ctx.clock.now();
  const sameCredential = marks.account?.credential === ctx.credential;
  if (sameCredential && !isDue(marks.identityAt, DAY_MS, now)) return;
  await ctx.keepLease();
  const account = await identify(ctx, sameCredential);
  if (account === null) return;
  if (marks.account !== null && marks.account.id !== account.id) {
    const hash = textHash(`${ctx.sync.name}\naccount\n${account.id}`);
    throw new PassStopped({ reason: 'other-account', expected: marks.account.id, found: account.id }, 'contacts', hash);
  }
  await writeMarks(ctx, {
    identityAt: now,
    account: { id: account.id, name: account.name, credential: ctx.credential },
  });
}

/** A pinned account whose page is down stays the same while the credential does: opt-outs do not wait for it. */
async function identify(ctx: PassContext, sameCredential: boolean): Promise<Account | null> {
  try {
    return await ctx.source.identify(ctx.signal);
  } catch (error) {
    if (!sameCredential || !isErrorOf(error, 'unavailable', 'forbidden', 'refused_request', 'not_found')) throw error;
    warn(ctx, 'channel-down', { channel: 'account', status: error.facts.status ?? null, code: error.code });
    return null;
  }
}
