/** The command line as a script and a person meet it: arguments in; text, JSON and an exit code out. */
import { describe, expect, test } from 'vitest';
import { ConnectorError, StoreRefused } from '../model/errors.ts';
import { captureIo, quietPass, QUIET_BUDGETS } from '../testing/cli-io.ts';
import type { CliSetup } from '../testing/cli-io.ts';
import type { Application, Call } from './application.ts';
import { main } from './main.ts';
import type { PassResult, PlanItem, PlanSummary, SyncStatus, VerifySummary, WhyPerson } from './results.ts';

const TOKEN = 'canary-token-value';
const CONFIG = `store: ./concord.db
connections:
  cc: { connector: constant-contact, auth: { accessToken: "\${CC_TOKEN}" } }
  app: { connector: sqlite, file: ./app.db }
syncs:
  one: { primary: cc, secondary: app, mode: mirror, prefix: a_, streams: all }
  two: { primary: cc, secondary: app, mode: mirror, prefix: b_, streams: all }
`;
const FILES = { '/work-here/concord.yaml': CONFIG };
const AUTH = new ConnectorError('CC_UNAUTHORIZED', 'auth', `message with ${TOKEN}`, { connection: 'cc', status: 401 });

interface Ran {
  readonly exit: number;
  readonly out: string;
  readonly err: string;
  /** Standard output, each line parsed. */
  readonly lines: readonly Record<string, unknown>[];
  readonly files: Map<string, string>;
}

async function run(argv: readonly string[], setup: CliSetup = {}): Promise<Ran> {
  const { io, written, files } = captureIo({ files: FILES, env: { CC_TOKEN: TOKEN }, ...setup });
  const exit = await main(argv, io);
  const json = argv.includes('--json');
  const lines = json
    ? written.out
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as Record<string, unknown>)
    : [];
  expect(written.out + written.err).not.toContain(TOKEN);
  return { exit, out: written.out, err: written.err, lines, files };
}

describe('sync', () => {
  const busy = quietPass('one', {
    read: 12,
    unchanged: 7,
    applied: 3,
    skipped: { unfinished: 1 },
    held: 1,
    requests: { cc: 9 },
    durationMs: 1500,
  });
  const application = { sync: async (sync: string) => ({ ...busy, sync }) };

  test('--json ends with one line for each sync with exactly the keys of the contract, in their order', async () => {
    const { lines, exit } = await run(['sync', '--json'], { application });
    expect(lines.map(({ sync }) => sync)).toEqual(['one', 'two']);
    expect(Object.keys(lines[0] ?? {})).toEqual([
      'sync',
      'run',
      'outcome',
      'read',
      'unchanged',
      'applied',
      'skipped',
      'held',
      'parked',
      'conflicts',
      'requests',
      'durationMs',
    ]);
    expect(lines[0]).toMatchObject({ read: 12, skipped: { unfinished: 1 }, requests: { cc: 9 }, durationMs: 1500 });
    expect(exit).toBe(0);
  });

  test('a person reads a sentence; --quiet says nothing when all is well', async () => {
    expect((await run(['sync', 'one'], { application })).out).toBe(
      'one: done. Read 12 records: unchanged 7, applied 3, held 1.\n  Skipped: unfinished 1.\n  9 requests (cc 9) in 1 s.\n',
    );
    expect(await run(['sync', '--quiet'], { application })).toMatchObject({ out: '', err: '', exit: 0 });
  });

  test.each<[readonly Partial<PassResult>[], number]>([
    [[{ outcome: 'stopped' }, { outcome: 'failed' }], 1],
    [[{ outcome: 'stopped' }, { parked: 2 }], 3],
    [[{ outcome: 'failed', reconnect: 'cc' }, { outcome: 'failed' }], 5],
    [[{}, { conflicts: 1 }], 4],
    [[{}, { waiting: { parked: 1, conflicts: 0 } }], 4],
  ])('over several syncs, %j exits with %i', async (results, exit) => {
    const answers = [...results];
    const ran = await run(['sync', '--json'], {
      application: { sync: async (sync) => quietPass(sync, answers.shift() ?? {}) },
    });
    expect(ran.exit).toBe(exit);
    expect(ran.lines).toHaveLength(2);
  });

  test('one sync that throws keeps its line and does not keep the next from its pass', async () => {
    const failing = async (sync: string): Promise<PassResult> => {
      if (sync === 'one') throw AUTH;
      return quietPass(sync);
    };
    const { lines, err, exit } = await run(['sync', '--json'], { application: { sync: failing } });
    expect(lines.slice(-2)).toMatchObject([
      { sync: 'one', run: null, outcome: 'failed' },
      { sync: 'two', outcome: 'done' },
    ]);
    expect(err).toContain('error: Connection cc does not accept the credentials (answer 401)');
    expect(exit).toBe(5);
  });

  test('an interruption ends the pass cleanly and still gives each sync its line', async () => {
    const { io, written, abort } = captureIo({
      files: FILES,
      env: { CC_TOKEN: TOKEN },
      application: {
        sync: async (sync: string, call: Call) => {
          abort();
          expect(call.signal.aborted).toBe(true);
          return quietPass(sync, { outcome: 'partial' });
        },
      },
    });
    expect(await main(['sync', '--json'], io)).toBe(1);
    const lines = written.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { outcome?: string });
    expect(lines.slice(-2).map(({ outcome }) => outcome)).toEqual(['partial', 'partial']);
  });

  test('messages come before the last lines, with what release needs', async () => {
    const stopped = quietPass('one', {
      outcome: 'stopped',
      stopHash: 'HASH',
      messages: [{ level: 'error', code: 'destructive', facts: { count: 30, linked: 40, hash: 'HASH' } }],
    });
    const { lines, err } = await run(['sync', 'one', '--json'], { application: { sync: async () => stopped } });
    expect(lines).toMatchObject([
      { kind: 'message', code: 'destructive', stopHash: 'HASH', sync: 'one' },
      { outcome: 'stopped' },
    ]);
    expect(err).toContain('concord release HASH');
  });
});

