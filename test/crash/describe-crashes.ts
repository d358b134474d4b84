/**
 * The suite that every scenario goes through (I5): struck at each named step, before and after each commit, by a kill and by an error
 * that leaves the commit's outcome unknown; then left alone until it is quiet. The end must be that of a calm run.
 *
 * CI takes each point at its first, second and last visit; CONCORD_ALL_CRASHES=1 takes every visit.
 */
import process from 'node:process';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, test } from 'vitest';
import { differenceOf } from './end-state.ts';
import { CrashRig, type Blow, type Scenario } from './rig.ts';

const EVERY_VISIT = process.env['CONCORD_ALL_CRASHES'] === '1';
/** For second blows, in the recovery from the first. */
const SAMPLE_EVERY = EVERY_VISIT ? 7 : 29;

/** Holds a scenario to I5. */
export function describeCrashes(scenario: Scenario): void {
  describe(`I5: ${scenario.name}`, () => {
    test('the calm run ends with both sides agreed, and is what the simulator says', async () => {
      await using rig = await CrashRig.open(scenario);
      const { end } = await rig.calm();
      expect(end.unfinished).toEqual([]);
      expect(await rig.differences()).toEqual([]);
    });

    test('a kill at any step is invisible', () => strikeAll(scenario, 'killed', killVisits), 300_000);
    test('a commit of unknown outcome is invisible', () => strikeAll(scenario, 'unknown', chosenVisits), 300_000);
    test('a second kill during the recovery is invisible', () => strikeTwice(scenario), 300_000);
  });
}

async function strikeAll(
  scenario: Scenario,
  blow: Blow,
  choose: (visited: readonly string[]) => readonly number[],
): Promise<void> {
  await using rig = await CrashRig.open(scenario);
  const calm = await rig.calm();
  const different: Record<string, unknown> = {};
  for (const visit of choose(calm.visited)) {
    const found = await rig.strike(blow, visit).catch((error: unknown) => ({ error }));
    if (!isDeepStrictEqual(found, calm.end))
      different[`${visit} ${calm.visited[visit]}`] = differenceOf(found, calm.end);
  }
  expect(different).toEqual({});
}

async function strikeTwice(scenario: Scenario): Promise<void> {
  await using rig = await CrashRig.open(scenario);
  const calm = await rig.calm();
  for (let visit = 3; visit < calm.visited.length; visit += SAMPLE_EVERY) {
    // Recovery begins with taking the sync over; a dozen steps later it is in the middle of what it mends.
    for (const later of [5, 12, 19]) {
      const found = await rig.strike('killed', visit, later);
      expect(found, `killed at ${visit} (${calm.visited[visit]}), then ${later} steps later`).toEqual(calm.end);
    }
  }
}

/** Each point's first, second and last visit. */
function chosenVisits(visited: readonly string[]): readonly number[] {
  if (EVERY_VISIT) return visited.map((_, visit) => visit);
  const byPoint = Map.groupBy(visited.keys(), (visit) => visited[visit]);
  const chosen = [...byPoint.values()].flatMap((visits) => [visits[0], visits[1], visits.at(-1)]);
  return [...new Set(chosen)].filter((visit) => visit !== undefined).sort((a, b) => a - b);
}

/** A kill before a commit finds the files as a kill after the commit just before it: one of the two is enough. */
function killVisits(visited: readonly string[]): readonly number[] {
  const chosen = chosenVisits(visited);
  if (EVERY_VISIT) return chosen;
  const taken = new Set(chosen);
  return chosen.filter((visit) => !(visited[visit]?.endsWith(':before-commit') && taken.has(visit - 1)));
}
