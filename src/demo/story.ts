/**
 * The demo's words: each scene as lines for a person, and as objects for a program. Pure.
 *
 * Decides that the whole story fits a screen: 24 lines of at most 100 columns.
 */
import { explain } from '../cli/messages.ts';
import { passToJson } from '../cli/render-pass.ts';
import type { PassResult } from '../cli/results.ts';
import { alignRows, formatCount, formatFigures, formatNumber, formatSpan } from '../cli/text.ts';
import { holds } from './claims.ts';
import type { Happening } from './day.ts';
import type { OptOut } from './opt-outs.ts';
import type { Ending, Scene } from './play.ts';

/** Words one scene. */
export function storyOf(scene: Scene): readonly string[] {
  switch (scene.kind) {
    case 'opened':
      return [
        `An invented account with ${formatCount(scene.people)} people, all on this machine. No mail is sent; the day is simulated.`,
        '',
      ];
    case 'pass':
      return [passLine(PASSES[scene.nth], scene.result), ...messagesOf(scene.result)];
    case 'day':
      return dayLines(scene.happenings);
    case 'ended':
      return endingLines(scene);
  }
}

/** Makes the objects of one scene, for --json. */
export function objectsOf(scene: Scene): readonly Readonly<Record<string, unknown>>[] {
  switch (scene.kind) {
    case 'opened':
      return [scene];
    case 'pass':
      return [{ kind: 'pass', nth: scene.nth, ...passToJson(scene.result) }];
    case 'day':
      return scene.happenings.map(({ said, operation }) => ({ kind: 'happened', said, operation }));
    case 'ended':
      return [
        ...scene.optOuts.map((one) => ({ kind: 'opt-out', ...one })),
        ...scene.claims.map((one) => ({ kind: 'claim', ...one, holds: holds(one) })),
        { kind: 'ended', holds: scene.claims.every(holds), safe: scene.safe, kept: scene.kept },
      ];
  }
}

const PASSES = { 1: 'First sync', 2: 'Second sync', 3: 'Third, an hour later' } as const;

/** Words how a pass ended and what it cost. */
export function passLine(which: string, result: PassResult): string {
  const head = which.padEnd(21);
  const requests = Object.values(result.requests).reduce((sum, count) => sum + count, 0);
  const cost = `${formatNumber(requests, 'request')}, ${formatSpan(result.durationMs)}`;
  if (result.outcome !== 'done') return `${head} ended ${result.outcome} after ${cost}.`;
  const wrote = result.applied === 0 ? 'nothing written' : `${formatNumber(result.applied, 'record')} written`;
  return `${head} ${wrote}; ${cost}.`;
}

/** Why a pass did not end as it should; what a good one remarks is left to `concord sync`. */
export function messagesOf({ outcome, messages }: PassResult): readonly string[] {
  return outcome === 'done' ? [] : messages.map((notice) => `  ${explain(notice)}`);
}

function dayLines(happenings: readonly Happening[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const { said } of happenings) counts.set(said, (counts.get(said) ?? 0) + 1);
  const words = [...counts].map(([said, count]) => `${count} ${said}`);
  const half = Math.ceil(words.length / 2);
  return [
    `A day of life         ${words.slice(0, half).join(', ')},`,
    `                      ${words.slice(half).join(', ')}.`,
  ];
}

const HOW: Readonly<Record<string, string>> = {
  campaign: 'by a link in a mail',
  contact: 'on the preference page',
  account: 'by the staff',
};
const CHANNELS: Readonly<Record<string, string>> = {
  window: 'opt-out window',
  'campaign-report': 'campaign report',
  'unsubscribed-sweep': 'everyone unsubscribed',
  changes: 'changed contacts',
  walk: 'complete read',
};

function endingLines({ optOuts, claims, safe, kept }: Ending): readonly string[] {
  const unseen = optOuts.filter((one) => !one.moved).length;
  return [
    '',
    `Who opted out, and what told Concord so:`,
    ...alignRows(optOuts.map(optOutRow), '  '),
    `${unseen} of ${optOuts.length} left the contact's updated_at as it was: a copy that asks only "who changed since?"`,
    'never learns of them, and goes on mailing.',
    '',
    ...verdictLines(claims, "the simulator's own log"),
    `Safe to send? ${safe ? 'Yes: nothing waits, and no two channels disagree.' : 'No.'}`,
    ...lookFurther(optOuts[0]?.email ?? '', kept),
    ...(kept === null ? ['The same with a CRM, both ways: npm run demo -- --crm'] : []),
  ];
}

function optOutRow({ email, how, channels, out }: OptOut): readonly string[] {
  const told = channels.map((channel) => CHANNELS[channel] ?? channel).join(', ');
  return [email, HOW[how] ?? how, `${told === '' ? 'nothing' : told}${out ? '' : ' (NOT IN THE MIRROR)'}`];
}

/** Says whether all figures hold, or which do not. */
export function verdictLines(claims: Ending['claims'], against: string): readonly string[] {
  const broken = claims.filter((claim) => !holds(claim));
  if (broken.length === 0)
    return [`All ${formatCount(claims.length)} figures of this story agree with ${against} of what happened.`];
  return [
    'THIS STORY CONTRADICTS the log of what really happened:',
    ...broken.map(({ claim, truth, found }) => `  ${claim}: ${formatFigures({ truth, found }) || 'none'}`),
  ];
}

/** Says how to ask further. */
export function lookFurther(email: string, kept: string | null, more = ''): readonly string[] {
  if (kept === null)
    return [`To ask about one of these people, run it again with what stays: npm run demo --${more} --keep`];
  return [
    `Kept in ${kept}. Ask it:`,
    `  npm run concord -- --config ${kept}/concord.yaml why ${email}`,
    `  npm run concord -- --config ${kept}/concord.yaml status`,
  ];
}
