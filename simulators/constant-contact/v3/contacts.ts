/**
 * contacts: listing contacts and reading one.
 *
 * A page is a slice, by page number, of the live order: rows that move, enter or leave between two pages are skipped or repeated,
 * as they are at the vendor. Nothing is kept from one page to the next but what the cursor says.
 */
import { z } from 'zod';
import { MINUTE } from '../../world/clock.ts';
import type { Person } from '../../world/types.ts';
import type { World } from '../../world/world.ts';
import { Refusal, type Reply } from '../answer.ts';
import type { Call, Route } from './call.ts';
import { CONTACTS_QUERY, contactTests, type ContactsQuery } from './contact-filter.ts';
import { pageNumber, type Walk } from './cursor.ts';
import { badQuery, csv, isUuid, readQuery } from './query.ts';
import { contactRenderer, INCLUDES } from './render-contact.ts';

const KNOWN = Object.keys(CONTACTS_QUERY.shape);
const ONE_QUERY = z.strictObject({ include: csv(INCLUDES) });

/** How far a stale read looks back when the fault does not say. */
export const USUAL_STALENESS = MINUTE;

function listContacts(call: Call): Reply {
  const { world } = call;
  const walk = call.cursors.read(call.raw, KNOWN, call.form);
  const query = readQuery(CONTACTS_QUERY, walk.raw, call.form);
  checkCombination(query, walk.raw, world);
  if (query.segment_id !== undefined && mustWait(call, query.segment_id)) {
    return { status: 202, body: { contacts: [], status: 'processing' } };
  }
  const page = pageNumber(walk, call.form);
  const matching = match(call, walk, query);
  const shown = matching.slice((page - 1) * query.limit, page * query.limit);
  const hasMore = page * query.limit < matching.length;
  return {
    page: {
      path: call.path,
      key: 'contacts',
      items: shown.map(contactRenderer(world, query.include ?? [])),
      next: hasMore ? call.cursors.write(walk.raw, query.limit, String(page + 1)) : null,
      more: query.include_count === true ? { contacts_count: matching.length } : {},
    },
  };
}

function checkCombination(query: ContactsQuery, raw: ReadonlyMap<string, string>, world: World): void {
  const refused = query.optout_after ?? query.optout_before;
  if (refused !== undefined && world.switches.current.optoutAfter === 'refused') {
    throw badQuery(['optout_after is not a known parameter'], 'array');
  }
  const beside = [...raw.keys()].filter((name) => name !== 'segment_id' && name !== 'limit');
  if (query.segment_id !== undefined && beside.length > 0) {
    throw badQuery([`segment_id cannot be combined with ${beside.join(', ')}`], 'array');
  }
}

interface Matched {
  readonly key: string;
  readonly people: readonly Person[];
}

/** The last filter's result, good only for the same filter, switches and state; a walk over a quiet account uses it again. */
const lastMatch = new WeakMap<World, Matched>();

function match(call: Call, walk: Walk, query: ContactsQuery): readonly Person[] {
  const { world } = call;
  const rows = visibleRows(call);
  if (query.segment_id !== undefined) return rows.filter(segmentTest(world, Number(query.segment_id)));
  const tests = contactTests(query, world.switches.current);
  if (tests.length === 0) return rows;
  const filter = [...walk.raw].filter(([name]) => name !== 'limit' && name !== 'include');
  const key = JSON.stringify([world.index.revision, world.switches.current, filter]);
  const last = lastMatch.get(world);
  if (call.staleSince === null && last?.key === key) return last.people;
  const people = rows.filter((person) => passes(tests, person));
  if (call.staleSince === null) lastMatch.set(world, { key, people });
  return people;
}

/** A plain loop: this runs for everybody on each page of a filtered walk. */
function passes(tests: readonly ((person: Person) => boolean)[], person: Person): boolean {
  for (const test of tests) if (!test(person)) return false;
  return true;
}

function segmentTest(world: World, id: number): (person: Person) => boolean {
  const segment = world.segments.get(id);
  if (segment === undefined || segment.deletedAt !== null) throw notFound('segment_id does not exist');
  return (person) => person.deletedAt === null && person.lists.includes(segment.listId);
}

const waits = new WeakMap<World, Map<string, number>>();

/** Tells whether a segment is still being computed: so many times as the switch says, then an answer, then anew. */
function mustWait(call: Call, segmentId: string): boolean {
  if (call.raw.has('cursor')) return false;
  const counts = waits.get(call.world) ?? new Map<string, number>();
  waits.set(call.world, counts);
  const waited = counts.get(segmentId) ?? 0;
  const wait = waited < call.world.switches.current.segmentWaits;
  counts.set(segmentId, wait ? waited + 1 : 0);
  return wait;
}

function visibleRows(call: Call): readonly Person[] {
  const { world, staleSince } = call;
  const rows = world.index.rows(world.clock.now());
  if (staleSince === null) return rows;
  const old = rows.map((person) => asBefore(world, person, staleSince)).filter((person) => person !== null);
  return world.index.arrange(old);
}

function asBefore(world: World, person: Person, since: number): Person | null {
  const before = world.before(person.id, since);
  return before === undefined ? person : before;
}

function readContact(call: Call): Reply {
  const query = readQuery(ONE_QUERY, call.raw, call.form);
  if (!isUuid(call.id)) throw notFound('contact_id is in an invalid format');
  const now = call.world.people.get(call.id.toLowerCase());
  const person =
    now !== undefined && call.staleSince !== null ? asBefore(call.world, now, call.staleSince) : (now ?? null);
  if (person === null) throw notFound('contact_id does not exist');
  return { status: 200, body: contactRenderer(call.world, query.include ?? [])(person) };
}

function notFound(message: string): Refusal {
  return new Refusal(404, 'contacts.api.not_found', message);
}

const COMMON = { scopes: ['contact_data'], privilege: 'contacts:read', form: 'array' } as const;

/** The calls that read contacts. */
export const CONTACT_ROUTES: readonly Route[] = [
  { ...COMMON, path: '/contacts', collection: true, handle: listContacts },
  { ...COMMON, path: '/contacts/{id}', collection: false, handle: readContact },
];
