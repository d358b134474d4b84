/**
 * import-limits: how much of an import is taken. What goes beyond is dropped and nobody is told: the trap of imports.
 *
 * Only rows that lie wholly within the first 4 MB count, and only the first 40,000 lines of a file, its header among them.
 */
export const MOST_BYTES = 4 * 1024 * 1024;
export const MOST_LINES = 40_000;

/** Counts the elements of the array under a key that end within so many bytes of a JSON text. */
export function elementsWithin(json: Buffer, key: string, bytes: number): number {
  const start = json.indexOf(`"${key}"`);
  const from = start === -1 ? -1 : json.indexOf('[', start);
  if (from === -1) return 0;
  const end = Math.min(json.length, bytes);
  let depth = 0;
  let count = 0;
  let isText = false;
  for (let at = from; at < end; at += 1) {
    const char = json[at];
    if (isText) {
      if (char === BACKSLASH) at += 1;
      else if (char === QUOTE) isText = false;
    } else if (char === QUOTE) isText = true;
    else if (char === OPEN_ARRAY || char === OPEN_OBJECT) depth += 1;
    else if (char === CLOSE_ARRAY || char === CLOSE_OBJECT) {
      depth -= 1;
      if (depth === 1) count += 1;
      if (depth === 0) break;
    }
  }
  return count;
}

const [QUOTE, BACKSLASH, OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT] = Buffer.from('"\\[]{}');

/** Cuts a file at its limit of bytes; a line that is cut is dropped. */
export function withinBytes(file: Buffer): Buffer {
  if (file.length <= MOST_BYTES) return file;
  const cut = file.subarray(0, MOST_BYTES);
  return cut.subarray(0, cut.lastIndexOf('\n') + 1);
}
