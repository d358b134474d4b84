/**
 * evidence: the proof of consent for one address: what was said, what Concord did about it, what stands, and whether
 * the ledger is whole.
 *
 * Reads the store and the secondary, sends nothing. The ledger's own rule says what stands; nothing is judged here. Must
 * never tell about anybody but the people with this address.
 */
import type {
  EvidenceDeed,
  EvidenceFact,
  EvidencePage,
  EvidencePerson,
  EvidenceStanding,
} from '../cli/evidence-results.ts';
import type { Sync } from '../config/config.ts';
import { lifts, standingOf } from '../consent/ledger.ts';
import { newId } from '../engine/new-people.ts';
import { numberKey } from '../consent/sms.ts';
import { MAILABLE } from '../consent/standing.ts';
import { matchKey } from '../model/address.ts';
import type { Medium, Scope } from '../model/consent.ts';
import type { Contact } from '../model/contact.ts';
import type { Content } from '../model/record.ts';
import type { FactRow } from '../store/rows.ts';
import type { Installation } from './installation.ts';
import { namesKept } from './named-lists.ts';
import { peopleOf, type PersonOf } from './people-of.ts';
import { saidBy } from './why.ts';

const MOST_DEEDS = 1000;
/** What is always told, also where nothing is on record. */
const ALL_MAIL = { medium: 'email', scope: 'all' } as const;

/** Gathers the proof for this address, over all syncs. */
export async function gatherEvidence(at: Installation, email: string): Promise<EvidencePage> {
  const key = matchKey(email) ?? '';
  const people: EvidencePerson[] = [];
  const about: { sync: string; ids: string[] }[] = [];
  const numbers = new Set<string | null>();
  for (const sync of at.config.syncs) {
    const found = await peopleOf(at, sync, key);
    people.push(...found.map((person) => personOf(sync, person)));
    for (const { content } of found) numbers.add(numberIn(content));
    about.push({ sync: sync.name, ids: [...found.map(({ record }) => record.id), newId(key)] });
  }
  const rows = await rowsOf(at, key, about, numbers);
  return {
    email,
    madeAt: at.ports.clock.now(),
    standing: standingsOf(rows),
    lists: await namesOf(at, rows),
    people,
    facts: rows.map((row) => factOf(row, rows, key)),
    ...(await deedsOf(at, about, rows)),
    ledger: await at.store.verifyChain(),
  };
}

function personOf(sync: Sync, { record, content }: PersonOf): EvidencePerson {
  const said = saidBy(content).map(({ at, event, evidence }) => ({ at, event, by: evidence }));
  return { sync: sync.name, contactId: record.id, state: record.state, mailable: MAILABLE.has(record.state), said };
}

/** What was told about the address, these contacts and their telephone numbers, whichever contact had the number then. */
async function rowsOf(
  at: Installation,
  key: string,
  about: Parameters<Installation['store']['factRows']>[1],
  numbers: ReadonlySet<string | null>,
): Promise<readonly FactRow[]> {
  const bySeq = new Map((await at.store.factRows(key, about)).map((row) => [row.seq, row]));
  for (const number of numbers)
    for (const row of number === null ? [] : await at.store.factRows(number, [])) bySeq.set(row.seq, row);
  return [...bySeq.values()].sort((a, b) => a.seq - b.seq);
}

function numberIn(content: Content): string | null {
  return numberKey((content as Partial<Contact>).sms_channel ?? null);
}

/** Names the lists that facts are about; one whose name was never read is told by its id alone. */
async function namesOf(at: Installation, rows: readonly FactRow[]): Promise<EvidencePage['lists']> {
  const scopes = new Set<string>(rows.map(({ scope }) => scope));
  const names = new Map<string, string>();
  for (const sync of at.config.syncs)
    for (const [id, name] of await namesKept(at, sync)) if (scopes.has(`list:${id}`)) names.set(id, name);
  return Object.fromEntries(names);
}

function standingsOf(rows: readonly FactRow[]): EvidenceStanding[] {
  const asked = new Map<string, { readonly medium: Medium; readonly scope: Scope }>(
    [ALL_MAIL, ...rows].map(({ medium, scope }) => [`${medium} ${scope}`, { medium, scope }]),
  );
  return [...asked.values()].map(({ medium, scope }) => {
    const { stance, by } = standingOf(rows, { medium, scope });
    return { medium, scope, stance, bySeq: rows.find((row) => row === by)?.seq ?? null };
  });
}

function factOf(row: FactRow, rows: readonly FactRow[], key: string): EvidenceFact {
  const { matchKey: address, ...fact } = row;
  return {
    ...fact,
    address: address === key ? 'this' : address === null ? 'not told' : row.medium === 'sms' ? 'number' : 'another',
    liftedBy: row.fact === 'in' ? [] : rows.filter((one) => lifts(one, row)).map(({ seq }) => seq),
  };
}

/** What is in the journal about the contacts that have the address or are named by its facts. */
async function deedsOf(
  at: Installation,
  about: readonly { readonly sync: string; readonly ids: readonly string[] }[],
  rows: readonly FactRow[],
): Promise<Pick<EvidencePage, 'deeds' | 'deedsLeftOut'>> {
  const named = rows.filter((row) => row.side === 'primary').map(({ sync, contactId }) => ({ sync, ids: [contactId] }));
  const contacts = new Map(
    [...about, ...named].flatMap(({ sync, ids }) => ids.map((id) => [`${sync}\n${id}`, { sync, id }])),
  );
  const deeds: EvidenceDeed[] = [];
  for (const { sync, id } of contacts.values()) {
    const entries = await at.store.journal(sync, 'contacts', id, MOST_DEEDS + 1);
    for (const { at: when, event, rule, before, after, evidence, run } of entries)
      deeds.push({ at: when, sync, contactId: id, event, rule, before, after, evidence, run });
  }
  deeds.sort((a, b) => a.at - b.at);
  return { deeds: deeds.slice(-MOST_DEEDS), deedsLeftOut: deeds.length > MOST_DEEDS };
}
