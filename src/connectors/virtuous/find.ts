/**
 * Finding contacts: one by its id or an outside id, and all that bear an address.
 *
 * A 404 proves little here, for an archived contact looks deleted: it is asked for once more with archived ones
 * included, and is found as archived if that shows it (T29). Must never hand out fewer contacts with an address than
 * there are: a couple shares one, and whoever is left out would be created again.
 */
import type { CrmRead } from '../../connector/crm.ts';
import type { ApiAnswer } from '../../connector/wire.ts';
import { matchKey } from '../../model/address.ts';
import type { CrmContact, CrmReference } from '../../model/crm.ts';
import { ConnectorError } from '../../model/errors.ts';
import { contentHash } from '../../model/hash.ts';
import type { Reading } from '../../model/record.ts';
import { isRecord, type Json } from '../reading/fields.ts';
import { readAll, readOr } from '../reading/refusal.ts';
import { ask, askMaybe, malformed, type Asking } from './ask.ts';
import { readContact } from './contact-record.ts';
import { isId } from './ids.ts';
import { askAll, parseList } from './lists.ts';
import { buildByIds, buildByReference, buildContact, buildIndividualsByAddress, MOST_ROWS } from './requests.ts';

/** So many contacts with one address are a shared mailbox that no rule can handle: a person must look. */
const MOST_SHARERS = 50;

/** Reads one contact directly. Throws ConnectorError for every failure that proves nothing. */
export async function readOne(asking: Asking, id: string, signal: AbortSignal): Promise<CrmRead> {
  if (!isId(id)) return { kind: 'refused', reason: 'the id is not one of this source' };
  const found = await askMaybe(asking, buildContact(id), signal, (answer) => single(answer));
  if (found === null) return readArchived(asking, id, signal);
  if (found.kind === 'found' && found.reading.id !== id) throw malformed('another record was answered');
  return found;
}

async function readArchived(asking: Asking, id: string, signal: AbortSignal): Promise<CrmRead> {
  return ask(asking, buildByIds([id], true), signal, (answer): CrmRead => {
    const { readings, refused } = readAll(parseList(answer).rows, readContact, 'id');
    const reading = readings.find((one) => one.id === id);
    const unreadable = refused.find((one) => one.id === id);
    if (unreadable !== undefined) return { kind: 'refused', reason: unreadable.reason };
    if (reading === undefined) return { kind: 'gone' };
    return { kind: 'found', reading: asArchived(reading), sourceTime: answer.sourceTime };
  });
}

/** The answer itself does not say it; that it is shown only where archived ones are included does. */
function asArchived(reading: Reading<CrmContact>): Reading<CrmContact> {
  const content = { ...reading.content, archived: true };
  return { ...reading, hash: contentHash(content), content };
}

/** Finds the contact with an outside id; one that does not bear it is not taken for it. */
export async function findByReference(asking: Asking, reference: CrmReference, signal: AbortSignal): Promise<CrmRead> {
  const found = await askMaybe(asking, buildByReference(reference), signal, (answer) => single(answer));
  if (found === null) return { kind: 'gone' };
  if (found.kind === 'found' && !bears(found.reading.content, reference))
    return { kind: 'refused', reason: 'the contact that was answered does not bear the reference' };
  return found;
}

function bears({ references }: CrmContact, { source, id }: CrmReference): boolean {
  return references.some((one) => one.source.toLowerCase() === source.toLowerCase() && one.id === id);
}

function single(answer: ApiAnswer): CrmRead {
  if (!isRecord(answer.body)) throw malformed('the record is not an object');
  const outcome = readOr(answer.body, readContact, 'id');
  if ('reason' in outcome) return { kind: 'refused', reason: outcome.reason };
  return { kind: 'found', reading: outcome, sourceTime: answer.sourceTime, stands: answer.body };
}

/**
 * Finds every contact with this address in the order of their ids, archived ones where the source shows them. Throws ConnectorError
 * `rejected` where there are too many, or where one of them cannot be read.
 */
export async function findByAddress(
  asking: Asking,
  address: string,
  signal: AbortSignal,
): Promise<readonly Reading<CrmContact>[]> {
  const key = matchKey(address);
  if (key === null) return [];
  const ids = await contactsWith(asking, address, key, signal);
  if (ids.length > MOST_SHARERS)
    throw rejected(asking, 'VIRTUOUS_SHARED_ADDRESS', 'too many contacts share the address');
  if (ids.length === 0) return [];
  const { readings, refused } = await ask(asking, buildByIds(ids, false), signal, (answer) =>
    readAll(parseList(answer).rows, readContact, 'id'),
  );
  if (refused.length > 0) throw unreadable(asking);
  const shown = new Set(readings.map(({ id }) => id));
  if ([...shown].some((id) => !ids.includes(id)))
    throw malformed('the answer shows contacts that were not asked for', 'VIRTUOUS_CONDITION_IGNORED');
  const others = ids.filter((id) => !shown.has(id));
  const found = [...readings, ...(await readEach(asking, others, signal))];
  return found.filter(({ content }) => has(content, key)).sort((a, b) => Number(a.id) - Number(b.id));
}

/** Lists the contacts of the individuals that have the address. */
async function contactsWith(
  asking: Asking,
  address: string,
  key: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  let seen = 0;
  const rows = await askAll(
    asking,
    (skip) => buildIndividualsByAddress(address, skip),
    'id',
    signal,
    (more) => (seen += more.length) >= MOST_ROWS,
  );
  if (rows.length >= MOST_ROWS)
    throw malformed('the answer shows individuals that were not asked for', 'VIRTUOUS_CONDITION_IGNORED');
  const ids = rows.filter((one) => individualHas(one, key)).map((one) => String(one['contactId']));
  if (!ids.every(isId)) throw malformed('an individual of the answer has no contact');
  return [...new Set(ids)];
}

/** Reads those that the query left out: archived ones, or more than it would answer. */
async function readEach(
  asking: Asking,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<readonly Reading<CrmContact>[]> {
  const found: Reading<CrmContact>[] = [];
  for (const id of ids) {
    const read = await readOne(asking, id, signal);
    if (read.kind === 'refused') throw unreadable(asking);
    if (read.kind === 'found') found.push(read.reading);
  }
  return found;
}

function individualHas(raw: Json, key: string): boolean {
  const methods = Array.isArray(raw['contactMethods']) ? raw['contactMethods'] : [];
  return methods.some((one: unknown) => {
    const value = isRecord(one) ? one['value'] : null;
    return typeof value === 'string' && matchKey(value) === key;
  });
}

function has({ individuals }: CrmContact, key: string): boolean {
  return individuals.some(({ emails }) => emails.some(({ address }) => matchKey(address) === key));
}

function unreadable(asking: Asking): ConnectorError {
  return rejected(asking, 'VIRTUOUS_UNREADABLE', 'a contact with the address cannot be read');
}

function rejected({ connection }: Asking, code: string, why: string): ConnectorError {
  return new ConnectorError(code, 'rejected', why, { connection, request: 'POST /api/ContactIndividual/Query' });
}
