/**
 * `keys new FILE` and `keys rotate`: a master key to begin with, and every secret moved to another one (C3).
 *
 * Decides that a key file is never replaced: whoever loses the old key loses what is under it.
 */
import { resolve } from 'node:path';
import { EXIT } from '../exit-codes.ts';
import type { ExitCode } from '../exit-codes.ts';
import { UsageError } from '../messages.ts';
import { readConfig, withApplication } from '../session.ts';
import type { Session } from '../session.ts';
import { formatNumber } from '../text.ts';

/** Runs the command. */
export async function runKeys(session: Session, what: 'new' | 'rotate', file: string | undefined): Promise<ExitCode> {
  if (what === 'rotate') {
    if (file !== undefined) throw new UsageError('bad-answer', { flag: '`keys rotate`', why: 'takes no file' });
    return rotate(session);
  }
  if (file === undefined) throw new UsageError('missing-answer', { flag: 'FILE', why: 'where shall the key be kept?' });
  return makeKey(session, file);
}

async function makeKey({ io, output }: Session, file: string): Promise<ExitCode> {
  const path = resolve(io.cwd, file);
  const sink = await io.files.createPrivate(path, { replace: false });
  await sink.write(io.drawKey());
  await sink.finish();
  await output.json({ kind: 'written', file: path });
  if (!output.mode.quiet)
    await output.lines([
      `Wrote a new master key to ${file}, readable by you alone. Next:`,
      `  1. masterKey: { file: ${file} }   in the configuration`,
      '  2. keep a copy of it, apart from the backups of the store: without it every connection is signed in again',
    ]);
  return EXIT.ok;
}

async function rotate(session: Session): Promise<ExitCode> {
  const config = await readConfig(session);
  if (config.masterKey === null) throw new UsageError('no-master-key', {});
  const connections = await withApplication(session, config, ({ application }) => application.rotateKeys());
  await session.output.json({ kind: 'rotated', connections });
  if (session.output.mode.quiet) return EXIT.ok;
  const next = config.previousMasterKey === null ? '' : ' `previousMasterKey:` can go now.';
  await session.output.lines([
    `Sealed the sign-ins of ${formatNumber(connections, 'connection')} anew, under the present master key.${next}`,
  ]);
  return EXIT.ok;
}
