/**
 * master-keys: the keys that the configuration names, read when a secret is first needed and kept for this process.
 *
 * Must never tell more of a key than where it was to come from.
 */
import type { Config, KeySource } from '../config/config.ts';
import { MasterKeyRefused } from '../model/errors.ts';
import type { KeyFiles, KeyText } from '../ports/key-files.ts';
import { parseMasterKey } from '../secrets/master-key.ts';
import type { MasterKey } from '../secrets/master-key.ts';

type Masters = readonly [MasterKey, ...MasterKey[]];

/** Makes the way to the master keys: the present one and, during a rotation, the one before. It throws MasterKeyRefused. */
export function masterKeys(
  { masterKey, previousMasterKey }: Pick<Config, 'masterKey' | 'previousMasterKey'>,
  files: KeyFiles,
): () => Promise<Masters> {
  let kept: Masters | null = null;
  return async () => {
    if (masterKey === null) throw new MasterKeyRefused('missing');
    kept ??= [
      await readKey(masterKey, files),
      ...(previousMasterKey === null ? [] : [await readKey(previousMasterKey, files)]),
    ];
    return kept;
  };
}

async function readKey(source: KeySource, files: KeyFiles): Promise<MasterKey> {
  const name = nameOf(source);
  const found = await textOf(source, files);
  if ('fault' in found) throw new MasterKeyRefused(found.fault, name);
  try {
    return parseMasterKey(found.text);
  } catch (error) {
    throw error instanceof MasterKeyRefused ? new MasterKeyRefused(error.code, name) : error;
  }
}

async function textOf(source: KeySource, files: KeyFiles): Promise<KeyText> {
  if (source.kind === 'key') return { text: source.key.reveal() };
  return source.kind === 'file' ? files.read(source.file) : files.run(source.command);
}

/** A program's arguments may say too much; its name is enough to find it. */
function nameOf(source: KeySource): string | null {
  if (source.kind === 'key') return null;
  return source.kind === 'file' ? source.file : (source.command[0] ?? null);
}
