/**
 * details: a person's phones, street addresses, notes and custom field values, as they were on the first day.
 *
 * They are computed from the person's seed each time they are asked for, so that 100,000 people start at once and cost little
 * memory; a person whose details have been changed carries them and is never computed again. Must stay a pure function of the
 * seed and the creation time.
 */
import { CITIES, STREETS } from './names.ts';
import { createRandom, mixSeed, type Random } from './random.ts';
import type { CustomField, Details, FieldValue, Note, Person, Phone, StreetAddress } from './types.ts';

/** Tells the details of a person, stored or computed. */
export function detailsOf(person: Person, firstFields: readonly CustomField[]): Details {
  return person.details ?? firstDetails(person, firstFields);
}

function firstDetails(person: Person, firstFields: readonly CustomField[]): Details {
  const random = createRandom(mixSeed(person.seed, 7));
  return {
    fields: firstValues(random, firstFields),
    phones: firstPhones(random, person.createdAt),
    addresses: firstAddresses(random, person.createdAt),
    notes: firstNotes(random, person.createdAt),
  };
}

function firstPhones(random: Random, createdAt: number): Phone[] {
  const kinds = random.chance(0.6) ? (['mobile', 'work'] as const).slice(0, random.int(1, 2)) : [];
  return kinds.map((kind) => ({
    id: random.uuid(),
    number: `+1 (555) 01${random.int(0, 9)}-${random.int(1000, 9999)}`,
    kind,
    createdAt,
    updatedAt: createdAt,
  }));
}

function firstAddresses(random: Random, createdAt: number): StreetAddress[] {
  if (!random.chance(0.5)) return [];
  const place = random.pick(CITIES);
  const street = `${random.int(1, 999)} ${random.pick(STREETS)}`;
  return [{ id: random.uuid(), kind: 'home', street, ...place, createdAt, updatedAt: createdAt }];
}

function firstNotes(random: Random, createdAt: number): Note[] {
  if (!random.chance(0.1)) return [];
  return [{ id: random.uuid(), createdAt, content: 'Met at the fair.\nPrefers "letters", not mail – 👍' }];
}

function firstValues(random: Random, fields: readonly CustomField[]): FieldValue[] {
  const values: FieldValue[] = [];
  for (const field of fields) {
    if (!random.chance(0.35)) continue;
    values.push(valueFor(random, field));
  }
  return values;
}

function valueFor(random: Random, field: CustomField): FieldValue {
  const text = (value: string): FieldValue => ({ fieldId: field.id, value, choiceIds: null });
  switch (field.type) {
    case 'string':
      return text(random.pick(['blue', 'Grün', 'a, b; "c"', '=SUM(A1)', '5']));
    case 'text_area':
      return text('line one\nline two — ünïcode');
    case 'date':
      return text(`20${random.int(10, 25)}-0${random.int(1, 9)}-1${random.int(0, 9)}`);
    case 'datetime':
      return text(`202${random.int(0, 5)}-0${random.int(1, 9)}-1${random.int(0, 9)}T08:30:00Z`);
    case 'currency':
      return text(`${random.int(1, 5000)}.50`);
    case 'number':
      return text(String(random.int(-5, 100)));
    case 'boolean':
      return text(random.chance(0.5) ? 'true' : 'false');
    case 'single_select':
      return { fieldId: field.id, value: null, choiceIds: [random.pick(field.choices).id] };
    case 'multi_select':
      return {
        fieldId: field.id,
        value: null,
        choiceIds: field.choices.slice(0, random.int(1, 2)).map((one) => one.id),
      };
  }
}
