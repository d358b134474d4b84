/**
 * fields: custom fields as they are written and as they are listed.
 *
 * Values travel as text; an empty one clears, one left out stays (virtuous-crm §5). A name is the field's `name`, never its
 * `displayName`. What no field has, or a list does not offer, is refused.
 */
import type { FieldDefinition, Fields } from '../crm/types.ts';
import { invalid, type Reply } from './answer.ts';
import type { Call } from './call.ts';
import { timeText } from './times.ts';

export type FieldInput = readonly (readonly [name: string, value: string])[];

/** Reads custom fields given as a map. */
export function fromMap(
  map: Readonly<Record<string, string | number | boolean | null>> | null | undefined,
): FieldInput {
  return Object.entries(map ?? {}).map(([name, value]) => [name, value === null ? '' : String(value)] as const);
}

/** Reads custom fields given as a list. */
export function fromList(
  list: readonly { readonly name: string; readonly value?: string | null | undefined }[] | null | undefined,
): FieldInput {
  return (list ?? []).map(({ name, value }) => [name, value ?? ''] as const);
}

/** Puts values over those there are; throws the vendor's 400 for what cannot be. */
export function withFields(call: Call, of: FieldDefinition['of'], before: Fields, input: FieldInput): Fields {
  const after: Record<string, string> = { ...before };
  for (const [name, value] of input) {
    const definition = call.crm.definitions.find((one) => one.of === of && one.name === name);
    if (definition === undefined) throw invalid({ customFields: [`The custom field '${name}' does not exist.`] });
    if (value === '') delete after[name];
    else if (isAllowed(definition, value)) after[name] = value;
    else throw invalid({ customFields: [`The value is not valid for the custom field '${name}'.`] });
  }
  return after;
}

function isAllowed({ dataType, options }: FieldDefinition, value: string): boolean {
  switch (dataType) {
    case 'Text':
      return true;
    case 'List':
      return options.includes(value);
    case 'Boolean':
      return /^(true|false)$/i.test(value);
    case 'DateTime':
      return !Number.isNaN(Date.parse(value));
  }
}

/** Shows the custom fields that have a value, as a list. */
export function shownFields(call: Call, of: FieldDefinition['of'], fields: Fields): readonly unknown[] {
  const definitions = call.crm.definitions.filter((one) => one.of === of && fields[one.name] !== undefined);
  return definitions.map(({ name, displayName }) => ({ name, value: fields[name], displayName }));
}

/** Answers `CustomFields`: a bare list of all there are. */
export function listFields(of: FieldDefinition['of']): (call: Call) => Reply {
  return ({ crm }) => ({
    status: 200,
    body: crm.definitions
      .filter((one) => one.of === of)
      .map(({ dataType, name, displayName, options, createdAt }) => ({
        dataType,
        name,
        displayName,
        options,
        createDateTimeUtc: timeText(createdAt, 'read'),
        createdByUser: 'Staff',
        modifiedDateTimeUtc: timeText(createdAt, 'read'),
        modifiedByUser: 'Staff',
      })),
  });
}
