/**
 * What YAML may cost: looked at word by word before anything is parsed, because a parser builds all of it first.
 *
 * Decides how deep a file may be nested and how many words and signs it may hold, and where it first goes too far. Depth
 * is told by open brackets and by columns, so it may be counted a level too low where a list stands in its key's own
 * column; the walk over the parsed values counts again. Must never recurse, nor keep what it reads.
 */
import { Lexer } from 'yaml';

const MOST_TOKENS = 60_000;
const MOST_LEVELS = 32;
/** Marks of the lexer that stand for no character; the text of a scalar follows its mark. */
const [DOCUMENT, FLOW_END, SCALAR] = ['\u0002', '\u0018', '\u001f'];

export interface Excess {
  /** Where in the text it goes too far. */
  readonly offset: number;
  /** A sentence without its subject. */
  readonly message: string;
}

/** Finds the first place at which a text goes beyond the bounds; null when it stays within. */
export function findExcess(text: string): Excess | null {
  const levels = new Levels();
  let [offset, tokens, isText] = [0, 0, false];
  for (const token of new Lexer().lex(text)) {
    tokens += 1;
    if (tokens > MOST_TOKENS)
      return { offset, message: 'holds more than 60,000 words and signs, more than a configuration can need' };
    if (!isText && (token === DOCUMENT || token === FLOW_END)) continue;
    if (!isText && token === SCALAR) {
      isText = true;
      continue;
    }
    if (levels.take(token, isText, offset) > MOST_LEVELS)
      return { offset, message: `is nested too deeply: more than ${MOST_LEVELS} levels` };
    isText = false;
    offset += token.length;
  }
  return null;
}

/** How many levels are open, token by token. */
class Levels {
  /** Columns in which the open block levels stand, each further in than the one before. */
  readonly #columns: number[] = [];
  #brackets = 0;
  #lineStart = 0;
  /** What comes next stands first in its line, or right behind a sign that opens a level. */
  #opens = true;

  /** Takes one token; tells the levels open with it. */
  take(token: string, isText: boolean, offset: number): number {
    if (!isText && isBlank(token)) return this.#blank(token, offset);
    if (!isText && (token === '[' || token === '{')) this.#brackets += 1;
    if (this.#brackets === 0 && this.#opens) this.#enter(offset - this.#lineStart);
    const open = this.#columns.length + this.#brackets;
    if (!isText && (token === ']' || token === '}')) this.#brackets = Math.max(0, this.#brackets - 1);
    this.#opens &&= !isText && (token === '-' || token === '?' || token === ':');
    if (isText) this.#blank(token, offset);
    return open;
  }

  #enter(column: number): void {
    while ((this.#columns.at(-1) ?? -1) >= column) this.#columns.pop();
    this.#columns.push(column);
  }

  #blank(token: string, offset: number): number {
    const last = token.lastIndexOf('\n');
    if (last >= 0) this.#lineStart = offset + last + 1;
    if (token.endsWith('\n')) this.#opens = true;
    return this.#columns.length + this.#brackets;
  }
}

function isBlank(token: string): boolean {
  return token.startsWith('#') || token.trim() === '';
}
