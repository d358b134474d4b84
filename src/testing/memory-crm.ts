/**
 * A CRM in memory: households, people held for review, and the faults that a test asks for.
 *
 * Keeps the contract of connector/crm.ts and nothing of a vendor's. A change moves its contact's time; a submission makes
 * nobody until somebody runs the import. Must never forget a request: tests count them.
 */
import type { CrmPage, CrmRead, CrmSent, CrmSource, CrmTarget } from '../connector/crm.ts';
import { matchKey } from '../model/address.ts';
import type { CrmChange, CrmContact, CrmEmail, CrmField, CrmIndividual, CrmTag, NewCrmPerson } from '../model/crm.ts';
import type { ConnectorError } from '../model/errors.ts';
import { contentHash } from '../model/hash.ts';
import { isoOf } from '../model/instant.ts';
import type { Reading } from '../model/record.ts';
import type { Clock } from '../ports/clock.ts';
import { EFFECTS_OF_CHANGES } from './memory-crm-effects.ts';

/** What a test says of a person who is to live in a household. */
export interface Dweller {
  readonly first: string;
  readonly last?: string;
  /** Addresses with their flags. */
  readonly emails: readonly (readonly [address: string, optedIn: boolean | null])[];
}

/** Fails a request before or after the CRM acted on it; null lets it be. */
export type Fault = (request: string, when: 'before' | 'after') => ConnectorError | null;

const DAY_MS = 24 * 3_600_000;

