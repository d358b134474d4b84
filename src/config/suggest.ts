/**
 * "Did you mean": finds the known word that a mistyped one is closest to. Pure.
 */

/** Finds the closest of `known` within a third of the word's length (at least 1, at most 3 edits); null when none is near. */
export function suggest(word: string, known: readonly string[]): string | null {
  const allowed = Math.min(3, Math.max(1, Math.floor(word.length / 3)));
  let best: { readonly candidate: string; readonly edits: number } | null = null;
  for (const candidate of known) {
    const edits = countEdits(plain(word), plain(candidate));
    if (edits <= allowed && (best === null || edits < best.edits)) best = { candidate, edits };
  }
  return best?.candidate ?? null;
}

/** Words the suggestion, or else the choice, as the end of a sentence. */
export function suggestText(word: string, known: readonly string[]): string {
  const near = suggest(word, known);
  return near === null ? `known here: ${known.join(', ')}` : `did you mean "${near}"?`;
}

/** `accesstoken`, `access_token` and `access-token` are the same slip. */
function plain(word: string): string {
  return word
    .slice(0, 64)
    .toLowerCase()
    .replaceAll(/[-_\s]/gu, '');
}

/** Counts the insertions, deletions and replacements between two words, two neighbours swapped counting as one. */
function countEdits(a: string, b: string): number {
  let older: readonly number[] = [];
  let previous: readonly number[] = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const edits = [at(row, j - 1) + 1, at(previous, j) + 1, at(previous, j - 1) + same];
      row.push(Math.min(...edits, swapped ? at(older, j - 2) + 1 : Infinity));
    }
    older = previous;
    previous = row;
  }
  return at(previous, b.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Infinity;
}
