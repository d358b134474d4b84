/**
 * unread: records of a page that came as text, and need no reading when that text is stored already.
 *
 * A text hash only ever says "the same as before"; whatever differs is read and compared by content as ever. Must never
 * skip a record whose stored content came from another text.
 */
import type { Page, Reading, Refused } from '../model/record.ts';
import type { Known, Shelf } from '../store/rows.ts';
import type { PassContext } from './context.ts';
import type { IdSet } from '../model/id-set.ts';
import { lookUp } from './loaded-ids.ts';

/** Ids that were looked up, and what is stored of them. */
export interface Looked {
  readonly asked: ReadonlySet<string>;
  readonly known: ReadonlyMap<string, Known>;
}

export interface SkippedTexts {
  /** The page with everything read that had to be. */
  readonly page: Page;
  /** Stored records that were shown with the text they have. */
  readonly same: readonly Known[];
  /** Text hashes of what was read, by id. */
  readonly texts: ReadonlyMap<string, string>;
  readonly known: Looked;
}

/** Reads those of the page's texts that are not stored under the same hash. */
export async function skipKnownTexts(
  ctx: PassContext,
  shelf: Shelf,
  page: Page,
  load: IdSet | undefined,
): Promise<SkippedTexts> {
  const { unread = [] } = page;
  if (unread.length === 0) return { page, same: [], texts: new Map(), known: { asked: new Set(), known: new Map() } };
  const asked = new Set(unread.map((record) => record.id));
  const known = await lookUp(ctx, shelf, [...asked], load);
  const same: Known[] = [];
  const texts = new Map<string, string>();
  const readings: Reading[] = [...page.readings];
  const refused: Refused[] = [...page.refused];
  for (const record of unread) {
    const stored = known.get(record.id);
    if (stored !== undefined && stored.textHash === record.textHash) {
      same.push(stored);
      continue;
    }
    const read = record.read();
    const [only] = read.readings;
    // A text that holds several records stands for none of them: it is read each time.
    if (only !== undefined && read.readings.length + read.refused.length === 1) texts.set(only.id, record.textHash);
    readings.push(...read.readings);
    refused.push(...read.refused);
  }
  return { page: { ...page, readings, refused }, same, texts, known: { asked, known } };
}

/** Names the unchanged records whose text is not the stored one: it is remembered for the next time. */
export function newTexts(
  unchanged: readonly Known[],
  texts: ReadonlyMap<string, string>,
): readonly { readonly recordId: number; readonly textHash: string }[] {
  return unchanged.flatMap((record) => {
    const textHash = texts.get(record.id);
    return textHash === undefined || textHash === record.textHash ? [] : [{ recordId: record.recordId, textHash }];
  });
}

/** Reads everything on a page, whatever is stored: for those who trust no snapshot. */
export function readWhole(page: Page): Page {
  const read = (page.unread ?? []).map((record) => record.read());
  return {
    ...page,
    readings: [...page.readings, ...read.flatMap((part) => part.readings)],
    refused: [...page.refused, ...read.flatMap((part) => part.refused)],
  };
}
