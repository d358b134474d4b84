/**
 * What a source connector promises: reading, in small abilities. Interfaces only.
 *
 * The engine plans by these abilities and capabilities and never by a connector's name. A connector reads and
 * classifies; it neither waits nor retries (the wire does) and never touches the store.
 */
import type { Page, Reading, StreamName } from '../model/record.ts';

/** What a connector promises about one stream. Declared, never guessed. */
export interface StreamCapabilities {
  /** `snapshot-only`: each pass lists the whole stream. */
  readonly changes: 'incremental' | 'snapshot-only';
  /** `reported`: a deleted record is shown as deleted somewhere; `by-absence`: it only vanishes from listings. */
  readonly removals: 'reported' | 'by-absence';
}

export interface Account {
  /** Stable id of the account: another one behind the same connection stops the sync. */
  readonly id: string;
  readonly name: string | null;
  readonly sourceTime: number | null;
}

/** Result of reading one record directly: the only proof that a record which vanished from a listing is gone. */
export type DirectRead =
  | { readonly kind: 'found'; readonly reading: Reading; readonly sourceTime: number | null }
  | { readonly kind: 'gone' }
  | { readonly kind: 'refused'; readonly reason: string };

export interface MembersOf {
  /** How many people one page shows. */
  readonly page: number;
  read(what: 'lists' | 'tags', id: string, from: string | null, signal: AbortSignal): Promise<Page>;
}

export interface SourceConnector {
  readonly streams: ReadonlyMap<StreamName, StreamCapabilities>;
  /** Null where a source has no opt-outs beside its ordinary changes. */
  readonly optOuts: OptOutChannels | null;

  /** Reads whose account this is. Throws ConnectorError. */
  identify(signal: AbortSignal): Promise<Account>;
  /** Reads what the signed-in user may do; used by `check` only. */
  privileges(signal: AbortSignal): Promise<readonly string[]>;
  /** Reads one page of every record, deleted ones included; `from` is a page's `next`, null for the first. Throws `cursor_gone`. */
  snapshot(stream: StreamName, from: string | null, signal: AbortSignal): Promise<Page>;
  /** Reads one page of what changed at or after `since` (source's ISO text), deleted ones included where the source shows them. */
  changes(stream: StreamName, since: string, from: string | null, signal: AbortSignal): Promise<Page>;
  /** Reads the people who are on a list or bear a tag, whatever their permission; null: the source cannot tell. */
  readonly members: MembersOf | null;
  /** Reads one record by id, with every sub-resource. */
  readOne(stream: StreamName, id: string, signal: AbortSignal): Promise<DirectRead>;
}

/** Totals by consent state as the source counts them; null where the answer lacks that figure. */
export interface PeopleCounts {
  readonly total: number | null;
  readonly explicit: number | null;
  readonly implicit: number | null;
  readonly pending: number | null;
  readonly unsubscribed: number | null;
  readonly sourceTime: number | null;
}

/** A campaign that was sent, with the reports to ask for its opt-outs. */
export interface SentCampaign {
  readonly campaignId: string;
  /** ISO UTC text. */
  readonly lastSent: string;
  readonly optOuts: number | null;
}

/** One row of a campaign's opt-out report: this person opted out then. */
export interface OptOutNotice {
  readonly contactId: string;
  /** As it was then; null where the row lacks it. */
  readonly address: string | null;
  /** ISO UTC text; null where the row lacks it. */
  readonly at: string | null;
  readonly reason: string | null;
}
export interface NoticePage {
  /** Newest first. */
  readonly notices: readonly OptOutNotice[];
  readonly refused: number;
  readonly next: string | null;
  readonly sourceTime: number | null;
}

/** One row of a campaign's bounce report: the mailing came back from this address then. Nobody said anything. */
export interface BounceNotice {
  readonly contactId: string;
  /** As it was then. */
  readonly address: string;
  /** The source's own letter for the reason, documented or not. */
  readonly code: string;
  /** ISO UTC text; null where the row lacks it. */
  readonly at: string | null;
}
export interface BouncePage {
  /** Newest first. */
  readonly notices: readonly BounceNotice[];
  readonly refused: number;
  readonly next: string | null;
}

/**
 * The independent ways by which an opt-out can become known beside ordinary changes. Each may be dead, refused or
 * lying on a given account; the engine compares them.
 */
export interface OptOutChannels {
  /** Reads one page of the contacts that opted out at or after `after` (source's ISO text), if the source honours the filter. */
  window(after: string, from: string | null, signal: AbortSignal): Promise<Page>;
  /** Reads the totals. */
  counts(signal: AbortSignal): Promise<PeopleCounts>;
  /** Reads one page of everyone who is unsubscribed, or deleted. */
  sweep(which: 'unsubscribed' | 'deleted', from: string | null, signal: AbortSignal): Promise<Page>;
  /** Lists the campaigns sent at or after `after` (ISO), newest first; one page is enough unless `next` says otherwise. */
  sentCampaigns(
    after: string,
    from: string | null,
    signal: AbortSignal,
  ): Promise<{ readonly campaigns: readonly SentCampaign[]; readonly next: string | null }>;
  /** Lists the ids of a campaign's opt-out reports (its sent activities). */
  reportIds(campaignId: string, signal: AbortSignal): Promise<readonly string[]>;
  /** Reads one page of a report's opt-outs, newest first. */
  report(reportId: string, from: string | null, signal: AbortSignal): Promise<NoticePage>;
  /** Reads one page of the addresses that a mailing came back from, newest first. The only place that names them. */
  bounces(reportId: string, from: string | null, signal: AbortSignal): Promise<BouncePage>;
}
