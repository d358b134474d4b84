import { describe, expect, test } from 'vitest';
import type { InverseReason } from '../plan/inverse.ts';
import { captureIo, quietPass } from '../testing/cli-io.ts';
import { main } from './main.ts';
import { UNDO_REASONS } from './render-undo.ts';
import type { PassResult } from './results.ts';
import type { UndoItem, UndoLine } from './undo-results.ts';

const FILES = {
  '/work-here/concord.yaml': `store: ./concord.db
connections:
  cc: { connector: constant-contact, auth: { accessToken: "\${CC_TOKEN}" } }
  app: { connector: sqlite, file: ./app.db }
syncs:
  one: { primary: cc, secondary: app, mode: mirror, streams: all }
`,
};
const reason = (code: InverseReason): string => code;
const line: UndoLine = {
  kind: 'line',
  group: 'reversible',
  sync: 'one',
  stream: 'contacts',
  id: 'c1',
  secondaryId: 'ann@example.org',
  where: 'table',
  field: 'first_name',
  from: 'Bo',
  to: null,
  reason: reason('goes-both-ways'),
};
const whole = { ...line, group: 'never', where: 'mirror', id: '', secondaryId: null, field: null, from: null } as const;
const summary: UndoItem = {
  kind: 'summary',
  sync: 'one',
  run: 'r1',
  command: 'sync',
  startedAt: 0,
  outcome: 'done',
  lines: { reversible: 1, partly: 0, never: 1 },
};

async function run(argv: readonly string[], items: readonly UndoItem[], result: Partial<PassResult> | null = null) {
  const { io, written } = captureIo({
    files: FILES,
    env: { CC_TOKEN: 'a-token-value' },
    application: {
      undo: async function* () {
        yield* items;
      },
      applyUndo: async () => {
        if (result === null) throw new Error('nothing was to be written');
        return quietPass('one', result);
      },
    },
  });
  return { exit: await main(argv, io), ...written };
}

/** The compiler wants every reason here. */
const EVERY: Readonly<Record<InverseReason, true>> = {
  'goes-both-ways': true,
  'row-inserted': true,
  'contact-made': true,
  'consent-raised': true,
  'consent-lowered': true,
  'opt-out-carried': true,
  mirror: true,
  loaded: true,
  'deleted-there': true,
  'account-decides': true,
  address: true,
  'not-mapped': true,
  'row-gone': true,
  'changed-since': true,
  'account-moved': true,
  'not-settled': true,
  'person-gone': true,
  'not-on-record': true,
  'crm-flag-off': true,
  'crm-flag-on': true,
  'crm-note': true,
  'crm-reference': true,
  'crm-made': true,
  'crm-field': true,
  'crm-said-so': true,
  'unknown-change': true,
};

describe('undo', () => {
  test('has a sentence for every reason, and for no other', () => {
    expect(Object.keys(UNDO_REASONS).sort()).toEqual(Object.keys(EVERY).sort());
  });

  test('shows each change with its group, its values and its reason, then the sum; exit 0', async () => {
    const { exit, out } = await run(['undo', 'r1'], [line, { ...whole, reason: reason('loaded') }, summary]);
    expect(exit).toBe(0);
    expect(out.split('\n')).toEqual([
      'Reversible: contacts c1 <ann@example.org>, in the table: first_name back from Bo to nothing',
      `    ${UNDO_REASONS['goes-both-ways']}.`,
      'Never: contacts, in the mirror',
      `    ${UNDO_REASONS['loaded']}.`,
      'Run r1: sync of one on 1970-01-01T00:00:00Z, ended done. 2 changes: reversible 1, partly 0, never 1.',
      'Nothing was written. `concord undo r1 --apply` puts back what is reversible.',
      '',
    ]);
  });

  test('--json prints one object a line: the lines, then the summary', async () => {
    const { out } = await run(['undo', 'r1', '--json'], [line, summary]);
    expect(
      out
        .trimEnd()
        .split('\n')
        .map((text) => JSON.parse(text) as unknown),
    ).toEqual([line, summary]);
  });

  test('--apply puts back what is reversible, and says where to; a guard that stops it exits with 3', async () => {
    const { exit, out } = await run(['undo', 'r1', '--apply'], [summary], {
      applied: 2,
      skipped: { moved: 1 },
      run: 'r2',
    });
    expect(exit).toBe(0);
    expect(out.split('\n').slice(1)).toEqual([
      'one: run r2 put back the values of 2 people into your table. The next pass carries them to the account.',
      '  Not put back: moved 1.',
      '',
    ]);
    expect((await run(['undo', 'r1', '--apply'], [summary], { outcome: 'partial', run: null })).out).not.toContain(
      'put back',
    );
    const stopped = await run(['undo', 'r1', '--apply'], [summary], { outcome: 'stopped' });
    expect(stopped.exit).toBe(3);
    expect(stopped.out).toContain('once it is released, `concord undo r1 --apply` carries it out.');
  });

  test('--apply writes nothing where nothing is reversible', async () => {
    const none: UndoItem = { ...summary, lines: { reversible: 0, partly: 0, never: 1 } };
    const { exit, out } = await run(['undo', 'r1', '--apply'], [none]);
    expect([exit, out.split('\n')[1]]).toEqual([0, 'Nothing was written, and nothing of it can be put back.']);
  });

  test('a run that changed nothing says so', async () => {
    const quiet: UndoItem = { ...summary, outcome: null, lines: { reversible: 0, partly: 0, never: 0 } };
    expect((await run(['undo', 'r1'], [quiet])).out).toBe(
      'Run r1: sync of one on 1970-01-01T00:00:00Z, did not end. It changed neither side.\n',
    );
  });

  test.each([
    [
      'unknown-run',
      null,
      'error: There is no run r9. `concord status` names the last run of each sync, `concord why EMAIL` the runs that wrote about a person.\n',
    ],
    [
      'unknown-sync',
      'old',
      'error: Run r9 was a run of old, which the configuration no longer has. Put it back to see how to undo the run.\n',
    ],
  ] as const)('%s is one sentence and exit 1', async (why, sync, sentence) => {
    const { exit, out, err } = await run(['undo', 'r9'], [{ kind: 'refused', run: 'r9', reason: why, sync }]);
    expect([exit, out, err]).toEqual([1, '', sentence]);
  });
});
