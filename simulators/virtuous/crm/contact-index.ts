/**
 * contact-index: finds the contact that something belongs to: an individual, a method, an address, a tag's join, a reference, a value.
 *
 * Values and references may belong to several contacts, oldest first; ids to one. It holds ids only and knows nothing of who may see
 * what.
 */
import { methodKey, type Contact } from './types.ts';

export class ContactIndex {
  readonly #byPart = new Map<number, number>();
  readonly #byValue = new Map<string, readonly number[]>();
  readonly #byReference = new Map<string, readonly number[]>();
  readonly #byStreet = new Map<string, readonly number[]>();

  /** Takes note of a contact's new state. */
  replace(before: Contact | null, after: Contact): void {
    if (before !== null) {
      for (const id of partsOf(before)) this.#byPart.delete(id);
      for (const key of valuesOf(before)) drop(this.#byValue, key, before.id);
      for (const key of referencesOf(before)) drop(this.#byReference, key, before.id);
      for (const key of streetsOf(before)) drop(this.#byStreet, key, before.id);
    }
    for (const id of partsOf(after)) this.#byPart.set(id, after.id);
    for (const key of valuesOf(after)) add(this.#byValue, key, after.id);
    for (const key of referencesOf(after)) add(this.#byReference, key, after.id);
    for (const key of streetsOf(after)) add(this.#byStreet, key, after.id);
  }

  /** Finds the contact of an individual, a method, an address or a tag's join. */
  ownerOf(partId: number): number | undefined {
    return this.#byPart.get(partId);
  }

  /** Finds the contacts with a method of this value, archived methods left out. */
  withValue(value: string): readonly number[] {
    return this.#byValue.get(methodKey(value)) ?? [];
  }

  /** Finds the contacts with this first line in one of their addresses. */
  withStreet(address1: string): readonly number[] {
    return this.#byStreet.get(methodKey(address1)) ?? [];
  }

  /** Finds the contacts with a reference. */
  withReference(source: string, id: string): readonly number[] {
    return this.#byReference.get(referenceKey(source, id)) ?? [];
  }
}

/** Tells the form in which two references are the same. */
export function referenceKey(source: string, id: string): string {
  return `${source.toLowerCase()}\n${id}`;
}

function* partsOf(contact: Contact): Generator<number> {
  for (const { id, methods } of contact.individuals) {
    yield id;
    for (const method of methods) yield method.id;
  }
  for (const { id } of contact.addresses) yield id;
  for (const { id } of contact.tags) yield id;
}

function valuesOf(contact: Contact): Set<string> {
  const methods = contact.individuals.flatMap((one) => one.methods).filter((one) => !one.archived);
  return new Set(methods.map((one) => methodKey(one.value)));
}

function streetsOf(contact: Contact): Set<string> {
  return new Set(contact.addresses.flatMap(({ address1 }) => (address1 === null ? [] : [methodKey(address1)])));
}

function referencesOf(contact: Contact): Set<string> {
  return new Set(contact.references.map((one) => referenceKey(one.source, one.id)));
}

function add(to: Map<string, readonly number[]>, key: string, id: number): void {
  to.set(
    key,
    [...(to.get(key) ?? []), id].toSorted((a, b) => a - b),
  );
}

function drop(from: Map<string, readonly number[]>, key: string, id: number): void {
  const left = (from.get(key) ?? []).filter((one) => one !== id);
  if (left.length === 0) from.delete(key);
  else from.set(key, left);
}