describe('wrong usage and configuration exit with 2', () => {
  test.each([
    [['nonsense'], /unknown command/],
    [['sync', '--jsn'], /unknown option '--jsn'.*--json/],
    [['sync', 'three'], /There is no sync three. The configuration has: one, two/],
    [['sync', '--config', 'other.yaml'], /no file \/work-here\/other\.yaml/],
    [['why'], /missing required argument/],
    [['simulate', '--port', '70000'], /whole number up to 65535/],
    [['init', '--yes'], /concord\.yaml exists already and was left alone/],
    [['init', '--mode', 'both'], /Allowed choices are mirror, table/],
    [['apply', 'nothing.plan'], /no file \/work-here\/nothing\.plan/],
  ])('%j', async (argv, message) => {
    const { exit, err, out } = await run(argv);
    expect(exit).toBe(2);
    expect(err).toMatch(message);
    expect(err).not.toMatch(/\n\s+at /u);
    expect(out).toBe('');
  });

  test('every problem of a configuration is one line, for a program one object', async () => {
    const files = {
      '/work-here/concord.yaml': CONFIG.replace('store:', 'stor:').replace('streams: all', 'strams: all'),
    };
    const { exit, err, lines } = await run(['status', '--json'], { files });
    expect(exit).toBe(2);
    expect(err.trim().split('\n')).toHaveLength(2);
    expect(lines).toMatchObject([
      { kind: 'problem', line: 1, key: 'stor' },
      { kind: 'problem', line: 6, key: 'syncs.one.strams' },
    ]);
  });

  test('check reports it as its first step', async () => {
    const { exit, lines } = await run(['check', '--json'], { env: {} });
    expect(exit).toBe(2);
    expect(lines).toMatchObject([
      { kind: 'check', step: 'configuration', verdict: 'failed' },
      { kind: 'problem', line: 3 },
    ]);
  });
});

test.each([
  [new StoreRefused('newer', 'x'), 1, /written by a newer Concord/],
  [AUTH, 5, /does not accept the credentials/],
  [new Error(TOKEN), 1, /not written for/],
])('%s from the application is one sentence', async (error, exit, message) => {
  const application = {
    status: async () => {
      throw error;
    },
  };
  const ran = await run(['status'], { application });
  expect(ran.exit).toBe(exit);
  expect(ran.err).toMatch(message);
  expect(ran.err.trim().split('\n')).toHaveLength(1);
});

