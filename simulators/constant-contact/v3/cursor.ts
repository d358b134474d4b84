/**
 * cursor: the opaque text that carries a walk from page to page.
 *
 * As decoded from recorded links: base64 of a query string that holds the limit, the filters and where to go on, nothing else
 * (`limit=5&next=2&status[]=all`). Whether cursors age, and what other parameters beside one do, is unknown: two switches.
 */
import type { ErrorForm, Refusal } from '../answer.ts';
import type { World } from '../../world/world.ts';
import { badQuery, type RawQuery } from './query.ts';

/** What a page was asked for: by parameters on the first, by the cursor from then on. */
export interface Walk {
  readonly raw: RawQuery;
  /** Where to go on: a page number or an id; null on the first page. */
  readonly next: string | null;
}

const LISTS: readonly string[] = ['status', 'sms_status', 'include', 'lists', 'tags'];

/** Remembers when cursors were handed out, for as long as a life time is set. */
export class CursorBook {
  readonly #world: World;
  readonly #handedOut = new Map<string, number>();

  constructor(world: World) {
    this.#world = world;
  }

  /** Writes the cursor of the page after this one. */
  write(raw: RawQuery, limit: number, next: string): string {
    const text = new URLSearchParams([
      ['limit', String(limit)],
      ['next', next],
    ]);
    for (const [name, value] of raw) {
      if (name === 'limit') continue;
      if (!LISTS.includes(name)) text.append(name, value);
      else for (const word of value.split(',')) text.append(`${name}[]`, word);
    }
    const cursor = Buffer.from(text.toString()).toString('base64');
    if (this.#world.switches.current.cursorLifeMs !== null) this.#handedOut.set(cursor, this.#world.clock.now());
    return cursor;
  }

  /** Reads what a request asks for; `known` are the parameters the call has. */
  read(raw: RawQuery, known: readonly string[], form: ErrorForm): Walk {
    const cursor = raw.get('cursor');
    if (cursor === undefined) return { raw, next: null };
    const beside = [...raw.keys()].filter((name) => name !== 'cursor');
    const unknown = beside.filter((name) => !known.includes(name));
    if (unknown.length > 0) throw badQuery([`${unknown.join(', ')} is not a known parameter`], form);
    if (beside.length > 0 && this.#world.switches.current.cursorWithParameters === 'refused') {
      throw badQuery([`${beside.join(', ')} cannot be combined with cursor`], form);
    }
    const text = cursor.replaceAll(' ', '+');
    this.#checkAge(text, form);
    return decode(text, form);
  }

  #checkAge(cursor: string, form: ErrorForm): void {
    const life = this.#world.switches.current.cursorLifeMs;
    if (life === null) return;
    const since = this.#handedOut.get(cursor);
    if (since === undefined || this.#world.clock.now() - since > life) throw expiredCursor(form);
  }
}

/** Makes the refusal of a cursor that is no longer good. */
export function expiredCursor(form: ErrorForm): Refusal {
  return badQuery(['cursor is invalid or has expired'], form);
}

function decode(cursor: string, form: ErrorForm): Walk {
  const text = Buffer.from(cursor, 'base64').toString();
  if (Buffer.from(text).toString('base64') !== cursor) throw expiredCursor(form);
  const raw = new Map<string, string>();
  let next: string | null = null;
  for (const [name, value] of new URLSearchParams(text)) {
    const plain = name.endsWith('[]') ? name.slice(0, -2) : name;
    const earlier = raw.get(plain);
    if (name === 'next') next = value;
    else raw.set(plain, earlier === undefined ? value : `${earlier},${value}`);
  }
  if (next === null) throw expiredCursor(form);
  return { raw, next };
}

/** Reads the page number a walk has come to. */
export function pageNumber(walk: Walk, form: ErrorForm): number {
  if (walk.next === null) return 1;
  const page = Number(walk.next);
  if (!Number.isInteger(page) || page < 1) throw expiredCursor(form);
  return page;
}
