/**
 * probe: asks an account whether it honours the opt-out window, and reads that window while it is worth its call.
 *
 * The judgement is pure (rules/optout-probe). A window that stops naming people whom another channel knows is found
 * blind, and those people are named in an alarm. Must never let an ignored filter page through a whole account.
 */
import type { OptOutChannels } from '../connector/source.ts';
import { isErrorOf } from '../model/errors.ts';
import { instantOf, isoOf } from '../model/instant.ts';
import type { Page } from '../model/record.ts';
import { judgeWindow, worthReading, type ProbeOutcome } from '../rules/optout-probe.ts';
import type { Shelf } from '../store/rows.ts';
import { readSince } from './changes.ts';
import { waitKey, warn, type PassContext } from './context.ts';
import { runChannel } from './channels.ts';
import { readDirectly } from './missing.ts';
import { writeMarks, type PeopleMarks } from './people-state.ts';
import { storePage } from './store-page.ts';

/** A listing may lag behind a change by this much; one public client waits as long before it trusts a window. */
const INDEX_DELAY_MS = 2 * 60_000;
const MOST_ASKED = 200;
const MOST_LOOKED_AT = 3;

interface Answered {
  readonly id: string;
  readonly optOutDate: string | null;
}

/** What the window answered in this pass; null when it was not read to its end. */
export interface WindowSeen {
  readonly since: string;
  /** When it was asked, by the source's clock where it told one. */
  readonly askedAt: number;
  readonly ids: ReadonlySet<string>;
}

/** Reads the window since its cursor, unless the probe found it useless. */
export async function readWindowChannel(
  ctx: PassContext,
  shelf: Shelf,
  channels: OptOutChannels,
  marks: PeopleMarks,
): Promise<WindowSeen | null> {
  if (marks.probe !== null && !worthReading(marks.probe.outcome)) return null;
  const ids = new Set<string>();
  const found = { ignored: false };
  const asked = { since: '', at: null as number | null };
  const began = ctx.clock.now();
  try {
    const read = await readSince(ctx, shelf, {
      channel: 'window',
      fetch: (since, from) => {
        asked.since = since;
        return channels.window(since, from, ctx.signal);
      },
      onPage: (page) => {
        asked.at ??= page.sourceTime;
        for (const row of answeredBy(page)) ids.add(row.id);
        found.ignored =
          judgeWindow({ after: asked.since, answered: answeredBy(page), expected: [], complete: false }) === 'ignored';
        return found.ignored ? 'stop' : undefined;
      },
    });
    if (found.ignored) await conclude(ctx, marks, 'ignored');
    return read !== null && read.complete ? { since: read.since, askedAt: asked.at ?? began, ids } : null;
  } catch (error) {
    if (isErrorOf(error, 'refused_request', 'forbidden')) await conclude(ctx, marks, 'refused');
    throw error;
  }
}

/** Asks for somebody whose opt-out is known. One call; more only while the filter is honoured and the answer is long. */
export async function probeWindow(
  ctx: PassContext,
  shelf: Shelf,
  channels: OptOutChannels,
  marks: PeopleMarks,
): Promise<void> {
  // Whom the listing may not show yet proves nothing.
  const indexed = ctx.clock.now() - INDEX_DELAY_MS;
  const expected = (await knownOuts(ctx, shelf, -Infinity)).filter((out) => out.at <= indexed);
  // With nobody known as out, a time that nobody can have opted out after still tells an ignored filter from the rest.
  const newestAt = expected[0]?.at ?? ctx.clock.now();
  const after = isoOf(newestAt - 2000);
  const due = expected.filter((out) => out.at >= newestAt - 1000).map((out) => out.id);
  try {
    await ctx.keepLease();
    const page = await channels.window(after, null, ctx.signal);
    const outcome = judgeWindow({ after, answered: answeredBy(page), expected: due, complete: page.next === null });
    if (outcome !== 'ignored') await storePage(ctx, shelf, page, { channel: 'window', walk: null });
    const named = new Set(page.readings.map(({ id }) => id));
    const missed = due.filter((id) => !named.has(id));
    const proven = outcome !== 'blind' || (await isAnyStillOut(ctx, shelf, missed));
    await conclude(ctx, marks, proven ? outcome : 'unproven');
  } catch (error) {
    if (!isErrorOf(error, 'refused_request', 'forbidden')) throw error;
    await conclude(ctx, marks, 'refused');
  }
}

