/**
 * I13, I18: nobody in a job is edited beside it, the owner's last word stands in the end, and whoever was to be made ends known.
 *
 * Who is in which job is known from what was sent, when it acts from the truth log. Must never ask Concord but for what `verify` and
 * `status` tell a person.
 */
import type { Person } from '../../../simulators/world/types.ts';
import type { Change } from '../../../simulators/world/world.ts';
import type { VerifyItem } from '../../../src/cli/results.ts';
import { addressKey } from '../../../simulators/world/world.ts';
import type { Finding, Moment, Oracle } from '../moment.ts';
import type { ConsentTruth } from './consent-truth.ts';

/**
 * I13. From when a job is taken until it acts or is stopped, none of its people is edited singly; an opt-out alone never waits. No job is
 * asked for twice with somebody in it.
 */
export function jobsAlone(): Oracle {
  const open = new Map<string, ReadonlySet<string>>();
  let read = 0;
  return {
    after({ world, installation }) {
      const findings: Finding[] = [];
      for (const change of world.changes.slice(read)) {
        const { kind, by, after, before } = change;
        const id = activityOf(change);
        if (kind === 'activity.started') {
          const people = installation.jobs.get(id) ?? new Set<string>();
          const twice = [...open.values()].flatMap((one) => [...one].filter((address) => people.has(address)));
          if (twice.length > 0) findings.push({ id: 'I13', text: `${twice.length} people went into a second job` });
          open.set(id, people);
        }
        if (kind === 'activity.completed' || kind === 'activity.stopped') open.delete(id);
        if (by.actor !== 'api' || kind === 'contact.unsubscribed') continue;
        const address = addressKey((after ?? before)?.email?.address ?? '');
        if ([...open.values()].some((people) => people.has(address)))
          findings.push({
            id: 'I13',
            text: `${after?.id ?? ''} was edited (${kind}) while a job with them was under way`,
          });
      }
      read = world.changes.length;
      return findings;
    },
  };
}

function activityOf({ facts, by }: Change): string {
  if (by.actor === 'activity') return by.activity_id;
  const id = facts['activity_id'];
  return typeof id === 'string' ? id : '';
}

/** I8, I13. A name that the owner wrote last, of somebody whom the account itself never edited, stands on both sides at rest. */
export function lastWordStands(truth: ConsentTruth): Oracle {
  return {
    after: () => [],
    atRest(moment) {
      const { sync, setup, world, installation } = moment;
      if (sync !== 'website' || !setup.twoWay) return [];
      truth.refresh();
      const edited = new Set(world.changes.filter(isAccountsEdit).map(({ after }) => after?.id ?? ''));
      return [...installation.secondary.names].flatMap(([address, name]) => {
        const person = world.owner(address);
        if (person === null || edited.has(person.id) || !mayBeCarried(moment, truth, person)) return [];
        // Whoever was entered and had been in the account was met there, and the account's name stands.
        if (
          isMet(moment, address) ||
          isTold(moment, person.id) ||
          installation.home.gone.has(address) ||
          person.firstName === name
        )
          return [];
        return [
          {
            id: 'I13',
            text: `${person.id} is called ${String(person.firstName)}, and the owner's last word was ${name}`,
          },
        ];
      });
    },
  };
}

function isAccountsEdit({ by, kind, before, after }: Change): boolean {
  if (by.actor !== 'control' || after === null) return false;
  return kind === 'contact.created' || before?.firstName !== after.firstName;
}

function mayBeCarried({ setup }: Moment, truth: ConsentTruth, person: Person): boolean {
  const { moved, swapped, everDeleted } = truth.of(person.id);
  if (person.email === null || moved || swapped || everDeleted) return false;
  return !truth.isDoubtful(person, setup.syncs.length) && truth.holdersOf(person.email.address).size === 1;
}

/** Entered by the owner, and not made by us: the account had them. */
export function isMet({ world, installation }: Moment, address: string): boolean {
  if (!installation.home.entered.some((one) => one.address === address)) return false;
  const id = world.owner(address)?.id;
  return !world.changes.some(
    ({ kind, by, after }) => kind === 'contact.created' && by.actor !== 'control' && after?.id === id,
  );
}

function isTold({ ended }: Moment, id: string): boolean {
  if (ended.kind !== 'answer') return false;
  return ((ended.answer ?? []) as readonly VerifyItem[]).some((item) => item.kind === 'difference' && item.id === id);
}

/**
 * I18. At rest no write is of unknown outcome, and whoever the owner entered with a yes and its evidence is in the account, once, or is told
 * as parked, or was never to be made: for the row changed its mind or is gone, or somebody had the address.
 */
export function everybodyEndsKnown(truth: ConsentTruth): Oracle {
  return {
    after: () => [],
    atRest(moment) {
      const { sync, setup, installation } = moment;
      if (sync !== 'website') return [];
      truth.refresh();
      const { outbox } = moment;
      const open = Object.entries(outbox).filter(([state, n]) => OPEN.has(state) && n > 0);
      const unknown = open.map(([state, n]) => ({ id: 'I18', text: `at rest ${n} writes are ${state}` }));
      if (setup.home?.creates !== true) return unknown;
      const parked = outbox['parked'] ?? 0;
      const lost = installation.home.entered.filter(
        ({ address, evidence }) => evidence && isLost(moment, truth, address),
      );
      const told = lost.length <= parked ? [] : lost;
      return [
        ...unknown,
        ...told.map(({ address }) => ({ id: 'I18', text: `${address} was entered, is not made, and nobody is told` })),
      ];
    },
  };
}
const OPEN: ReadonlySet<string> = new Set(['pending', 'leased', 'sending', 'verifying']);

function isLost({ world, table, installation }: Moment, truth: ConsentTruth, address: string): boolean {
  const row = table.find(({ email }) => email === address);
  if (row?.['may_email'] !== 1 || row['signed_up'] === null || truth.holdersOf(address).size > 0) return false;
  const lists = [...world.lists.values()].filter(
    (one) => one.deletedAt === null && one.name === installation.firstList,
  );
  return lists.length === 1;
}