test('the application is closed, whatever happens', async () => {
  let closed = 0;
  const close = async (): Promise<void> => void (closed += 1);
  await run(['sync'], { application: { close } });
  await run(['status'], { application: { close, status: () => Promise.reject(AUTH) } });
  expect(closed).toBe(2);
});

const ENDING = { outcome: 'done', reconnect: null, messages: [], requests: { cc: 3 }, durationMs: 20 } as const;
const CHANGE: PlanItem = {
  kind: 'line',
  sync: 'one',
  stream: 'contacts',
  id: 'c-1',
  secondaryId: null,
  action: 'update',
  lane: 'live',
  reason: 'changed',
  changes: [{ field: 'first_name', before: null, after: 'Zo\u202eë' }],
  base: { primary: 'hash-1', secondary: null },
};
const SUMMARY: PlanSummary = {
  kind: 'summary',
  sync: 'one',
  run: 'r',
  ...ENDING,
  hash: 'H',
  fingerprint: 'F',
  read: 5,
  unchanged: 4,
  actions: { update: 1 },
  reasons: { changed: 1 },
  cost: { app: 0 },
  backfill: null,
  underReview: { people: 2, since: 0 },
  newPeople: null,
  memberships: null,
  guard: { reason: 'destructive', count: 9, linked: 10 },
  agree: false,
};

function planning(...items: readonly PlanItem[]): Partial<Application> {
  return {
    plan: async function* () {
      yield* items;
    },
  };
}

describe('plan and apply', () => {
  test.each([
    [{ singles: 1, jobs: 1, calls: 5, because: 'unfit' }, '4 in 1 import job, 1 one by one; 5 requests, 10 requests'],
    [{ singles: 5, jobs: 0, calls: 10, because: 'no-list' }, '`contacts.create.lists` names none'],
  ])('--explain says how new people would be made, what it costs, and why (%#)', async (choice, words) => {
    const newPeople = { people: 5, callsOneByOne: 10, ...choice };
    const application = planning({ ...SUMMARY, newPeople });
    expect((await run(['plan', 'one', '--explain'], { application })).out).toContain(words);
    expect((await run(['plan', 'one'], { application })).out).not.toContain(words);
    const told = await run(['plan', 'one', '--explain', '--json'], { application });
    expect(JSON.parse(told.out)).toMatchObject({ newPeople });
  });

  test('a plan is lines and a summary, and exits with 4 when there is something to do', async () => {
    const ran = await run(['plan', 'one'], { application: planning(CHANGE, SUMMARY) });
    expect(ran.exit).toBe(4);
    expect(ran.out).toContain('update contacts c-1 (changed)\n    first_name: nothing -> Zo\\u202eë\n');
    expect(ran.out).toContain('By reason: changed 1.');
    expect(ran.out).toContain('would stop it; hash H');
    expect((await run(['plan', 'one'], { application: planning({ ...SUMMARY, agree: true }) })).exit).toBe(0);
    expect((await run(['plan', 'one', '--json'], { application: planning(CHANGE, SUMMARY) })).lines).toEqual([
      CHANGE,
      SUMMARY,
    ]);
  });

  test('a saved plan is handed to apply as it was made, each sync its own part', async () => {
    const second = { ...SUMMARY, sync: 'two' };
    const made = {
      plan: async function* (sync: string) {
        yield* sync === 'one' ? [CHANGE, SUMMARY] : [second];
      },
    };
    const { files, exit } = await run(['plan', '--out', 'my.plan'], { application: made });
    expect(exit).toBe(4);
    const seen: PlanItem[] = [];
    const apply: Application['apply'] = async function* (sync, plan) {
      for await (const item of plan()) seen.push(item);
      yield { kind: 'refused', sync, stream: 'contacts', id: 'c-1', reason: 'moved' };
      yield { kind: 'result', result: quietPass(sync) };
    };
    const applied = await run(['apply', 'my.plan', '--json'], {
      application: { apply },
      files: Object.fromEntries(files),
    });
    expect(seen).toEqual([CHANGE, SUMMARY, second]);
    expect(applied.lines.map(({ kind, outcome }) => kind ?? outcome)).toEqual(['refused', 'refused', 'done', 'done']);
  });

  test.each([
    ['cut off', (text: string) => text.split('\n').slice(0, -2).join('\n')],
    [
      'shortened in the middle',
      (text: string) =>
        text
          .split('\n')
          .filter((_, index) => index !== 1)
          .join('\n'),
    ],
    ['something else', () => '{"a":1}\n'],
    ['not JSON', (text: string) => text.replace('"update"', 'update')],
    ['continued', (text: string) => `${text}${text}`],
  ])('a plan file that was %s is refused before anything is done', async (_, spoil) => {
    const { files } = await run(['plan', 'one', '--out', 'my.plan'], { application: planning(CHANGE, SUMMARY) });
    const apply: Application['apply'] = () => {
      throw new Error('must not be reached');
    };
    const text = spoil(files.get('/work-here/my.plan') ?? '');
    const ran = await run(['apply', 'my.plan'], {
      application: { apply },
      files: { ...FILES, '/work-here/my.plan': text },
    });
    expect(ran).toMatchObject({ exit: 2, err: expect.stringContaining('is not a complete saved plan') as string });
  });

  test('an incomplete plan is not saved, and a file that exists is not touched', async () => {
    const partial = await run(['plan', 'one', '--out', 'my.plan'], {
      application: planning({ ...SUMMARY, outcome: 'partial' }),
    });
    expect(partial.exit).toBe(1);
    expect(partial.files.has('/work-here/my.plan')).toBe(false);
    expect((await run(['plan', '--out', 'concord.yaml'])).exit).toBe(2);
  });
});

