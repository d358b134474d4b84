/**
 * query: the body of a query, and what it finds (virtuous-crm §3, §4).
 *
 * Conditions of a group must all hold, of the groups any one. An unknown parameter, operator or value of a lookup is refused. Whoever is
 * archived comes only if asked for. Paging is by the URL; rows that move between two pages are skipped or repeated.
 */
import { z } from 'zod';
import type { Crm } from '../crm/crm.ts';
import type { Contact, Note } from '../crm/types.ts';
import { CrmRefusal, type Reply } from './answer.ts';
import { flag, readBody, shapeOf, text } from './body.ts';
import { pageOf, pagingOf, type Call } from './call.ts';
import { noteJson } from './notes.ts';
import { OPERATORS, testOf, type Has } from './operators.ts';
import { contactParameters, NOTE_PARAMETERS, PERSON_PARAMETERS, type Parameter, type PersonRow } from './parameters.ts';
import { contactJson, individualJson, shortJson } from './render.ts';

const value = z.union([z.string(), z.number(), z.boolean()]).nullish();
type ObjectMaker = typeof z.object;
const core = (object: ObjectMaker) => ({
  groups: z
    .array(
      object({
        conditions: z.array(
          object({
            parameter: z.string(),
            operator: z.string(),
            value,
            secondaryValue: value,
            values: z.array(z.union([z.string(), z.number()])).nullish(),
          }),
        ),
      }),
    )
    .max(1_000)
    .nullish(),
  sortBy: text,
  descending: flag,
  // Named by the newer documents; whether they do anything is a switch (virtuous-crm §3).
  skip: z.unknown().optional(),
  take: z.unknown().optional(),
});
const number = z.number().nullish();
const QUERY = shapeOf('query', (object) => object(core(object)));
const CONTACT_QUERY = shapeOf('contactQuery', (object) =>
  object({
    ...core(object),
    includeArchived: flag,
    queryLocation: object({
      topLatitude: number,
      leftLongitude: number,
      bottomLatitude: number,
      rightLongitude: number,
    }).nullish(),
  }),
);

type Query = ReturnType<typeof QUERY.strict.parse>;
type Condition = NonNullable<Query['groups']>[number]['conditions'][number];

/** Answers `POST /api/Contact/Query` in short, and `/FullContact` with whole contacts. */
export function queryContacts(full: boolean): (call: Call) => Reply {
  return (call) => {
    const query = readBody(call, CONTACT_QUERY);
    const shown = candidatesOf(call, query).filter((one) => one.archivedAt === null || query.includeArchived === true);
    const rows = select(call, query, shown, contactParameters(call.crm), ['Id']);
    const page = pageOf(rows, pagingOf(call, query));
    return {
      list: page.map((one) => (full ? contactJson(call, one, 'listed') : shortJson(call, one))),
      total: rows.length,
    };
  };
}

/** Answers `POST /api/ContactIndividual/Query`: whole individuals with their methods. */
export function queryIndividuals(call: Call): Reply {
  const query = readBody(call, QUERY);
  const people = peopleOf(candidatesOf(call, query));
  const rows = select(call, query, people, PERSON_PARAMETERS, ['Id']);
  const page = pageOf(rows, pagingOf(call, query));
  return {
    list: page.map(({ contact, individual }) => individualJson(call, contact, individual, 'listed')),
    total: rows.length,
  };
}

/** The people of all who are not archived, by their ids; nearly always they come so already. */
function peopleOf(contacts: readonly Contact[]): readonly PersonRow[] {
  const rows: PersonRow[] = [];
  let isOrdered = true;
  for (const contact of contacts) {
    if (contact.archivedAt !== null) continue;
    for (const individual of contact.individuals) {
      isOrdered &&= individual.id > (rows.at(-1)?.individual.id ?? 0);
      rows.push({ contact, individual });
    }
  }
  return isOrdered ? rows : rows.toSorted((a, b) => a.individual.id - b.individual.id);
}

/** Answers `POST /api/ContactNote/Query`. */
export function queryNotes(call: Call): Reply {
  const query = readBody(call, QUERY);
  const rows: readonly Note[] = select(call, query, [...call.crm.notes.values()], NOTE_PARAMETERS, ['Id']);
  return { list: pageOf(rows, pagingOf(call, query)).map((one) => noteJson(call, one, 'listed')), total: rows.length };
}

/** Answers `QueryOptions`. */
export function queryOptions(kind: 'contact' | 'individual' | 'note'): (call: Call) => Reply {
  return ({ crm }) => {
    const parameters: readonly Pick<Parameter<never>, 'name' | 'type' | 'choices'>[] =
      kind === 'contact' ? contactParameters(crm) : kind === 'individual' ? PERSON_PARAMETERS : NOTE_PARAMETERS;
    const options = parameters.map(({ name, type, choices }) => ({
      parameter: name,
      type,
      operatorOptions: OPERATORS[type],
      valueOptions: choices,
    }));
    const all = new Map(Object.values(OPERATORS).flatMap((list) => list.map((one) => [one.operator, one] as const)));
    return { status: 200, body: { options, operatorOptions: [...all.values()] } };
  };
}

