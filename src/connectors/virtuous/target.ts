/**
 * Virtuous CRM+ as a system whose people are changed, one thing at a time.
 *
 * What a PUT replaces is read just before, by whoever sends the change or here, and sent whole. Must never send an opt-in on the strength of what stood there
 * earlier, put one address's consent on another, or send again what may have arrived: that is looked up by whoever sent
 * it.
 */
import type { CrmSent, CrmTarget, SendHow } from '../../connector/crm.ts';
import type { ApiRequest } from '../../connector/wire.ts';
import { matchKey } from '../../model/address.ts';
import type { CrmChange, CrmChangeKind, NewCrmPerson } from '../../model/crm.ts';
import { ConnectorError, isErrorOf } from '../../model/errors.ts';
import { isRecord, type Json } from '../reading/fields.ts';
import { askMaybe, malformed, type Asking } from './ask.ts';
import { SUBMIT_ROWS, VIRTUOUS_CHANGES } from './declaration.ts';
import { isId } from './ids.ts';
import { askAll } from './lists.ts';
import { sendAddress, sendOpt } from './method-changes.ts';
import { buildContact, buildIndividual, buildNotesOf, buildTagsOf } from './requests.ts';
import { contactIn, individualIn } from './standing.ts';
import { contactBody, creationBody, individualBody } from './write-bodies.ts';
import {
  buildBatch,
  buildContactPut,
  buildCreation,
  buildIndividualPut,
  buildNote,
  buildReference,
  buildSubmission,
  buildTagging,
  buildUntagging,
} from './write-requests.ts';

type Change<K extends CrmChangeKind> = Extract<CrmChange, { readonly kind: K }>;
type Send<K extends CrmChangeKind> = (
  asking: Asking,
  change: Change<K>,
  how: SendHow,
  signal: AbortSignal,
) => Promise<CrmSent>;

const DONE: CrmSent = { kind: 'done' };
const GONE: CrmSent = { kind: 'gone' };

/** Makes the contacts of one connection writable. */
export function createVirtuousTarget(asking: Asking): CrmTarget {
  return {
    changes: VIRTUOUS_CHANGES,
    submitRows: SUBMIT_ROWS,
    send: (change, how, signal) => send(asking, change, how, signal),
    submitMany: (people, signal) => submitMany(asking, people, signal),
    hasNote: (contactId, text, signal) => hasNote(asking, contactId, text, signal),
  };
}

const SENDERS: { readonly [K in CrmChangeKind]: Send<K> } = {
  submit: async (asking, { person }, _how, signal) => {
    await asking.wire.write(buildSubmission(person), signal);
    return { kind: 'accepted' };
  },
  create: async (asking, { person, optedIn }, _how, signal) => {
    const { body } = await asking.wire.write(buildCreation(creationBody(person, optedIn)), signal);
    const contactId = String(isRecord(body) ? body['id'] : null);
    if (!isId(contactId)) throw unknownOutcome(asking, 'POST /api/Contact');
    return { kind: 'made', contactId };
  },
  refer: (asking, { contactId, reference }, _how, signal) =>
    simply(asking, buildReference(contactId, reference), signal),
  opt: sendOpt,
  address: sendAddress,
  name: async (asking, change, how, signal) => {
    const { contactId, individualId } = change;
    const stands =
      individualIn(how.stands, contactId, individualId) ??
      (await askMaybe(asking, buildIndividual(individualId), signal, recordOf));
    if (stands === null || String(stands['contactId']) !== change.contactId) return GONE;
    const body = individualBody(stands, { first: change.first_name, last: change.last_name });
    return simply(asking, buildIndividualPut(change.individualId, body), signal);
  },
  fields: async (asking, { contactId, set }, how, signal) => {
    const stands =
      contactIn(how.stands, contactId) ?? (await askMaybe(asking, buildContact(contactId), signal, recordOf));
    if (stands === null) return GONE;
    if (String(stands['id']) !== contactId) throw malformed('another record was answered');
    return simply(asking, buildContactPut(contactId, contactBody(stands, set)), signal);
  },
  tag: (asking, { contactId, tag }, _how, signal) => simply(asking, buildTagging(contactId, tag.id), signal),
  untag: async (asking, { contactId, tag }, _how, signal) => {
    const rows = await askAll(asking, (skip) => buildTagsOf(contactId, skip), 'contactTagId', signal);
    const joins = rows.filter((one) => String(one['tagId']) === tag.id).map((one) => String(one['contactTagId']));
    if (!joins.every(isId)) throw malformed('a tag of the contact has no id of its own');
    for (const id of joins) await asking.wire.write(buildUntagging(id), signal);
    return DONE;
  },
  note: (asking, { contactId, text, at }, _how, signal) => simply(asking, buildNote(contactId, text, at), signal),
};

