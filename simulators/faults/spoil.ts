/**
 * spoil: what a fault makes of a good answer.
 *
 * Pure: an answer goes in, another comes out. Rows are doubled or dropped by their position, never by chance, so that a fault
 * does the same each time. Faults that touch the connection are in the door, not here.
 */
import type { Page } from '../constant-contact/answer.ts';
import type { Fault } from './plan.ts';

interface PlainReply {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Makes the answer of a fault that replaces the work; null where the work is to be done. */
export function instead<R>(fault: Fault, usual: (status: number) => R): R | PlainReply | null {
  switch (fault.kind) {
    case 'status': {
      const status = fault.status ?? 500;
      if (fault.body !== undefined) return { status, body: fault.body };
      return status < 400 ? { status, body: { status: 'processing' } } : usual(status);
    }
    case 'html':
      return {
        status: fault.status ?? 200,
        body: '<!DOCTYPE html><html><body><h1>Scheduled maintenance</h1></body></html>',
        headers: { 'content-type': 'text/html; charset=utf-8' },
      };
    case 'throttled':
      return { status: 429, body: { error_key: 'throttled', error_message: 'Too Many Requests' } };
    case 'quota_exceeded':
      return { status: 429, body: { error_key: 'quota_exceeded', error_message: 'Limit Exceeded' } };
    case 'activity-queue':
      return { status: 429, body: { error_key: 'activities.queue_full', error_message: 'Too many queued activities' } };
    default:
      return null;
  }
}

/** Spoils a page; `cursor` is the one the request came with. */
export function spoilPage(fault: Fault, page: Page, cursor: string | null): Page {
  switch (fault.kind) {
    case 'empty-list':
      return { ...page, items: [], next: null };
    case 'repeat-cursor':
      return { ...page, next: cursor ?? page.next };
    case 'items-twice':
      return { ...page, items: page.items.flatMap((item, n) => (n % 3 === 0 ? [item, item] : [item])) };
    case 'items-missing':
      return { ...page, items: page.items.filter((_, n) => n % 3 !== 0) };
    default:
      return page;
  }
}
