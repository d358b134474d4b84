/**
 * custom-fields: reading the definitions of custom fields. Choices and metadata are shown only for the types that have them.
 */
import { z } from 'zod';
import type { CustomField } from '../../world/types.ts';
import type { World } from '../../world/world.ts';
import { Refusal, type Reply } from '../answer.ts';
import type { Call, Route } from './call.ts';
import { isUuid, limit, readQuery } from './query.ts';
import { pageOf } from './paging.ts';
import type { Json } from './render-contact.ts';
import { dateOnly, timeWriter } from './times.ts';

const QUERY = z.strictObject({ limit: limit(100, 50) });
const ONE_QUERY = z.strictObject({});
const KNOWN = Object.keys(QUERY.shape);

function listFields(call: Call): Reply {
  const walk = call.cursors.read(call.raw, KNOWN, call.form);
  const query = readQuery(QUERY, walk.raw, call.form);
  const rows = [...call.world.fields.values()];
  return pageOf(call, walk, { key: 'custom_fields', rows, limit: query.limit, render: fieldRenderer(call.world) });
}

function readField(call: Call): Reply {
  readQuery(ONE_QUERY, call.raw, call.form);
  const field = isUuid(call.id) ? call.world.fields.get(call.id.toLowerCase()) : undefined;
  if (field === undefined) throw new Refusal(404, 'contacts.api.not_found', 'custom_field_id does not exist');
  return { status: 200, body: fieldRenderer(call.world)(field) };
}

/** Makes the function that shows custom fields. */
export function fieldRenderer(world: World): (field: CustomField) => Json {
  const switches = world.switches.current;
  const time = timeWriter(switches.timeFormat);
  return (field) => {
    const [created_at, updated_at] = [time(field.createdAt), time(field.updatedAt)];
    const shown: Json = { custom_field_id: field.id, label: field.label, name: field.name, type: field.type };
    if (field.metadata !== null) shown['metadata'] = field.metadata;
    if (field.version !== null) shown['version'] = field.version;
    if (field.choices.length > 0) {
      shown['choices'] = field.choices.map((choice) => ({
        custom_field_id: field.id,
        choice_id: choice.id,
        choice_label: choice.label,
        display_order: choice.order,
        created_at,
        updated_at,
        ...(choice.deletedAt === null ? {} : { deleted_at: dateOnly(choice.deletedAt) }),
      }));
    }
    if (switches.extraFields) shown['visibility'] = { forms: true };
    return { ...shown, created_at, updated_at };
  };
}

const COMMON = { scopes: ['contact_data'], privilege: 'contacts:read', form: 'array' } as const;

/** The calls that read custom fields. */
export const FIELD_ROUTES: readonly Route[] = [
  { ...COMMON, path: '/contact_custom_fields', collection: true, handle: listFields },
  { ...COMMON, path: '/contact_custom_fields/{id}', collection: false, handle: readField },
];
