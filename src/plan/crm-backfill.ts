/**
 * crm-backfill: how many calls, and how long, a whole account takes to reach a CRM, and which way costs the fewest.
 *
 * Pure arithmetic, told before anything starts. The CRM's budget belongs to all tools of the organisation: a share of it
 * is ours, and live changes take theirs first. A batch of submissions is one call for many people, and only where people
 * are submitted at all. Must never promise: what a review holds back takes as long as people take.
 */

export interface BackfillCounts {
  /** People of the account who are to be looked for at the CRM. */
  readonly people: number;
  /** Of them those whom the CRM is thought to have; the others are made. */
  readonly met: number;
}

/** What one thing costs at the CRM, in calls. */
export interface BackfillCosts {
  /** To look for one person; 0 where all contacts are read into the store first. */
  readonly find: number;
  /** To read all contacts once. */
  readonly readAll: number;
  /** To bring one who was met into step: reference, fields, tags. */
  readonly bringIntoStep: number;
  /** To make one person by themselves. */
  readonly make: number;
  /** How many people one submission may hold; null: there is none, or people are made directly. */
  readonly batch: number | null;
}

export interface BackfillPace {
  /** Calls an hour, for all tools of the organisation. */
  readonly perHour: number;
  /** Which part of it is ours, in percent. */
  readonly sharePercent: number;
  /** Calls an hour that live changes take from our part. */
  readonly live: number;
}

export interface BackfillEstimate {
  readonly way: 'single' | 'batch';
  readonly calls: number;
  readonly callsOneByOne: number;
  /** Null: nothing is left over for it at this pace. */
  readonly hours: number | null;
  readonly callsPerHour: number;
}

/** What a plan holds for a CRM. */
export interface CrmWork {
  readonly made: number;
  /** People who are there and are written to. */
  readonly met: number;
  /** Requests that those cost. */
  readonly calls: number;
}
/** A plan's whole work at a CRM, as people are told of it before it starts. */
export interface CrmEstimate extends BackfillEstimate {
  readonly made: number;
  readonly met: number;
}

/** Estimates a backfill. Counts that contradict each other are taken at their most. */
export function estimateBackfill(counts: BackfillCounts, costs: BackfillCosts, pace: BackfillPace): BackfillEstimate {
  const met = Math.min(counts.met, counts.people);
  const made = counts.people - met;
  const common = costs.readAll + counts.people * costs.find + met * costs.bringIntoStep;
  const single = made * costs.make;
  const batch = costs.batch === null || costs.batch < 1 ? null : Math.ceil(made / costs.batch);
  const inBatches = batch !== null && batch < single;
  const calls = common + (inBatches ? batch : single);
  const callsPerHour = Math.max(0, Math.floor((pace.perHour * pace.sharePercent) / 100) - pace.live);
  return {
    way: inBatches ? 'batch' : 'single',
    calls,
    callsOneByOne: common + single,
    hours: calls === 0 ? 0 : callsPerHour === 0 ? null : Math.ceil((calls * 10) / callsPerHour) / 10,
    callsPerHour,
  };
}
