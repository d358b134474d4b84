/**
 * inside: the vendor's host without sockets, for whoever runs it in the same thread on a clock that is not the machine's.
 *
 * Does what the door does, in the same order, and tells what became of the exchange; how long a broken one takes is told and
 * not waited for. It must never wait for anything real, or the same seed would not give the same history.
 */
import type { IncomingHttpHeaders } from 'node:http';
import type { Fault } from '../faults/plan.ts';
import {
  readRequest,
  render,
  replyTo,
  strike,
  USUAL_HANG,
  USUAL_REFUSAL,
  type DoorParts,
  type Outgoing,
} from './door.ts';

const USUAL_SLOWNESS = 1_000;

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

/** Opens the vendor's host inside this thread. */
export function openInside(parts: DoorParts): Inside {
  let refusesUntil = -Infinity;
  return (message) => {
    const at = parts.world.clock.now();
    if (at < refusesUntil) return { kind: 'refused', afterMs: 0 };
    const n = parts.log.begin();
    const request = readRequest(message);
    const fault = strike(parts, request);
    if (fault?.kind === 'refuse') refusesUntil = at + (fault.ms ?? USUAL_REFUSAL);
    const outcome = broken(fault) ?? answer(parts, message, fault);
    const status = outcome.kind === 'answer' ? outcome.answer.status : null;
    const path = request.path + request.search;
    parts.log.end({ n, at, method: request.method, path, status, fault: fault?.kind ?? null });
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

function answer(parts: DoorParts, message: InsideRequest, fault: Fault | null): InsideOutcome {
  const request = readRequest(message);
  const reply = replyTo(parts, request, { message, body: Buffer.from(message.body), fault, clashes: false });
  if (fault?.kind === 'reset-after') return { kind: 'reset', afterMs: 0 };
  const afterMs = fault?.kind === 'slow' ? (fault.ms ?? USUAL_SLOWNESS) : 0;
  return { kind: 'answer', answer: render(parts, reply, request, fault), afterMs };
}
