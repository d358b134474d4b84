/**
 * The words of the demo with a CRM: each scene as lines for a person, and as objects for a program. Pure.
 *
 * Decides that the whole story fits a screen: 24 lines of at most 100 columns.
 */
import type { WhyEvent } from '../cli/results.ts';
import { formatCount } from '../cli/text.ts';
import { passToJson } from '../cli/render-pass.ts';
import { holds } from './claims.ts';
import type { DonorsEnding, DonorsScene, Standing } from './donors-play.ts';
import { lookFurther, messagesOf, passLine, verdictLines } from './story.ts';

/** Words one scene. */
export function donorsStoryOf(scene: DonorsScene): readonly string[] {
  switch (scene.kind) {
    case 'donors-opened':
      return [
        `An invented account with ${formatCount(scene.people)} people, an invented CRM with ${formatCount(scene.contacts)} contacts. No mail is sent.`,
      ];
    case 'donors-pass':
      return [passLine(PASSES[scene.nth], scene.result), ...messagesOf(scene.result)];
    case 'donors-day':
      return [
        'One hour              a mailing goes out, and',
        ...scene.deeds.map(({ email, said }) => cut(`  ${email} ${said}`)),
      ];
    case 'donors-ended':
      return endingLines(scene);
  }
}

/** Makes the objects of one scene, for --json. */
export function donorsObjectsOf(scene: DonorsScene): readonly Readonly<Record<string, unknown>>[] {
  switch (scene.kind) {
    case 'donors-opened':
      return [{ ...scene, kind: 'opened' }];
    case 'donors-pass':
      return [{ kind: 'pass', nth: scene.nth, ...passToJson(scene.result) }];
    case 'donors-day':
      return scene.deeds.map(({ said, operation }) => ({ kind: 'happened', said, operation }));
    case 'donors-ended':
      return [
        ...scene.donors.map(({ deed: { email, said }, ...stands }) => ({ kind: 'donor', email, said, ...stands })),
        { kind: 'why', ...scene.why },
        ...scene.claims.map((one) => ({ kind: 'claim', ...one, holds: holds(one) })),
        { kind: 'ended', holds: scene.claims.every(holds), safe: scene.safe, kept: scene.kept },
      ];
  }
}

const PASSES = { 1: 'First sync', 2: 'Second sync', 3: 'Third, an hour later' } as const;

function endingLines({ donors, why, claims, safe, kept }: DonorsEnding): readonly string[] {
  return [
    '',
    'How they stand now, by the two systems themselves:',
    ...donors.flatMap(standingLines),
    `why ${why.email}? Since the day began (the rule: ${why.rule}):`,
    ...why.events.map(eventLine),
    ...verdictLines(claims, "the two simulators' own logs"),
    `Safe to send? ${safe ? 'Yes: nothing waits, and no two channels disagree.' : 'No.'}`,
    ...lookFurther(why.email, kept, ' --crm'),
  ];
}

function standingLines({ deed: { email }, permission, flags, notes }: Standing): readonly string[] {
  const flag = flags.some(Boolean) ? 'THE FLAG SAYS YES' : 'flag off';
  const told = notes.map((text) => text.replace(`Concord: ${email} is not to be mailed: `, ''));
  return [
    cut(`  ${email}: ${permission} in the account, ${flag} in the CRM`),
    ...told.map((text) => cut(`    with the note "${text}"`)),
  ];
}

function eventLine({ at, who, event, rule, after }: WhyEvent): string {
  const time = at === null ? '        ' : new Date(at).toISOString().slice(11, 19);
  const what = EVENTS[event] ?? event;
  return cut(`  ${time}  ${who === 'primary' ? 'the account: ' : ''}${what}${valueOf(after)} (${rule})`);
}

const EVENTS: Readonly<Record<string, string>> = { consent: 'wrote to the CRM:', seen: 'seen as' };

/** What a single field became, or the names of several. */
function valueOf(after: unknown): string {
  if (typeof after !== 'object' || after === null)
    return typeof after === 'string' && !/^\d{4}-/.test(after) ? ` ${after}` : '';
  const fields = Object.entries(after).map(([field, value]) =>
    typeof value === 'string' && value.length > 20 ? `a ${field}` : `${field} ${JSON.stringify(value)}`,
  );
  return ` ${fields.join(', ')}`;
}

/** No line is longer than a screen is wide. */
function cut(line: string): string {
  return line.length <= 100 ? line : `${line.slice(0, 99)}…`;
}
