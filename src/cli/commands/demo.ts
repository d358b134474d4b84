/**
 * `demo`: the whole product with no account.
 *
 * The other of the two doors between the product and the simulators; they share no code. Starts them in this process,
 * lets the demo play, and says with its exit whether every figure of the story was true.
 */
import { holds } from '../../demo/claims.ts';
import { FEWEST_PEOPLE } from '../../demo/day.ts';
import { FEWEST_DONORS } from '../../demo/donors-day.ts';
import { playDonors, type DonorsScene } from '../../demo/donors-play.ts';
import { donorsObjectsOf, donorsStoryOf } from '../../demo/donors-story.ts';
import { playDemo, type Scene } from '../../demo/play.ts';
import { objectsOf, storyOf } from '../../demo/story.ts';
import { listOf, type Both } from '../../demo/world.ts';
import type { Clock } from '../../ports/clock.ts';
import { EXIT } from '../exit-codes.ts';
import type { ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { Output } from '../output.ts';
import { createProgress } from '../progress.ts';
import type { DemoOptions } from './load-demo.ts';

const USUAL_PEOPLE = 300;

/** Contacts that the CRM has of its own, and people of the account whom it has too. */
const CRM_OWN = 40;
const CRM_SHARED = 2 / 3;

/** What a test brings instead of this machine's clock and the usual account. */
export interface DemoParts {
  readonly clock?: Clock;
  /** Put around the simulated systems. */
  readonly wrap?: (simulation: Both) => Both;
}

/** Plays the demo. */
export async function runDemo(io: Io, options: DemoOptions, parts: DemoParts = {}): Promise<ExitCode> {
  const output = new Output(io, { json: options.json, quiet: options.quiet, verbose: false });
  let exit: ExitCode = EXIT.ok;
  const say = async (verdict: ExitCode, objects: ReturnType<typeof objectsOf>, lines: readonly string[]) => {
    if (verdict !== EXIT.ok) exit = verdict;
    for (const object of objects) await output.json(object);
    if (!options.quiet || exit !== EXIT.ok) await output.lines(lines);
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
  const stage = { keep, call, simulate: async (at: { now(): number }) => wrap(await simulate(options, at)) };
  const whole =
    options.crm === true
      ? await playDonors(
          { ...stage, tell: (scene) => say(exitOf(scene), donorsObjectsOf(scene), donorsStoryOf(scene)) },
          clock,
        )
      : await playDemo({ ...stage, tell: (scene) => say(exitOf(scene), objectsOf(scene), storyOf(scene)) }, clock);
  return whole || exit !== EXIT.ok ? exit : EXIT.failed;
}

function exitOf(scene: Scene | DonorsScene): ExitCode {
  if ('claims' in scene && !scene.claims.every(holds)) return EXIT.failed;
  return 'result' in scene && scene.result.outcome !== 'done' ? EXIT.failed : EXIT.ok;
}

async function simulate({ contacts, seed }: DemoOptions, clock: { now(): number }): Promise<Both> {
  const { startSimulators } = await import('../../../simulators/main.ts');
  const people = Math.max(FEWEST_PEOPLE, FEWEST_DONORS, contacts ?? USUAL_PEOPLE);
  const simulators = await startSimulators({
    contacts: people,
    crm: { contacts: CRM_OWN, shared: Math.floor(people * CRM_SHARED) },
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
    crm: {
      url: ready.virtuous.url,
      token: ready.virtuous.token,
      size: () => world.crm.state.contacts.size,
      contact: (email) => world.crm.contact({ email }),
      notes: () => listOf(world.crm.truth(), 'note_list'),
      requests: () => world.crm.requests.totals(),
    },
    requests: () => requests.totals(),
    close: () => simulators.close(),
  };
}
