/**
 * exists: refuses a write that names a list, tag, custom field or choice that the account does not have.
 *
 * Which text and status the vendor has for it is not known; a validation error is what the contract declares for bad data.
 */
import type { FieldValue } from '../../world/types.ts';
import type { World } from '../../world/world.ts';
import { badBody } from './body.ts';

/** Refuses lists that are not there or deleted. */
export function checkLists(world: World, ids: readonly string[]): void {
  refuse(
    'list_id',
    missing(ids, (id) => world.lists.get(id)?.deletedAt === null),
  );
}

/** Refuses tags that are not there. */
export function checkTags(world: World, ids: readonly string[]): void {
  refuse(
    'tag_id',
    missing(ids, (id) => world.tags.has(id)),
  );
}

/** Refuses custom fields that are not there. */
export function checkFieldIds(world: World, ids: readonly string[]): void {
  refuse(
    'custom_field_id',
    missing(ids, (id) => world.fields.has(id)),
  );
}

/** Refuses values of custom fields, or choices, that are not there. */
export function checkFields(world: World, values: readonly FieldValue[]): void {
  checkFieldIds(
    world,
    values.map((one) => one.fieldId),
  );
  for (const { fieldId, choiceIds, value } of values) {
    const field = world.fields.get(fieldId);
    const known = new Set(field?.choices.filter((choice) => choice.deletedAt === null).map((choice) => choice.id));
    if (choiceIds?.some((id) => !known.has(id)) === true) throw badBody(['choice_ids does not have a valid value']);
    if (field?.type === 'single_select' && (choiceIds?.length ?? 0) > 1)
      throw badBody(['choice_ids has more than 1 value']);
    if (choiceIds === null && field !== undefined && !fits(field.type, value)) {
      throw badBody([`value does not have a valid value for custom field ${fieldId}`]);
    }
  }
}

/** Tells whether a text is a value of a number-like field; what the vendor takes for the other types is not known. */
function fits(type: string, value: string | null): boolean {
  if (value === null || value === '') return true;
  if (type === 'number' || type === 'currency') return /^-?\d+(\.\d+)?$/.test(value);
  return type !== 'boolean' || value === 'true' || value === 'false';
}

function missing(ids: readonly string[], isThere: (id: string) => boolean): string[] {
  return ids.filter((id) => !isThere(id));
}

function refuse(name: string, ids: readonly string[]): void {
  if (ids.length > 0) throw badBody(ids.map((id) => `${name} ${id} does not exist`));
}
