/**
 * `why`, for a person: the story of one address, oldest first, with the rule that decided and what would change it. Pure.
 */
import { explain } from './messages.ts';
import type { WhyEvent, WhyPerson, WhyStory } from './results.ts';
import { formatInstant, formatValue } from './text.ts';

/** Words the story. */
export function renderWhy(story: WhyStory): readonly string[] {
  if (story.people.length === 0) return [`Nobody with the address ${story.email} was ever seen.`];
  return story.people.flatMap((person) => renderPerson(story.email, person));
}

function renderPerson(email: string, person: WhyPerson): readonly string[] {
  const other = person.secondaryId === null ? 'not on the other side' : `${person.secondaryId} on the other side`;
  return [
    `${email} in ${person.sync}: contact ${person.contactId}, ${other}`,
    `  ${person.mailable ? 'May be mailed' : 'Is not mailed through us'}: ${person.state}, by the rule ${person.rule}`,
    ...(person.list === null
      ? []
      : [`  ${person.list.member ? 'Is' : 'Is not'} in ${person.list.name}. ${explain(person.list.because)}`]),
    ...person.events.map(renderEvent),
    ...person.waiting.map((item) => `  ${item.kind}: ${item.reason}, since ${formatInstant(item.since)}`),
    ...person.wouldChange.map((notice) => `  What would change it: ${explain(notice)}`),
  ];
}

function renderEvent(event: WhyEvent): string {
  const at = event.at === null ? 'at an unknown time' : formatInstant(event.at);
  const moved =
    event.before === null && event.after === null
      ? ''
      : `: ${formatValue(event.before)} -> ${formatValue(event.after)}`;
  const evidence = event.evidence === null ? '' : `, by ${event.evidence}`;
  const run = event.run === null ? '' : `, run ${event.run}`;
  return `  ${at}  ${event.who} ${event.event}${moved} (${event.rule}${evidence}${run})`;
}
