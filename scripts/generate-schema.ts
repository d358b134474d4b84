/** Writes schema/concord.schema.json from the zod schemas. Run it after a change of src/config/schema.ts. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { buildJsonSchema } from '../src/config/json-schema.ts';

const folder = fileURLToPath(new URL('../schema/', import.meta.url));
mkdirSync(folder, { recursive: true });
writeFileSync(`${folder}concord.schema.json`, buildJsonSchema());
