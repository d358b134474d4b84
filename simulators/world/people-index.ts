/**
 * people-index: the order in which contacts stand in listings, kept live.
 *
 * A page of contacts is a slice of this order at the moment it is read, so rows that move or leave between two pages are
 * skipped or repeated, as at the vendor. With a delay, a change waits before it shows here. It decides order and visibility
 * only; who matches a filter is decided by the reader.
 */
import type { Person } from './types.ts';

export type PeopleOrder = 'updated_at' | 'created_at' | 'id';

/** Up to so many changes are worked in one by one. */
const FEW = 64;

interface Waiting {
  readonly due: number;
  readonly id: string;
  readonly after: Person | null;
}

export class PeopleIndex {
  #order: PeopleOrder;
  #rows: Person[];
  #revision = 0;
  readonly #visible: Map<string, Person>;
  /** Rows that stand in the order as they were before changes not yet worked in. */
  readonly #moved = new Map<string, Person | null>();
  #waiting: Waiting[] = [];

  constructor(people: Iterable<Person>, order: PeopleOrder) {
    this.#order = order;
    this.#visible = new Map([...people].map((person) => [person.id, person]));
    this.#rows = this.#sorted();
  }

  /** Takes note of a change, to be shown at once or when it is due. */
  change(id: string, after: Person | null, now: number, delay: number): void {
    const due = now + delay;
    if (this.#waiting.length > 0) this.#waiting = this.#waiting.filter((one) => one.id !== id || one.due < due);
    if (delay > 0) {
      this.#waiting.push({ due, id, after });
      return;
    }
    this.#settle(now);
    this.#show(id, after);
  }

  /** Reads the contacts in order, as visible now. */
  rows(now: number): readonly Person[] {
    this.#settle(now);
    this.#workIn();
    return this.#rows;
  }

  /** Tells a number that is another one after anything visible has changed; read it after `rows`. */
  get revision(): number {
    return this.#revision;
  }

  /** Changes the order of all listings. */
  reorder(order: PeopleOrder): void {
    if (order === this.#order) return;
    this.#order = order;
    this.#moved.clear();
    this.#revision += 1;
    this.#rows = this.#sorted();
  }

  /** Puts any set of people into the present order. */
  arrange(people: readonly Person[]): Person[] {
    return people.toSorted((a, b) => comparePeople(this.#order, a, b));
  }

  #settle(now: number): void {
    if (this.#waiting.length === 0) return;
    const due = this.#waiting.filter((one) => one.due <= now);
    if (due.length === 0) return;
    this.#waiting = this.#waiting.filter((one) => one.due > now);
    for (const one of due) this.#show(one.id, one.after);
  }

  #show(id: string, after: Person | null): void {
    if (!this.#moved.has(id)) this.#moved.set(id, this.#visible.get(id) ?? null);
    if (after === null) this.#visible.delete(id);
    else this.#visible.set(id, after);
  }

  /** Brings the order up to date: a few rows by moving each, many by merging. */
  #workIn(): void {
    if (this.#moved.size === 0) return;
    this.#revision += 1;
    if (this.#moved.size <= FEW) for (const [id, before] of this.#moved) this.#move(before, this.#visible.get(id));
    else {
      const kept = this.#rows.filter((person) => !this.#moved.has(person.id));
      const moved = [...this.#moved.keys()].map((id) => this.#visible.get(id)).filter((one) => one !== undefined);
      this.#rows = this.arrange([...kept, ...this.arrange(moved)]);
    }
    this.#moved.clear();
  }

  #move(before: Person | null, after: Person | undefined): void {
    if (before !== null) this.#rows.splice(this.#place(before), 1);
    if (after !== undefined) this.#rows.splice(this.#place(after), 0, after);
  }

  /** Finds where a person stands, or would stand. */
  #place(person: Person): number {
    let low = 0;
    let high = this.#rows.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const there = this.#rows[middle];
      if (there !== undefined && comparePeople(this.#order, there, person) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #sorted(): Person[] {
    return this.arrange([...this.#visible.values()]);
  }
}

function comparePeople(order: PeopleOrder, a: Person, b: Person): number {
  const byKey =
    order === 'updated_at' ? a.updatedAt - b.updatedAt : order === 'created_at' ? a.createdAt - b.createdAt : 0;
  if (byKey !== 0) return byKey;
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}
