/**
 * Files on this machine's disk.
 *
 * Decides that a private file is written beside its name, with mode 0600 from its first byte, and renamed when it is
 * durable: nobody ever sees half of it or reads it meanwhile (I20).
 */
import { accessSync, constants } from 'node:fs';
import { access, link, open, readFile, rename, unlink } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { FileError } from '../ports/files.ts';
import type { Files, TextSink } from '../ports/files.ts';

/** Makes the adapter; `suffix` tells temporary names of two processes apart. */
export function createNodeFiles(suffix: string): Files {
  return {
    readText: readTextFile,
    readLines: readFileLines,
    exists: fileIsThere,
    createPrivate: async (path, { replace }) => {
      if (!replace && (await fileIsThere(path))) throw new FileError('exists', path);
      const temporary = `${path}.${suffix}.tmp`;
      try {
        return new PrivateFile(path, temporary, await open(temporary, 'wx', 0o600), replace);
      } catch (error) {
        throw toFileError(path, error);
      }
    },
  };
}

async function readTextFile(path: string): Promise<string> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (error) {
    throw toFileError(path, error);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw new FileError('not-text', path, error);
  }
}

async function* readFileLines(path: string): AsyncGenerator<string> {
  try {
    await using handle = await open(path, 'r');
    yield* createInterface({
      input: handle.createReadStream({ encoding: 'utf8', autoClose: false }),
      crlfDelay: Infinity,
    });
  } catch (error) {
    throw toFileError(path, error);
  }
}

async function fileIsThere(path: string): Promise<boolean> {
  try {
    await access(path, constants.F_OK);
    return true;
  } catch {
    return false;
  }
}

class PrivateFile implements TextSink {
  readonly #path: string;
  readonly #temporary: string;
  readonly #handle: FileHandle;
  readonly #replace: boolean;

  constructor(path: string, temporary: string, handle: FileHandle, replace: boolean) {
    this.#path = path;
    this.#temporary = temporary;
    this.#handle = handle;
    this.#replace = replace;
  }

  async write(text: string): Promise<void> {
    await this.#handle.appendFile(text);
  }

  async finish(): Promise<void> {
    await this.#handle.sync();
    await this.#handle.close();
    try {
      if (this.#replace) await rename(this.#temporary, this.#path);
      else await this.#claimName();
    } catch (error) {
      await unlink(this.#temporary).catch(() => undefined);
      throw toFileError(this.#path, error);
    }
  }

  /** A link fails where a rename would silently replace what came in between. */
  async #claimName(): Promise<void> {
    await link(this.#temporary, this.#path);
    await unlink(this.#temporary);
  }

  async discard(): Promise<void> {
    await this.#handle.close().catch(() => undefined);
    await unlink(this.#temporary).catch(() => undefined);
  }
}

const CODES: Readonly<Record<string, FileError['code']>> = {
  ENOENT: 'missing',
  ENOTDIR: 'missing',
  EEXIST: 'exists',
  EACCES: 'forbidden',
  EPERM: 'forbidden',
  EROFS: 'forbidden',
};

function toFileError(path: string, error: unknown): unknown {
  if (error instanceof FileError || !(error instanceof Error)) return error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return new FileError(CODES[code] ?? 'failed', path, error);
}

/** Tells whether an existing file may be written; null where there is none. */
export function mayWrite(path: string): boolean | null {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? null : false;
  }
}
