/**
 * Constant Contact V3 as a system whose people are written, one at a time.
 *
 * Every change of a known person is: read, compare with what the plan saw, lay the changes over, PUT, read back (T37,
 * T38). Must never send a permission that mails where the door said that none may, bring a deleted person back, or send
 * again what may have arrived.
 */
import type {
  LookUp,
  OperationDeclaration,
  PeopleTarget,
  PersonOperation,
  SendHow,
  SendResult,
} from '../../../connector/target.ts';
import type { ApiAnswer, ApiRequest } from '../../../connector/wire.ts';
import { matchKey } from '../../../model/address.ts';
import type { Contact } from '../../../model/contact.ts';
import { ConnectorError, isErrorOf } from '../../../model/errors.ts';
import { WRITABLE_COLUMNS, type PersonIntent } from '../../../model/intent.ts';
import type { Reading } from '../../../model/record.ts';
import { ask, type Asking } from './ask.ts';
import { parseOne } from './direct-read.ts';
import { isRecord } from '../../reading/fields.ts';
import { createImportJobs } from './import-jobs.ts';
import { malformed, parsePage } from './pages.ts';
import { isPathId } from './requests.ts';
import { createBody, unsubscribeBody, updateBody } from './write-bodies.ts';
import { difference } from './write-check.ts';
import { buildByAddress, buildCreate, buildDelete, buildPerson, buildPut } from './write-requests.ts';

/** A POST meets 409 for anybody who is known; a PUT takes what it is sent, revives, and puts on lists. */
const OPERATIONS: Readonly<Record<PersonOperation, OperationDeclaration>> = {
  create: {
    effects: { newAddress: 'as-sent', known: 'unchanged', revives: false, relists: true, movesAddress: false },
    calls: 2,
  },
  update: {
    effects: { newAddress: 'not-mailed', known: 'as-sent', revives: true, relists: true, movesAddress: true },
    calls: 3,
  },
  unsubscribe: {
    effects: { newAddress: 'not-mailed', known: 'lowered', revives: true, relists: false, movesAddress: false },
    calls: 3,
  },
  delete: {
    effects: { newAddress: 'not-mailed', known: 'lowered', revives: false, relists: false, movesAddress: false },
    calls: 3,
  },
};
/** How late a change may show up in a read: nobody documents it, and a careful client of this API allows two minutes. */
const VISIBILITY_MS = 120_000;
const MAILABLE = new Set(['explicit', 'implicit']);
const MOVED: SendResult = { kind: 'moved' };

/** Makes the people of one connection writable. */
export function createPeopleTarget(asking: Asking): PeopleTarget {
  return {
    operations: new Map(Object.entries(OPERATIONS) as [PersonOperation, OperationDeclaration][]),
    bulk: createImportJobs(asking),
    visibilityMs: VISIBILITY_MS,
    send: (operation, intent, how, signal) => send(asking, operation, intent, how, signal),
    lookUp: (operation, intent, signal) => lookUp(asking, operation, intent, signal),
  };
}

async function send(
  asking: Asking,
  operation: PersonOperation,
  intent: PersonIntent,
  how: SendHow,
  signal: AbortSignal,
): Promise<SendResult> {
  const unfit = unfitFor(operation, intent, how);
  if (unfit !== null) return { kind: 'refused', reason: unfit };
  try {
    if (intent.contactId === null) return await create(asking, intent, signal);
    return await change(asking, operation, intent, intent.contactId, how, signal);
  } catch (error) {
    if (isErrorOf(error, 'refused_request')) return { kind: 'refused', reason: error.code };
    if (isErrorOf(error, 'not_found')) return MOVED;
    // 409: somebody has this address already, or edits this person at this moment.
    if (isErrorOf(error, 'rejected'))
      return intent.addressWas === null ? MOVED : { kind: 'refused', reason: error.code };
    throw error;
  }
}

/** Names why an intent cannot be sent as this operation, whatever the source says. */
function unfitFor(operation: PersonOperation, intent: PersonIntent, how: SendHow): string | null {
  const columns: readonly string[] = WRITABLE_COLUMNS;
  if (Object.keys(intent.fields).some((column) => !columns.includes(column))) return 'not-writable';
  if (matchKey(intent.address) === null) return 'not-an-address';
  if ((operation === 'create') !== (intent.contactId === null)) return 'wrong-operation';
  if (intent.contactId !== null && !isPathId(intent.contactId)) return 'not-an-id';
  return operation === 'create' && intent.permission !== 'unsubscribe' && !how.mayMail ? 'out' : null;
}