export class MemoryCrm {
  readonly contacts = new Map<string, CrmContact>();
  readonly notes: { readonly contactId: string; readonly text: string }[] = [];
  readonly held: NewCrmPerson[] = [];
  /** Every request in order: its name, for a change with the kind. */
  readonly requests: string[] = [];
  /** Every change that was carried out or accepted, in order. */
  readonly carriedOut: CrmChange[] = [];
  tags: readonly CrmTag[] = [];
  fields: readonly CrmField[] = [];
  pageSize = 50;
  /** Another word: why this CRM refuses every batch. */
  batches = 'taken';
  organisation = 'organisation-1';
  fault: Fault = () => null;
  /** Called after each request: the world lives on meanwhile. */
  meanwhile: () => void = () => undefined;
  readonly #clock: Clock;
  #ids = 100;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Makes a household; gives its id. */
  add(name: string, dwellers: readonly Dweller[], more: Partial<CrmContact> = {}): string {
    const contact_id = this.#id();
    const at = isoOf(this.#clock.now());
    this.contacts.set(contact_id, {
      contact_id,
      type: 'Household',
      name,
      merged_into: null,
      archived: null,
      references: [],
      tags: [],
      custom_fields: {},
      individuals: dwellers.map((dweller, nth) => this.#individual(dweller, nth === 0)),
      created_at: at,
      updated_at: at,
      ...more,
    });
    return contact_id;
  }

  /** Changes a contact as somebody in the CRM would. */
  edit(contactId: string, change: (contact: CrmContact) => Partial<CrmContact>): void {
    const contact = this.contact(contactId);
    this.contacts.set(contactId, { ...contact, updated_at: isoOf(this.#clock.now()), ...change(contact) });
  }

  /** Changes every place at which an address stands, as somebody in the CRM would. */
  editEmail(address: string, change: (email: CrmEmail) => Partial<CrmEmail>): void {
    const key = matchKey(address);
    for (const { contact_id, individuals } of this.contacts.values()) {
      if (!individuals.some(({ emails }) => emails.some((email) => matchKey(email.address) === key))) continue;
      this.edit(contact_id, () => ({
        individuals: individuals.map((individual) => ({
          ...individual,
          emails: individual.emails.map((email) =>
            matchKey(email.address) === key ? { ...email, ...change(email) } : email,
          ),
        })),
      }));
    }
  }

  /** Runs the import of whoever is held, as the organisation would: somebody who is there already becomes part of that contact. */
  runImport(optedIn = false): void {
    for (const person of this.held.splice(0)) {
      const key = matchKey(person.address);
      const there = [...this.contacts.values()].find(({ individuals }) =>
        individuals.some(({ emails }) => emails.some((email) => matchKey(email.address) === key)),
      );
      if (there === undefined) this.make(person, optedIn);
      else this.edit(there.contact_id, () => ({ references: [...there.references, person.reference] }));
    }
  }

  /** Makes a contact of somebody new; gives its id. */
  make({ reference, address, first_name, last_name, ...more }: NewCrmPerson, optedIn: boolean): string {
    const dweller = { first: first_name, last: last_name, emails: [[address, optedIn]] } as const;
    return this.add(`${first_name} ${last_name}`, [dweller], {
      references: [reference],
      tags: more.tags,
      custom_fields: more.custom_fields,
    });
  }

  /** Takes a contact away without a trace. */
  remove(contactId: string): void {
    this.contacts.delete(contactId);
  }

  /** Reads the flag of each place at which an address stands, in the order of the contacts. */
  flags(address: string): readonly (boolean | null)[] {
    const key = matchKey(address);
    return [...this.contacts.values()].flatMap(({ individuals }) =>
      individuals.flatMap(({ emails }) =>
        emails.filter((one) => matchKey(one.address) === key).map((one) => one.opted_in),
      ),
    );
  }

  contact(contactId: string): CrmContact {
    const contact = this.contacts.get(contactId);
    if (contact === undefined) throw new Error(`no contact ${contactId}`);
    return contact;
  }

  readonly source: CrmSource = {
    identify: () =>
      this.#ask('identify', () => ({ id: this.organisation, name: 'Helping Hands', sourceTime: this.#clock.now() })),
    snapshot: (from) => this.#ask('snapshot', () => this.#page([...this.contacts.values()].filter(isShown), from)),
    changes: (since, from) =>
      // Its dates are coarse: whatever changed on the day or since is shown.
      this.#ask('changes', () => {
        const day = Math.floor(Date.parse(since) / DAY_MS) * DAY_MS;
        const changed = [...this.contacts.values()].filter(
          (one) => isShown(one) && Date.parse(one.updated_at ?? '') >= day,
        );
        return this.#page(changed, from);
      }),
    readOne: (id) => this.#ask('readOne', () => this.#read(this.contacts.get(id))),
    findByReference: ({ source, id }) =>
      this.#ask('findByReference', () =>
        this.#read(
          [...this.contacts.values()].find(
            (one) => isShown(one) && one.references.some((ref) => ref.source === source && ref.id === id),
          ),
        ),
      ),
    findByAddress: (address) =>
      this.#ask('findByAddress', () => {
        const key = matchKey(address);
        const bears = ({ emails }: CrmIndividual): boolean => emails.some((email) => matchKey(email.address) === key);
        return [...this.contacts.values()].filter((one) => isShown(one) && one.individuals.some(bears)).map(readingOf);
      }),
    tags: () => this.#ask('tags', () => this.tags),
    fields: () => this.#ask('fields', () => this.fields),
  };

  readonly target: CrmTarget = {
    changes: EFFECTS_OF_CHANGES,
    submitRows: 100,
    send: (change) => this.#ask(`send ${change.kind}`, () => this.#carryOut(change)),
    submitMany: (people) =>
      this.#ask('submitMany', (): CrmSent => {
        if (this.batches !== 'taken') return { kind: 'refused', reason: this.batches };
        this.held.push(...people);
        return { kind: 'accepted' };
      }),
    hasNote: (contactId, text) =>
      this.#ask('hasNote', () => this.notes.some((note) => note.contactId === contactId && note.text === text)),
  };

  async #ask<T>(request: string, act: () => T): Promise<T> {
    this.requests.push(request);
    await this.#clock.sleep(20);
    const before = this.fault(request, 'before');
    if (before !== null) throw before;
    const answer = act();
    const after = this.fault(request, 'after');
    if (after !== null) throw after;
    this.meanwhile();
    return answer;
  }

  #page(contacts: readonly CrmContact[], from: string | null): CrmPage {
    const after = from === null ? 0 : Number(from);
    const rest = contacts
      .filter(({ contact_id }) => Number(contact_id) > after)
      .sort((a, b) => Number(a.contact_id) - Number(b.contact_id));
    const shown = rest.slice(0, this.pageSize);
    const next = rest.length > shown.length ? (shown.at(-1)?.contact_id ?? null) : null;
    return { readings: shown.map(readingOf), refused: [], next, sourceTime: this.#clock.now(), total: contacts.length };
  }

  #read(contact: CrmContact | undefined): CrmRead {
    if (contact === undefined || contact.archived === true) return { kind: 'gone' };
    return { kind: 'found', reading: readingOf(contact), sourceTime: this.#clock.now() };
  }

  #carryOut(change: CrmChange): CrmSent {
    if (change.kind === 'submit') {
      this.held.push(change.person);
      this.carriedOut.push(change);
      return { kind: 'accepted' };
    }
    if (change.kind === 'create') {
      this.carriedOut.push(change);
      return { kind: 'made', contactId: this.make(change.person, change.optedIn) };
    }
    const contact = this.contacts.get(change.contactId);
    if (contact === undefined || !isShown(contact)) return { kind: 'gone' };
    if (change.kind === 'note') this.notes.push({ contactId: change.contactId, text: change.text });
    else if (change.kind === 'opt') {
      if (!contact.individuals.some(({ emails }) => emails.some(({ id }) => id === change.email.id)))
        return { kind: 'gone' };
      this.#setEmail(contact, { ...change.email, opted_in: change.optedIn });
    } else if (change.kind === 'refer')
      this.edit(change.contactId, () => ({ references: [...contact.references, change.reference] }));
    else return this.#carryOutRest(contact, change);
    this.carriedOut.push(change);
    return { kind: 'done' };
  }

  #carryOutRest(contact: CrmContact, change: CrmChange): CrmSent {
    if (change.kind === 'address')
      this.#setEmail(contact, { ...change.email, address: change.address, opted_in: change.optedIn });
    else if (change.kind === 'fields')
      this.edit(contact.contact_id, () => ({ custom_fields: { ...contact.custom_fields, ...change.set } }));
    else if (change.kind === 'name')
      this.edit(contact.contact_id, () => ({
        individuals: contact.individuals.map((one) =>
          one.id === change.individualId ? { ...one, first_name: change.first_name, last_name: change.last_name } : one,
        ),
      }));
    else if (change.kind === 'tag' || change.kind === 'untag') {
      if (!this.tags.some(({ id }) => id === change.tag.id)) return { kind: 'gone' };
      const others = contact.tags.filter((name) => name !== change.tag.name);
      const tags = change.kind === 'tag' ? [...others, change.tag.name].sort() : others;
      this.edit(contact.contact_id, () => ({ tags }));
    } else return { kind: 'refused', reason: 'not-in-this-crm' };
    this.carriedOut.push(change);
    return { kind: 'done' };
  }

  #setEmail(contact: CrmContact, email: CrmEmail): void {
    this.edit(contact.contact_id, () => ({
      individuals: contact.individuals.map((individual) => ({
        ...individual,
        emails: individual.emails.map((one) => (one.id === email.id ? email : one)),
      })),
    }));
  }

  #individual({ first, last, emails }: Dweller, primary: boolean): CrmIndividual {
    return {
      id: this.#id(),
      first_name: first,
      last_name: last ?? null,
      primary,
      emails: emails.map(([address, opted_in], nth) => ({
        id: this.#id(),
        type: 'Home Email',
        address,
        opted_in,
        primary: nth === 0,
      })),
    };
  }

  #id(): string {
    return String((this.#ids += 1));
  }
}

function isShown({ archived, merged_into }: CrmContact): boolean {
  return archived !== true && merged_into === null;
}

function readingOf(contact: CrmContact): Reading<CrmContact> {
  return {
    id: contact.contact_id,
    hash: contentHash(contact),
    version: contact.updated_at ?? '',
    state: 'none',
    content: contact,
  };
}
