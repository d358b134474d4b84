/**
 * call: one request as a handler sees it: what stands in the path, the query and the body, already read but not yet judged.
 */
import type { Switches } from '../../switches.ts';
import type { Crm } from '../crm/crm.ts';
import type { Contact } from '../crm/types.ts';
import type { Webhooks } from '../crm/webhooks.ts';
import { CrmRefusal, invalid, missing } from './answer.ts';

export interface Call {
  readonly crm: Crm;
  readonly webhooks: Webhooks;
  readonly switches: Switches;
  /** What stands for the braces of the path, in order. */
  readonly params: readonly string[];
  readonly query: URLSearchParams;
  /** The body as JSON; undefined where there was none. */
  readonly body: unknown;
  /** Where this host is, for the addresses inside answers. */
  readonly origin: string;
  /** An instant: a contact changed after it is shown as it was before; null to show all as it is. */
  readonly staleSince: number | null;
}

/** Reads the n-th id of the path. */
export function idOf(call: Call, n = 0): number {
  return Number(call.params[n]);
}

/** Finds a contact that may be read; refuses with an empty 404. */
export function contactToRead(call: Call, id: number): Contact {
  const contact = fresh(call, id);
  if (contact === undefined || !isVisible(call, contact)) throw missing();
  return contact;
}

/** Finds a contact that may be written: an unknown id is a bad request, as published; an archived one is missing (virtuous-crm §9). */
export function contactToWrite(call: Call, id: number): Contact {
  const contact = call.crm.contacts.get(id);
  if (contact === undefined) throw new CrmRefusal(400, `The contact ${id} could not be found.`);
  if (!isVisible(call, contact)) throw missing();
  return contact;
}

/** Finds the contact of one of its parts; refuses in the way that the switch for bad ids says. */
export function contactOfPart(call: Call, partId: number, part: string): Contact {
  const id = call.crm.index.ownerOf(partId);
  const contact = id === undefined ? undefined : call.crm.contacts.get(id);
  if (contact === undefined || !isVisible(call, contact)) throw badId(call, part, partId);
  return contact;
}

/** A refusal of an id that is none: as published or as recorded (virtuous-crm §10). */
export function badId(call: Call, part: string, id: number): CrmRefusal {
  return call.switches.crmBadId === 'not_found'
    ? missing()
    : new CrmRefusal(400, `The ${part} ${id} could not be found.`);
}

/** Tells whether reads and writes find a contact at all. */
export function isVisible({ switches }: Call, contact: Contact): boolean {
  if (contact.mergedInto !== null && switches.crmMergedRead === 'not_found') return false;
  return contact.archivedAt === null || switches.crmArchivedRead === 'readable';
}

/** Tells a contact as a read finds it: as it is, or as an older server still has it. */
export function fresh({ crm, staleSince }: Call, id: number): Contact | undefined {
  const now = crm.contacts.get(id);
  if (staleSince === null || now === undefined) return now;
  const older = crm.before(id, staleSince);
  return older === undefined ? now : (older ?? undefined);
}

export interface Paging {
  readonly skip: number;
  readonly take: number;
}

const USUAL_TAKE = 10;
const MOST_TAKE = 1_000;

/** Reads `skip` and `take` of the URL (virtuous-crm §3); those of a body count only where the switch says so. */
export function pagingOf({ query, switches }: Call, body: { skip?: unknown; take?: unknown } = {}): Paging {
  const honoured = switches.crmSkipTakeInBody === 'honoured';
  const read = (name: 'skip' | 'take', usual: number): number => {
    const said = query.get(name) ?? (honoured && body[name] !== undefined ? JSON.stringify(body[name]) : null);
    if (said === null) return usual;
    if (!/^\d{1,9}$/.test(said)) throw invalid({ [name]: [`The value '${said}' is not valid for ${name}.`] });
    return Number(said);
  };
  const skip = read('skip', 0);
  const take = read('take', USUAL_TAKE);
  if (take <= MOST_TAKE) return { skip, take };
  if (switches.crmTakeTooMany === 'capped') return { skip, take: MOST_TAKE };
  throw invalid({ take: [`The value of take must not be more than ${MOST_TAKE}.`] });
}

/** Cuts a page out of all rows. */
export function pageOf<T>(all: readonly T[], { skip, take }: Paging): readonly T[] {
  return all.slice(skip, skip + take);
}

/** Reads a parameter that is true or false. */
export function flagOf(query: URLSearchParams, name: string): boolean {
  const said = query.get(name);
  if (said === null || said === 'false') return false;
  if (said === 'true') return true;
  throw invalid({ [name]: [`The value '${said}' is not valid for ${name}.`] });
}
