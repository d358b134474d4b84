/** The shape of consent in a sync with a CRM. A part of `schema.ts`, under its rules. */
import { z } from 'zod';
import { BOUNCE_CODES, CONSENT_DIRECTIONS, DEFAULT_BOUNCES } from './config.ts';

export const CRM_CONSENT = z
  .strictObject({
    direction: z
      .enum(CONSENT_DIRECTIONS)
      .describe(`${CONSENT_DIRECTIONS.join(' or ')}; an opt-in is never carried`)
      .meta({ default: 'primary-to-secondary' })
      .optional(),
    bounces: z
      .array(
        z
          .string()
          .regex(new RegExp(`^[${BOUNCE_CODES.join('')}]$`, 'u'))
          .describe(`one of ${BOUNCE_CODES.join(', ')}; by V the mail was delivered`),
      )
      .max(BOUNCE_CODES.length)
      .describe(`a list of codes: any of ${BOUNCE_CODES.join(', ')}; [] for none`)
      .meta({ default: [...DEFAULT_BOUNCES] })
      .optional(),
  })
  .describe('consent: { direction: …, bounces: [ … ] }: which way opt-outs go, and which bounces end a permission');
