/**
 * stored-form: is what a system shows only its own way of writing what we wrote there (T41)?
 *
 * Pure. A system may trim, cut, change case, or put a date's parts in another order. Asked only right after a write of
 * ours: at any other time a difference is somebody's edit. Must never take an emptied field for a form of a full one.
 */

/** A text cut off behind this many characters or more may be the same text. */
const CUT = 20;

/** Tells whether `stored` is a form of `written`. */
export function isStoredForm(written: string, stored: string): boolean {
  const [ours, theirs] = [partsOf(written), partsOf(stored)];
  if (theirs.length === 0) return false;
  const short = stored.trim();
  if (short.length >= CUT && written.trim().startsWith(short)) return true;
  return [...ours].sort().join(' ') === [...theirs].sort().join(' ');
}

/** Words and numbers, whatever stands between them. */
function partsOf(text: string): readonly string[] {
  const parts =
    text
      .normalize('NFKC')
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? [];
  return parts.map((part) => part.replace(/^0+(?=\d)/, ''));
}
