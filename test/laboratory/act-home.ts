/**
 * Lets an act happen at home, to a person who was entered there, or to a job.
 *
 * What cannot happen does not happen. Must never look at Concord's store.
 */
import type { WorldHandle } from '../../simulators/control/handle.ts';
import { stateOf, stopActivity } from '../../simulators/world/activities.ts';
import type { HomeAct } from './history.ts';
import type { OwnerHome } from './owner-home.ts';
import type { Secondary } from './secondary.ts';

/** Where such an act happens. */
export interface AtHome {
  readonly world: WorldHandle;
  readonly secondary: Secondary;
  readonly home: OwnerHome;
  /** Gives the address of somebody by their place in the account; null: there is none. */
  readonly addressAt: (who: number) => string | null;
}

/** Performs an act; tells whether anything happened. */
export function performAtHome(act: HomeAct, at: AtHome): boolean {
  switch (act.do) {
    case 'job-speed':
      at.world.switches.set({ activityRunMs: act.ms });
      return true;
    case 'job-stop':
      return stopJob(at.world, act.state);
    case 'jobs-forgotten':
      return forgetJobs(at.world);
    case 'row-new':
    case 'rows-new-many':
      return enter(act, at);
    case 'members-gone-many':
      return at.home.takeManyOff(act.n, (name) => idOf(at.world, name));
    default:
      return aboutSomebody(act, at);
  }
}

type AboutSomebody = Extract<HomeAct, { readonly who: number } | { readonly last: number }>;

function enter(act: Extract<HomeAct, { do: 'row-new' | 'rows-new-many' }>, { home }: AtHome): boolean {
  if (act.do === 'row-new') return home.enter(`home.${act.n}@example.org`, `Home ${act.n}`, act.evidence);
  const places = Array.from({ length: act.count }, (_, n) => `home.${act.n}.${n}@example.org`);
  return places.map((address) => home.enter(address, `Home ${act.n}`, true)).includes(true);
}

function aboutSomebody(act: AboutSomebody, at: AtHome): boolean {
  const { world, secondary, home } = at;
  const address = 'who' in act ? at.addressAt(act.who) : home.lastEntered(act.last);
  if (address === null) return false;
  const changes = world.state.changes.length;
  switch (act.do) {
    case 'row-again':
      return home.enter(address, 'Again', true);
    case 'row-gone':
      return home.takeAway(address, act.who % 2 === 0, (name) => idOf(world, name));
    case 'entered-gone':
      return home.takeAway(address, act.last % 2 === 0, (name) => idOf(world, name));
    case 'entered-name':
      return secondary.rename(address, `Later ${act.n}`);
    case 'entered-out':
      return secondary.withdraw(address, changes);
    case 'entered-signs-up':
      return signUp(world, address, act.leaves);
    case 'row-off-list':
      return [...secondary.rows('SELECT email, list_name FROM newsletter_members ORDER BY email, list_name')]
        .filter(({ email }) => email === address)
        .slice(act.n % 3, (act.n % 3) + 1)
        .some((row) =>
          home.takeOff(address, { id: idOf(world, String(row['list_name'])), name: String(row['list_name']) }),
        );
    case 'row-on-list':
    case 'entered-on-list':
      return putOn(at, address, act.n);
  }
}

function putOn({ world, home }: AtHome, address: string, n: number): boolean {
  const lists = livingLists(world);
  const list = lists[n % Math.max(1, lists.length)];
  return list !== undefined && home.putOn(address, list);
}

function livingLists(world: WorldHandle) {
  return [...world.state.lists.values()].filter(({ deletedAt }) => deletedAt === null);
}

/** A row bears the former name of a list until a pass has written it anew. */
function idOf(world: WorldHandle, name: string): string {
  const named = livingLists(world).find((list) => list.name === name)?.id;
  const renamed = world.state.changes.findLast(({ kind, facts }) => kind === 'list.renamed' && facts['from'] === name);
  const former = renamed?.facts['list_id'];
  return named ?? (typeof former === 'string' ? former : 'none');
}

/** The same person signs up by themselves, while their row is on its way, and perhaps thinks better of it. */
function signUp(world: WorldHandle, address: string, leaves: boolean): boolean {
  if (world.state.owner(address) !== null) return false;
  world.mutate({ op: 'create', contact: { email_address: address, create_source: 'Contact', first_name: 'Myself' } });
  if (leaves) world.mutate({ op: 'unsubscribe', email: address, how: 'contact' });
  return true;
}

function stopJob(world: WorldHandle, state: 'cancelled' | 'failed' | 'timed_out'): boolean {
  const now = world.clock.now();
  const running = [...world.state.activities.values()].find((one) =>
    ['initialized', 'processing'].includes(stateOf(one, now)),
  );
  if (running === undefined) return false;
  stopActivity(world.state, running.id, state, ['stopped by an operator']);
  return true;
}

/** What has ended is no longer told of. */
function forgetJobs(world: WorldHandle): boolean {
  const now = world.clock.now();
  const { activities } = world.state;
  const ended = [...activities.values()].filter((one) => !['initialized', 'processing'].includes(stateOf(one, now)));
  for (const { id } of ended) activities.delete(id);
  return ended.length > 0;
}
