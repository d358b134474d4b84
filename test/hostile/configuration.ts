/**
 * Door: `concord.yaml` as anybody may have written or broken it: bombs of anchors and brackets, huge scalars, strange
 * characters, keys twice, keys that could reach a prototype. Every refusal names a place in the file.
 */
import { loadConfig } from '../../src/config/load.ts';
import { ConfigError } from '../../src/config/problems.ts';
import { Broken, type Door, type Json, member, numberOf, promise, textOf } from './door.ts';
import { damageText, type Draw, KEYS, text } from './draw.ts';

const GOOD = `store: ./concord.db
reconcile: every 24h
connections:
  cc: { connector: constant-contact, auth: { accessToken: "\${CC_TOKEN}" } }
  app: { connector: sqlite, file: data/app.db }
syncs:
  copy: { primary: cc, secondary: app, mode: mirror, streams: all }
  people:
    primary: cc
    secondary: app
    schedule: "*/15 6-22 * * mon-fri"
    guards: { destructive: { percent: 7 } }
    contacts:
      table: people
      key: email
      fields: { last_name: { to: family, write: never }, email_address: email, first_name: given }
      consent: none
`;
const BOMBS: readonly string[] = [
  '[',
  '{',
  '- ',
  '? ',
  '[a, ',
  '{a: ',
  '&a [*a, ',
  '!!',
  '"',
  '*',
  ': ',
  '#\n',
  '\n',
  '- - ',
  '>\n ',
  '%Y\n',
  '---\n',
  '\t',
  'a: &a\n',
];

/** Anchors that multiply: each level names the one before so many times. */
function laughs(levels: number, times: number): string {
  const lines = ['a0: &a0 x'];
  for (let level = 1; level <= levels; level += 1)
    lines.push(
      `a${level}: &a${level} [${Array(times)
        .fill(`*a${level - 1}`)
        .join(', ')}]`,
    );
  return `${lines.join('\n')}\n`;
}

export const configuration: Door = {
  name: 'configuration',
  weight: 15,
  make,
  open,
  refuses: (error) => error instanceof ConfigError,
};

function make(draw: Draw): Json {
  const kind = draw.next();
  if (kind < 0.06)
    return { repeat: draw.pick(BOMBS), times: draw.below(draw.chance(0.05) ? 400_000 : 3_000), after: '' };
  if (kind < 0.09) return { text: laughs(1 + draw.below(12), 1 + draw.below(12)) };
  if (kind < 0.12)
    return { repeat: 'x', times: draw.below(draw.chance(0.1) ? 1_200_000 : 9_000), after: `: ${text(draw, 50)}` };
  if (kind < 0.3) return { text: GOOD.replace(/\w+:/gu, (key) => (draw.chance(0.1) ? `${draw.pick(KEYS)}:` : key)) };
  if (kind < 0.5)
    return { text: GOOD.replace(/: [\w./"]+/gu, (value) => (draw.chance(0.1) ? `: ${text(draw, 200)}` : value)) };
  return { text: damageText(draw, GOOD) };
}

function open(input: Json): void {
  const times = Math.min(numberOf(member(input, 'times')), 2_000_000);
  const repeated = textOf(member(input, 'repeat')).repeat(Math.max(0, times)).slice(0, 2_000_000);
  const whole = textOf(member(input, 'text')) + repeated + textOf(member(input, 'after'));
  try {
    const { syncs } = loadConfig(whole, { env: { CC_TOKEN: 'canary' }, file: '/srv/concord.yaml' });
    promise(syncs.length > 0, 'a configuration without a sync was taken');
  } catch (error) {
    if (error instanceof ConfigError) namesPlaces(error);
    throw error;
  }
}

function namesPlaces({ problems }: ConfigError): void {
  if (problems.length === 0) throw new Broken('a refusal without a problem');
  for (const { position, message } of problems) {
    promise(position.line >= 1 && position.column >= 1 && message !== '', 'a problem without a place or a sentence');
    promise(!message.includes('canary'), 'a problem shows a secret');
  }
}
