/**
 * How lists and tags of Constant Contact stand in a CRM, as the file says it: the shape and its words.
 */
import { z } from 'zod';
import { LISTS_DIRECTIONS } from './config.ts';
import { printable } from './schema-parts.ts';

const direction = z
  .enum(LISTS_DIRECTIONS)
  .describe(LISTS_DIRECTIONS.join(' or '))
  .meta({ default: 'primary-to-secondary' });

const AS_TAG = z
  .strictObject({
    as: z.literal('tag').describe('tag'),
    prefix: z
      .string()
      .max(50)
      .regex(/^\P{Cc}*$/u)
      .describe('what the names of their tags begin with, at most 50 characters')
      .meta({ default: 'CC: ' })
      .optional(),
    direction: direction.optional(),
  })
  .describe('{ as: tag, prefix: "CC: " }: each is a tag of the CRM, made there by hand');
const AS_FIELD = z
  .strictObject({
    as: z.literal('field').describe('field'),
    field: printable(255).describe('the label or name of a custom field of the CRM that holds text'),
    direction: direction.optional(),
  })
  .describe('{ as: field, field: … }: their names stand in one custom field, parted by semicolons');
export const LABELS = z
  .discriminatedUnion('as', [AS_TAG, AS_FIELD])
  .describe('{ as: tag, prefix: … } or { as: field, field: … }');
