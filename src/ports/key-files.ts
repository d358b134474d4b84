/** Where a master key is kept outside the store, as a port: a file of its owner's alone, or a program that prints it. */
export type KeyText =
  { readonly text: string } | { readonly fault: 'missing' | 'readable-by-others' | 'command-failed' };

export interface KeyFiles {
  /** Reads a key file; refuses one that others than its owner may read. */
  read(path: string): Promise<KeyText>;
  /** Runs a program, without a shell, and takes what it prints. */
  run(command: readonly string[]): Promise<KeyText>;
}
