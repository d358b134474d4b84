/**
 * The published JSON Schema of `concord.yaml`, made from the zod schemas; editors check and complete with it.
 *
 * Decides its header alone. The committed copy is schema/concord.schema.json, and a test fails when it differs.
 */
import { z } from 'zod';
import { CONFIG_FILE } from './schema.ts';

/** Builds the schema's JSON text, ending with a line break. */
export function buildJsonSchema(): string {
  const schema = z.toJSONSchema(CONFIG_FILE, { io: 'input', target: 'draft-2020-12' });
  const { $schema, ...rest } = schema;
  const head = {
    $schema,
    title: 'concord.yaml',
    description: 'Configuration of Concord: connections, and the syncs between them.',
  };
  return `${JSON.stringify({ ...head, ...rest }, null, 2)}\n`;
}
