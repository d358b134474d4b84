/**
 * What is wrong with a configuration: always where (line and key) and what would be right.
 *
 * Decides how a problem is worded as one line of text. Must never carry a value out of the file or the environment:
 * keys and expectations are enough to mend a file, and a value may be a secret (I20).
 */

/** Where a key stands: its names from the top of the file; a number is a place in a list. */
export type KeyPath = readonly (string | number)[];

/** 1-based. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

export interface Problem {
  readonly position: Position;
  /** Dotted, such as `connections.cc.auth.accessToken`; empty for the file as a whole. */
  readonly key: string;
  /** A sentence without its subject: `is missing; expected the path of …`. */
  readonly message: string;
}

/** Thrown by `loadConfig` with everything that it found, in the order of the file. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly file: string;
  readonly problems: readonly Problem[];

  constructor(file: string, problems: readonly Problem[]) {
    super(problems.map((problem) => formatProblem(file, problem)).join('\n'));
    this.file = file;
    this.problems = problems;
  }
}

/** Words one problem as `file:line:column: key message`. */
export function formatProblem(file: string, problem: Problem): string {
  const { position, key, message } = problem;
  const place = `${file}:${position.line}:${position.column}`;
  return key === '' ? `${place}: ${message}` : `${place}: ${key} ${message}`;
}

/** Writes a path as a person would: `syncs.copy.streams[2]`. */
export function formatKey(path: KeyPath): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    return text === '' ? part : `${text}.${part}`;
  }, '');
}

/** Orders problems as they stand in the file. */
export function sortProblems(problems: readonly Problem[]): readonly Problem[] {
  return problems.toSorted((a, b) => rank(a) - rank(b));
}

function rank({ position }: Problem): number {
  return position.line * 10_000 + Math.min(position.column, 9_999);
}
