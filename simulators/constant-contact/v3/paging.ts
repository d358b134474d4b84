/**
 * paging: pages by page number over any list that is short enough to be made anew for each page.
 *
 * As with contacts, the list is the one of the moment: what comes in at the front moves the rest.
 */
import type { Reply } from '../answer.ts';
import type { Call } from './call.ts';
import { pageNumber, type Walk } from './cursor.ts';

/** Answers one page of a list. */
export function pageOf<T>(
  call: Call,
  walk: Walk,
  parts: {
    readonly key: string;
    readonly rows: readonly T[];
    readonly limit: number;
    readonly render: (row: T) => unknown;
    readonly more?: Readonly<Record<string, unknown>>;
  },
): Reply {
  const page = pageNumber(walk, call.form);
  const { key, rows, limit, render, more = {} } = parts;
  const hasMore = page * limit < rows.length;
  return {
    page: {
      path: call.path,
      key,
      items: rows.slice((page - 1) * limit, page * limit).map(render),
      next: hasMore ? call.cursors.write(walk.raw, limit, String(page + 1)) : null,
      more,
    },
  };
}
