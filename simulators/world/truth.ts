/**
 * truth: how the control door tells the state and the log, whatever the switches do to the API.
 *
 * Names are the vendor's, instants are always full milliseconds in UTC (also `deleted_at`, which the API shows as a date), and
 * subresources are always there. Only reads.
 */
import { detailsOf } from './details.ts';
import type { Details, EmailState, Person } from './types.ts';
import type { Change, World } from './world.ts';

export type Truth = Readonly<Record<string, unknown>>;

/** Tells everything about one contact. */
export function truthOfPerson(world: World, person: Person): Truth {
  return compact({
    contact_id: person.id,
    sequence_id: person.sequence,
    email_address: person.email === null ? null : truthOfEmail(person.email),
    first_name: person.firstName,
    last_name: person.lastName,
    job_title: person.jobTitle,
    company_name: person.companyName,
    birthday_month: person.birthdayMonth,
    birthday_day: person.birthdayDay,
    anniversary: person.anniversary,
    create_source: person.createSource,
    update_source: person.updateSource,
    created_at: instant(person.createdAt),
    updated_at: instant(person.updatedAt),
    deleted_at: instant(person.deletedAt),
    list_memberships: person.lists,
    taggings: person.tags,
    ...truthOfDetails(world, detailsOf(person, world.firstFields)),
    sms_channel: person.sms === null ? null : { sms_channel_id: person.sms.channelId, sms_address: person.sms.number },
  });
}

function truthOfEmail(email: EmailState): Truth {
  return compact({
    address: email.address,
    permission_to_send: email.permission,
    created_at: instant(email.createdAt),
    updated_at: instant(email.updatedAt),
    opt_in_source: email.optInSource,
    opt_in_date: instant(email.optInDate),
    opt_out_source: email.optOutSource,
    opt_out_date: instant(email.optOutDate),
    opt_out_reason: email.optOutReason,
    confirm_status: email.confirmStatus,
  });
}

function truthOfDetails(world: World, details: Details): Truth {
  const fields = details.fields.filter((one) => world.fields.has(one.fieldId));
  return {
    custom_fields: fields.map((one) =>
      compact({ custom_field_id: one.fieldId, value: one.value, choice_ids: one.choiceIds }),
    ),
    phone_numbers: details.phones.map((one) => ({ phone_number_id: one.id, phone_number: one.number, kind: one.kind })),
    street_addresses: details.addresses.map((one) =>
      compact({
        street_address_id: one.id,
        kind: one.kind,
        street: one.street,
        city: one.city,
        state: one.state,
        postal_code: one.postalCode,
        country: one.country,
      }),
    ),
    notes: details.notes.map((one) => ({ note_id: one.id, created_at: instant(one.createdAt), content: one.content })),
  };
}

/** Tells one committed change. */
export function truthOfChange(world: World, change: Change): Truth {
  const person = change.after ?? change.before;
  return {
    n: change.n,
    at: instant(change.at),
    kind: change.kind,
    ...change.by,
    ...(person === null ? {} : { contact_id: person.id }),
    ...(person?.email ? { email: person.email.address } : {}),
    ...change.facts,
    ...(change.before === null ? {} : { before: truthOfPerson(world, change.before) }),
    ...(change.after === null ? {} : { after: truthOfPerson(world, change.after) }),
  };
}

/** Counts the contacts by what they are. */
export function summarise(world: World): Truth & { readonly by_permission: Readonly<Record<string, number>> } {
  const byPermission: Record<string, number> = {};
  let deleted = 0;
  for (const person of world.people.values()) {
    if (person.deletedAt !== null) deleted += 1;
    else {
      const word = person.email?.permission ?? 'no_email';
      byPermission[word] = (byPermission[word] ?? 0) + 1;
    }
  }
  const lists = [...world.lists.values()].filter((list) => list.deletedAt === null).length;
  return {
    at: instant(world.clock.now()),
    changes: world.changes.length,
    contacts: world.people.size,
    contacts_deleted: deleted,
    contacts_not_deleted: world.people.size - deleted,
    by_permission: byPermission,
    lists,
    lists_deleted: world.lists.size - lists,
    tags: world.tags.size,
    custom_fields: world.fields.size,
    segments: world.segments.size,
    campaigns: world.campaigns.size,
    encoded_account_id: world.account.encodedAccountId,
  };
}

/** Tells all that is not a contact. */
export function truthOfCatalogue(world: World): Truth {
  return {
    account: world.account,
    privileges: world.privileges.map((one) => one.name),
    lists: [...world.lists.values()].map((one) => ({
      list_id: one.id,
      name: one.name,
      description: one.description,
      favorite: one.favorite,
      created_at: instant(one.createdAt),
      updated_at: instant(one.updatedAt),
      deleted_at: instant(one.deletedAt),
    })),
    tags: [...world.tags.values()].map((one) => ({
      tag_id: one.id,
      name: one.name,
      updated_at: instant(one.updatedAt),
    })),
    custom_fields: [...world.fields.values()].map((one) => ({
      custom_field_id: one.id,
      label: one.label,
      name: one.name,
      type: one.type,
      choices: one.choices.map((choice) => ({ choice_id: choice.id, choice_label: choice.label })),
    })),
    campaigns: [...world.campaigns.values()].map((one) => ({
      campaign_id: one.id,
      name: one.name,
      status: one.status,
      last_sent_at: instant(one.lastSentAt),
      activities: one.activities.map((activity) => ({ campaign_activity_id: activity.id, role: activity.role })),
      rows: Object.fromEntries(Object.entries(one.reports).map(([kind, rows]) => [kind, rows.length])),
    })),
  };
}

function instant(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}

function compact(fields: Record<string, unknown>): Truth {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
}
