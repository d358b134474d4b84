/**
 * inside: a vendor's host without sockets, for whoever runs it in the same thread on a clock that is not the machine's.
 *
 * Does what the door does, in the same order, and tells what became of the exchange; how long a broken one takes is told and
 * not waited for. It must never wait for anything real, or the same seed would not give the same history.
 */
import type { IncomingHttpHeaders } from 'node:http';
import type { Fault } from './faults/plan.ts';
import { USUAL_HANG, USUAL_REFUSAL, USUAL_SLOWNESS, type Arrival, type Host, type Outgoing } from './host.ts';

/** A request as it would arrive; headers have lower-case names. */
export interface InsideRequest {
  readonly method: string;
  /** Path with query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What became of it, and how many milliseconds pass before that is noticed. */
export type InsideOutcome =
  | { readonly kind: 'answer'; readonly answer: Outgoing; readonly afterMs: number }
  | { readonly kind: 'refused'; readonly afterMs: number }
  | { readonly kind: 'reset'; readonly afterMs: number };

/** Takes one request after the other. */
export type Inside = (request: InsideRequest) => InsideOutcome;

/** Opens a vendor's host inside this thread. */
export function openInside(host: Host): Inside {
  let refusesUntil = -Infinity;
  return (message) => {
    const at = host.now();
    if (at < refusesUntil) return { kind: 'refused', afterMs: 0 };
    const n = host.log.begin();
    const arrival = host.arrive(message);
    const { method, path, fault } = arrival;
    if (fault?.kind === 'refuse') refusesUntil = at + (fault.ms ?? USUAL_REFUSAL);
    const outcome = broken(fault) ?? answer(arrival, message.body);
    const status = outcome.kind === 'answer' ? outcome.answer.status : null;
    host.log.end({ n, at, method, path, status, fault: fault?.kind ?? null });
    return outcome;
  };
}

/** Tells how an exchange ends that never comes to the work. */
function broken(fault: Fault | null): InsideOutcome | null {
  switch (fault?.kind) {
    case 'refuse':
    case 'reset-before':
      return { kind: 'reset', afterMs: 0 };
    case 'timeout':
      return { kind: 'reset', afterMs: fault.ms ?? USUAL_HANG };
    default:
      return null;
  }
}

function answer(arrival: Arrival, body: string): InsideOutcome {
  const { fault } = arrival;
  const outgoing = arrival.answer(Buffer.from(body), false);
  if (fault?.kind === 'reset-after') return { kind: 'reset', afterMs: 0 };
  const afterMs = fault?.kind === 'slow' ? (fault.ms ?? USUAL_SLOWNESS) : 0;
  return { kind: 'answer', answer: outgoing, afterMs };
}
