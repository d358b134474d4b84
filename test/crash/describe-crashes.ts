/**
 * The suite that every scenario goes through (I5): struck at each named step, before and after each commit, by a kill and by an error
 * that leaves the commit's outcome unknown; then left alone until it is quiet. The end must be that of a calm run.
 *
 * CI kills at each point's first, second and last visit, and leaves each point's first outcome unknown;
 * CONCORD_ALL_CRASHES=1 takes every visit for both.
 */
import process from 'node:process';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, test } from 'vitest';
import { expectMirrorEqualsTruth } from '../harness/truth.ts';
import { differenceOf } from './end-state.ts';
import { CrashRig, type Blow, type Calm, type Scenario } from './rig.ts';

const EVERY_VISIT = process.env['CONCORD_ALL_CRASHES'] === '1';
/** For second blows, in the recovery from the first. */
const SAMPLE_EVERY = EVERY_VISIT ? 3 : 17;
const LONG = { timeout: EVERY_VISIT ? 7_200_000 : 600_000 };

/** Holds a scenario to I5. */
export function describeCrashes(scenario: Scenario): void {
  describe(`I5: ${scenario.name}`, () => {
    test('the calm run ends with both sides agreed, and is what the simulator says', async () => {
      await using rig = await CrashRig.open(scenario);
      const { end } = await rig.calm();
      expect(end.unfinished).toEqual([]);
      expect(await rig.differences()).toEqual([]);
      if (scenario.sync === undefined) expectMirrorEqualsTruth(rig.account);
    });

    test('a kill at any step is invisible', LONG, async () => {
      await using rig = await CrashRig.open(scenario);
      const calm = await rig.calm();
      const struck = killVisits(calm.visited).map((visit) => [visit] as const);
      expect(await different(rig, calm, 'killed', struck)).toEqual({});
    });

    test('a commit of unknown outcome is invisible', LONG, async () => {
      await using rig = await CrashRig.open(scenario);
      const calm = await rig.calm();
      const struck = unknownVisits(calm.visited).map((visit) => [visit] as const);
      expect(await different(rig, calm, 'unknown', struck)).toEqual({});
    });

    test('a second kill during the recovery is invisible', LONG, async () => {
      await using rig = await CrashRig.open(scenario);
      const calm = await rig.calm();
      expect(await different(rig, calm, 'killed', sampleOfTwo(calm.visited.length))).toEqual({});
    });
  });
}

/** Strikes at each of the visits in a history of its own; tells those that did not end as the calm one. */
async function different(
  rig: CrashRig,
  calm: Calm,
  blow: Blow,
  strikes: readonly (readonly number[])[],
): Promise<Record<string, unknown>> {
  const found: Record<string, unknown> = {};
  for (const visits of strikes) {
    const end = await rig.strike(blow, ...visits).catch((error: unknown) => ({ error }));
    if (isDeepStrictEqual(end, calm.end)) continue;
    found[`${visits.join(', then ')} (${calm.visited[visits[0] ?? 0]})`] = differenceOf(end, calm.end);
  }
  return found;
}

/** Recovery begins with taking the sync over; a dozen steps later it is in the middle of what it mends. */
function sampleOfTwo(length: number): readonly (readonly [number, number])[] {
  const pairs: [number, number][] = [];
  for (let visit = 3, turn = 0; visit < length; visit += SAMPLE_EVERY, turn += 1)
    pairs.push([visit, [5, 12, 19, 33][turn % 4] ?? 5]);
  return pairs;
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

function unknownVisits(visited: readonly string[]): readonly number[] {
  return EVERY_VISIT
    ? chosenVisits(visited)
    : chosenVisits(visited).filter((visit) => visited.indexOf(visited[visit] ?? '') === visit);
}
