/**
 * make: new records from what somebody said about them; nothing is committed here.
 *
 * What is left out is nothing; a method about whose opt-in nothing is said is not opted in, for the field is a plain checkbox
 * (virtuous-crm §8). Exactly one individual is primary, and one e-mail and one telephone of each.
 */
import type { Crm } from './crm.ts';
import {
  kindOf,
  type Address,
  type Contact,
  type Fields,
  type Head,
  type Individual,
  type Method,
  type Place,
  type Profile,
  type Reference,
} from './types.ts';

export interface MethodDraft {
  readonly type: string;
  readonly value: string;
  readonly isOptedIn?: boolean | null | undefined;
  readonly isPrimary?: boolean | null | undefined;
}

export type Loose<T> = { readonly [K in keyof T]?: T[K] | null | undefined };

export interface IndividualDraft extends Loose<Profile> {
  readonly isPrimary?: boolean | null | undefined;
  readonly isSecondary?: boolean | null | undefined;
  readonly methods?: readonly MethodDraft[];
  readonly fields?: Fields;
}

export interface AddressDraft extends Loose<Place> {
  readonly isPrimary?: boolean | null | undefined;
}

export interface ContactDraft extends Loose<Head> {
  readonly individuals?: readonly IndividualDraft[];
  readonly addresses?: readonly AddressDraft[];
  readonly references?: readonly Reference[];
  readonly fields?: Fields;
  readonly archived?: boolean;
}

export const NO_PROFILE: Profile = {
  prefix: null,
  firstName: null,
  middleName: null,
  lastName: null,
  suffix: null,
  gender: null,
  birthMonth: null,
  birthDay: null,
  birthYear: null,
  approximateAge: null,
  isDeceased: false,
  deceasedDate: null,
  passion: null,
  avatarUrl: null,
};

export const NO_PLACE: Place = {
  label: null,
  address1: null,
  address2: null,
  city: null,
  state: null,
  postal: null,
  country: null,
  startMonth: null,
  startDay: null,
  endMonth: null,
  endDay: null,
};

export const NO_HEAD: Head = {
  contactType: 'Household',
  isPrivate: false,
  name: '',
  informalName: null,
  description: null,
  website: null,
  maritalStatus: null,
  anniversaryMonth: null,
  anniversaryDay: null,
  anniversaryYear: null,
  originSegmentId: null,
};

/** Makes a contact with all that belongs to it. */
export function makeContact(crm: Crm, draft: ContactDraft): Contact {
  const { individuals = [], addresses = [], references = [], fields = {}, archived = false } = draft;
  const id = crm.nextId();
  const people = onePrimary(individuals.map((one) => makeIndividual(crm, one)));
  const places = onePrimary(addresses.map((one) => makeAddress(crm, one)));
  const head = { ...NO_HEAD, ...said(NO_HEAD, draft) };
  return {
    ...head,
    name: head.name === '' ? nameOf(people) : head.name,
    id,
    ...crm.born(),
    mergedInto: null,
    archivedAt: archived ? crm.now() : null,
    archiveReason: null,
    addresses: places,
    individuals: people,
    references,
    tags: [],
    fields,
  };
}

/** Makes an individual with its methods. */
export function makeIndividual(crm: Crm, draft: IndividualDraft): Individual {
  const id = crm.nextId();
  const methods = (draft.methods ?? []).map((one) => makeMethod(crm, one));
  return {
    ...NO_PROFILE,
    ...said(NO_PROFILE, draft),
    id,
    ...crm.born(),
    isPrimary: draft.isPrimary ?? false,
    isSecondary: draft.isSecondary ?? false,
    methods: primaryOfEachKind(methods),
    fields: draft.fields ?? {},
  };
}

/** Makes a method. */
export function makeMethod(crm: Crm, { type, value, isOptedIn, isPrimary }: MethodDraft): Method {
  const id = crm.nextId();
  const primary = isPrimary ?? false;
  return { id, type, value, isOptedIn: isOptedIn ?? false, isPrimary: primary, archived: false, ...crm.born() };
}

/** Makes a postal address. */
export function makeAddress(crm: Crm, draft: AddressDraft): Address {
  const place = { ...NO_PLACE, ...said(NO_PLACE, draft) };
  return { ...place, id: crm.nextId(), isPrimary: draft.isPrimary ?? false, archived: false, ...crm.born() };
}

/** Picks what a draft says of the properties of a shape; null and silence say nothing. */
export function said<T extends object>(shape: T, draft: Loose<T>): Partial<T> {
  const entries = Object.keys(shape).map((key) => [key, draft[key as keyof T]] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined && value !== null)) as Partial<T>;
}

interface Primary {
  readonly id: number;
  readonly isPrimary: boolean;
}

/** Lets exactly one be primary: the one named, else the last that says so, else the first. */
export function onePrimary<T extends Primary>(all: readonly T[], named?: number): readonly T[] {
  const chosen = named ?? (all.findLast((one) => one.isPrimary) ?? all[0])?.id;
  return all.map((one) => (one.isPrimary === (one.id === chosen) ? one : { ...one, isPrimary: one.id === chosen }));
}

/** The same for methods, one of each kind; archived ones are never primary. */
export function primaryOfEachKind(methods: readonly Method[], named?: number): readonly Method[] {
  const primaries = (['email', 'phone', 'other'] as const).flatMap((kind) => {
    const ofKind = methods.filter((one) => kindOf(one.type) === kind && !one.archived);
    const chosen = ofKind.some((one) => one.id === named) ? named : undefined;
    return onePrimary(ofKind, chosen).filter((one) => one.isPrimary);
  });
  const ids = new Set(primaries.map((one) => one.id));
  return methods.map((one) => (one.isPrimary === ids.has(one.id) ? one : { ...one, isPrimary: ids.has(one.id) }));
}

function nameOf(people: readonly Individual[]): string {
  const first = people.find((one) => one.isPrimary) ?? people[0];
  return [first?.firstName, first?.lastName].filter((one) => one).join(' ');
}
