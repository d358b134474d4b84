/**
 * Who said what about being mailed, from the simulator's truth log alone: the ground on which I1, I2 and I3 are judged.
 *
 * Must never ask Concord. An opt-out is somebody's own, or the account's; only a person's own word lifts a person's own.
 */
import { addressKey, type Change, type World } from '../../../simulators/world/world.ts';
import type { Person } from '../../../simulators/world/types.ts';

const MAILABLE: ReadonlySet<string> = new Set(['explicit', 'implicit']);

/** What the truth log says about one contact so far. */
export interface Story {
  /** Numbers of changes; 0 stands for before the first day, -1 for never. */
  ownOut: number;
  ownIn: number;
  anyOut: number;
  outAt: number;
  /** The last yes was the account's. */
  accountIn: boolean;
  /** Was mailable at some time. */
  everMailable: boolean;
  /** Was ever anything but mailable or out by their own word. */
  otherwiseOut: boolean;
  moved: boolean;
  swapped: boolean;
  everDeleted: boolean;
}

interface AddressStory {
  ownOut: number;
  ownIn: number;
  /** Contacts that were out while they had this address. */
  readonly outBy: Set<string>;
  readonly holders: Set<string>;
}

/** Tells whether a contact may be mailed, as the account has it. */
export function isMailable({ deletedAt, email }: Person): boolean {
  return deletedAt === null && email !== null && MAILABLE.has(email.permission);
}

export class ConsentTruth {
  readonly #world: World;
  readonly #stories = new Map<string, Story>();
  readonly #addresses = new Map<string, AddressStory>();
  #read = 0;

  /** Made before anything has happened. */
  constructor(world: World) {
    this.#world = world;
    for (const person of world.people.values()) this.#firstDay(person);
  }

  /** Takes in what has happened since. */
  refresh(): void {
    for (const change of this.#world.changes.slice(this.#read)) this.#take(change);
    this.#read = this.#world.changes.length;
  }

  of(id: string): Story {
    let story = this.#stories.get(id);
    if (story === undefined) {
      story = { ...NOTHING_YET };
      this.#stories.set(id, story);
    }
    return story;
  }

  /** Whether this person said no themselves and has not said yes since, under this contact. */
  isOwnOut(id: string): boolean {
    const { ownOut, ownIn } = this.of(id);
    return ownOut > ownIn;
  }

  /**
   * Whether the account would mail somebody whom Concord may rightly keep out: their own no was lifted by the account only, or the
   * address was somebody's who is out. What Concord knows of it depends on what it could see; so either is right. `syncs`: the account
   * lifts its own no only for the sync that heard of it; two syncs share what stands about an address.
   */
  isDoubtful(person: Person, syncs: number): boolean {
    const { ownOut, anyOut, accountIn } = this.of(person.id);
    // A yes of their own that the account's followed before anybody looked is one that nobody could see.
    if (this.isOwnOut(person.id) || (ownOut >= 0 && accountIn) || (syncs > 1 && anyOut >= 0)) return true;
    if (person.email === null) return false;
    const address = this.#address(person.email.address);
    return address.ownOut > address.ownIn || [...address.outBy].some((id) => id !== person.id);
  }

  /** Whether somebody at this address had left by themselves before a change, and nobody there has said yes since. */
  isAddressOut(address: string, change: number): boolean {
    const { ownOut, ownIn } = this.#address(address);
    return ownOut > ownIn && ownOut < change;
  }

  /** All addresses that somebody ever had, by their keys. */
  addressesOf(id: string): readonly string[] {
    return [...this.#addresses].flatMap(([key, { holders }]) => (holders.has(id) ? [key] : []));
  }

  /** Everybody who ever had an address. */
  holdersOf(address: string): ReadonlySet<string> {
    return this.#address(address).holders;
  }

  #firstDay(person: Person): void {
    this.#state(person, 0);
    if (person.deletedAt !== null) this.of(person.id).everDeleted = true;
    const { email } = person;
    if (email?.permission !== 'unsubscribed') return;
    this.#out(person, email.optOutSource === 'Contact', 0, email.optOutDate ?? 0);
  }

  #take({ n, kind, at, before, after, facts }: Change): void {
    if (after === null) return;
    const how = facts['how'];
    const story = this.of(after.id);
    if (kind === 'contact.unsubscribed') this.#out(after, how === 'contact' || how === 'campaign', n, at);
    if (kind === 'contact.resubscribed') story.accountIn = how === 'account';
    if (kind === 'contact.resubscribed' && how === 'contact') this.#in(after, n);
    if (kind === 'contact.created' && after.createSource === 'Contact') this.#in(after, n);
    if (kind === 'contact.deleted') story.everDeleted = true;
    if (kind === 'contact.address_changed') {
      story.moved = true;
      // A swap passes through an address that nobody else ever has.
      if (String(facts['to']).startsWith('parked.') || String(facts['from']).startsWith('parked.'))
        story.swapped = true;
      if (before?.email?.permission === 'unsubscribed') this.#address(String(facts['to'])).outBy.add(after.id);
    }
    this.#state(after, n);
  }

  #out(person: Person, own: boolean, n: number, at: number): void {
    const story = this.of(person.id);
    const address = this.#address(person.email?.address ?? '');
    story.anyOut = n;
    story.outAt = at;
    address.outBy.add(person.id);
    if (!own) return;
    story.ownOut = n;
    address.ownOut = n;
  }

  #in(person: Person, n: number): void {
    this.of(person.id).ownIn = n;
    this.#address(person.email?.address ?? '').ownIn = n;
  }

  #state(person: Person, n: number): void {
    const story = this.of(person.id);
    const { email } = person;
    if (email !== null) this.#address(email.address).holders.add(person.id);
    if (isMailable(person)) story.everMailable = true;
    else if (email?.permission !== 'unsubscribed' || story.ownOut !== story.anyOut || person.deletedAt !== null)
      story.otherwiseOut = story.otherwiseOut || n > 0 || email === null || person.deletedAt !== null;
  }

  #address(address: string): AddressStory {
    const key = addressKey(address);
    let story = this.#addresses.get(key);
    if (story === undefined) {
      story = { ownOut: -1, ownIn: -1, outBy: new Set(), holders: new Set() };
      this.#addresses.set(key, story);
    }
    return story;
  }
}

const NOTHING_YET: Story = {
  ownOut: -1,
  ownIn: -1,
  anyOut: -1,
  outAt: -1,
  accountIn: false,
  everMailable: false,
  otherwiseOut: false,
  moved: false,
  swapped: false,
  everDeleted: false,
};
