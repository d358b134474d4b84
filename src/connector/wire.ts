/**
 * The wire: what a connector sends through. One client, one retry loop, one budget for each budget group.
 *
 * Interface only; `http/` implements it. A connector hands in a pure request and gets a pure answer: waiting, counting
 * and retrying happen here and nowhere else.
 */
import type { ErrorClass } from '../model/errors.ts';

/** A request as a pure value. */
export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path below the connection's base URL, such as `/contacts`; never with a query. Exactly one of `path` and `link`. */
  readonly path?: string;
  /** A next link as the vendor gave it, already confined to the connection's host and base path by the connector. */
  readonly link?: string;
  /** Encoded here, `+` included; an undefined value is left out. */
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly json?: unknown;
  /** Tells of opt-outs: may use the last of the day's budget, which is kept for such requests (I3). */
  readonly urgent?: boolean;
  /** A success of this request may come without a body: such an answer is one, and its `body` undefined. */
  readonly mayBeEmpty?: boolean;
  /** Who asks will ask for less instead: not sent again where the source is reached and does not answer it. */
  readonly oneTry?: boolean;
  /** Leave the elements of this top-level array as text where the answer's layout allows: `array` and each element's first key. */
  readonly apart?: { readonly array: string; readonly first: string };
}

/** A complete, well-formed answer with a status below 400: JSON, or nothing where nothing may come. */
export interface ApiAnswer {
  readonly status: number;
  /** Parsed JSON; undefined for an empty body. Prototype keys are data here: read own properties only. */
  readonly body: unknown;
  /** The elements that were asked for apart, as UTF-8 text; `body` then has an empty array in their place. Absent: all is in `body`. */
  readonly apart?: readonly Buffer[];
  /** Ms since 1970 by the Date header; null when it is missing or unreadable. */
  readonly sourceTime: number | null;
}

/** How a connector reads a failed answer: its class and the vendor's own key, from status and body. */
export interface Classified {
  readonly code: string;
  readonly errorClass: ErrorClass;
  readonly vendorKey: string | null;
}
export type Classify = (status: number, body: unknown) => Classified;

export interface Wire {
  /** Sends a read: tried at most 5 times within 60 s, paced by the budget. Throws ConnectorError. */
  read(request: ApiRequest, signal: AbortSignal): Promise<ApiAnswer>;
  /**
   * Sends a request that changes something: counted before it leaves, and never sent twice unless nothing of it arrived
   * or the source said that it did not take it (I6). Throws ConnectorError: `unknown_outcome` where nobody knows.
   */
  write(request: ApiRequest, signal: AbortSignal): Promise<ApiAnswer>;
  /** How many requests went out since this wire was made, retries and token calls included. */
  readonly sent: number;
  /** The last measured difference, source clock minus ours, in ms; null before the first answer. */
  readonly skewMs: number | null;
}
