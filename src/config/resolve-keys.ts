/**
 * Where the master key comes from: a file, a command or the environment (C3).
 *
 * Decides that it is needed as soon as a connection is signed in by `concord connect`, and that it may never stand in the
 * configuration itself: whoever copies the file and the store must not have everything.
 */
import { resolve } from 'node:path';
import type { Connection, KeySource } from './config.ts';
import type { Findings } from './findings.ts';
import type { OutlineText } from './schema.ts';
import { Secret } from './secret.ts';

export interface MasterKeys {
  readonly masterKey: KeySource | null;
  readonly previousMasterKey: KeySource | null;
}

type KeyText = NonNullable<OutlineText['masterKey']>;

/** Checks and resolves both keys; `fromEnvironment` tells which values came from there. */
export function resolveKeys(
  outline: Pick<OutlineText, 'masterKey' | 'previousMasterKey'>,
  connections: readonly Connection[],
  folder: string,
  fromEnvironment: ReadonlySet<string>,
  findings: Findings,
): MasterKeys {
  const read = (name: 'masterKey' | 'previousMasterKey'): KeySource | null => {
    const text = outline[name];
    return text === undefined ? null : readSource(name, text, folder, fromEnvironment, findings);
  };
  const needs = connections.find((one) => one.connector !== 'sqlite' && one.auth.kind === 'sign-in');
  if (outline.masterKey === undefined && needs !== undefined) {
    findings.add(
      ['masterKey'],
      `is missing; connection ${needs.name} is signed in by \`concord connect\`, whose tokens are kept under it: ` +
        '{ file: ./concord.key } and `concord keys new ./concord.key`, { command: [...] } or { key: "${NAME}" }',
    );
  }
  if (outline.masterKey === undefined && outline.previousMasterKey !== undefined)
    findings.add(['previousMasterKey'], 'needs masterKey beside it: the key that takes its place');
  return { masterKey: read('masterKey'), previousMasterKey: read('previousMasterKey') };
}

function readSource(
  name: string,
  text: KeyText,
  folder: string,
  fromEnvironment: ReadonlySet<string>,
  findings: Findings,
): KeySource | null {
  const given = Object.keys(text);
  const [file, command, key] = [text.file, text.command, text.key];
  if (given.length !== 1) {
    findings.add([name], 'takes exactly one of file, command and key', 'value');
    return null;
  }
  if (file !== undefined) return Object.freeze({ kind: 'file', file: resolve(folder, file) });
  if (command !== undefined) return Object.freeze({ kind: 'command', command: Object.freeze([...command]) });
  if (key === undefined) return null;
  if (!fromEnvironment.has(JSON.stringify([name, 'key']))) {
    findings.add([name, 'key'], 'must not stand in this file; write "${NAME}" and put it into that variable', 'value');
    return null;
  }
  return Object.freeze({ kind: 'key', key: new Secret(key) });
}
