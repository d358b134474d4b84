/**
 * What product and documentation promise but this version does not do: one clear sentence each, with its line, instead
 * of an "unknown key" that would send people looking for a typing error.
 *
 * Decides nothing about what is right. An entry is deleted in the change that builds its feature.
 */
import type { Findings } from './findings.ts';
import type { KeyPath } from './problems.ts';

const LATER = 'is not in this version';
const LATER_CONNECTORS = new Set(['postgres', 'mysql']);
const LATER_STREAMS = new Set(['campaigns', 'tracking', 'events']);
const LATER_LISTS = new Set(['tag', 'tags', 'field', 'fields']);
const LATER_DIRECTIONS = new Set(['two-way', 'secondary-to-primary']);

/** Reports everything in a parsed file that a later version will understand. */
export function reportNotYet(config: unknown, findings: Findings): void {
  const store = member(config, 'store');
  if (typeof store === 'string' && /^(?:postgres|postgresql|mysql):/iu.test(store)) {
    findings.add(['store'], `on a database server ${LATER}; give the path of a SQLite file`, 'value');
  }
  for (const name of keysOf(member(config, 'connections'))) {
    reportConnection(member(config, 'connections', name), ['connections', name], findings);
  }
  for (const name of keysOf(member(config, 'syncs'))) {
    const sync = member(config, 'syncs', name);
    const path = ['syncs', name];
    if (isWithCrm(config, sync)) reportCrmSync(sync, path, findings);
    else reportSync(sync, path, findings);
  }
}

function reportConnection(connection: unknown, path: KeyPath, findings: Findings): void {
  const connector = member(connection, 'connector');
  if (typeof connector === 'string' && LATER_CONNECTORS.has(connector)) {
    findings.add(
      [...path, 'connector'],
      `"${connector}" ${LATER}; connectors now: constant-contact, virtuous, sqlite`,
      'value',
    );
  }
  const api = member(connection, 'api');
  if (api === 'v1' || api === 'v2') findings.add([...path, 'api'], `"${api}" ${LATER}; use v3`, 'value');
}

function reportSync(sync: unknown, path: KeyPath, findings: Findings): void {
  const lists = member(sync, 'lists');
  if (isNamed(lists))
    findings.add([...path, 'lists'], `(lists as tags or fields) ${LATER}; as: table is, in a table sync`);
  if (member(sync, 'consent') !== undefined) {
    findings.add([...path, 'consent'], `beside contacts ${LATER}; for a table write it inside contacts`);
  }
  const streams = member(sync, 'streams');
  for (const [index, stream] of Array.isArray(streams) ? streams.entries() : []) {
    if (LATER_STREAMS.has(stream)) findings.add([...path, 'streams', index], `"${stream}" ${LATER}`);
  }
  reportContacts(member(sync, 'contacts'), [...path, 'contacts'], findings);
}

function isWithCrm(config: unknown, sync: unknown): boolean {
  const secondary = member(sync, 'secondary');
  // Whoever names a table means one.
  if (member(sync, 'contacts', 'table') !== undefined) return false;
  return typeof secondary === 'string' && member(config, 'connections', secondary, 'connector') === 'virtuous';
}

/** With a CRM opt-outs, addresses, names, fields, lists, tags and who is not there yet go; all else comes with a later version. */
function reportCrmSync(sync: unknown, path: KeyPath, findings: Findings): void {
  for (const key of ['lists', 'tags'])
    if (member(sync, key, 'direction') !== 'two-way') reportDirection(member(sync, key), [...path, key], findings);
}

/** A way of keeping lists that a later version will have. */
function isNamed(lists: unknown): boolean {
  const as = member(lists, 'as');
  return typeof as === 'string' && LATER_LISTS.has(as);
}

function reportContacts(contacts: unknown, path: KeyPath, findings: Findings): void {
  reportDirection(contacts, path, findings);
  if (member(contacts, 'match') !== undefined) {
    findings.add([...path, 'match'], `${LATER}; people in a table are found by key`);
  }
  const fields = member(contacts, 'fields');
  for (const name of keysOf(fields)) {
    if (member(fields, name, 'direction') !== 'two-way')
      reportDirection(member(fields, name), [...path, 'fields', name], findings);
  }
}

function reportDirection(place: unknown, path: KeyPath, findings: Findings): void {
  const direction = member(place, 'direction');
  if (typeof direction === 'string' && LATER_DIRECTIONS.has(direction)) {
    findings.add([...path, 'direction'], `"${direction}" ${LATER}; primary-to-secondary is`, 'value');
  }
}

function member(value: unknown, ...path: readonly string[]): unknown {
  let inner = value;
  for (const key of path) {
    if (inner === null || typeof inner !== 'object' || Array.isArray(inner) || !Object.hasOwn(inner, key))
      return undefined;
    inner = (inner as Record<string, unknown>)[key];
  }
  return inner;
}

function keysOf(value: unknown): readonly string[] {
  return value === null || typeof value !== 'object' || Array.isArray(value) ? [] : Object.keys(value);
}
