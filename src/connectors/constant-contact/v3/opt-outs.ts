/**
 * The independent ways to learn of an opt-out on this API: filter, totals, sweeps, and campaign reports (T18);
 * and the reports of who a mailing came back from.
 *
 * Each asks and parses; which of them to believe is the engine's to decide. Where a campaign or a report is proven not
 * to exist it has no opt-outs to tell; every other failure is thrown.
 */
import type { BouncePage, NoticePage, OptOutChannels } from '../../../connector/source.ts';
import { isErrorOf } from '../../../model/errors.ts';
import { parseCounts } from './account.ts';
import type { Asking } from './ask.ts';
import { ask, askPage } from './ask.ts';
import { parseBounces, parseReport, parseReportIds, parseSentCampaigns } from './campaigns.ts';
import { malformed, parsePage } from './pages.ts';
import {
  buildBounceReport,
  buildCampaign,
  buildCounts,
  buildOptOutReport,
  buildSentCampaigns,
  buildSweep,
  buildWindow,
  isPathId,
} from './requests.ts';

const NO_NOTICES: NoticePage = { notices: [], refused: 0, next: null, sourceTime: null };
const NO_BOUNCES: BouncePage = { notices: [], refused: 0, next: null };

/** Makes the opt-out channels of a connection. */
export function createOptOutChannels(asking: Asking): OptOutChannels {
  return {
    window: (after, from, signal) =>
      askPage(asking, buildWindow(after), from, signal, (answer) => parsePage('contacts', answer, from)),
    counts: (signal) => ask(asking, buildCounts(), signal, parseCounts),
    sweep: (which, from, signal) =>
      askPage(asking, buildSweep(which), from, signal, (answer) => parsePage('contacts', answer, from)),
    sentCampaigns: (after, from, signal) =>
      askPage(asking, buildSentCampaigns(), from, signal, (answer) => parseSentCampaigns(answer, after, from)),
    reportIds: (campaignId, signal) => reportIds(asking, campaignId, signal),
    report: (reportId, from, signal) => report(asking, reportId, from, signal),
    bounces: (reportId, from, signal) => bounces(asking, reportId, from, signal),
  };
}

async function reportIds(asking: Asking, campaignId: string, signal: AbortSignal): Promise<readonly string[]> {
  if (!isPathId(campaignId)) throw malformed('the campaign id is not one of this source');
  return unlessAbsent(ask(asking, buildCampaign(campaignId), signal, parseReportIds), []);
}

async function report(asking: Asking, reportId: string, from: string | null, signal: AbortSignal): Promise<NoticePage> {
  if (!isPathId(reportId)) throw malformed('the report id is not one of this source');
  const page = askPage(asking, buildOptOutReport(reportId), from, signal, (answer) => parseReport(answer, from));
  return unlessAbsent(page, NO_NOTICES);
}

async function bounces(
  asking: Asking,
  reportId: string,
  from: string | null,
  signal: AbortSignal,
): Promise<BouncePage> {
  if (!isPathId(reportId)) throw malformed('the report id is not one of this source');
  const page = askPage(asking, buildBounceReport(reportId), from, signal, (answer) => parseBounces(answer, from));
  return unlessAbsent(page, NO_BOUNCES);
}

async function unlessAbsent<T>(answer: Promise<T>, absent: T): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (isErrorOf(error, 'not_found')) return absent;
    throw error;
  }
}
