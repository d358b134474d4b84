/**
 * I1, I2, I3 between two systems: nobody is raised without their own act, and an opt-out of either stands on the other. From the truth log
 * of both and what the e-mails of the CRM show.
 */
import { methodKey } from '../../../../simulators/virtuous/crm/types.ts';
import type { Person } from '../../../../simulators/world/types.ts';
import { HOUR } from '../../history.ts';
import type { Finding } from '../../moment.ts';
import { isFair, SETTLED_MS, touchedAfter } from '../../oracles/consent.ts';
import { isMailable, type ConsentTruth } from '../../oracles/consent-truth.ts';
import type { BothMoment, BothOracle } from '../both-moment.ts';
import { cameBack } from '../came-back.ts';
import { isOurs, type CrmTruth, type Place, type Turn } from '../crm-truth.ts';

/**
 * I1, I2. Nothing that Concord writes makes anybody mailable in the account, or switches a flag on in the CRM; a flag that stays on while its
 * e-mail gets another address does so only for somebody whom the account may mail there.
 */
export function nobodyIsRaised(account: ConsentTruth, crm: CrmTruth): BothOracle {
  return {
    after(moment) {
      account.refresh();
      const turns = crm.refresh().filter(({ change }) => isOurs(change));
      const inAccount = moment.ours
        .filter(({ before, after }) => after !== null && isMailable(after) && (before === null || !isMailable(before)))
        .map(({ after }) => `our write made ${after?.id ?? ''} mailable`);
      const touched = touchedAfter(moment);
      const holders = holdersIn(moment);
      const atCrm = turns.flatMap(({ change, methodId, before, after }) => {
        if (after?.on !== true) return [];
        const isMade = before === null && change.kind === 'crm.contact.created';
        if (before?.on !== true && !isMade) return [`our write switched e-mail ${methodId} on`];
        const theirs = holders.get(after.value) ?? [];
        const may = theirs.some((person) => isMailable(person) || touched.has(person.id));
        return may ? [] : [`our write gave a yes to e-mail ${methodId}, where nobody may be mailed`];
      });
      return [...inAccount, ...atCrm].map((text) => ({ id: 'I1', text }));
    },
  };
}

/**
 * I3. A pass in fair weather that is done has carried every opt-out from before it: at once where it could be seen at once, else at the latest
 * when a whole reading has fallen due since; a guard holds only those of the CRM. A flag that staff switched on after both had agreed on
 * the no is a conflict, and nobody writes over it (T20). At rest, whoever is deleted in the account is out in the CRM.
 */
export function optOutsReachBoth(account: ConsentTruth, crm: CrmTruth): BothOracle {
  /** When an e-mail was last seen off with its address out in the account, and on with it in, by numbers of changes. */
  const agreedOut = new Map<number, number>();
  const agreedIn = new Map<number, { readonly n: number; readonly id: string }>();
  const switchedOn = (place: Place): boolean => isSwitchedOn(crm, place, agreedOut.get(place.methodId));
  return {
    after(moment) {
      account.refresh();
      crm.refresh();
      const { result, command } = moment;
      const ended = command === 'pass' && result !== null && result.waiting.parked === 0;
      const isDone = ended && isFair(moment) && result.outcome === 'done';
      const isHeld = ended && isFair(moment) && result.outcome === 'stopped';
      const findings = [
        ...(isDone || isHeld ? notAtCrm(moment, account, crm, switchedOn) : []),
        ...(isDone && moment.setup.twoWay ? notInAccount(moment, account, crm, agreedIn) : []),
      ];
      remember(moment, account, crm, { agreedOut, agreedIn, isDone });
      return findings;
    },
    atRest(moment) {
      if ((moment.outbox['parked'] ?? 0) > 0) return [];
      const holders = holdersIn(moment);
      return moment.places
        .filter((place) => place.on && !switchedOn(place))
        .filter(({ value }) => {
          const theirs = holders.get(methodKey(value)) ?? [];
          return theirs.length > 0 && theirs.every(({ deletedAt }) => deletedAt !== null);
        })
        .map(({ methodId }) => ({ id: 'I3', text: `e-mail ${methodId} is on at rest and its person was deleted` }));
    },
  };
}

function notAtCrm(
  moment: BothMoment,
  account: ConsentTruth,
  crm: CrmTruth,
  switchedOn: (place: Place) => boolean,
): Finding[] {
  const holders = holdersIn(moment);
  const touched = touchedAfter(moment);
  return moment.places.flatMap((place) => {
    if (!place.on || switchedOn(place) || !isSeen(moment, crm, place)) return [];
    const theirs = (holders.get(methodKey(place.value)) ?? []).filter(({ deletedAt }) => deletedAt === null);
    const out = theirs.find((person) => isKnownOut(moment, account, person));
    if (out === undefined || theirs.length > 1 || touched.has(out.id)) return [];
    return [
      { id: 'I3', text: `${out.id} left before the pass, and e-mail ${place.methodId} of the CRM is on after it` },
    ];
  });
}

/** Left before the pass, and long enough ago to be seen by it. */
function isKnownOut({ setup, honestSince, changesBefore, beganAt }: BothMoment, account: ConsentTruth, person: Person) {
  const { anyOut, outAt } = account.of(person.id);
  const atOnce = setup.switches.optoutAfter === 'works' && honestSince + SETTLED_MS <= outAt;
  const least = atOnce ? 0 : setup.reconcileHours * HOUR;
  return person.email?.permission === 'unsubscribed' && anyOut <= changesBefore && outAt + least <= beganAt;
}