async function send(asking: Asking, change: CrmChange, how: SendHow, signal: AbortSignal): Promise<CrmSent> {
  const reason = unfit(change);
  if (reason !== null) return { kind: 'refused', reason };
  const sender = SENDERS[change.kind] as Send<CrmChangeKind>;
  return orRefused(() => sender(asking, change, how, signal));
}

async function submitMany(asking: Asking, people: readonly NewCrmPerson[], signal: AbortSignal): Promise<CrmSent> {
  const [first] = people;
  if (first === undefined) return { kind: 'accepted' };
  const { source } = first.reference;
  const reason = people.length > SUBMIT_ROWS ? 'too-many' : people.map(unfitPerson).find((one) => one !== null);
  if (reason !== undefined && reason !== null) return { kind: 'refused', reason };
  if (people.some(({ reference }) => reference.source !== source))
    return { kind: 'refused', reason: 'several-sources' };
  return orRefused(async () => {
    await asking.wire.write(buildBatch(source, people), signal);
    return { kind: 'accepted' };
  });
}

/** Line ends and outer space are the vendor's to choose. */
async function hasNote(asking: Asking, contactId: string, text: string, signal: AbortSignal): Promise<boolean> {
  if (!isId(contactId)) return false;
  const wanted = plain(text);
  const bears = (rows: readonly Json[]) => rows.some(({ note }) => typeof note === 'string' && plain(note) === wanted);
  return bears(await askAll(asking, (skip) => buildNotesOf(contactId, skip), 'id', signal, bears));
}

function plain(text: string): string {
  return text.replaceAll('\r\n', '\n').trim();
}

/** Names why a change cannot be sent, whatever the source says. */
function unfit(change: CrmChange): string | null {
  if (change.kind === 'submit' || change.kind === 'create') return unfitPerson(change.person);
  const ids = [
    change.contactId,
    ...('email' in change ? [change.email.id] : []),
    ...('tag' in change ? [change.tag.id] : []),
    ...('individualId' in change ? [change.individualId] : []),
  ];
  if (!ids.every(isId)) return 'not-an-id';
  if (change.kind === 'name') return change.first_name === '' || change.last_name === '' ? 'no-name' : null;
  return change.kind === 'address' && matchKey(change.address) === null ? 'not-an-address' : null;
}

function unfitPerson({ address, first_name, last_name, tags }: NewCrmPerson): string | null {
  if (matchKey(address) === null) return 'not-an-address';
  if (first_name.trim() === '' || last_name.trim() === '') return 'no-name';
  // Several tags are one text with semicolons between them.
  return tags.some((tag) => tag.includes(';')) ? 'tag-with-semicolon' : null;
}

async function simply(asking: Asking, request: ApiRequest, signal: AbortSignal): Promise<CrmSent> {
  await asking.wire.write(request, signal);
  return DONE;
}

/** A clear no is an answer; a reason holds the vendor's key for it, never its words. */
async function orRefused(write: () => Promise<CrmSent>): Promise<CrmSent> {
  try {
    return await write();
  } catch (error) {
    if (isErrorOf(error, 'not_found')) return GONE;
    if (!isErrorOf(error, 'refused_request', 'rejected')) throw error;
    const { vendorKey } = error.facts;
    return { kind: 'refused', reason: vendorKey === undefined ? error.code : `${error.code}: ${vendorKey}` };
  }
}

function recordOf({ body }: { readonly body: unknown }): Json {
  if (!isRecord(body)) throw malformed('the record is not an object');
  return body;
}

function unknownOutcome({ connection }: Asking, request: string): ConnectorError {
  const facts = { connection, request };
  return new ConnectorError(
    'VIRTUOUS_OUTCOME_UNKNOWN',
    'unknown_outcome',
    'the answer does not show what was written',
    facts,
  );
}
