/** What a file says about people whom the CRM does not have. A part of `schema.ts`, under its rules. */
import { z } from 'zod';
import { CREATE_WAYS } from './config.ts';
import { printable } from './schema-parts.ts';

const name = (which: string) => printable(100).regex(/\S/u).describe(`the ${which} name of somebody who told none`);

export const CRM_NEWCOMERS = {
  create: z.enum(CREATE_WAYS).describe('transaction, direct or never').meta({ default: 'transaction' }).optional(),
  placeholder: z
    .strictObject({ first_name: name('first'), last_name: name('last') })
    .describe('the names of somebody new who told none: first_name and last_name')
    .optional(),
  addressType: printable(100)
    .describe("the CRM's word for the kind of address that somebody new has")
    .meta({ default: 'Home Email' })
    .optional(),
};
