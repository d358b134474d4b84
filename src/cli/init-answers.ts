/**
 * The questions of `init`: what a flag gave is not asked again, and without a terminal defaults stand in.
 *
 * Decides the order, the defaults, and what has none: a table of the user's can only be named by the user.
 */
import type { InitAnswers } from './init-file.ts';
import { UsageError } from './messages.ts';
import type { Prompts } from './prompts.ts';

/** As commander gives the flags. */
export interface InitFlags {
  readonly store?: string;
  readonly connection?: string;
  readonly baseUrl?: string;
  readonly tokenVariable?: string;
  readonly target?: string;
  readonly mode?: string;
  readonly prefix?: string;
  readonly table?: string;
  readonly key?: string;
  /** A column, or `none`. */
  readonly consent?: string;
  readonly firstName?: string;
  readonly lastName?: string;
}

interface Question {
  readonly flag: string;
  readonly text: string;
  readonly initial: string | null;
  readonly check?: RegExp;
  readonly right?: string;
}

const NAME = /^[A-Za-z][A-Za-z0-9_-]{0,62}$/u;
const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/u;
const PREFIX = /^(?:[A-Za-z_][A-Za-z0-9_]{0,40})?$/u;

/** Collects the answers; `prompts` is null when nobody can be asked. Throws UsageError and PromptCancelled. */
export async function collectAnswers(flags: InitFlags, prompts: Prompts | null): Promise<InitAnswers> {
  const ask = (given: string | undefined, question: Question): Promise<string> => answer(given, question, prompts);
  const store = await ask(flags.store, {
    flag: '--store',
    text: 'Where may Concord keep what it remembers?',
    initial: './concord.db',
  });
  const connection = await ask(flags.connection, {
    flag: '--connection',
    text: 'A name for your Constant Contact account?',
    initial: 'cc',
    check: NAME,
    right: 'must be letters, digits, _ and -, and start with a letter',
  });
  const tokenVariable = await ask(flags.tokenVariable, {
    flag: '--token-variable',
    text: 'Which environment variable holds its access token?',
    initial: 'CC_TOKEN',
    check: VARIABLE,
    right: 'must be the name of an environment variable, not the token itself',
  });
  const target = await ask(flags.target, {
    flag: '--target',
    text: 'Which SQLite file shall people be written to?',
    initial: './app.db',
  });
  const shape =
    (await chooseMode(flags, prompts)) === 'mirror' ? await askMirror(flags, ask) : await askTable(flags, ask);
  return { store, connection, baseUrl: flags.baseUrl ?? null, tokenVariable, target, shape };
}

type Ask = (given: string | undefined, question: Question) => Promise<string>;

async function askMirror(flags: InitFlags, ask: Ask): Promise<InitAnswers['shape']> {
  const right = 'must be letters, digits and _, at most 41, or nothing';
  const prefix = await ask(flags.prefix, {
    flag: '--prefix',
    text: 'What shall the table names begin with? (may be nothing)',
    initial: '',
    check: PREFIX,
    right,
  });
  return { mode: 'mirror', prefix };
}

async function askTable(flags: InitFlags, ask: Ask): Promise<InitAnswers['shape']> {
  const table = await ask(flags.table, { flag: '--table', text: 'What is your table called?', initial: null });
  const key = await ask(flags.key, {
    flag: '--key',
    text: 'Which of its columns holds the email address?',
    initial: 'email',
  });
  const consent = await ask(flags.consent, {
    flag: '--consent',
    text: 'Which yes/no column says that a person may be mailed? ("none" for none)',
    initial: null,
  });
  const names = { firstName: flags.firstName ?? null, lastName: flags.lastName ?? null };
  return { mode: 'table', table, key, consent: consent === 'none' ? null : consent, ...names };
}

async function chooseMode({ mode, table }: InitFlags, prompts: Prompts | null): Promise<'mirror' | 'table'> {
  if (mode === 'mirror' || mode === 'table') return mode;
  if (mode !== undefined) throw new UsageError('bad-answer', { flag: '--mode', why: 'must be mirror or table' });
  if (table !== undefined) return 'table';
  if (prompts === null) return 'mirror';
  return prompts.select('What shall Concord write?', [
    { value: 'mirror', label: 'a mirror: everything, into tables that Concord owns' },
    { value: 'table', label: 'people, into a table of my own' },
  ]);
}

async function answer(given: string | undefined, question: Question, prompts: Prompts | null): Promise<string> {
  const { flag, text, initial } = question;
  const check = (value: string): string | null => faultOf(value, question);
  if (given === undefined && prompts !== null) return prompts.text(text, { initial: initial ?? '', check });
  const value = given ?? initial;
  if (value === null) throw new UsageError('missing-answer', { flag, why: text });
  const fault = check(value);
  if (fault !== null) throw new UsageError('bad-answer', { flag, why: fault });
  return value;
}

function faultOf(value: string, { check, right, initial }: Question): string | null {
  if (check !== undefined) return check.test(value) ? null : (right ?? 'is not right');
  return value === '' && initial !== '' ? 'must not be empty' : null;
}
