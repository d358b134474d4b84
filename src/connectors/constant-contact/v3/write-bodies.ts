/**
 * What is sent for one person: the body of a POST, and the contact as it was read with the changes laid over it for a PUT.
 *
 * A PUT nulls every top-level property that it leaves out and replaces every sub-resource that it names, but keeps those
 * that it does not name (T37): so all properties go out as they were read, and a sub-resource only where it changes. The
 * permission goes out as it was read, or lower: no body for somebody who is known can raise one. Pure.
 */
import type { Contact, ContactCustomField } from '../../../model/contact.ts';
import { WRITABLE_COLUMNS, type PersonIntent, type SetChange } from '../../../model/intent.ts';

export type Body = Readonly<Record<string, unknown>>;

/** Builds the body of a new person: mailable only where the intent says `implicit`. */
export function createBody(intent: PersonIntent): Body {
  const permission_to_send = intent.permission === 'implicit' ? 'implicit' : 'unsubscribed';
  const custom = overlayFields([], intent.customFields);
  return {
    email_address: { address: intent.address, permission_to_send },
    ...present(intent.fields),
    create_source: 'Account',
    ...(custom.length > 0 ? { custom_fields: custom } : {}),
    ...(intent.lists.add.length > 0 ? { list_memberships: intent.lists.add } : {}),
    ...(intent.tags.add.length > 0 ? { taggings: intent.tags.add } : {}),
  };
}

/** Builds the body of a changed person. */
export function updateBody(contact: Contact, intent: PersonIntent): Body {
  const address = intent.addressWas === null ? contact.email_address : intent.address;
  return {
    email_address: { address, permission_to_send: contact.permission_to_send },
    ...columns({ ...contact, ...intent.fields }),
    ...(Object.keys(intent.customFields).length > 0
      ? { custom_fields: overlayFields(contact.custom_fields, intent.customFields) }
      : {}),
    ...(changes(intent.lists) ? { list_memberships: changed(contact.list_memberships, intent.lists) } : {}),
    ...(changes(intent.tags) ? { taggings: changed(contact.taggings, intent.tags) } : {}),
    update_source: 'Account',
  };
}

/** Builds the body that unsubscribes a person and changes nothing else. */
export function unsubscribeBody(contact: Contact, intent: PersonIntent): Body {
  const reason = intent.reason === null ? {} : { opt_out_reason: intent.reason.slice(0, 255) };
  return {
    email_address: { address: contact.email_address, permission_to_send: 'unsubscribed', ...reason },
    ...columns(contact),
    update_source: intent.actor === 'person' ? 'Contact' : 'Account',
  };
}

function changes({ add, remove }: SetChange): boolean {
  return add.length + remove.length > 0;
}

function changed(before: readonly string[], { add, remove }: SetChange): readonly string[] {
  const gone = new Set(remove);
  return [...new Set([...before, ...add])].filter((id) => !gone.has(id)).sort();
}

/** A property without a value is left out: that is how this API is told that it is blank. */
function columns(contact: Readonly<Record<string, unknown>>): Body {
  return present(Object.fromEntries(WRITABLE_COLUMNS.map((column) => [column, contact[column]])));
}

function overlayFields(before: readonly ContactCustomField[], change: PersonIntent['customFields']): readonly Body[] {
  const kept = before.filter((one) => !Object.hasOwn(change, one.custom_field_id));
  const set = Object.entries(change).flatMap(([custom_field_id, value]) =>
    value === null ? [] : [{ custom_field_id, value, choice_ids: null }],
  );
  return [...kept, ...set].map(({ custom_field_id, value, choice_ids }) =>
    present({ custom_field_id, value, choice_ids }),
  );
}

function present(values: Readonly<Record<string, unknown>>): Body {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null && value !== undefined));
}
