/**
 * What happens during a backfill: a few people leave or are renamed in each hour, some who are in both systems and some
 * who are only being taken over.
 *
 * Decides who does what in which hour, nobody twice, and notes by the systems' own state how long each change waited.
 * Must never look at Concord.
 */
import type { InsideSimulator } from '../simulators/main.ts';
import { flagsOf } from './day-changes.ts';

type World = InsideSimulator['world'];
export interface Somebody {
  readonly id: string;
  readonly email: string;
}
/** In each hour, of those who are in both. */
const LEAVING = 2;
const RENAMED = 2;
/** In each hour, of those whom the account alone knows. */
const NEWCOMERS_LEAVING = 1;
/** So many are needed for an hour. */
export const THERE_AN_HOUR = LEAVING + RENAMED;

interface Change {
  readonly person: Somebody;
  readonly at: number;
  readonly kind: 'left' | 'renamed';
}

export class Life {
  readonly left: Somebody[] = [];
  readonly renamed: Somebody[] = [];
  /** Newcomers who left, and whether the CRM had been asked for them before. */
  readonly newcomersLeft: (Somebody & { readonly wasSubmitted: boolean })[] = [];
  longestWaitMs = 0;
  #waiting: Change[] = [];
  readonly #there: Somebody[];
  readonly #newcomers: Somebody[];

  /** `there`: in both and mailable; `newcomers`: mailable, in the account alone. */
  constructor(there: readonly Somebody[], newcomers: readonly Somebody[]) {
    this.#there = [...there];
    this.#newcomers = [...newcomers];
  }

  /** Lets an hour's changes happen. */
  happen(world: World, now: number): void {
    for (let nth = 0; nth < LEAVING; nth += 1) {
      const person = next(this.#there);
      world.mutate({ op: 'unsubscribe', contact_id: person.id, how: 'contact' });
      this.left.push(person);
      this.#waiting.push({ person, at: now, kind: 'left' });
    }
    for (let nth = 0; nth < RENAMED; nth += 1) {
      const person = next(this.#there);
      world.mutate({ op: 'edit', contact_id: person.id, set: { first_name: 'Renamed' } });
      this.renamed.push(person);
      this.#waiting.push({ person, at: now, kind: 'renamed' });
    }
    for (let nth = 0; nth < NEWCOMERS_LEAVING; nth += 1) {
      const person = next(this.#newcomers);
      const wasSubmitted = submissionsOf(world).has(person.id);
      world.mutate({ op: 'unsubscribe', contact_id: person.id, how: 'contact' });
      this.newcomersLeft.push({ ...person, wasSubmitted });
    }
  }

  /** Notes what has arrived by now; gives how many changes are still on their way. */
  look(world: World, now: number): number {
    const arrived = this.#waiting.filter((one) => hasArrived(world, one));
    for (const { at, kind } of arrived)
      if (kind === 'left') this.longestWaitMs = Math.max(this.longestWaitMs, now - at);
    this.#waiting = this.#waiting.filter((one) => !arrived.includes(one));
    return this.#waiting.length;
  }
}

/** How often each person of the account was submitted, by the CRM's own rows. */
export function submissionsOf(world: World): ReadonlyMap<string, number> {
  const times = new Map<string, number>();
  for (const { reference } of world.crm.state.rows.values())
    if (reference !== null) times.set(reference.id, (times.get(reference.id) ?? 0) + 1);
  return times;
}

function hasArrived(world: World, { person: { email }, kind }: Change): boolean {
  if (kind === 'left') return !flagsOf(world, email).includes(true);
  const told = world.crm.contact({ email }) as {
    readonly individuals?: readonly { readonly firstName?: string }[];
  } | null;
  return told?.individuals?.[0]?.firstName === 'Renamed';
}

function next(people: Somebody[]): Somebody {
  const person = people.pop();
  if (person === undefined) throw new Error('too few people for a backfill');
  return person;
}
