/**
 * world: the one account that stands behind every API version, and the only door through which it changes.
 *
 * Each committed change gets a number and an instant in the truth log and keeps the state before and after. What a change means
 * (consent, lists, deletion) is decided in mutate/; how it is shown, by the API versions. Nothing here may depend on who reads.
 */
import type { SwitchBoard } from '../switches.ts';
import { CONTROL, type Actor } from './actor.ts';
import { buildCampaigns } from './build-campaigns.ts';
import { buildAccount, buildFields, buildLists, buildSegments, buildTags, makePrivileges } from './build-catalogue.ts';
import { buildPeople } from './build-people.ts';
import { startOfDay, type SimulatorClock } from './clock.ts';
import { PeopleIndex } from './people-index.ts';
import { createRandom, mixSeed, type Random } from './random.ts';
import type { Account, Activity, Campaign, CustomField, List, Person, Privilege, Segment, Tag } from './types.ts';

export interface WorldPlan {
  readonly contacts: number;
  readonly lists: number;
  readonly tags: number;
  readonly customFields: number;
  readonly campaigns: number;
  readonly seed: number;
}

/** One committed change; `facts` hold what is particular to its kind, in the words of the truth log. */
export interface Change {
  readonly n: number;
  readonly at: number;
  readonly kind: string;
  readonly before: Person | null;
  readonly after: Person | null;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly by: Actor;
}

/** A confirmation mail by which somebody may come back: sent once ever, and nothing changes until it is answered. */
export interface ResubscribeMail {
  readonly listIds: readonly string[];
  readonly confirmed: boolean;
}

export class World {
  readonly clock: SimulatorClock;
  readonly switches: SwitchBoard;
  /** Chance for whatever is made after the first day. */
  readonly random: Random;
  readonly people: ReadonlyMap<string, Person>;
  readonly lists: Map<string, List>;
  readonly tags: Map<string, Tag>;
  readonly fields: Map<string, CustomField>;
  readonly segments: Map<number, Segment>;
  readonly campaigns: Map<string, Campaign>;
  /** The custom fields of the first day, which untouched details are computed from. */
  readonly firstFields: readonly CustomField[];
  readonly changes: Change[] = [];
  readonly index: PeopleIndex;
  /** By contact. */
  readonly resubscribeMails = new Map<string, ResubscribeMail>();
  readonly activities = new Map<string, Activity>();
  account: Account;
  privileges: readonly Privilege[];
  readonly #people: Map<string, Person>;
  readonly #owners = new Map<string, string>();
  #actor: Actor = CONTROL;
  #waiting: { readonly due: number; readonly work: () => void }[] = [];
  readonly #previous = new Map<string, { readonly person: Person | null; readonly at: number }>();

  constructor(plan: WorldPlan, clock: SimulatorClock, switches: SwitchBoard) {
    this.clock = clock;
    this.switches = switches;
    this.random = createRandom(mixSeed(plan.seed, 99));
    const random = createRandom(mixSeed(plan.seed, 1));
    const today = startOfDay(clock.now());
    const lists = buildLists(random, plan.lists, today);
    const tags = buildTags(random, plan.tags, today);
    this.firstFields = buildFields(random, plan.customFields, today);
    const listIds = lists.filter((list) => list.deletedAt === null).map((list) => list.id);
    const tagIds = tags.map((tag) => tag.id);
    const people = buildPeople({ count: plan.contacts, seed: plan.seed, today, listIds, tagIds });
    const campaigns = buildCampaigns(random, plan.campaigns, { people, lists, today });
    this.lists = byId(lists);
    this.tags = byId(tags);
    this.fields = byId(this.firstFields);
    this.segments = new Map(buildSegments(lists, today).map((segment) => [segment.id, segment]));
    this.campaigns = byId(campaigns);
    this.account = buildAccount(random);
    this.privileges = makePrivileges();
    this.#people = byId(people);
    this.people = this.#people;
    for (const person of people) this.#own(person);
    this.index = new PeopleIndex(people, switches.current.contactsOrder);
    clock.onMove(() => this.settle());
    switches.onChange((now) => this.index.reorder(now.contactsOrder));
  }

  /** Finds the contact that owns an address, deleted or not. */
  owner(address: string): Person | null {
    const id = this.#owners.get(addressKey(address));
    return (id === undefined ? null : this.#people.get(id)) ?? null;
  }

  /** Puts off some work until the clock has reached an instant. */
  schedule(due: number, work: () => void): void {
    this.#waiting.push({ due, work });
  }

  /** Does the work that is due, in order and each at its own instant; to be called before anybody looks or acts. */
  settle(): void {
    for (;;) {
      const now = this.clock.now();
      const due = this.#waiting.filter((one) => one.due <= now).toSorted((a, b) => a.due - b.due)[0];
      if (due === undefined) return;
      this.#waiting = this.#waiting.filter((one) => one !== due);
      this.clock.at(due.due, due.work);
    }
  }

  /** Does some work in the name of an actor; every change of it is logged as his. */
  actAs<T>(actor: Actor, work: () => T): T {
    const before = this.#actor;
    this.#actor = actor;
    try {
      return work();
    } finally {
      this.#actor = before;
    }
  }

  /** Finds the contact that has an SMS number, deleted or not. */
  ownerOfNumber(number: string): Person | null {
    for (const person of this.#people.values()) if (person.sms?.number === number) return person;
    return null;
  }

  /** Commits a new state of one contact and writes it to the truth log. */
  commitPerson(kind: string, after: Person, facts: Readonly<Record<string, unknown>> = {}): Change {
    const before = this.#people.get(after.id) ?? null;
    const now = this.clock.now();
    if (before !== null) this.#disown(before);
    this.#people.set(after.id, after);
    this.#own(after);
    this.#previous.set(after.id, { person: before, at: now });
    this.index.change(after.id, after, now, this.switches.current.indexDelayMs);
    return this.#log(kind, before, after, facts);
  }

  /** Writes a change of anything but a contact to the truth log. */
  commit(kind: string, facts: Readonly<Record<string, unknown>>): Change {
    return this.#log(kind, null, null, facts);
  }

  /** Tells a contact as it was before its last change, if that change is young enough; undefined: nothing to undo. */
  before(id: string, youngerThan: number): Person | null | undefined {
    const last = this.#previous.get(id);
    return last !== undefined && last.at > youngerThan ? last.person : undefined;
  }

  #log(kind: string, before: Person | null, after: Person | null, facts: Readonly<Record<string, unknown>>): Change {
    const n = this.changes.length + 1;
    const change = { n, at: this.clock.now(), kind, before, after, facts, by: this.#actor };
    this.changes.push(change);
    return change;
  }

  #own(person: Person): void {
    if (person.email !== null) this.#owners.set(addressKey(person.email.address), person.id);
  }

  #disown(person: Person): void {
    if (person.email === null) return;
    const key = addressKey(person.email.address);
    if (this.#owners.get(key) === person.id) this.#owners.delete(key);
  }
}

/** Tells the form in which two addresses are the same to the account; the vendor's own rule is unknown. */
export function addressKey(address: string): string {
  return address.trim().toLowerCase();
}

function byId<T extends { readonly id: string }>(things: readonly T[]): Map<string, T> {
  return new Map(things.map((thing) => [thing.id, thing]));
}