/**
 * Looks at the first of those whom the window did not name: whoever came back since they were read proves nothing against it. Who
 * cannot be read is taken to be out still, for a window is worth more doubt than trust (I2).
 */
async function isAnyStillOut(ctx: PassContext, shelf: Shelf, missed: readonly string[]): Promise<boolean> {
  for (const id of missed.slice(0, MOST_LOOKED_AT)) {
    const found = { out: true };
    await runChannel(ctx, 'direct-read', async () => {
      const answer = await readDirectly(ctx, shelf, { id }, 'window');
      found.out = answer === 'refused' || (answer === 'found' && (await isUnsubscribed(ctx, shelf, id)));
    });
    if (found.out) return true;
  }
  return false;
}

async function isUnsubscribed(ctx: PassContext, shelf: Shelf, id: string): Promise<boolean> {
  // A standing OUT keeps the record out; that the source shows them as mailable is on record as a contradiction.
  const contradicted = ctx.waits.has(waitKey('contacts', id, 'opt-out-contradicted'));
  return !contradicted && (await ctx.store.known(shelf, [id])).get(id)?.state === 'unsubscribed';
}

/** Compares what the window named with what the other channels found in its range; who is missing proves it blind. */
export async function crossCheck(
  ctx: PassContext,
  shelf: Shelf,
  seen: WindowSeen | null,
  marks: PeopleMarks,
): Promise<void> {
  if (seen === null) return;
  const since = (instantOf(seen.since) ?? Infinity) + 1000;
  const indexed = seen.askedAt - INDEX_DELAY_MS;
  const late = (await knownOuts(ctx, shelf, since)).filter((out) => out.at <= indexed && !seen.ids.has(out.id));
  if (late.length === 0) return;
  await conclude(ctx, marks, 'blind');
  await ctx.store.wait(
    ctx.lease,
    late.map((out) => ({
      kind: 'alarm',
      stream: 'contacts',
      id: out.id,
      reason: 'window-blind',
      detail: { foundBy: out.foundBy },
      run: ctx.run,
    })),
    [],
  );
}

interface KnownOut {
  readonly id: string;
  readonly at: number;
  readonly foundBy: string;
}

/** People who are unsubscribed still, with the time of their OUT, newest first; not those whom the source shows as mailable. */
async function knownOuts(ctx: PassContext, shelf: Shelf, since: number): Promise<KnownOut[]> {
  const facts = await ctx.store.newestOuts(shelf, MOST_ASKED);
  return facts.flatMap((fact) => {
    const at = instantOf(fact.at);
    const contradicted = ctx.waits.has(waitKey('contacts', fact.contactId, 'opt-out-contradicted'));
    return at === null || at < since || contradicted ? [] : [{ id: fact.contactId, at, foundBy: fact.channel }];
  });
}

async function conclude(ctx: PassContext, marks: PeopleMarks, outcome: ProbeOutcome): Promise<void> {
  // An unproven answer says nothing against an earlier proof.
  if (outcome === 'unproven' && marks.probe?.outcome === 'works') return;
  if (!worthReading(outcome)) warn(ctx, 'optout-window-useless', { outcome });
  await writeMarks(ctx, { probe: { outcome, at: ctx.clock.now() } });
}

function answeredBy(page: Page): Answered[] {
  return page.readings.map((reading) => {
    const date = reading.content['opt_out_date'];
    return { id: reading.id, optOutDate: typeof date === 'string' ? date : null };
  });
}
