/**
 * Lists, tags, custom fields and segments of an answer to their canonical forms.
 *
 * Figures that are counted on demand (`membership_count`, `contacts_count`) are no content and are let go: they would
 * make a list look changed whenever one of its members is. Pure; must never put a value into a reason.
 */
import { contentHash, sortKeys } from '../../../model/hash.ts';
import type { Content, Reading } from '../../../model/record.ts';
import type { ContactList, CustomField, FieldChoice, Segment, Tag } from '../../../model/schema-records.ts';
import type { Json } from '../../reading/fields.ts';
import {
  integer,
  isRecord,
  Kept,
  keepUnknown,
  recordId,
  row,
  rows,
  text,
  time,
  truth,
  Unreadable,
  wholeObject,
} from '../../reading/fields.ts';

const LIST_KEYS = new Set(
  'list_id name description favorite created_at updated_at deleted_at membership_count'.split(' '),
);
const TAG_KEYS = new Set('tag_id name tag_source created_at updated_at deleted_at contacts_count'.split(' '));
const FIELD_KEYS = new Set(
  'custom_field_id label name type metadata choices created_at updated_at deleted_at'.split(' '),
);
const CHOICE_KEYS = new Set('choice_id choice_label display_order custom_field_id created_at updated_at'.split(' '));
const SEGMENT_KEYS = new Set('segment_id name segment_criteria created_at edited_at deleted_at'.split(' '));

/** Reads one list. Throws Unreadable. */
export function readList(value: unknown): Reading<ContactList> {
  const raw = row(value, 'list');
  const id = recordId(raw['list_id'], 'list_id');
  const kept = keptOf(raw, LIST_KEYS);
  const content: ContactList = {
    name: text(raw['name'], 'name'),
    description: text(raw['description'], 'description'),
    favorite: truth(raw['favorite'], 'favorite'),
    ...stamps(raw, kept),
    extra: kept.take(),
  };
  return reading(id, content, content.updated_at, raw);
}

/** Reads one tag. Throws Unreadable. */
export function readTag(value: unknown): Reading<Tag> {
  const raw = row(value, 'tag');
  const id = recordId(raw['tag_id'], 'tag_id');
  const kept = keptOf(raw, TAG_KEYS);
  const content: Tag = {
    name: text(raw['name'], 'name'),
    tag_source: text(raw['tag_source'], 'tag_source'),
    ...stamps(raw, kept),
    extra: kept.take(),
  };
  return reading(id, content, content.updated_at, raw);
}

/** Reads one custom field with its choices. Throws Unreadable. */
export function readCustomField(value: unknown): Reading<CustomField> {
  const raw = row(value, 'custom field');
  const id = recordId(raw['custom_field_id'], 'custom_field_id');
  const kept = keptOf(raw, FIELD_KEYS);
  const metadata = wholeObject(raw['metadata'], 'metadata');
  const content: CustomField = {
    label: text(raw['label'], 'label'),
    name: text(raw['name'], 'name'),
    type: text(raw['type'], 'type'),
    metadata: metadata === null ? null : JSON.stringify(metadata),
    ...stamps(raw, kept),
    choices: readChoices(raw['choices'], kept),
    extra: kept.take(),
  };
  return reading(id, content, content.updated_at, raw);
}

/** Reads one segment, with its criteria where the answer has them. Throws Unreadable. */
export function readSegment(value: unknown): Reading<Segment> {
  const raw = row(value, 'segment');
  const number = integer(raw['segment_id'], 'segment_id');
  if (number === null) throw new Unreadable('segment_id: missing');
  const kept = keptOf(raw, SEGMENT_KEYS);
  const content: Segment = {
    name: text(raw['name'], 'name'),
    segment_criteria: criteria(raw['segment_criteria']),
    created_at: stamp(raw, 'created_at', kept),
    edited_at: stamp(raw, 'edited_at', kept),
    deleted_at: stamp(raw, 'deleted_at', kept),
    extra: kept.take(),
  };
  return reading(String(number), content, content.edited_at, raw);
}

function reading<C extends Content>(id: string, content: C, version: string | null, raw: Json): Reading<C> {
  const deletedAt = raw['deleted_at'];
  const gone = deletedAt !== undefined && deletedAt !== null && deletedAt !== '';
  return { id, hash: contentHash(content), version: version ?? '', state: gone ? 'deleted' : 'none', content };
}

function keptOf(raw: Json, known: ReadonlySet<string>): Kept {
  const kept = new Kept();
  keepUnknown(raw, known, (key, more) => kept.put(key, more));
  return kept;
}

function stamps(raw: Json, kept: Kept): Pick<ContactList, 'created_at' | 'updated_at' | 'deleted_at'> {
  return {
    created_at: stamp(raw, 'created_at', kept),
    updated_at: stamp(raw, 'updated_at', kept),
    deleted_at: stamp(raw, 'deleted_at', kept),
  };
}

function stamp(raw: Json, key: string, kept: Kept): string | null {
  return time(raw[key], key, (bad) => kept.put(key, bad));
}

/** Choices in the order of their ids; what else a choice says (its deletion date) is kept beside them. */
function readChoices(value: unknown, kept: Kept): readonly FieldChoice[] {
  const choices = rows(value, 'choices').map((inner) => {
    const raw = row(inner, 'choices');
    const id = integer(raw['choice_id'], 'choices.choice_id');
    if (id === null) throw new Unreadable('choices.choice_id: missing');
    keepUnknown(raw, CHOICE_KEYS, (key, more) => kept.putIn('choices', `${id}.${key}`, more));
    return {
      choice_id: id,
      choice_label: text(raw['choice_label'], 'choices.choice_label'),
      display_order: integer(raw['display_order'], 'choices.display_order'),
    };
  });
  choices.sort((a, b) => a.choice_id - b.choice_id);
  const twice = choices.some((choice, at) => choice.choice_id === choices[at - 1]?.choice_id);
  if (twice) throw new Unreadable('choices: one id twice');
  return choices;
}

/** A string by contract; an object, seen in one guide, is brought to JSON text with sorted keys. */
function criteria(value: unknown): string | null {
  return isRecord(value)
    ? JSON.stringify(sortKeys(wholeObject(value, 'segment_criteria')))
    : text(value, 'segment_criteria');
}