/** Whatever staff did to its contact was done before the pass, and long enough ago to be seen by it: at once where the CRM shows or told it. */
export function isSeen(moment: BothMoment, crm: CrmTruth, place: Place): boolean {
  const { setup, changesBefore, beganAt, honestSince, hinted } = moment;
  if (crm.touchedAt(place.contactId) > changesBefore) return false;
  const last = crm.turnsOf(place.methodId).findLast(({ change }) => !isOurs(change));
  if (last === undefined) return true;
  const { at } = last.change;
  const shows = setup.switches.crmOptInMoves === 'contact' || !isFlip(last);
  const isTold = (hinted.get(place.contactId) ?? 0) >= last.change.n;
  const atOnce = honestSince + SETTLED_MS <= at && (shows || isTold);
  return at + (atOnce ? 0 : setup.reconcileHours * HOUR) <= beganAt;
}

function isFlip({ before, after }: Turn): boolean {
  return before !== null && after !== null && before.value === after.value;
}

/** By staff, after the account's no had arrived there: seen off with it, or switched off by us, as after a bounce too. */
function isSwitchedOn(crm: CrmTruth, { methodId }: Place, seen: number | undefined): boolean {
  const turns = crm.turnsOf(methodId);
  const last = turns.findLast(({ before, after }) => after?.on === true && before?.on !== true);
  const ours = turns.findLast(({ change, before, after }) => isOurs(change) && before?.on === true && !after?.on);
  const since = seen ?? Infinity;
  const n = last === undefined || isOurs(last.change) ? -Infinity : last.change.n;
  return n > since || (ours !== undefined && n > ours.change.n);
}

function notInAccount(
  moment: BothMoment,
  account: ConsentTruth,
  crm: CrmTruth,
  agreedIn: ReadonlyMap<number, { readonly n: number; readonly id: string }>,
): Finding[] {
  const { world } = moment;
  const touched = touchedAfter(moment);
  const ended = cameBack(moment);
  return moment.places.flatMap((place) => {
    const agreed = agreedIn.get(place.methodId);
    const last = crm.turnsOf(place.methodId).at(-1);
    if (place.on || agreed === undefined || last === undefined || !isSeen(moment, crm, place)) return [];
    if (isOurs(last.change) || !isFlip(last) || last.change.n <= agreed.n) return [];
    // Where mail came back as well nobody can tell the flag that staff put down from one that fell by our hand.
    if (ended.has(methodKey(place.value))) return [];
    const person = world.people.get(agreed.id);
    if (person === undefined || !isMailable(person) || touched.has(person.id)) return [];
    if (methodKey(person.email?.address ?? '') !== methodKey(place.value) || account.isDoubtful(person, 1)) return [];
    const cameBack = world.changes
      .slice(last.change.n)
      .some(({ after, before }) => after?.id === person.id && before !== null && !isMailable(before));
    if (cameBack) return [];
    return [{ id: 'I3', text: `e-mail ${place.methodId} was switched off in the CRM, and ${person.id} is mailable` }];
  });
}

interface Memory {
  readonly agreedOut: Map<number, number>;
  readonly agreedIn: Map<number, { readonly n: number; readonly id: string }>;
  readonly isDone: boolean;
}

function remember(moment: BothMoment, account: ConsentTruth, crm: CrmTruth, memory: Memory): void {
  const { agreedOut, agreedIn, isDone } = memory;
  const n = moment.world.changes.length;
  const holders = holdersIn(moment);
  const touched = touchedAfter(moment);
  for (const place of moment.places) {
    const theirs = holders.get(methodKey(place.value)) ?? [];
    const isOut = theirs.length > 0 && theirs.every((person) => !isMailable(person));
    if (!place.on && isOut) agreedOut.set(place.methodId, n);
    // Off when a pass began, and switched on while it was at work: it may have agreed on the no that it read.
    else if (isOut && isSwitchedDuring(moment, crm, place)) agreedOut.set(place.methodId, moment.changesBefore);
    if (!isDone) continue;
    const [person] = theirs;
    const both =
      place.on && theirs.length === 1 && person !== undefined && isMailable(person) && !touched.has(person.id);
    const known = both && isSeen(moment, crm, place) && isKnownIn(moment, account, person);
    if (known) agreedIn.set(place.methodId, { n, id: person.id });
    else agreedIn.delete(place.methodId);
  }
}

function isSwitchedDuring({ command, changesBefore }: BothMoment, crm: CrmTruth, { methodId }: Place): boolean {
  const last = crm.turnsOf(methodId).at(-1);
  if (command !== 'pass' || last === undefined || last.change.n <= changesBefore || isOurs(last.change)) return false;
  return last.before?.on === false && last.after?.on === true;
}

/** Somebody who came back may be thought out for a while: such a return need not be seen before the next whole reading. */
function isKnownIn({ setup, world, beganAt }: BothMoment, account: ConsentTruth, { id }: Person): boolean {
  if (account.of(id).anyOut < 0 && !account.of(id).everDeleted) return true;
  const last = world.changes.findLast(({ after }) => after?.id === id);
  return last !== undefined && last.at + setup.reconcileHours * HOUR <= beganAt;
}

/** Everybody who has an address now, deleted or not, by the form in which the CRM compares it. */
export function holdersIn({ world }: BothMoment): ReadonlyMap<string, readonly Person[]> {
  const people = [...world.people.values()].filter(({ email }) => email !== null);
  return Map.groupBy(people, ({ email }) => methodKey(email?.address ?? ''));
}
