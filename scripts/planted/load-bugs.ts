/** Finds every planted bug: the `bugs` of each file in test/planted. */
import { readdirSync } from 'node:fs';
import type { PlantedBug } from '../../test/planted/planted-bug.ts';

const folder = new URL('../../test/planted/', import.meta.url);

/** Loads all planted bugs, in the order of their files' names. */
export async function loadBugs(): Promise<readonly PlantedBug[]> {
  const files = readdirSync(folder).filter(
    (file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && file !== 'planted-bug.ts',
  );
  const bugs: PlantedBug[] = [];
  for (const file of files.toSorted()) {
    const module = (await import(/* @vite-ignore */ new URL(file, folder).href)) as {
      readonly bugs: readonly PlantedBug[];
    };
    bugs.push(...module.bugs);
  }
  return bugs;
}
