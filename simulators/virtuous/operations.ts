/**
 * operations: what people at the CRM's own screen do, as the control door and tests ask for it.
 *
 * A contact is named by its id, by an address of one of its people, or by a reference. The words are read here; what they do is in
 * perform.ts.
 */
import { z } from 'zod';

const contact = z.union([
  z.number().int().positive(),
  z.strictObject({ email: z.string() }),
  z.strictObject({ source: z.string(), id: z.string() }),
]);
const method = z.strictObject({
  type: z.string().default('Home Email'),
  value: z.string(),
  isOptedIn: z.boolean().default(false),
});
const person = z.strictObject({
  firstName: z.string(),
  lastName: z.string(),
  methods: z.array(method).default([]),
});
const place = z.strictObject({
  address1: z.string().nullish(),
  city: z.string().nullish(),
  state: z.string().nullish(),
  postal: z.string().nullish(),
  country: z.string().nullish(),
});

/** A row of an import: its id, or its reference. */
const row = z.union([z.number().int(), z.strictObject({ source: z.string(), id: z.string() })]);

const CRM_OPERATION = z.discriminatedUnion('op', [
  z.strictObject({ op: z.literal('crmOptOut'), contact, value: z.string() }),
  z.strictObject({ op: z.literal('crmOptIn'), contact, value: z.string() }),
  z.strictObject({ op: z.literal('crmChangeValue'), contact, value: z.string(), to: z.string() }),
  z.strictObject({ op: z.literal('crmAddMethod'), contact, individual_id: z.number().int().optional(), method }),
  z.strictObject({ op: z.literal('crmRemoveMethod'), contact, value: z.string() }),
  z.strictObject({
    op: z.literal('crmRename'),
    contact,
    individual_id: z.number().int().optional(),
    firstName: z.string().optional(),
    lastName: z.string().optional(),
  }),
  z.strictObject({ op: z.literal('crmEditAddress'), contact, set: place }),
  z.strictObject({ op: z.literal('crmSetField'), contact, name: z.string(), value: z.string() }),
  z.strictObject({ op: z.literal('crmTag'), contact, tag_id: z.number().int() }),
  z.strictObject({ op: z.literal('crmUntag'), contact, tag_id: z.number().int() }),
  z.strictObject({ op: z.literal('crmNote'), contact, note: z.string(), type: z.string().default('General') }),
  z.strictObject({
    op: z.literal('crmCreateContact'),
    contactType: z.string().default('Household'),
    name: z.string().optional(),
    individuals: z.array(person).default([]),
    address: place.optional(),
    reference: z.strictObject({ source: z.string(), id: z.string() }).optional(),
  }),
  z.strictObject({ op: z.literal('crmAddIndividual'), contact, individual: person }),
  z.strictObject({ op: z.literal('crmArchive'), contact, reason: z.string().optional() }),
  z.strictObject({ op: z.literal('crmUnarchive'), contact }),
  z.strictObject({ op: z.literal('crmMerge'), contact, into: contact }),
  z.strictObject({ op: z.literal('crmUnmerge'), contact: z.number().int().positive() }),
  z.strictObject({ op: z.literal('crmCreateTag'), name: z.string(), group: z.string().default('Constant Contact') }),
  z.strictObject({ op: z.literal('crmRenameTag'), tag_id: z.number().int(), name: z.string() }),
  z.strictObject({ op: z.literal('crmDeleteTag'), tag_id: z.number().int() }),
  z.strictObject({
    op: z.literal('crmCreateField'),
    of: z.enum(['contact', 'individual']).default('contact'),
    name: z.string(),
    dataType: z.enum(['Text', 'List', 'DateTime', 'Boolean']).default('Text'),
    options: z.array(z.string()).default([]),
  }),
  z.strictObject({ op: z.literal('crmRunImport'), bundle: z.boolean().default(false) }),
  z.strictObject({ op: z.literal('crmResolveRow'), row, match: contact.nullable() }),
  z.strictObject({ op: z.literal('crmRejectRow'), row }),
  z.strictObject({ op: z.literal('crmExpireTokens') }),
  z.strictObject({ op: z.literal('crmRevokeTokens') }),
]);

export type CrmOperation = z.infer<typeof CRM_OPERATION>;
export type CrmOperationInput = z.input<typeof CRM_OPERATION>;
export type WhichContact = z.infer<typeof contact>;
export type WhichRow = z.infer<typeof row>;

/** Tells whether an operation is about the CRM. */
export function isCrmOperation(operation: { readonly op?: unknown }): operation is CrmOperationInput {
  return typeof operation.op === 'string' && operation.op.startsWith('crm');
}

/** Reads an operation; throws ZodError for wrong words. */
export function parseCrmOperation(input: CrmOperationInput): CrmOperation {
  return CRM_OPERATION.parse(input);
}
