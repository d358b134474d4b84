/**
 * catalogue-writes: what writes of the API do to lists, tags and custom fields beyond what the control door can do.
 *
 * A replacement sets everything, so what was left out goes back to nothing. A choice that is left out is deleted, not forgotten:
 * it keeps its id, and values that name it stay as they are.
 */
import { makeField } from '../build-catalogue.ts';
import type { CustomField, FieldChoice, FieldType, List, Tag } from '../types.ts';
import type { World } from '../world.ts';

export interface ListInput {
  readonly name: string;
  readonly description: string | null;
  readonly favorite: boolean;
}

/** Makes a list. */
export function addList(world: World, input: ListInput): List {
  const now = world.clock.now();
  const stamps = { createdAt: now, updatedAt: now, deletedAt: null };
  const list: List = { id: world.random.uuid(), sequence: world.lists.size + 1, ...input, ...stamps };
  world.lists.set(list.id, list);
  world.commit('list.created', { list_id: list.id, name: list.name });
  return list;
}

/** Replaces a list by what the writer said. */
export function replaceList(world: World, list: List, input: ListInput): List {
  const after: List = { ...list, ...input, updatedAt: world.clock.now() };
  world.lists.set(list.id, after);
  world.commit(list.name === after.name ? 'list.edited' : 'list.renamed', {
    list_id: list.id,
    from: list.name,
    to: after.name,
  });
  return after;
}

/** Makes a tag. */
export function addTag(world: World, name: string, source: string): Tag {
  const now = world.clock.now();
  const tag: Tag = { id: world.random.uuid(), name, source, createdAt: now, updatedAt: now };
  world.tags.set(tag.id, tag);
  world.commit('tag.created', { tag_id: tag.id, name });
  return tag;
}

export interface ChoiceInput {
  /** Null for a new one. */
  readonly id: number | null;
  readonly label: string;
  readonly order: number;
}

export interface FieldInput {
  readonly label: string;
  readonly type: FieldType;
  readonly metadata: CustomField['metadata'];
  readonly version: number | null;
  readonly choices: readonly ChoiceInput[];
}

/** Tells the name that a label would get; values are imported under it. */
export function nameOf(world: World, label: string): string {
  const name = label.replaceAll(' ', '_');
  return world.switches.current.fieldNames === 'lower' ? name.toLowerCase() : name;
}

/** Makes a custom field. */
export function addField(world: World, input: FieldInput): CustomField {
  const usual = makeField(world.random.uuid(), input.label, input.type, world.clock.now(), []);
  const field: CustomField = {
    ...usual,
    name: nameOf(world, input.label),
    metadata: input.metadata ?? usual.metadata,
    version: input.version ?? usual.version,
    choices: choicesAfter([], input.choices, world.clock.now()),
  };
  world.fields.set(field.id, field);
  world.commit('custom_field.created', { custom_field_id: field.id, label: field.label, type: field.type });
  return field;
}

/** Replaces a custom field's label and choices; its name and type stay. */
export function replaceField(
  world: World,
  field: CustomField,
  input: { readonly label: string; readonly choices: readonly ChoiceInput[] },
): CustomField {
  const now = world.clock.now();
  const choices = choicesAfter(field.choices, input.choices, now);
  const after: CustomField = { ...field, label: input.label, choices, updatedAt: now };
  world.fields.set(field.id, after);
  world.commit(field.label === after.label ? 'custom_field.edited' : 'custom_field.renamed', {
    custom_field_id: field.id,
    from: field.label,
    to: after.label,
  });
  return after;
}

function choicesAfter(kept: readonly FieldChoice[], sent: readonly ChoiceInput[], now: number): FieldChoice[] {
  let next = Math.max(99, ...kept.map((one) => one.id)) + 1;
  const ids = new Set(sent.map((one) => one.id));
  const gone = kept.filter((one) => !ids.has(one.id)).map((one) => ({ ...one, deletedAt: one.deletedAt ?? now }));
  const there = sent.map(({ id, label, order }): FieldChoice => {
    const own = id ?? next;
    if (id === null) next += 1;
    return { id: own, label, order, deletedAt: null };
  });
  return [...there, ...gone];
}