async function create(asking: Asking, intent: PersonIntent, signal: AbortSignal): Promise<SendResult> {
  const answer = await asking.wire.write(buildCreate(createBody(intent)), signal);
  const id = isRecord(answer.body) ? answer.body['contact_id'] : null;
  if (typeof id !== 'string' || !isPathId(id)) throw unknownOutcome(asking, 'POST /contacts');
  const sent = intent.permission === 'implicit' ? 'implicit' : 'unsubscribed';
  return readBack(asking, 'create', intent, id, { sent, urgent: false }, signal);
}

async function change(
  asking: Asking,
  operation: PersonOperation,
  intent: PersonIntent,
  id: string,
  how: SendHow,
  signal: AbortSignal,
): Promise<SendResult> {
  const before = await readPerson(asking, id, how.urgent, signal);
  if (before === 'unreadable') return { kind: 'refused', reason: 'unreadable' };
  if (before === null) return operation === 'delete' ? { kind: 'written', reading: null } : MOVED;
  const done = difference(operation, intent, before, before.state) === null;
  if (done) return { kind: 'written', reading: before };
  if (operation === 'unsubscribe') {
    await asking.wire.write(buildPut(id, unsubscribeBody(before.content, intent), how.urgent), signal);
  } else {
    if (before.state === 'deleted' || before.version !== intent.version) return MOVED;
    if (operation === 'delete') await asking.wire.write(buildDelete(id), signal);
    else {
      // A permission nobody documented cannot be sent back as it was, and leaving it out is no better known.
      if (before.content.permission_to_send === null) return { kind: 'refused', reason: 'permission-unknown' };
      if (!how.mayMail && MAILABLE.has(before.state)) return { kind: 'refused', reason: 'out' };
      await asking.wire.write(buildPut(id, updateBody(before.content, intent), how.urgent), signal);
    }
  }
  return readBack(asking, operation, intent, id, { sent: before.state, urgent: how.urgent }, signal);
}

async function readBack(
  asking: Asking,
  operation: PersonOperation,
  intent: PersonIntent,
  id: string,
  { sent, urgent }: { readonly sent: string; readonly urgent: boolean },
  signal: AbortSignal,
): Promise<SendResult> {
  const after = await orUnknown(asking, () => readPerson(asking, id, urgent, signal));
  if (after === 'unreadable') return { kind: 'differs', reason: 'unreadable' };
  if (after === null) {
    if (operation === 'delete') return { kind: 'written', reading: null };
    throw unknownOutcome(asking, `GET /contacts/${id}`);
  }
  const differs = difference(operation, intent, after, sent);
  return differs === null ? { kind: 'written', reading: after } : { kind: 'differs', reason: differs };
}

/** The write is out: whatever keeps us from reading it back leaves its outcome unknown. */
async function orUnknown<T>(asking: Asking, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    throw unknownOutcome(asking, error.facts.request ?? 'GET /contacts', error);
  }
}

async function lookUp(
  asking: Asking,
  operation: PersonOperation,
  intent: PersonIntent,
  signal: AbortSignal,
): Promise<LookUp> {
  const found =
    intent.contactId === null
      ? await findByAddress(asking, intent.address, signal)
      : await readPerson(asking, intent.contactId, operation === 'unsubscribe', signal);
  if (found === 'unreadable') return { kind: 'not-done' };
  if (found === null) return operation === 'delete' ? { kind: 'done', reading: null } : { kind: 'not-done' };
  const done = difference(operation, intent, found, null) === null;
  return done ? { kind: 'done', reading: found } : { kind: 'not-done' };
}

async function readPerson(
  asking: Asking,
  id: string,
  urgent: boolean,
  signal: AbortSignal,
): Promise<Reading<Contact> | null | 'unreadable'> {
  try {
    return await ask(asking, buildPerson(id, urgent), signal, (answer) => personIn(id, answer));
  } catch (error) {
    if (isErrorOf(error, 'not_found')) return null;
    throw error;
  }
}

function personIn(id: string, answer: ApiAnswer): Reading<Contact> | 'unreadable' {
  const read = parseOne('contacts', id, answer);
  return read.kind === 'found' ? (read.reading as Reading<Contact>) : 'unreadable';
}

async function findByAddress(asking: Asking, address: string, signal: AbortSignal): Promise<Reading<Contact> | null> {
  const request: ApiRequest = buildByAddress(address);
  const page = await ask(asking, request, signal, (answer) => parsePage('contacts', answer, null));
  if (page.refused.length > 0) throw malformed('a record on the page cannot be read');
  const key = matchKey(address);
  const same = (page.readings as readonly Reading<Contact>[]).filter(
    ({ content }) => typeof content.email_address === 'string' && matchKey(content.email_address) === key,
  );
  return same[0] ?? null;
}

function unknownOutcome({ connection }: Asking, request: string, cause?: unknown): ConnectorError {
  const facts = { connection, request, ...(cause === undefined ? {} : { cause }) };
  return new ConnectorError('CC_OUTCOME_UNKNOWN', 'unknown_outcome', 'what was written could not be read back', facts);
}
