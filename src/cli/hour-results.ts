/** What `status` answers about a budget that a vendor counts by the hour, as plain facts. */

/** The hour that all tools of an organisation share, as the vendor counts it. */
export interface HourStatus {
  readonly group: string;
  /** Requests of an hour; what the file says until the vendor has told. */
  readonly perHour: number;
  /** How many of this hour are gone, whoever sent them; null: none was ever sent from here. */
  readonly used: number | null;
  /** How many Concord may still send in this hour; the rest is left to the organisation's other tools. */
  readonly left: number;
  /** When the hour ends; null where no hour is running. */
  readonly endsAt: number | null;
  /** When work goes on that can wait; null: it does. Opt-outs never wait for it. */
  readonly pausedUntil: number | null;
}
