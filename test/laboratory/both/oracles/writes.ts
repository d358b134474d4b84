/**
 * I5, I6, I8, I9: what Concord wrote into either system, by the truth log, which knows every writer.
 *
 * Must never judge by what Concord says it wrote.
 */
import { methodKey } from '../../../../simulators/virtuous/crm/types.ts';
import type { Person } from '../../../../simulators/world/types.ts';
import type { Change } from '../../../../simulators/world/world.ts';
import type { Finding } from '../../moment.ts';
import type { ConsentTruth } from '../../oracles/consent-truth.ts';
import type { BothMoment, BothOracle } from '../both-moment.ts';
import { contactOf, isOurs } from '../crm-truth.ts';

type Told = Readonly<Record<string, unknown>>;

/** I6. No note is written twice, nobody is made or submitted twice, and no write changes nothing, however many answers were lost. */
export function nothingTwice(): BothOracle {
  const seen = new Map<string, number>();
  return {
    after({ ours, world }) {
      const findings: Finding[] = [];
      for (const change of ours) {
        const key = onceOnly(change);
        if (key !== null) {
          const times = (seen.get(key) ?? 0) + 1;
          seen.set(key, times);
          if (times > 1) findings.push({ id: 'I6', text: `written ${times} times: ${key}` });
        } else if (contactOf(change) !== null && isSame(change) && !wasJustTouched(change, world.changes)) {
          findings.push({ id: 'I6', text: `${change.kind} of contact ${contactOf(change) ?? 0} changed nothing` });
        }
      }
      return findings;
    },
  };
}

/** Names what may be written once; null: it may be again. */
function onceOnly({ kind, facts }: Change): string | null {
  if (kind === 'crm.note.created') {
    const note = facts['note'] as Told;
    return `note ${String(note['contactId'])} ${String(note['note'])}`;
  }
  if (kind === 'crm.contact.created') return `contact ${JSON.stringify((facts['crm_after'] as Told)['references'])}`;
  if (!kind.startsWith('crm.transaction.')) return null;
  return `submitted ${JSON.stringify((facts['row'] as Told)['reference'])}`;
}

/**
 * Tells whether staff changed the contact while our last reading of it was still good enough to write over: a contact is not
 * read twice within this time, and when they did what we came for nobody could have told us.
 */
function wasJustTouched(change: Change, all: readonly Change[]): boolean {
  const touch = all.findLast((one) => one.n < change.n && !isOurs(one) && contactOf(one) === contactOf(change));
  return touch !== undefined && change.at - touch.at <= READING_LASTS_MS;
}
const READING_LASTS_MS = 30_000;

function isSame({ facts }: Change): boolean {
  return JSON.stringify(plain(facts['crm_before'], [])) === JSON.stringify(plain(facts['crm_after'], []));
}

/** Leaves out stamps, and whatever else is named. */
function plain(value: unknown, without: readonly string[]): unknown {
  if (Array.isArray(value)) return value.map((one) => plain(one, without));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== 'modifiedAt' && key !== 'modifiedBy' && !without.includes(key))
      .map(([key, inner]) => [key, plain(inner, without)]),
  );
}

/** I8, I9. A write changes what it is about and nothing else; nobody is deleted, archived or merged by us, in either system. */
export const onlyWhatIsCarried: BothOracle = {
  after(moment) {
    return moment.ours.flatMap((change) => {
      const { kind, before, after } = change;
      if (!mayBeOurs(moment, kind)) return [{ id: 'I8', text: `we wrote ${kind}` }];
      const same = before === null ? sameAtCrm(change) : sameInAccount(before, after);
      return same ? [] : [{ id: 'I8', text: `our ${kind} changed more than it is about` }];
    });
  },
};

function mayBeOurs({ setup }: BothMoment, kind: string): boolean {
  switch (kind) {
    case 'crm.method.opted_out':
    case 'crm.method.edited':
    case 'crm.note.created':
      return true;
    case 'crm.contact.referenced':
      return setup.refers;
    case 'crm.contact.edited':
    case 'crm.individual.edited':
      return setup.fields;
    case 'crm.contact.tagged':
    case 'crm.contact.untagged':
      return setup.labels;
    case 'crm.transaction.held':
    case 'crm.transaction.repeated':
      return setup.create === 'transaction';
    case 'crm.contact.created':
      return setup.create === 'direct';
    case 'contact.unsubscribed':
      return setup.twoWay;
    default:
      return false;
  }
}

/** What was not there before has nothing to be spared. */
const NEW: ReadonlySet<string> = new Set([
  'crm.note.created',
  'crm.transaction.held',
  'crm.transaction.repeated',
  'crm.contact.created',
]);
const ABOUT: Readonly<Record<string, readonly string[]>> = {
  'crm.method.opted_out': ['isOptedIn', 'value'],
  'crm.method.edited': ['value'],
  'crm.contact.referenced': ['references'],
  'crm.contact.edited': ['Subscriber Status'],
  'crm.individual.edited': ['firstName', 'lastName'],
  'crm.contact.tagged': ['tags'],
  'crm.contact.untagged': ['tags'],
};

function sameAtCrm({ kind, facts }: Change): boolean {
  if (NEW.has(kind)) return true;
  const about = ABOUT[kind] ?? [];
  return JSON.stringify(plain(facts['crm_before'], about)) === JSON.stringify(plain(facts['crm_after'], about));
}

/** Somebody who is unsubscribed leaves all lists by that. */
function sameInAccount(before: Person, after: Person | null): boolean {
  const rest = (person: Person | null): unknown => {
    if (person === null) return null;
    const { email, lists: _lists, updatedAt: _at, updateSource: _by, details: _details, ...others } = person;
    return { ...others, address: email?.address };
  };
  return JSON.stringify(rest(before)) === JSON.stringify(rest(after));
}

/**
 * I5. At rest the names that the file maps are in the CRM as the account has them, of everybody who has a contact there to themselves:
 * with other people in a household, or several contacts, it is the rules' to say who speaks for it.
 */
export function namesArrive(account: ConsentTruth): BothOracle {
  return {
    after: () => [],
    atRest(moment) {
      // Where an archived contact answers like any other, nobody can tell that it is one: they may be met there.
      const { crmArchivedRead: read, crmArchivedFlag: flag } = moment.setup.switches;
      const hides = read === 'readable' && flag === false;
      const archived = [...moment.crm.contacts.values()].some(({ archivedAt }) => archivedAt !== null);
      if (hides && archived) return [];
      if (!moment.setup.fields || moment.conflicts > 0 || (moment.outbox['parked'] ?? 0) > 0) return [];
      account.refresh();
      return [...moment.world.people.values()].flatMap((person) => {
        const name = person.firstName;
        if (person.deletedAt !== null || name === null || account.of(person.id).moved) return [];
        const alone = aloneAt(moment, person);
        if (alone === null || alone === name) return [];
        return [{ id: 'I5', text: `at rest ${person.id} is called ${name}, and ${alone} in the CRM` }];
      });
    },
  };
}

/** The first name in the CRM of whoever is there once, by themselves. */
function aloneAt({ places, crm }: BothMoment, { email }: Person): string | null {
  const mine = places.filter(({ value }) => methodKey(value) === methodKey(email?.address ?? ''));
  const contact = crm.contacts.get(mine[0]?.contactId ?? 0);
  const [individual] = contact?.individuals ?? [];
  if (mine.length !== 1 || contact?.individuals.length !== 1 || individual === undefined) return null;
  return individual.methods.length === 1 ? individual.firstName : null;
}
