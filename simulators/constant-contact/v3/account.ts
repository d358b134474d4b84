/**
 * account: who the account is and what the connected user may do. Reading one's privileges needs none.
 */
import { z } from 'zod';
import type { Reply } from '../answer.ts';
import type { Call, Route } from './call.ts';
import { csv, readQuery } from './query.ts';
import type { Json } from './render-contact.ts';

const QUERY = z.strictObject({ extra_fields: csv(['physical_address', 'company_logo']) });
const NO_QUERY = z.strictObject({});

function readSummary(call: Call): Reply {
  const query = readQuery(QUERY, call.raw, call.form);
  const { account } = call.world;
  const body: Json = {
    contact_email: account.contactEmail,
    contact_phone: '5551110000',
    country_code: account.countryCode,
    encoded_account_id: account.encodedAccountId,
    first_name: account.firstName,
    last_name: account.lastName,
    organization_name: account.organizationName,
    organization_phone: '555-111-0000',
    state_code: account.stateCode,
    time_zone_id: account.timeZoneId,
    website: account.website,
  };
  if (query.extra_fields?.includes('physical_address') === true) {
    body['physical_address'] = {
      address_line1: '1 Main St',
      city: 'Waltham',
      country_code: 'US',
      postal_code: '02451',
      state_code: 'MA',
    };
  }
  return { status: 200, body };
}

function readPrivileges(call: Call): Reply {
  readQuery(NO_QUERY, call.raw, call.form);
  const body = call.world.privileges.map((one) => ({ privilege_id: one.id, privilege_name: one.name }));
  return { status: 200, body };
}

const COMMON = { form: 'array', collection: false } as const;

/** The calls that read the account. */
export const ACCOUNT_ROUTES: readonly Route[] = [
  { ...COMMON, path: '/account/summary', scopes: ['account_read'], privilege: 'account:read', handle: readSummary },
  { ...COMMON, path: '/account/user/privileges', scopes: [], privilege: null, handle: readPrivileges },
];
