/**
 * why: the story of one person, from what is stored: what each side said and when, which rule decided, what was written.
 *
 * Reads the store and the secondary, sends nothing. Must never tell about anybody but the people with this address.
 */
import type { Notice, WhyEvent, WhyPerson, WhyStory } from '../cli/results.ts';
import type { Sync } from '../config/config.ts';
import { standingOf } from '../consent/ledger.ts';
import { listsLeft } from '../consent/list-facts.ts';
import { MAILABLE } from '../consent/standing.ts';
import { smsConsentsOf } from '../consent/sms.ts';
import { IN_REVIEW } from '../engine/crm-submitted.ts';
import { newId } from '../engine/new-people.ts';
import { matchKey } from '../model/address.ts';
import { instantOf } from '../model/instant.ts';
import type { Contact } from '../model/contact.ts';
import type { Content } from '../model/record.ts';
import type { ConsentFact } from '../model/consent.ts';
import type { JournalRow, Known, Link, WaitingRow } from '../store/rows.ts';
import type { Installation } from './installation.ts';
import { listsNamed } from './named-lists.ts';
import { peopleOf } from './people-of.ts';

const MOST_EVENTS = 200;

/** Tells the story of everybody with this address, in every sync. */
export async function tellWhy(at: Installation, email: string, list: string | null): Promise<WhyStory> {
  const key = matchKey(email);
  if (key === null) return { email, people: [] };
  const people: WhyPerson[] = [];
  for (const sync of at.config.syncs) people.push(...(await peopleIn(at, sync, key, list)));
  return { email, people };
}

async function peopleIn(at: Installation, sync: Sync, key: string, list: string | null): Promise<WhyPerson[]> {
  const people: WhyPerson[] = [];
  for (const { record, content } of await peopleOf(at, sync, key))
    people.push(await personOf(at, sync, key, record, content, list));
  return people;
}

async function personOf(
  at: Installation,
  sync: Sync,
  key: string,
  record: Known,
  content: Content,
  list: string | null,
): Promise<WhyPerson> {
  const facts = await at.store.facts(sync.name, [record.id]);
  const ofAllMail = facts.filter(({ medium, scope }) => medium === 'email' && scope === 'all');
  // How they came to be made was told before they had an id.
  const made = await at.store.journal(sync.name, 'contacts', newId(key), MOST_EVENTS);
  const journal = [...made, ...(await at.store.journal(sync.name, 'contacts', record.id, MOST_EVENTS))];
  const links = await at.store.links(sync.name, 'contacts', [record.id]);
  const waiting = (await at.store.waiting(sync.name, MOST_EVENTS, { id: record.id })).filter(
    (row) => row.stream === 'contacts',
  );
  const mailable = MAILABLE.has(record.state);
  return {
    sync: sync.name,
    contactId: record.id,
    secondaryId: secondaryIdOf(sync, record, links.get(record.id)),
    state: record.state,
    mailable,
    rule: ruleOf(record, ofAllMail, waiting),
    events: [
      ...saidBy(content),
      ...(await cameBack(at, sync.name, key)),
      ...facts.map(factEvent),
      ...journal.map(journalEvent),
    ].sort((a, b) => (a.at ?? Infinity) - (b.at ?? Infinity)),
    waiting: waiting.map(({ kind, stream, id, reason, since }) => ({ kind, stream, id, reason, since })),
    wouldChange: [...(mailable ? [] : [wouldChange(record, ofAllMail)]), ...underReview(sync, waiting)],
    list: list === null ? null : await membership(at, sync, content, await onRecordOf(at, key, facts), list),
  };
}

/** What is on record about the address counts as well, whichever contact it was told of. */
async function onRecordOf(at: Installation, key: string, facts: readonly ConsentFact[]): Promise<ConsentFact[]> {
  return [...facts, ...((await at.store.consent([key])).get(key) ?? [])];
}

function ruleOf(record: Known, facts: readonly ConsentFact[], waiting: readonly WaitingRow[]): string {
  if (waiting.some((row) => row.reason === 'opt-out-contradicted')) return 'a-standing-opt-out-overrules-the-contact';
  if (record.state === 'unsubscribed')
    return facts.some((fact) => fact.fact === 'out' && fact.actor === 'person') ? 'the-person-opted-out' : 'opted-out';
  if (record.state === 'held') return 'doubt-means-out';
  return MAILABLE.has(record.state) ? 'the-source-says-mailable' : `state-${record.state}`;
}

/** Whoever waits for a CRM's review has a link that leads nowhere yet. */
function secondaryIdOf({ mode }: Sync, { id, agreed }: Known, link: Link | undefined): string | null {
  if (link !== undefined) return link.secondaryId === '' ? null : link.secondaryId;
  return agreed === null || mode === 'crm' ? null : id;
}

function underReview({ secondary }: Sync, waiting: readonly WaitingRow[]): readonly Notice[] {
  if (waiting.every(({ reason }) => reason !== IN_REVIEW)) return [];
  return [{ level: 'note', code: 'met-when-imported', facts: { connection: secondary.name } }];
}

