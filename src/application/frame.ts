/**
 * frame: opens a sync's parts around one session and tells how it ended, in the command line's terms.
 *
 * Closes what it opened, whatever happens. Must never word anything: codes and facts only.
 */
import type { Call } from '../cli/application.ts';
import { factsOf } from '../cli/messages.ts';
import type { Ending, Notice } from '../cli/results.ts';
import type { Sync } from '../config/config.ts';
import type { PassContext } from '../engine/context.ts';
import type { PassEvent } from '../engine/work-context.ts';
import type { PassEnd } from '../engine/pass.ts';
import { runSession, type SessionEnd } from '../engine/session.ts';
import { ConnectorError } from '../model/errors.ts';
import type { Installation } from './installation.ts';
import type { WaitInfo } from '../http/wire.ts';
import { openSide, openSource, specOf } from './parts.ts';

/** Runs work as the sync's only owner, with everything it needs open. */
export async function inSession(
  at: Installation,
  sync: Sync,
  call: Call,
  mode: PassContext['mode'],
  command: string,
  work: (ctx: PassContext) => Promise<PassEnd>,
): Promise<SessionEnd> {
  const { store, ports } = at;
  const onWait = ({ reason, ms }: WaitInfo): void =>
    call.progress({ sync: sync.name, phase: `waiting (${reason})`, stream: null, done: 0, total: ms });
  const opened = await openSource(at, sync.primary, onWait);
  const side = await openSide(at, sync, opened.people, onWait);
  try {
    const session = {
      ...ports,
      store,
      source: opened.source,
      lane: side.lane,
      signal: call.signal,
      credential: opened.credential,
      emit: (event: PassEvent) => tellProgress(sync, call, event),
      requests: () => ({
        [sync.primary.name]: opened.requests(),
        ...(side.requests === null ? {} : { [sync.secondary.name]: side.requests() }),
      }),
    };
    return await runSession(session, specOf(sync), mode, command, work);
  } finally {
    await side.close();
  }
}

/** So many requests are no news for an ordinary hour. */
const WORTH_TELLING = 50;

function tellProgress(sync: Sync, call: Call, event: PassEvent): void {
  if (event.kind === 'estimate' && event.estimate.calls >= WORTH_TELLING)
    call.progress({ sync: sync.name, phase: 'estimate', stream: null, done: 0, total: null, backfill: event.estimate });
  if (event.kind !== 'progress') return;
  const { phase, stream, done, total } = event;
  call.progress({ sync: sync.name, phase, stream, done, total });
}

/** Says how a session ended: outcome, what to mend, what else to know. */
export function endingOf(sync: Sync, { end, warnings }: SessionEnd): Ending {
  const notices: Notice[] = warnings
    .filter((warning) => warning.code !== 'guard' && warning.code !== 'other-account')
    .map((warning) => ({ level: 'warning', ...warning }));
  if (end.cause !== null) notices.push(causeOf(sync, end));
  const until = end.cause?.error instanceof ConnectorError ? end.cause.error.facts.until : undefined;
  return {
    outcome: end.outcome,
    reconnect: end.cause?.code === 'sign-in-again' ? String(end.cause.facts['connection'] ?? sync.primary.name) : null,
    messages: notices,
    ...(end.stopHash === null ? {} : { stopHash: end.stopHash }),
    ...(until === undefined ? {} : { resumeAt: until }),
    ...(end.cause?.code === 'other-owner' ? { owner: String(end.cause.facts['owner']) } : {}),
  };
}

function causeOf(sync: Sync, end: PassEnd): Notice {
  const cause = end.cause ?? { code: 'unexpected', facts: {} };
  const level = end.outcome === 'partial' ? 'warning' : 'error';
  const facts = { sync: sync.name, ...(end.stopHash === null ? {} : { hash: end.stopHash }), ...cause.facts };
  if (cause.error instanceof ConnectorError)
    return { level, code: cause.error.code, facts: { ...facts, ...factsOf(cause.error) } };
  if (cause.code === 'guard') return { level, code: String(cause.facts['reason'] ?? 'guard'), facts };
  return { level, code: cause.code, facts };
}
