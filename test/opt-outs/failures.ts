/**
 * Every way in which one single channel can fail, as faults and switches of the simulator.
 *
 * Decides only what fails; whoever opts out must be found all the same, because no channel is trusted alone (T18).
 */
import type { FaultPlan } from '../../simulators/faults/plan.ts';
import type { SwitchChanges } from '../../simulators/switches.ts';
import type { Account } from '../harness/account.ts';

export interface Failure {
  readonly faults?: FaultPlan;
  readonly switches?: SwitchChanges;
}

/** Each channel, by the requests that are its own. */
export const CHANNELS = {
  changes: '^/v3/contacts\\?.*updated_after=',
  window: '^/v3/contacts\\?.*optout_after=',
  counts: '^/v3/contacts/counts',
  'campaign search': 'email_campaign_summaries',
  campaign: '^/v3/emails/',
  report: 'tracking/optouts',
  'unsubscribed sweep': '^/v3/contacts\\?.*status=unsubscribed',
  'deleted sweep': '^/v3/contacts\\?.*status=deleted',
  'complete walk': '^/v3/contacts\\?(?!.*(updated_after|optout_after)).*status=all',
  'direct read': '^/v3/contacts/[0-9a-f]{8}-',
  lists: '^/v3/contact_lists',
} as const;
export type Channel = keyof typeof CHANNELS;
export const READ_CHANNELS = Object.keys(CHANNELS) as readonly Channel[];

/** Answers every request of a channel with one status. */
export function dead(channel: Channel, status: number): Failure {
  return { faults: [{ kind: 'status', status, match: { path: CHANNELS[channel] } }] };
}

/** Channels that lie or see nothing, each by its switch. */
export const LIES: Readonly<Record<string, Failure>> = {
  'the window is ignored': { switches: { optoutAfter: 'ignored' } },
  'the window is refused': { switches: { optoutAfter: 'refused' } },
  'the window is blind': { switches: { optoutAfter: 'blind' } },
  'the totals are frozen': { switches: { counts: 'frozen' } },
  'the totals lie': { switches: { counts: 'lying' } },
  'the reports are empty': { switches: { trackers: 'empty' } },
  'the listing is a minute late': { switches: { indexDelayMs: 60_000 } },
  'the listing is ten minutes late': { switches: { indexDelayMs: 600_000 } },
  'the listing is ordered by id': { switches: { contactsOrder: 'id' } },
};

/** Lets a failure begin. */
export function begin(account: Account, failure: Failure): void {
  account.world.faults.set(failure.faults ?? []);
  account.world.switches.set(failure.switches ?? {});
}
