/**
 * The opt-outs of the day: who left and how by the log, and by which channels Concord heard of it.
 */
import type { WhyEvent } from '../cli/results.ts';
import type { Installation } from './installation.ts';
import { partOf, textOf, type Truth } from './world.ts';

export interface OptOut {
  readonly email: string;
  readonly how: string;
  /** False: the contact's `updated_at` did not move, so that a read by it does not see the opt-out. */
  readonly moved: boolean;
  /** Whether the mirror shows it. */
  readonly out: boolean;
  /** Channels that told of it, in the order in which they did. */
  readonly channels: readonly string[];
}

/** Finds everybody who opted out in this stretch of the log. */
export async function findOptOuts(log: readonly Truth[], installation: Installation): Promise<readonly OptOut[]> {
  const people = (await installation.mirror()).get('contacts') ?? new Map();
  const found: OptOut[] = [];
  for (const change of log.filter((one) => one['kind'] === 'contact.unsubscribed')) {
    const id = textOf(change, 'contact_id') ?? '';
    const email = textOf(change, 'email') ?? '';
    const story = await installation.ask((application) => application.why(email, null));
    const events = story.people.find((person) => person.contactId === id)?.events ?? [];
    found.push({
      email,
      how: textOf(change, 'how') ?? '',
      moved: textOf(partOf(change, 'before'), 'updated_at') !== textOf(partOf(change, 'after'), 'updated_at'),
      out: people.get(id)?.['permission_to_send'] === 'unsubscribed',
      channels: channelsOf(events, textOf(change, 'at') ?? ''),
    });
  }
  return found;
}

/** Channels that told of an opt-out at this time, to the second in which the API tells it. */
function channelsOf(events: readonly WhyEvent[], at: string): string[] {
  const second = at.slice(0, 19);
  const told = events.filter((event) => typeof event.after === 'string' && event.after.startsWith(second));
  return [...new Set(told.map((event) => event.rule.replace(/^channel /u, '')))];
}