describe('what else is asked', () => {
  const verified: VerifySummary = {
    kind: 'summary',
    sync: 'one',
    ...ENDING,
    compared: 9,
    equal: 8,
    differences: { pending: 1 },
    agree: false,
  };
  const person: WhyPerson = {
    sync: 'one',
    contactId: 'c-1',
    secondaryId: null,
    state: 'unsubscribed',
    mailable: false,
    rule: 'explicit-out',
    events: [
      {
        at: 0,
        who: 'primary',
        event: 'consent',
        rule: 'explicit-out',
        before: 'explicit',
        after: 'unsubscribed',
        evidence: 'window',
        run: 'r',
      },
    ],
    waiting: [],
    wouldChange: [{ level: 'note', code: 'new-opt-in', facts: {} }],
    list: null,
  };
  const stop = (hash: string, reason: string) => ({ hash, at: 0, reason, releasedAt: null });
  const status: SyncStatus = {
    sync: 'one',
    lastRun: null,
    freshAt: 1,
    reconciledAt: null,
    reconcileDueAt: null,
    streams: [{ stream: 'contacts', records: 3, pending: 1, states: { explicit: 3 } }],
    channels: [{ channel: 'window', state: 'unproven', lastReadAt: null }],
    outbox: { pending: 2 },
    waiting: { held: 0, parked: 1, conflict: 0, alarm: 0 },
    underReview: { people: 2, since: 0 },
    first: [{ kind: 'parked', stream: 'contacts', id: 'c-9', reason: 'unreadable', since: 0 }],
    optOutDelay: { people: 2, medianMs: 1000, longestMs: 61_000 },
    optOutsUnwritten: 1,
    stops: [stop('HASH', 'vanished'), stop('ACCOUNT', 'other-account')],
    safe: false,
    because: [{ level: 'warning', code: 'channel-down', facts: { channel: 'window' } }],
    toDo: [],
  };
  const application: Partial<Application> = {
    verify: async function* () {
      yield verified;
    },
    check: async function* () {
      yield {
        step: 'credentials',
        subject: 'cc',
        verdict: 'failed',
        found: { account: 'X' },
        messages: [],
        reconnect: 'cc',
      };
    },
    why: async (email) => ({ email, people: [person] }),
    status: async () => ({ at: 60_000, syncs: [status], ...QUIET_BUDGETS }),
    release: async (hash) => ({ hash, known: hash === 'HASH', sync: 'one' }),
    waiting: async (_syncs, [kind = 'parked']) => ({
      items: [
        {
          sync: 'one',
          kind,
          stream: 'contacts',
          id: 'c1',
          address: 'ann@example.org',
          reason: kind === 'parked' ? 'people-write-refused' : 'row-taken',
          why: 'first_name',
          since: 0,
          ways: kind === 'parked' ? ['retry', 'dismiss'] : ['keep'],
        },
      ],
      total: 3,
    }),
    settle: async (sync, decision, id) => ({
      sync,
      decision,
      settled: id === 'c1' || id === null ? ['c1'] : [],
      refused: id === 'c1' || id === null ? null : id === 'c2' ? 'not-for-this' : 'nothing-waits',
      owner: id === 'busy' ? 'host, process 7' : null,
    }),
  };

  test.each<[readonly string[], number, RegExp]>([
    [['verify', 'one'], 4, /^one: the sides differ\. Compared 9 records, 8 equal; different: pending 1\./mu],
    [['check'], 5, /^FAILED {3}credentials of cc: account X/mu],
    [['why', 'a@b.org'], 0, /Is not mailed through us: unsubscribed, by the rule explicit-out/u],
    [['evidence', 'a@b.org'], 0, /^Proof of consent for a@b\.org$/mu],
    [['status'], 0, /^one: NOT safe to send$/mu],
    [['release', 'HASH'], 0, /Released/u],
    [['release', 'other'], 1, /^$/u],
    [['parked'], 0, /c1 <ann@example\.org>: the account refused the change \(first_name\); since 1970-/u],
    [['parked', 'one'], 0, /`concord dismiss one c1` leaves the account as it is\.\n2 more are not listed\./u],
    [['conflicts'], 0, /another contact has its row[^]*`concord resolve one c1 keep`/u],
    [['retry', 'one'], 0, /^one: decided about 1 record\. The next pass sends it again\./u],
    [['dismiss', 'one', 'c1'], 0, /It is not sent while your table says the same/u],
    [['resolve', 'one', 'c1', 'keep'], 0, /It stays as it is until the record changes/u],
    [['retry', 'one', 'nobody'], 1, /^$/u],
    [['dismiss', 'one', 'c2'], 1, /^$/u],
    [['retry', 'one', 'busy'], 1, /^$/u],
  ])('%j exits with %i, and with --json writes nothing but objects', async (argv, exit, text) => {
    const person = await run(argv, { application });
    expect(person.exit).toBe(exit);
    expect(person.out).toMatch(text);
    const program = await run([...argv, '--json'], { application });
    expect(program.exit).toBe(exit);
    expect(program.lines.length).toBeGreaterThan(0);
  });

  test('status names the stopped plan and what waits', async () => {
    const { out } = await run(['status'], { application });
    expect(out).toContain('`concord release HASH` lets it through');
    expect(out).toContain('(other-account): give the connection the right token; it cannot be released');
    expect(out).not.toContain('release ACCOUNT');
    expect(out).toContain('1 NOT written yet; 2 opt-outs in the last day, after 1 s (median) and 1 min 1 s (longest)');
    expect(out).toContain('parked contacts c-9: unreadable');
    expect(out).toContain('5 of 10,000 on 2026-11-21');
  });

  test('an address that was never seen is an answer', async () => {
    expect(await run(['why', 'nobody@example.org'])).toMatchObject({
      exit: 0,
      out: 'Nobody with the address nobody@example.org was ever seen.\n',
    });
  });
});

test('progress without a terminal is one line for each phase, and none with --json or --quiet', async () => {
  const sync: Application['sync'] = async (name, { progress }) => {
    for (const done of [1, 2, 3]) progress({ sync: name, phase: 'reading', stream: 'contacts', done, total: 3 });
    return quietPass(name);
  };
  expect((await run(['sync', 'one'], { application: { sync } })).err).toBe('one: reading contacts\n');
  expect((await run(['sync', 'one', '--quiet'], { application: { sync } })).err).toBe('');
  expect((await run(['sync', 'one', '--json'], { application: { sync } })).err).toBe('');
});

test('--help and --version exit with 0', async () => {
  expect(await run(['--help'])).toMatchObject({
    exit: 0,
    out: expect.stringContaining('Commands:') as string,
    err: '',
  });
  expect((await run(['--version'])).out).toMatch(/^\d+\.\d+\.\d+\n$/u);
});
