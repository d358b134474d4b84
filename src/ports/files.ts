/**
 * The files a person works with (configuration, plans), as a port. The store and the databases are not among them.
 */

/** Thrown by Files. The path is in it, the content never. */
export class FileError extends Error {
  override readonly name = 'FileError';
  readonly code: 'missing' | 'exists' | 'not-text' | 'forbidden' | 'failed';
  readonly path: string;

  constructor(code: FileError['code'], path: string, cause?: unknown) {
    super(`${path}: ${code}`, { cause });
    this.code = code;
    this.path = path;
  }
}

/** A file being written: it takes its name only when `finish` has returned. */
export interface TextSink {
  write(text: string): Promise<void>;
  /** Makes everything durable and gives the file its name. */
  finish(): Promise<void>;
  /** Leaves nothing behind. */
  discard(): Promise<void>;
}

export interface Files {
  /** Reads a UTF-8 text file whole. Throws FileError. */
  readText(path: string): Promise<string>;
  /** Reads a UTF-8 text file line by line. Throws FileError. */
  readLines(path: string): AsyncIterable<string>;
  exists(path: string): Promise<boolean>;
  /** Starts a file that only its owner can read (0600). Throws FileError `exists` unless `replace`. */
  createPrivate(path: string, how: { readonly replace: boolean }): Promise<TextSink>;
}