/** Takes the contacts that a query can find at all: by the index where every group names an id or an address, else all. */
function candidatesOf({ crm, staleSince }: Call, { groups }: Query): readonly Contact[] {
  const ids = groups === null || groups === undefined || groups.length === 0 ? null : groups.map(idsOf);
  const isNarrow = ids?.every((one) => one !== null) === true;
  const chosen = isNarrow
    ? [...new Set(ids.flatMap((one) => one ?? []))].toSorted((a, b) => a - b).map((id) => crm.contacts.get(id))
    : [...crm.contacts.values()];
  if (isUpToDate(crm, staleSince)) return chosen.filter((one) => one !== undefined);
  return chosen.flatMap((one) => {
    if (one === undefined) return [];
    const older = staleSince === null ? undefined : crm.before(one.id, staleSince);
    const seen = older === undefined ? crm.indexed(one) : older;
    return seen === null ? [] : [seen];
  });

  function idsOf({ conditions }: NonNullable<Query['groups']>[number]): readonly number[] | null {
    // A contact that is seen late may be found by what it no longer has.
    if (!isUpToDate(crm, staleSince)) return null;
    for (const { parameter, operator, value: said, values } of conditions) {
      if (operator === 'Is' && parameter === 'Contact Id') return [Number(said)];
      if (operator === 'In' && parameter === 'Contact Id') return (values ?? []).map(Number);
      if (operator === 'Is' && parameter === 'Email Address') return crm.index.withValue(String(said));
    }
    return null;
  }
}

/** Tells whether a query sees every contact as it is. */
function isUpToDate(crm: Crm, staleSince: number | null): boolean {
  return staleSince === null && crm.world.switches.current.crmIndexDelayMs === 0;
}

/** Finds the rows of a query in its order. */
function select<T>(
  call: Call,
  query: Query,
  rows: readonly T[],
  parameters: readonly Parameter<T>[],
  moreSorts: readonly string[],
): readonly T[] {
  const groups = (query.groups ?? []).map(({ conditions }) =>
    conditions.map((one) => conditionTest(call, one, parameters)),
  );
  const found =
    groups.length === 0 ? rows : rows.filter((row) => groups.some((tests) => tests.every((test) => test(row))));
  const ordered = sortRows(query.sortBy ?? null, found, parameters, moreSorts);
  return query.descending === true ? ordered.toReversed() : ordered;
}

function sortRows<T>(
  sortBy: string | null,
  rows: readonly T[],
  parameters: readonly Parameter<T>[],
  more: readonly string[],
): readonly T[] {
  // Rows come by id already, which is the first parameter.
  if (sortBy === null || more.includes(sortBy) || sortBy === parameters[0]?.name) return rows;
  const by = parameters.find((one) => one.name === sortBy);
  if (by === undefined) throw new CrmRefusal(400, `Cannot sort by '${sortBy}'.`);
  const key = (row: T): Has[number] => by.read(row)[0] ?? '';
  return rows.toSorted((a, b) => compare(key(a), key(b)));
}

function compare(a: Has[number], b: Has[number]): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return String(a).localeCompare(String(b));
}

function conditionTest<T>(call: Call, said: Condition, parameters: readonly Parameter<T>[]): (row: T) => boolean {
  const { parameter: name, operator } = said;
  const parameter = parameters.find((one) => one.name === name);
  if (parameter === undefined) throw new CrmRefusal(400, `The parameter '${name}' is not valid.`);
  const known = OPERATORS[parameter.type].find((one) => one.operator === operator);
  if (known === undefined) throw new CrmRefusal(400, `The operator '${operator}' is not valid for '${name}'.`);
  const values = (said.values ?? []).map(String);
  const wanted = { operator, value: String(said.value ?? ''), secondary: String(said.secondaryValue ?? ''), values };
  checkValues(parameter, known.multipleValuesAllowed, known.valueRequired, wanted);
  const test = testOf(parameter.type, wanted, { now: call.crm.now(), switches: call.switches });
  if (test === null) throw new CrmRefusal(400, `The value is not valid for '${name}'.`);
  return (row) => test(parameter.read(row));
}

function checkValues(
  { name, choices, type }: Parameter<never>,
  isMany: boolean,
  isNeeded: boolean,
  { value: one, values }: { readonly value: string; readonly values: readonly string[] },
): void {
  if (!isNeeded) return;
  const given = isMany ? values : one === '' ? [] : [one];
  if (given.length === 0) throw new CrmRefusal(400, `A value is required for '${name}'.`);
  const wrong = type === 'List' ? given.find((each) => !choices.includes(each)) : undefined;
  if (wrong !== undefined) throw new CrmRefusal(400, `The value '${wrong}' is not valid for '${name}'.`);
}
