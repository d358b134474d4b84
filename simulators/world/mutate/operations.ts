/**
 * operations: everything that can happen in the world behind the API's back, as the control door and tests say it.
 *
 * One operation is one thing a person, the staff or the vendor's machinery does. This file only fixes the words; what an
 * operation does is in the files beside it. A contact is named by `contact_id` or by `email`.
 */
import { z } from 'zod';
import { FIELD_TYPES } from '../types.ts';

const who = { contact_id: z.string().optional(), email: z.string().optional() };
const source = z.enum(['Contact', 'Account']);
const text = z.string().nullable();

const fieldValue = z.strictObject({
  custom_field_id: z.string(),
  value: z.string().max(255).nullable().optional(),
  choice_ids: z.array(z.number().int()).optional(),
});

const contactFields = {
  first_name: text.optional(),
  last_name: text.optional(),
  job_title: text.optional(),
  company_name: text.optional(),
  birthday_month: z.number().int().min(1).max(12).nullable().optional(),
  birthday_day: z.number().int().min(1).max(31).nullable().optional(),
  anniversary: text.optional(),
  custom_fields: z.array(fieldValue).optional(),
  phone_numbers: z
    .array(z.strictObject({ phone_number: z.string(), kind: z.enum(['home', 'work', 'mobile', 'other']) }))
    .optional(),
  street_addresses: z
    .array(
      z.strictObject({
        kind: z.enum(['home', 'work', 'other']),
        street: text.optional(),
        city: text.optional(),
        state: text.optional(),
        postal_code: text.optional(),
        country: text.optional(),
      }),
    )
    .optional(),
  note: z.string().max(2000).optional(),
};

const newContact = z.strictObject({
  email_address: z.string().optional(),
  permission_to_send: z.string().optional(),
  sms_number: z.string().optional(),
  create_source: source.optional(),
  list_memberships: z.array(z.string()).optional(),
  taggings: z.array(z.string()).optional(),
  ...contactFields,
});

const count = z.number().int().min(1);

const OPERATION = z.discriminatedUnion('op', [
  z.strictObject({
    op: z.literal('unsubscribe'),
    ...who,
    /** contact: by a link or the preference page; campaign: by a mail's footer, with a report row; the rest is the account. */
    how: z.enum(['contact', 'campaign', 'account', 'ui', 'api']).default('contact'),
    reason: z.string().max(255).optional(),
    campaign_activity_id: z.string().optional(),
  }),
  z.strictObject({ op: z.literal('resubscribe'), ...who, how: z.enum(['contact', 'account']).default('contact') }),
  z.strictObject({ op: z.literal('confirmResubscribe'), ...who }),
  z.strictObject({
    op: z.literal('bounce'),
    ...who,
    /** As the report shows it: the vendor may have letters that nobody documented. */
    code: z.string().min(1).max(1).default('B'),
    campaign_activity_id: z.string().optional(),
  }),
  z.strictObject({ op: z.literal('setPermission'), ...who, permission: z.string().min(1) }),
  z.strictObject({
    op: z.literal('edit'),
    ...who,
    set: z.strictObject(contactFields),
    source: source.default('Account'),
  }),
  z.strictObject({ op: z.literal('create'), contact: newContact }),
  z.strictObject({ op: z.literal('delete'), ...who }),
  z.strictObject({ op: z.literal('revive'), ...who }),
  z.strictObject({ op: z.literal('changeAddress'), ...who, address: z.string().min(3) }),
  z.strictObject({ op: z.literal('swapAddresses'), contact_ids: z.tuple([z.string(), z.string()]) }),
  z.strictObject({
    op: z.literal('stamp'),
    ...who,
    updated_at: z.string().optional(),
    email_updated_at: z.string().optional(),
  }),
  z.strictObject({ op: z.literal('joinList'), ...who, list_id: z.string() }),
  z.strictObject({ op: z.literal('leaveList'), ...who, list_id: z.string() }),
  z.strictObject({ op: z.literal('tag'), ...who, tag_id: z.string() }),
  z.strictObject({ op: z.literal('untag'), ...who, tag_id: z.string() }),
  z.strictObject({
    op: z.literal('createList'),
    name: z.string().min(1).max(255),
    description: z.string().optional(),
    favorite: z.boolean().default(false),
  }),
  z.strictObject({ op: z.literal('renameList'), list_id: z.string(), name: z.string().min(1).max(255) }),
  z.strictObject({ op: z.literal('deleteList'), list_id: z.string() }),
  z.strictObject({ op: z.literal('createTag'), name: z.string().min(1).max(255) }),
  z.strictObject({ op: z.literal('renameTag'), tag_id: z.string(), name: z.string().min(1).max(255) }),
  z.strictObject({ op: z.literal('deleteTag'), tag_id: z.string() }),
  z.strictObject({
    op: z.literal('createField'),
    label: z.string().min(1).max(50),
    type: z.enum(FIELD_TYPES).default('string'),
    choices: z.array(z.string()).optional(),
  }),
  z.strictObject({ op: z.literal('renameField'), custom_field_id: z.string(), label: z.string().min(1).max(50) }),
  z.strictObject({ op: z.literal('deleteField'), custom_field_id: z.string() }),
  z.strictObject({
    op: z.literal('createCampaign'),
    name: z.string().min(1).max(80),
    list_ids: z.array(z.string()).default([]),
  }),
  z.strictObject({
    op: z.literal('sendCampaign'),
    campaign_id: z.string(),
    opens: z.number().min(0).max(1).default(0.3),
    bounces: z.number().min(0).max(1).default(0),
  }),
  z.strictObject({ op: z.literal('removeCampaign'), campaign_id: z.string() }),
  z.strictObject({ op: z.literal('bulkEdit'), n: count, set: z.strictObject(contactFields).optional() }),
  z.strictObject({
    op: z.literal('bulkUnsubscribe'),
    n: count,
    how: z.enum(['contact', 'account']).default('contact'),
  }),
  z.strictObject({ op: z.literal('bulkDelete'), n: count }),
  z.strictObject({ op: z.literal('bulkCreate'), n: count }),
  z.strictObject({
    op: z.literal('setAccount'),
    encoded_account_id: z.string().optional(),
    organization_name: z.string().optional(),
    confirmed_opt_in: z.boolean().optional(),
  }),
  z.strictObject({
    op: z.literal('stopActivity'),
    activity_id: z.string(),
    state: z.enum(['cancelled', 'failed', 'timed_out']),
    errors: z.array(z.string()).default([]),
  }),
  z.strictObject({ op: z.literal('setPrivileges'), privileges: z.array(z.string()) }),
]);

/** An operation with its defaults filled in. */
export type Operation = z.infer<typeof OPERATION>;
/** An operation as it may be written. */
export type OperationInput = z.input<typeof OPERATION>;
/** One kind of operation. */
export type Op<K extends Operation['op']> = Extract<Operation, { readonly op: K }>;
export type ContactFields = Op<'edit'>['set'];
export type NewContact = Op<'create'>['contact'];
export type Who = { readonly contact_id?: string | undefined; readonly email?: string | undefined };

/** Reads an operation, refusing unknown words. */
export function parseOperation(input: unknown): Operation {
  return OPERATION.parse(input);
}

/** The operation cannot be done in the world as it is. */
export class MutationError extends Error {
  override readonly name = 'MutationError';
}
