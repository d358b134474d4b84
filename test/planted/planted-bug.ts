/**
 * A planted bug: one small mistake, and the named test that must notice it.
 *
 * Each file of this folder exports `bugs`. `npm run planted` puts them in one at a time, in a copy of the checkout.
 */
export interface PlantedBug {
  /** Short and unique, such as `cursor-from-our-clock`; begin with the id it breaks where there is one: `T1-…`. */
  readonly name: string;
  /** The file to break, from the root of the checkout. */
  readonly file: string;
  /** Exact text, found exactly once in that file. */
  readonly find: string;
  readonly replace: string;
  readonly caughtBy: {
    readonly file: string;
    /** The test's full name: what stands in its `describe`s and itself, joined by spaces; a part that is unique in the file will do. */
    readonly test: string;
  };
}

/** Puts a bug into a file's text. Throws when the text to break is not there exactly once, or would not change. */
export function plant(bug: PlantedBug, text: string): string {
  const times = text.split(bug.find).length - 1;
  if (bug.find === '' || times !== 1)
    throw new Error(`${bug.name}: the text to break stands ${times} times in ${bug.file}, not once`);
  if (bug.find === bug.replace) throw new Error(`${bug.name}: changes nothing`);
  return text.replace(bug.find, () => bug.replace);
}
