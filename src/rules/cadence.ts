/**
 * cadence: what of the contract's table is due in this pass.
 *
 * Pure: marks and the time in, a list out. Our clock alone measures these intervals (they are ours, not the source's);
 * a clock that stepped back makes things due early, never late.
 */
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
export const REPORT_EVERY_PASS_MS = 7 * DAY;
export const REPORT_SOMETIMES_MS = 60 * DAY;
const REPORT_AT_LEAST_MS = 2 * HOUR;

/** True when `every` has passed since `last` (null: never), or when `last` lies in the future. */
export function isDue(last: number | null, every: number, now: number): boolean {
  return last === null || now - last >= every || last > now;
}

export interface KnownCampaign {
  readonly campaignId: string;
  /** ms since 1970. */
  readonly lastSent: number;
  readonly reportIds: readonly string[];
  readonly lastRead: number | null;
}

/** Chooses the campaigns whose opt-out report is read now: each pass for a week, every two hours up to 60 days. */
export function dueCampaigns(campaigns: readonly KnownCampaign[], now: number): readonly KnownCampaign[] {
  return campaigns.filter((campaign) => {
    const age = now - campaign.lastSent;
    if (age > REPORT_SOMETIMES_MS) return false;
    return age <= REPORT_EVERY_PASS_MS || isDue(campaign.lastRead, REPORT_AT_LEAST_MS, now);
  });
}

/** Chooses the campaigns whose bounces are read now: as soon as one was sent, then every two hours for a week and daily up to 60 days. */
export function dueBounces(
  campaigns: readonly KnownCampaign[],
  lastRead: Readonly<Record<string, number>>,
  now: number,
): readonly KnownCampaign[] {
  return campaigns.filter(({ campaignId, lastSent }) => {
    const age = now - lastSent;
    if (age > REPORT_SOMETIMES_MS) return false;
    const last = Object.hasOwn(lastRead, campaignId) ? (lastRead[campaignId] ?? null) : null;
    return (last ?? 0) < lastSent || isDue(last, age <= REPORT_EVERY_PASS_MS ? REPORT_AT_LEAST_MS : DAY, now);
  });
}

/** Campaigns are looked for on each pass while one was sent within the week, else every two hours. */
export function campaignSearchDue(
  campaigns: readonly KnownCampaign[],
  lastSearch: number | null,
  now: number,
): boolean {
  return (
    campaigns.some((campaign) => now - campaign.lastSent <= REPORT_EVERY_PASS_MS) ||
    isDue(lastSearch, REPORT_AT_LEAST_MS, now)
  );
}
