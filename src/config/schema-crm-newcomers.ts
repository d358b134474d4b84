/** What a file says about people whom the CRM does not have. A part of `schema.ts`, under its rules. */
import { z } from 'zod';
import { CREATE_WAYS } from './config.ts';
import { printable } from './schema-parts.ts';

const name = (which: string) => printable(100).regex(/\S/u).describe(`the ${which} name of somebody who told none`);

const EVIDENCE = z
  .union([
    z.strictObject({ field: printable(255).describe('the name or label of a custom field of the CRM') }),
    z.strictObject({ tag: printable(255).describe('the name of a tag of the CRM') }),
  ])
  .describe('{ field: … } or { tag: … }: what says that somebody asked for mail');
const NEW_FROM_SECONDARY = z
  .strictObject({
    evidence: EVIDENCE,
    lists: z.array(printable(255)).min(1).max(50).describe('names of lists, 1 to 50'),
  })
  .describe('{ evidence: …, lists: [ … ] }: new people of the CRM are made in Constant Contact');

export const CRM_NEWCOMERS = {
  newFromSecondary: NEW_FROM_SECONDARY.optional(),
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
