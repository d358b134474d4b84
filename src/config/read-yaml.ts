/**
 * Text to plain values with their places: YAML 1.2, one document, nothing that a configuration has no use for.
 *
 * Decides which YAML is accepted and collects every problem instead of stopping at the first. Values come out as plain
 * JSON-like data in null-prototype objects. Must never put the parser's own messages out: they quote the file.
 */
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import type { Document, Node, Pair, YAMLMap } from 'yaml';
import type { Findings } from './findings.ts';
import type { KeyPath, Position } from './problems.ts';
import { findExcess } from './yaml-bounds.ts';
import { describeYamlError } from './yaml-errors.ts';

const MAX_CHARACTERS = 1_000_000;
const MAX_VALUES = 10_000;
const MAX_DEPTH = 32;
const REFUSED_KEYS = new Set(['__proto__', 'constructor', 'prototype']);
const PLAIN_TAGS = /^(?:!|tag:yaml\.org,2002:(?:str|int|float|bool|null|map|seq))$/u;

/** Reads YAML text into plain values; null when it is not YAML at all or holds nothing. */
export function readYaml(text: string, findings: Findings): unknown {
  if (text.length > MAX_CHARACTERS) {
    findings.add([], 'the file is larger than a configuration can be (1 MB)');
    return null;
  }
  const plain = text.replace(/^\uFEFF/u, '');
  const excess = findExcess(plain);
  if (excess !== null) {
    findings.addAt(placeOf(plain, excess.offset), [], excess.message);
    return null;
  }
  const lines = new LineCounter();
  const document = parseDocument(plain, {
    version: '1.2',
    uniqueKeys: false, // the walk below names the key that is written twice
    prettyErrors: false,
    lineCounter: lines,
  });
  if (reportSyntax(document, lines, findings) || document.contents === null) return null;
  const walk = new Walk(document, lines, findings);
  const value = walk.read(document.contents, []);
  return walk.overflowed ? null : value;
}

/** Reports the first slip alone: whatever the parser says after it is mostly its echo. */
function reportSyntax(document: Document, lines: LineCounter, findings: Findings): boolean {
  const [error] = document.errors;
  const version = document.directives?.yaml.version;
  if (error !== undefined) findings.addAt(positionOf(lines, error.pos[0]), [], describeYamlError(error.code));
  else if (version !== undefined && version !== '1.2') {
    findings.add([], 'another YAML than 1.2 is asked for: remove the %YAML line');
  }
  return findings.problems.length > 0;
}

/** Counts lines in a text that nobody has parsed. */
function placeOf(text: string, offset: number): Position {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

function positionOf(lines: LineCounter, offset: number): Position {
  const { line, col } = lines.linePos(offset);
  return { line, column: col };
}

/** One walk over the node tree; bounds are for anchors that multiply. */
class Walk {
  readonly #document: Document;
  readonly #lines: LineCounter;
  readonly #findings: Findings;
  readonly #open = new Set<unknown>();
  #values = 0;

  constructor(document: Document, lines: LineCounter, findings: Findings) {
    this.#document = document;
    this.#lines = lines;
    this.#findings = findings;
  }

  get overflowed(): boolean {
    return this.#values > MAX_VALUES;
  }

  read(node: unknown, path: KeyPath): unknown {
    this.#values += 1;
    if (this.#values > MAX_VALUES)
      return this.#refuseOnce('there are more than 10,000 values; anchors may multiply them');
    if (path.length > MAX_DEPTH) return this.#refuse(node, path, 'is nested too deeply');
    if (isAlias(node)) return this.#readAlias(node.resolve(this.#document), node, path);
    if (isTagged(node)) return this.#refuse(node, path, 'carries a tag; write the plain value');
    if (isMap(node)) return this.#within(node, path, () => this.#readMap(node, path));
    if (isSeq(node))
      return this.#within(node, path, () => node.items.map((item, index) => this.#readItem(item, [...path, index])));
    return isScalar(node) ? node.value : null;
  }

  #readAlias(target: Node | undefined, node: Node, path: KeyPath): unknown {
    return target === undefined
      ? this.#refuse(node, path, 'refers to an anchor that is not defined above it')
      : this.read(target, path);
  }

  #within<T>(node: Node, path: KeyPath, body: () => T): T | undefined {
    if (this.#open.has(node)) return this.#refuse(node, path, 'refers to itself');
    this.#open.add(node);
    const value = body();
    this.#open.delete(node);
    return value;
  }

  #readItem(item: unknown, path: KeyPath): unknown {
    const place = this.#position(item);
    this.#findings.record(path, place, place);
    return this.read(item, path);
  }

  #readMap(map: YAMLMap, path: KeyPath): Record<string, unknown> {
    const value = Object.create(null) as Record<string, unknown>;
    for (const pair of map.items) {
      const key = this.#readKey(pair, path, value);
      if (key === null) continue;
      const keyPath = [...path, key];
      this.#findings.record(keyPath, this.#position(pair.key), this.#position(pair.value ?? pair.key));
      value[key] = this.read(pair.value, keyPath);
    }
    return value;
  }

  #readKey(pair: Pair, path: KeyPath, siblings: Record<string, unknown>): string | null {
    const node = pair.key;
    if (!isScalar(node) || isTagged(node) || (node.value !== null && typeof node.value === 'object')) {
      this.#refuse(node, path, 'has a key that is not plain text');
      return null;
    }
    const key = node.source ?? String(node.value);
    const fault = keyFault(key, siblings);
    if (fault === null) return key;
    this.#findings.addAt(this.#position(node), [...path, key], fault);
    return null;
  }

  #position(node: unknown): Position {
    const range = (node as Node | null)?.range;
    return positionOf(this.#lines, range?.[0] ?? 0);
  }

  #refuse(node: unknown, path: KeyPath, message: string): undefined {
    this.#findings.addAt(this.#position(node), path, message);
  }

  #refuseOnce(message: string): undefined {
    if (this.#values === MAX_VALUES + 1) this.#findings.add([], message);
  }
}

function isTagged(node: unknown): boolean {
  const tag = (node as Node | null)?.tag;
  return tag !== undefined && !PLAIN_TAGS.test(tag);
}

function keyFault(key: string, siblings: Record<string, unknown>): string | null {
  if (REFUSED_KEYS.has(key)) return 'is not allowed as a key';
  if (key === '<<') return 'is no merge here: YAML 1.2 has none; repeat the keys';
  return Object.hasOwn(siblings, key) ? 'is written twice; keep one' : null;
}
