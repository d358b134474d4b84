/**
 * delivery: what a webhook's body names: ids of contacts that may have moved (I16).
 *
 * Pure. Reads the two forms that receivers have seen, one record under its own name and a batch under `models`, and
 * nothing of them but ids and a time: what a contact is now is read from its system. Unknown keys mean nothing.
 */
import { textHash } from '../model/hash.ts';

export interface Delivery {
  /** The sender's own id, else one made of the body: the batched form has none. */
  readonly id: string;
  /** When the event happened, ms since 1970; null where it does not say so in a form that we know. */
  readonly at: number | null;
  /** Ids of contacts, each once; none for an event about something else. */
  readonly contacts: readonly string[];
}

/** More in one body than a sender has reason to put there. */
const MOST_RECORDS = 10_000;
const MOST_ID = 200;

/** Reads a body; null when it is no delivery. */
export function readDelivery(body: Uint8Array): Delivery | null {
  const said = parse(body);
  if (said === null) return null;
  const models = said['models'] ?? [said];
  if (!Array.isArray(models) || models.length > MOST_RECORDS) return null;
  const contacts = models.flatMap((model) => {
    const id = idOf(member(model, 'contact'));
    return id === null ? [] : [id];
  });
  const eventId = said['eventId'];
  const named = typeof eventId === 'string' && eventId !== '' && eventId.length <= MOST_ID;
  return {
    id: named ? eventId : `body:${textHash(body)}`,
    at: timeOf(said['eventDateTimeUtc']),
    contacts: [...new Set(contacts)],
  };
}

function parse(body: Uint8Array): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

/** A contact's id is a positive whole number; as text it is the same one. */
function idOf(contact: unknown): string | null {
  const id = member(contact, 'id');
  const text = typeof id === 'number' ? String(id) : id;
  return typeof text === 'string' && /^[1-9][0-9]{0,15}$/u.test(text) ? text : null;
}

/** Times come without a zone letter and mean UTC. */
function timeOf(said: unknown): number | null {
  if (typeof said !== 'string') return null;
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d{1,9})?Z?$/u.exec(said);
  const at = match === null ? Number.NaN : Date.parse(`${match[1]}Z`);
  return Number.isNaN(at) ? null : at;
}

function member(value: unknown, key: string): unknown {
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
