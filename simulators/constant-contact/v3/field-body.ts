/**
 * field-body: the bodies that write one custom field. A drop-down takes 100 choices, radio buttons and check boxes take 20.
 */
import { z } from 'zod';
import { FIELD_TYPES } from '../../world/types.ts';
import { listOf, readOnly, required, textOf } from './body.ts';

const MOST_BOXES = 20;
const MOST_CHOICES = 100;

const metadata = z.strictObject({
  display_type: z.enum(['radio', 'checkbox', 'dropdown']).optional(),
  allow_negative: z.boolean().optional(),
  decimal_places: z.number().int().min(1).max(4).optional(),
  currency_code: z.string().length(3).optional(),
  integer: z.boolean().optional(),
  display_format: z.string().optional(),
});

const label = required(textOf(50).min(1));

const newChoice = z
  .strictObject({
    choice_label: required(textOf(255).min(1)),
    display_order: z.number().int().optional(),
  })
  .transform((one) => ({ id: null, label: one.choice_label, order: one.display_order ?? 0 }));

const choice = z
  .strictObject({
    choice_id: z.number().int().optional(),
    choice_label: required(textOf(255).min(1)),
    display_order: z.number().int().optional(),
    ...readOnly('custom_field_id', 'created_at', 'updated_at', 'deleted_at'),
  })
  .transform((one) => ({ id: one.choice_id ?? null, label: one.choice_label, order: one.display_order ?? 0 }));

export const FIELD_POST = z
  .strictObject({
    label,
    type: required(z.enum(FIELD_TYPES)),
    metadata: metadata.optional(),
    version: z.union([z.literal(1), z.literal(2)]).optional(),
    choices: listOf(newChoice, MOST_CHOICES).default([]),
  })
  .refine((one) => one.choices.length > 0 === one.type.endsWith('_select'), {
    path: ['choices'],
    message: 'must come with a select type, and only with one',
  })
  .refine((one) => one.metadata?.display_type === 'dropdown' || one.choices.length <= MOST_BOXES, {
    path: ['choices'],
    message: `has more than ${MOST_BOXES} values`,
  })
  .transform((one) => ({ ...one, metadata: one.metadata ?? null, version: one.version ?? null }));

export const FIELD_PUT = z.strictObject({
  label,
  choices: listOf(choice, MOST_CHOICES).default([]),
  ...readOnly('custom_field_id', 'name', 'type', 'metadata', 'version', 'created_at', 'updated_at'),
});
