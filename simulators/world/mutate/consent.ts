/**
 * consent: people leave and come back.
 *
 * The trap this simulator exists for lives here: leaving moves the address's own time and the opt-out date, and leaves the
 * contact's `updated_at` alone. A permission word is never checked: a test may set one that the vendor never documented.
 */
import { makeRow } from '../build-campaigns.ts';
import type { Campaign, EmailState, Person, ReportRow } from '../types.ts';
import type { Change, World } from '../world.ts';
import { emailOf, findPerson } from './find.ts';
import { MutationError, type Op } from './operations.ts';

/** Takes a person's permission away. */
export function unsubscribe(world: World, op: Op<'unsubscribe'>): Change[] {
  const person = findPerson(world, op);
  const now = world.clock.now();
  const byPerson = op.how === 'contact' || op.how === 'campaign';
  const email: EmailState = {
    ...emailOf(person),
    permission: 'unsubscribed',
    updatedAt: now,
    optOutSource: byPerson ? 'Contact' : 'Account',
    optOutDate: now,
    optOutReason: op.reason ?? null,
  };
  // Another program's PUT is an edit of the contact as well; all other ways touch the address alone.
  const edited = op.how === 'api' ? { updatedAt: now, updateSource: 'Account' as const } : {};
  const activity = op.how === 'campaign' ? addReportRow(world, person, op, now) : null;
  const facts = { how: op.how, ...(activity === null ? {} : { campaign_activity_id: activity }) };
  return [world.commitPerson('contact.unsubscribed', { ...person, ...edited, email }, facts)];
}

/** Gives the permission back. */
export function resubscribe(world: World, op: Op<'resubscribe'>): Change[] {
  const person = findPerson(world, op);
  const now = world.clock.now();
  const email: EmailState = {
    ...emailOf(person),
    permission: op.how === 'contact' ? 'explicit' : 'implicit',
    updatedAt: now,
    optInSource: op.how === 'contact' ? 'Contact' : 'Account',
    optInDate: now,
    optOutSource: null,
    optOutDate: null,
    optOutReason: null,
  };
  const moved = world.switches.current.resubscribeMovesUpdatedAt ? { updatedAt: now } : {};
  return [world.commitPerson('contact.resubscribed', { ...person, ...moved, email }, { how: op.how })];
}

/**
 * A mailing comes back from a person's address: a row of that mailing's report, and nothing else. How a bounce shows on the
 * contact is nowhere documented.
 */
export function bounce(world: World, op: Op<'bounce'>): Change[] {
  const person = findPerson(world, op);
  const campaign = findSent(world, op.campaign_activity_id);
  const row = makeRow(person, world.clock.now(), { bounceCode: op.code });
  if (row === null) throw new MutationError(`contact ${person.id} has no email address`);
  const { reports } = campaign;
  world.campaigns.set(campaign.id, { ...campaign, reports: { ...reports, bounces: [...reports.bounces, row] } });
  const facts = { contact_id: person.id, code: op.code, campaign_id: campaign.id };
  return [world.commit('contact.bounced', facts)];
}

/** Sets any permission word, as a hold, a bounce or an unknown state of the vendor's would. */
export function setPermission(world: World, op: Op<'setPermission'>): Change[] {
  const person = findPerson(world, op);
  const email = { ...emailOf(person), permission: op.permission, updatedAt: world.clock.now() };
  return [world.commitPerson('contact.permission_set', { ...person, email })];
}

function addReportRow(world: World, person: Person, op: Op<'unsubscribe'>, now: number): string {
  const campaign = findSent(world, op.campaign_activity_id);
  const row = makeRow(person, now, { reason: op.reason ?? null });
  const primary = campaign.activities.find((one) => one.role === 'primary_email');
  if (row === null || primary === undefined) throw new MutationError('this opt-out can have no report row');
  world.campaigns.set(campaign.id, withOptOut(campaign, row));
  return primary.id;
}

function withOptOut(campaign: Campaign, row: ReportRow): Campaign {
  return { ...campaign, reports: { ...campaign.reports, optouts: [...campaign.reports.optouts, row] } };
}

/** Finds the campaign of an activity, or the one that was sent last. */
function findSent(world: World, activityId: string | undefined): Campaign {
  const sent = [...world.campaigns.values()].filter((one) => one.lastSentAt !== null);
  const chosen =
    activityId === undefined
      ? sent.toSorted((a, b) => (b.lastSentAt ?? 0) - (a.lastSentAt ?? 0))[0]
      : sent.find((one) => one.activities.some((activity) => activity.id === activityId));
  if (chosen === undefined)
    throw new MutationError(`no sent campaign${activityId === undefined ? '' : ` with ${activityId}`}`);
  return chosen;
}