/** What would make this person mailable: never anything of ours. */
function wouldChange(record: Known, facts: readonly ConsentFact[]): Notice {
  const byAccount = facts.length > 0 && facts.every((fact) => fact.fact === 'in' || fact.actor === 'account');
  const code =
    record.state === 'unsubscribed'
      ? byAccount
        ? 'lifted-by-account'
        : 'lifted-by-person'
      : `lifted-when-${record.state}`;
  return { level: 'note', code, facts: {} };
}

/** Reads the dates that the source keeps on the contact itself. */
export function saidBy(content: Content): WhyEvent[] {
  const said: readonly (readonly [string, string])[] = [
    ['created_at', 'created'],
    ['opt_in_date', 'opted in'],
    ['opt_out_date', 'opted out'],
    ['deleted_at', 'deleted'],
  ];
  const mail = said.flatMap(([field, event]) => {
    const at = instantOf(typeof content[field] === 'string' ? content[field] : null);
    if (at === null) return [];
    const by =
      event === 'opted in' ? content['opt_in_source'] : event === 'opted out' ? content['opt_out_source'] : null;
    return [
      {
        at,
        who: 'primary' as const,
        event,
        rule: 'contact-reading',
        before: null,
        after: null,
        evidence: typeof by === 'string' ? `source ${by}` : null,
        run: null,
      },
    ];
  });
  return [...mail, ...saidOfSms(content)];
}

const SMS_SAID = {
  in: 'opted in to SMS',
  out: 'opted out of SMS',
  hold: 'said of SMS what nobody documented',
} as const;

function saidOfSms(content: Content): WhyEvent[] {
  return smsConsentsOf((content as Partial<Contact>).sms_channel ?? null).flatMap(({ fact, at }) =>
    fact === null || instantOf(at) === null
      ? []
      : [
          {
            at: instantOf(at),
            who: 'primary' as const,
            event: SMS_SAID[fact],
            rule: 'contact-reading',
            before: null,
            after: null,
            evidence: null,
            run: null,
          },
        ],
  );
}

/** Mail that came back from the address: nobody's word, and in a sync with a CRM perhaps the reason why it is not mailed. */
async function cameBack(at: Installation, sync: string, key: string): Promise<WhyEvent[]> {
  const bounces = (await at.store.bounces(sync, [key])).get(key) ?? [];
  return bounces.map(({ code, at: when, readAt, report }) => ({
    at: instantOf(when) ?? readAt,
    who: 'primary',
    event: 'mail came back',
    rule: `bounce ${code}`,
    before: null,
    after: null,
    evidence: `report ${report}`,
    run: null,
  }));
}

const EVENTS = {
  out: 'learned of the opt-out',
  in: 'learned of the opt-in',
  hold: 'put the address on hold',
} as const;
const SMS_EVENTS = {
  out: 'learned of the SMS opt-out',
  in: 'learned of the SMS opt-in',
  hold: 'put the SMS channel on hold',
} as const;
const LIST_EVENTS = {
  out: 'learned that they left list',
  in: 'learned that they are again on list',
  hold: 'keeps the new address off list',
} as const;

function factEvent(fact: ConsentFact): WhyEvent {
  const all = fact.medium === 'sms' ? SMS_EVENTS : EVENTS;
  const event = fact.scope === 'all' ? all[fact.fact] : `${LIST_EVENTS[fact.fact]} ${fact.scope.slice('list:'.length)}`;
  return {
    at: fact.readAt,
    who: 'concord',
    event,
    rule: `channel ${fact.channel}`,
    before: null,
    after: fact.at,
    evidence: `${fact.evidence}, made by ${fact.actor}`,
    run: fact.run,
  };
}

function journalEvent(row: JournalRow): WhyEvent {
  const { at, event, rule, before, after, evidence, run } = row;
  return { at, who: 'concord', event, rule, before, after, evidence, run };
}

async function membership(
  at: Installation,
  sync: Sync,
  content: Content,
  facts: readonly ConsentFact[],
  name: string,
): Promise<WhyPerson['list']> {
  const lists = await listsNamed(at, sync, name);
  const memberships = Array.isArray(content['list_memberships']) ? content['list_memberships'] : [];
  const member = lists.some((id) => memberships.includes(id));
  const left = new Set(listsLeft(facts));
  const by = lists.filter((id) => left.has(id)).flatMap((id) => leftBy(facts, id) ?? []);
  if (!member && by[0] !== undefined) {
    const told = { list: name, at: by[0].at ?? 'an unknown time' };
    return { name, member, because: { level: 'note', code: 'list-left', facts: told } };
  }
  const code = lists.length === 0 ? 'list-unknown' : member ? 'list-member' : 'list-not-member';
  return { name, member, because: { level: 'note', code, facts: { list: name } } };
}

function leftBy(facts: readonly ConsentFact[], list: string): ConsentFact | null {
  const scope = `list:${list}` as const;
  const own = facts.filter((fact) => fact.scope === scope);
  return standingOf(own, { medium: 'email', scope }).by;
}
