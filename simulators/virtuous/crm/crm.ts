/**
 * crm: the one organization that stands behind the CRM's host, and the only door through which it changes.
 *
 * Each change is committed to the account's truth log, beside those of Constant Contact and by the same clock. What a change means is
 * decided by whoever commits it; whether it moves a stamp, by its aspect and the switches. Nothing here may depend on who reads.
 */
import { createRandom, mixSeed, type Random } from '../../world/random.ts';
import type { World } from '../../world/world.ts';
import { ContactIndex } from './contact-index.ts';
import type { ImportRow } from './import-row.ts';
import { tell, tellContact } from './told.ts';
import type { Contact, FieldDefinition, Note, Stamp, Tag } from './types.ts';

export const ORGANIZATION = { organizationId: 310, organizationUserId: 4_711, name: 'Harbor Food Bank' } as const;

/** What a change is about: it decides which stamps move and which webhooks fire. */
export type Aspect = 'profile' | 'method' | 'optIn' | 'tag' | 'reference' | 'archive' | 'merge';

export interface CrmChange {
  readonly aspect: Aspect;
  readonly before: Contact | null;
  readonly after: Contact;
}

export type NoteChange = 'contactNoteCreate' | 'contactNoteUpdate' | 'contactNoteDelete';

/** Who writes, as the CRM itself shows it. */
export type Author = 'API User' | 'Staff' | 'Import';

export class Crm {
  readonly world: World;
  readonly contacts: ReadonlyMap<number, Contact>;
  readonly tags = new Map<number, Tag>();
  readonly notes = new Map<number, Note>();
  readonly definitions: FieldDefinition[] = [];
  /** Everything that was submitted for an import, whatever became of it, by its own id. */
  readonly rows = new Map<number, ImportRow>();
  /** The rows that are held and have a reference, by `referenceKey`. */
  readonly heldByReference = new Map<string, number>();
  /** The midnight at which what is held will be judged; null: nothing is held. */
  nightlyAt: number | null = null;
  /** Contacts that were merged away, as they were before, by their id. */
  readonly merged = new Map<number, Contact>();
  readonly index: ContactIndex;
  readonly random: Random;
  readonly #contacts = new Map<number, Contact>();
  readonly #previous = new Map<number, { readonly contact: Contact | null; readonly at: number }>();
  readonly #listeners: ((change: CrmChange) => void)[] = [];
  readonly #noteListeners: ((change: NoteChange, note: Note) => void)[] = [];
  #author: Author = 'Staff';
  #lastId = 1_000;

  constructor(world: World, seed: number) {
    this.world = world;
    this.random = createRandom(mixSeed(seed, 77));
    this.contacts = this.#contacts;
    this.index = new ContactIndex();
  }

  /** Gives the next id; those of all kinds of records go up together. */
  nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }

  now(): number {
    return this.world.clock.now();
  }

  /** Does some work in the name of an author; every stamp of it is his. */
  writeAs<T>(author: Author, work: () => T): T {
    const before = this.#author;
    this.#author = author;
    try {
      return work();
    } finally {
      this.#author = before;
    }
  }

  /** Makes the stamp of something new. */
  born(): Stamp {
    const at = this.now();
    return { createdAt: at, createdBy: this.#author, modifiedAt: at, modifiedBy: this.#author };
  }

  /** Makes the part of a stamp that a change moves. */
  moved(): Pick<Stamp, 'modifiedAt' | 'modifiedBy'> {
    return { modifiedAt: this.now(), modifiedBy: this.#author };
  }

  /** Puts a contact in on the first day: it was always there, and the log does not tell of it. */
  settleIn(contact: Contact): void {
    this.#put(null, contact);
  }

  /** Commits a new state of one contact and writes it to the truth log. */
  commit(kind: string, aspect: Aspect, after: Contact, facts: Readonly<Record<string, unknown>> = {}): Contact {
    const before = this.#contacts.get(after.id) ?? null;
    const stamped = before !== null && this.#movesContact(aspect) ? { ...after, ...this.moved() } : after;
    this.#put(before, stamped);
    this.#previous.set(after.id, { contact: before, at: this.now() });
    // Told when somebody asks: a hundred thousand contacts in the log are kept as they are, not as text.
    this.world.commit(`crm.${kind}`, {
      crm_contact_id: after.id,
      ...facts,
      get crm_before() {
        return tellContact(before);
      },
      get crm_after() {
        return tellContact(stamped);
      },
    });
    for (const listener of this.#listeners) listener({ aspect, before, after: stamped });
    return stamped;
  }

  /** Writes a change of anything but a contact to the truth log. */
  record(kind: string, facts: Readonly<Record<string, unknown>>): void {
    this.world.commit(`crm.${kind}`, facts);
  }

  /** Calls back after each change of a contact. */
  onChange(listener: (change: CrmChange) => void): void {
    this.#listeners.push(listener);
  }

  /** Calls back after each change of a note. */
  onNote(listener: (change: NoteChange, note: Note) => void): void {
    this.#noteListeners.push(listener);
  }

  /** Writes a change of a note to the truth log and tells whoever listens. */
  recordNote(kind: string, change: NoteChange, note: Note): void {
    this.record(kind, { crm_contact_id: note.contactId, note: tell(note) });
    for (const listener of this.#noteListeners) listener(change, note);
  }

  /** Tells a contact as it was before its last change, if that change is younger than an instant; undefined: it is not. */
  before(id: number, youngerThan: number): Contact | null | undefined {
    const last = this.#previous.get(id);
    return last !== undefined && last.at > youngerThan ? last.contact : undefined;
  }

  /** Tells a contact as queries and Find see it: late, where the switch says so. */
  indexed(contact: Contact): Contact | null {
    const { crmIndexDelayMs } = this.world.switches.current;
    if (crmIndexDelayMs === 0) return contact;
    const older = this.before(contact.id, this.now() - crmIndexDelayMs);
    return older === undefined ? contact : older;
  }

  #movesContact(aspect: Aspect): boolean {
    const { crmTagMoves, crmOptInMoves } = this.world.switches.current;
    if (aspect === 'tag') return crmTagMoves;
    return aspect !== 'optIn' || crmOptInMoves === 'contact';
  }

  #put(before: Contact | null, after: Contact): void {
    this.#contacts.set(after.id, after);
    this.index.replace(before, after);
  }
}
