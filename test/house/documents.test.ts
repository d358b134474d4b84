/** The documents tell the truth about the house: its folders, the outbox's moves, the commands and scripts they name. */
import { posix } from 'node:path';
import { expect, test } from 'vitest';
import metadata from '../../package.json' with { type: 'json' };
import { EXIT_ORDER } from '../../src/cli/exit-codes.ts';
import { buildProgram } from '../../src/cli/program.ts';
import { OUTBOX_TRANSITIONS } from '../../src/model/outbox.ts';
import { listFiles, readText } from './checkout.ts';
import { LAYERS } from './layers.ts';

const files = listFiles();
const documents = files.filter(
  (file) => file.endsWith('.md') && (posix.dirname(file) === '.' || file.startsWith('docs/')),
);
const architecture = readText('docs/architecture.md');

/** Reads `from --> to` of the state diagram; its begin and end are left out. */
function movesOf(text: string): string[] {
  const diagram = /```mermaid\nstateDiagram-v2\n([\s\S]*?)```/.exec(text)?.[1] ?? '';
  return [...diagram.matchAll(/^\s*(\w+) --> (\w+)$/gm)].map(([, from, to]) => `${from} --> ${to}`).toSorted();
}

test("the outbox's diagram shows the moves that the store accepts, and no other", () => {
  const accepted = Object.entries(OUTBOX_TRANSITIONS).flatMap(([from, targets]) =>
    targets.map((to) => `${from} --> ${to}`),
  );
  expect(movesOf(architecture)).toEqual(accepted.toSorted());
});

test("the diagram's ends are the states without a move", () => {
  const ends = [...architecture.matchAll(/^\s*(\w+) --> \[\*\]$/gm)].map(([, state = '']) => state);
  const final = Object.entries(OUTBOX_TRANSITIONS).flatMap(([state, targets]) => (targets.length === 0 ? [state] : []));
  expect(ends.toSorted()).toEqual(final.toSorted());
});

test('every room of the house has its line in the architecture, and every line its room', () => {
  const told = [...architecture.matchAll(/^\| (`(?:src|simulators)[^|]*)\|/gm)]
    .flatMap(([, cell = '']) => [...cell.matchAll(/`([^`]+)`/g)].map(([, folder = '']) => folder))
    .toSorted();
  const rooms = LAYERS.map(({ folder }) => folder).filter((folder) =>
    files.some((file) => file.startsWith(`${folder}/`)),
  );
  expect(told).toEqual(rooms.toSorted());
});

test('every file and folder that a document links to, or names in a column of the architecture, is there', () => {
  const missing = documents.flatMap((document) =>
    [...readText(document).matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)]
      .map(([, target = '']) => posix.join(posix.dirname(document), target).replace(/\/$/, ''))
      .filter((target) => !files.some((file) => file === target || file.startsWith(`${target}/`)))
      .map((target) => `${document}: ${target}`),
  );
  expect(missing).toEqual([]);
});

const program = buildProgram('0', async () => undefined);
const commands = new Map(
  program.commands.map((command) => [
    command.name(),
    new Set([...program.options, ...command.options].map(({ long }) => long)),
  ]),
);

/** Finds every call of the program in code: `concord x --y`, `npm run concord -- x`, `node bin/concord.js x`. */
function callsOf(text: string): { command: string; flags: string[] }[] {
  const code = [...text.matchAll(/```[\s\S]*?```|`[^`\n]+`/g)].map(([block]) => block).join('\n');
  const calls = code.matchAll(/(?:concord|npm run concord --|bin\/concord\.js) ([a-z]+)\b([^\n`#|>]*)/g);
  return [...calls].map(([, command = '', rest = '']) => ({
    command,
    flags: [...rest.matchAll(/--[a-z-]+/g)].map(([flag]) => flag),
  }));
}

test.each(documents)('%s names only commands and flags that exist', (document) => {
  const calls = callsOf(readText(document));
  for (const { command, flags } of calls) {
    expect([...commands.keys()]).toContain(command);
    for (const flag of flags) expect([...(commands.get(command) ?? [])], `${command} ${flag}`).toContain(flag);
  }
});

test.each(documents)('%s names only scripts that package.json has', (document) => {
  const named = [...readText(document).matchAll(/npm run (?:--silent )?([a-z-]+)/g)].map(([, script]) => script);
  expect(named.filter((script) => script !== undefined && !Object.keys(metadata.scripts).includes(script))).toEqual([]);
});

test.each(['README.md', 'docs/operating.md', 'docs/configuration.md'])('%s explains every exit code', (document) => {
  const explained = [...readText(document).matchAll(/^\| (\d) +\|/gm)].map(([, code]) => code);
  expect(new Set(explained)).toEqual(new Set(EXIT_ORDER.map(String)));
});

test('a call that does not exist would be seen', () => {
  expect(callsOf('Run `concord fly --high`.')).toEqual([{ command: 'fly', flags: ['--high'] }]);
  expect(movesOf('```mermaid\nstateDiagram-v2\n  a --> b\n```')).toEqual(['a --> b']);
});
