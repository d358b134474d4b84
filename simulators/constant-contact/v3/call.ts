/**
 * call: one call of V3 as its handler sees it, and the shape of a route.
 *
 * By the time a handler runs, faults before the work, the token, the quota, scopes and privileges have been dealt with; a handler
 * of a GET reads the world and never writes to it.
 */
import type { World } from '../../world/world.ts';
import type { ErrorForm, Reply } from '../answer.ts';
import type { CursorBook } from './cursor.ts';
import type { RawBody } from './body.ts';
import type { RawQuery } from './query.ts';

export interface Call {
  readonly world: World;
  readonly cursors: CursorBook;
  readonly raw: RawQuery;
  /** Empty for a call that has none. */
  readonly body: RawBody;
  /** The id in the path, or empty. */
  readonly id: string;
  /** The path as the next link of a page names it. */
  readonly path: string;
  readonly form: ErrorForm;
  /** Set by a fault: contacts are shown as before their changes after this instant. */
  readonly staleSince: number | null;
}

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

export interface Route {
  /** GET when left out. */
  readonly method?: Method;
  /** The path below `/v3`, with `{id}` for one segment. */
  readonly path: string;
  readonly scopes: readonly string[];
  readonly privilege: string | null;
  readonly form: ErrorForm;
  /** Whether it answers pages of a collection. */
  readonly collection: boolean;
  readonly mayRepeat?: readonly string[];
  readonly handle: (call: Call) => Reply;
}
