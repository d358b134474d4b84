/**
 * A terminal and an application for tests of the command line: what is written is kept, what is answered is scripted.
 */
import type { Application, Call } from '../cli/application.ts';
import type { EvidencePage, ForgetResult } from '../cli/evidence-results.ts';
import type { Io } from '../cli/io.ts';
import type { Prompts } from '../cli/prompts.ts';
import type { ApplyItem, CheckStep, PassResult, PlanItem, StatusReport, VerifyItem, WhyStory } from '../cli/results.ts';
import type { ServeItem } from '../cli/serve-results.ts';
import type { ConnectItem } from '../cli/sign-in-results.ts';
import type { UndoItem } from '../cli/undo-results.ts';
import type { Config } from '../config/config.ts';
import { FileError } from '../ports/files.ts';
import type { Files } from '../ports/files.ts';

export interface Captured {
  readonly io: Io;
  readonly written: { out: string; err: string };
  readonly files: Map<string, string>;
  readonly abort: () => void;
}

export interface CliSetup {
  readonly application?: Partial<Application>;
  readonly files?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly prompts?: Prompts;
  /** What standard input holds. */
  readonly input?: string;
}

/** Makes an Io whose working folder is /work-here. */
/** What `status` tells beside its syncs where little was spent. */
export const QUIET_BUDGETS: Omit<StatusReport, 'at' | 'syncs'> = {
  connections: [],
  budgets: [{ group: 'g', day: '2026-11-21', spent: 5, perDay: 10_000, perSecond: 4, exhaustedUntil: null }],
  hours: [],
};

export function captureIo(setup: CliSetup = {}): Captured {
  const written = { out: '', err: '' };
  const files = new Map(Object.entries(setup.files ?? {}));
  const controller = new AbortController();
  const io: Io = {
    stdout: { isTTY: false, write: async (text) => void (written.out += text) },
    stderr: { isTTY: false, write: async (text) => void (written.err += text) },
    barStream: null,
    interactive: setup.prompts !== undefined,
    env: setup.env ?? {},
    cwd: '/work-here',
    signal: controller.signal,
    files: memoryFiles(files),
    readInput: async () => setup.input ?? '',
    drawKey: () => `${'ab'.repeat(32)}\n`,
    prompts: setup.prompts ?? refusingPrompts(),
    openApplication: async (_config: Config) => ({ ...silentApplication(), ...setup.application }),
  };
  return { io, written, files, abort: () => controller.abort() };
}

/** Makes a pass that found nothing to do. */
export function quietPass(sync: string, more: Partial<PassResult> = {}): PassResult {
  const counts = { read: 0, unchanged: 0, applied: 0, skipped: {}, held: 0, parked: 0, conflicts: 0, disagreeing: 0 };
  const waiting = { parked: 0, conflicts: 0 };
  const ending = { outcome: 'done', reconnect: null, messages: [] } as const;
  return { sync, run: `run-${sync}`, ...ending, ...counts, waiting, requests: {}, durationMs: 1, ...more };
}

function memoryFiles(files: Map<string, string>): Files {
  const read = (path: string): string => {
    const text = files.get(path);
    if (text === undefined) throw new FileError('missing', path);
    return text;
  };
  return {
    readText: async (path) => read(path),
    readLines: async function* (path) {
      yield* read(path).trimEnd().split('\n');
    },
    exists: async (path) => files.has(path),
    createPrivate: async (path, { replace }) => {
      if (!replace && files.has(path)) throw new FileError('exists', path);
      let text = '';
      return {
        write: async (more) => void (text += more),
        finish: async () => void files.set(path, text),
        discard: async () => undefined,
      };
    },
  };
}

function refusingPrompts(): Prompts {
  const refuse = (): never => {
    throw new Error('nobody is there to answer');
  };
  return { begin: refuse, text: refuse, select: refuse, secret: refuse, confirm: refuse, end: refuse };
}

/** Answers like an application without any work; a test replaces what it is about. */
function silentApplication(): Application {
  return {
    check: async function* (): AsyncGenerator<CheckStep> {},
    plan: async function* (): AsyncGenerator<PlanItem> {},
    sync: async (sync: string, _call: Call) => quietPass(sync),
    serve: async function* (): AsyncGenerator<ServeItem> {},
    apply: async function* (): AsyncGenerator<ApplyItem> {},
    verify: async function* (): AsyncGenerator<VerifyItem> {},
    status: async (): Promise<StatusReport> => ({ at: 0, syncs: [], connections: [], budgets: [], hours: [] }),
    evidence: async (email): Promise<EvidencePage> => ({
      email,
      madeAt: 0,
      standing: [],
      lists: {},
      people: [],
      facts: [],
      deeds: [],
      deedsLeftOut: false,
      ledger: { whole: true, facts: 0, head: '' },
    }),
    forget: async (): Promise<ForgetResult> => ({
      kind: 'under-way',
      syncs: ['one'],
      stance: 'silent',
      notErased: [],
    }),
    why: async (email): Promise<WhyStory> => ({ email, people: [] }),
    undo: async function* (run): AsyncGenerator<UndoItem> {
      yield { kind: 'refused', run, reason: 'unknown-run', sync: null };
    },
    applyUndo: async (run) => quietPass(run),
    waiting: async () => ({ items: [], total: 0 }),
    settle: async (sync, decision) => ({ sync, decision, settled: [], refused: 'nothing-waits', owner: null }),
    release: async (hash) => ({ hash, known: false, sync: null }),
    connect: async function* (): AsyncGenerator<ConnectItem> {},
    rotateKeys: async () => 0,
    close: async () => undefined,
  };
}
