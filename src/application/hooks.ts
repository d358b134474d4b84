/**
 * hooks: receives what systems tell by themselves, and keeps it before answering (I3, I16, C5).
 *
 * Decides the answer: 204 only for what is kept, known or too old to matter; one and the same 401 for every stranger,
 * wherever they knock. Must never act on a delivery: it names records, and a pass reads them.
 */
import { textHash } from '../model/hash.ts';
import type { Clock } from '../ports/clock.ts';
import type { Posted } from '../ports/inbound.ts';
import type { Inbox } from '../store/inbox.ts';
import { judgeDelivery, type Endpoint } from '../webhooks/judge-delivery.ts';

const KEPT = 204;
const STRANGER = 401;
const UNREADABLE = 422;
const LATER = 503;

/** What is told of deliveries; names connections and nobody else. */
export type HookEvent =
  | { readonly kind: 'hint'; readonly connection: string }
  /** An id that was used before came with another body. */
  | { readonly kind: 'alarm'; readonly connection: string };

export interface HookParts {
  readonly inbox: Inbox;
  readonly clock: Clock;
  /** By the connection's name. */
  readonly endpoints: ReadonlyMap<string, Endpoint>;
  readonly tell: (event: HookEvent) => void;
}

const PATH = /^\/hooks\/([A-Za-z][A-Za-z0-9_-]{0,62})$/u;

/** Answers one request with a status; throws what the store throws. */
export async function receive({ inbox, clock, endpoints, tell }: HookParts, posted: Posted): Promise<number> {
  const connection = PATH.exec(posted.path)?.[1];
  const endpoint = connection === undefined ? undefined : endpoints.get(connection);
  if (connection === undefined || endpoint === undefined) return STRANGER;
  const verdict = judgeDelivery(endpoint, posted.headers, posted.body, clock.now());
  if (verdict.kind === 'stranger') return STRANGER;
  if (verdict.kind === 'unreadable') return UNREADABLE;
  if (verdict.kind === 'stale') return KEPT;
  const { id: deliveryId, contacts: records } = verdict.delivery;
  const taken = await inbox.takeDelivery({ connection, deliveryId, bodyHash: textHash(posted.body), records });
  if (taken === 'full') return LATER;
  if (taken === 'other-body') tell({ kind: 'alarm', connection });
  if (taken === 'new' && records.length > 0) tell({ kind: 'hint', connection });
  return KEPT;
}
