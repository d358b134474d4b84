/**
 * `demo`: the whole product with no account.
 *
 * The other of the two doors between the product and the simulators; they share no code. Starts them in this process,
 * lets the demo play, and says with its exit whether every figure of the story was true.
 */
import { holds } from '../../demo/claims.ts';
import { FEWEST_PEOPLE } from '../../demo/day.ts';
import { playDemo, type Scene } from '../../demo/play.ts';
import { objectsOf, storyOf } from '../../demo/story.ts';
import type { Simulation } from '../../demo/world.ts';
import type { Clock } from '../../ports/clock.ts';
import { EXIT } from '../exit-codes.ts';
import type { ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { Output } from '../output.ts';
import { createProgress } from '../progress.ts';
import type { DemoOptions } from './load-demo.ts';

const USUAL_PEOPLE = 300;

/** What a test brings instead of this machine's clock and the usual account. */
export interface DemoParts {
  readonly clock?: Clock;
  /** Put around the simulated account. */
  readonly wrap?: (simulation: Simulation) => Simulation;
}

/** Plays the demo. */
export async function runDemo(io: Io, options: DemoOptions, parts: DemoParts = {}): Promise<ExitCode> {
  const output = new Output(io, { json: options.json, quiet: options.quiet, verbose: false });
  let exit: ExitCode = EXIT.ok;
  const tell = async (scene: Scene): Promise<void> => {
    exit = exitOf(scene, exit);
    for (const object of objectsOf(scene)) await output.json(object);
    if (!options.quiet || exit !== EXIT.ok) await output.lines(storyOf(scene));
  };
  const call = (): ReturnType<Parameters<typeof playDemo>[0]['call']> => {
    // Where there is no bar, the story itself says how far it is.
    const progress = io.barStream === null ? null : createProgress(io, output);
    return {
      signal: io.signal,
      progress: (event) => progress?.report(event),
      [Symbol.dispose]: () => progress?.[Symbol.dispose](),
    };
  };
  const { keep = false } = options;
  const { clock, wrap = (simulation) => simulation } = parts;
  const whole = await playDemo({ keep, call, tell, simulate: async (at) => wrap(await simulate(options, at)) }, clock);
  return whole || exit !== EXIT.ok ? exit : EXIT.failed;
}

function exitOf(scene: Scene, before: ExitCode): ExitCode {
  if (scene.kind === 'ended' && !scene.claims.every(holds)) return EXIT.failed;
  if (scene.kind === 'pass' && scene.result.outcome !== 'done') return EXIT.failed;
  return before;
}

async function simulate({ contacts, seed }: DemoOptions, clock: { now(): number }): Promise<Simulation> {
  const { startSimulators } = await import('../../../simulators/main.ts');
  const simulators = await startSimulators({
    contacts: Math.max(FEWEST_PEOPLE, contacts ?? USUAL_PEOPLE),
    ...(seed !== undefined && { seed }),
    clock,
  });
  const { ready, world, requests } = simulators;
  return {
    url: ready.constantContact.v3,
    token: ready.constantContact.token,
    world: {
      mutate: (operations) => world.mutate(operations),
      contacts: () => world.contacts(),
      catalogue: () => world.catalogue(),
      log: (after) => world.log(after),
    },
    requests: () => requests.totals(),
    close: () => simulators.close(),
  };
}
