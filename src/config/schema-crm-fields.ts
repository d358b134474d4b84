/**
 * The shape of the fields of people in a CRM: which fields there are, where each goes, and which way.
 *
 * Shapes and words only, as schema.ts.
 */
import { z } from 'zod';
import { WRITABLE_COLUMNS } from '../model/intent.ts';
import { CRM_DIRECTIONS, CUSTOM_FIELD_PREFIX, WRITE_RULES } from './config.ts';
import { printable } from './schema-parts.ts';

const CRM_PLACE = printable(255).describe('firstName, lastName, or the label or name of a custom field of the CRM');
const direction = z.enum(CRM_DIRECTIONS).describe(CRM_DIRECTIONS.join(', ')).meta({ default: 'primary-to-secondary' });
const CRM_SOURCE = z
  .union([z.enum(WRITABLE_COLUMNS), z.templateLiteral([CUSTOM_FIELD_PREFIX, z.string().regex(/^[^\p{Cc}]{1,100}$/u)])])
  .describe(
    `any of ${WRITABLE_COLUMNS.join(', ')}, or ${CUSTOM_FIELD_PREFIX} and the id, name or label of a custom field`,
  );
const CRM_FIELD = z
  .union([
    CRM_PLACE,
    z.strictObject({
      to: CRM_PLACE,
      direction: direction.optional(),
      write: z.enum(WRITE_RULES).describe('always, if-empty or never').meta({ default: 'always' }).optional(),
    }),
  ])
  .describe('firstName, lastName, the label or name of a custom field, or { to, direction, write }');

export const CRM_FIELDS = {
  direction: direction.optional(),
  fields: z
    .partialRecord(CRM_SOURCE, CRM_FIELD)
    .describe(`any of ${WRITABLE_COLUMNS.join(', ')} and ${CUSTOM_FIELD_PREFIX}…, each with a place in the CRM`)
    .optional(),
};
