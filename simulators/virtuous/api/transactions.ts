/**
 * transactions: submitting contacts for an import, one or many (virtuous-crm §7).
 *
 * 200 with an empty body and no id: what becomes of them is decided later, elsewhere. There is no field for an opt-in. Every field may
 * be left out; what is said must be of the right kind. Events, lists of the marketing module and attendances are taken and do nothing.
 */
import { z } from 'zod';
import { submitRow } from '../crm/imports.ts';
import type { RowData } from '../crm/import-row.ts';
import type { Place } from '../crm/types.ts';
import { invalid, type Reply } from './answer.ts';
import { fieldMap, flag, int, readBody, shapeOf, text } from './body.ts';
import type { Call } from './call.ts';
import { fromMap } from './fields.ts';

type ObjectMaker = typeof z.object;
const place = { address1: text, address2: text, city: text, state: text, postal: text, country: text };
const row = (object: ObjectMaker) => ({
  referenceId: text,
  contactType: text,
  name: text,
  title: text,
  firstName: text,
  middleName: text,
  lastName: text,
  suffix: text,
  birthMonth: int,
  birthDay: int,
  birthYear: int,
  gender: text,
  emailType: text,
  email: text,
  phoneType: text,
  phone: text,
  ...place,
  eventId: int,
  eventName: text,
  invited: flag,
  rsvp: flag,
  rsvpResponse: flag,
  attended: flag,
  tags: text,
  originSegmentCode: text,
  emailLists: z.array(z.string()).nullish(),
  customFields: fieldMap,
  customObjects: z
    .array(object({ name: z.string(), fields: z.array(object({ name: z.string(), value: text })) }))
    .nullish(),
  volunteerAttendances: z
    .array(object({ volunteerOpportunityId: int, volunteerOpportunityName: text, date: text, hours: text }))
    .nullish(),
});

const ONE = shapeOf('transaction', (object) => object({ referenceSource: text, ...row(object) }));
const MANY = shapeOf('contactBatch', (object) =>
  object({ referenceSource: text, contacts: z.array(object(row(object))) }),
);

type Row = ReturnType<typeof MANY.strict.parse>['contacts'][number];

/** Answers `POST /api/Contact/Transaction`. */
export function postTransaction(call: Call): Reply {
  const { referenceSource, ...one } = readBody(call, ONE);
  submit(call, referenceSource ?? null, one);
  return { status: 200, body: undefined };
}

/** Answers `POST /api/Contact/Batch`; an empty list is taken. How many rows it takes, and what it does with more, is a switch. */
export function postBatch(call: Call): Reply {
  const { referenceSource, contacts } = readBody(call, MANY);
  const { crmBatchLimit, crmBatchTooMany } = call.switches;
  const most = crmBatchLimit ?? contacts.length;
  if (contacts.length > most && crmBatchTooMany === 'refused') {
    throw invalid({ 'contactBatch.contacts': [`The batch must not have more than ${most} contacts.`] });
  }
  for (const one of contacts.slice(0, most)) submit(call, referenceSource ?? null, one);
  return { status: 200, body: undefined };
}

function submit({ crm }: Call, source: string | null, one: Row): void {
  const reference = source && one.referenceId ? { source, id: one.referenceId } : null;
  const said = Object.entries(one).filter(([key, value]) => key in place && value) as [keyof Place, string][];
  const data: RowData = {
    contactType: one.contactType || null,
    name: one.name || null,
    firstName: one.firstName || null,
    middleName: one.middleName || null,
    lastName: one.lastName || null,
    suffix: one.suffix || null,
    title: one.title || null,
    emailType: one.emailType || null,
    email: one.email || null,
    phoneType: one.phoneType || null,
    phone: one.phone || null,
    place: said.length === 0 ? null : Object.fromEntries(said),
    tags: (one.tags ?? '')
      .split(';')
      .map((tag) => tag.trim())
      .filter((tag) => tag !== ''),
    fields: Object.fromEntries(fromMap(one.customFields)),
  };
  submitRow(crm, source, reference, data);
}
