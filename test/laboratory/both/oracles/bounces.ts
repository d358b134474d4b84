/**
 * T23 between two systems: mail that came back ends a permission in the CRM for its address and the codes that the file names, and nothing
 * else. From the reports of the campaigns, the truth log, and what the e-mails and notes of the CRM show.
 */
import { methodKey } from '../../../../simulators/virtuous/crm/types.ts';
import type { Person, ReportRow } from '../../../../simulators/world/types.ts';
import { HOUR } from '../../history.ts';
import type { Finding } from '../../moment.ts';
import { isFair, SETTLED_MS, touchedAfter } from '../../oracles/consent.ts';
import type { ConsentTruth } from '../../oracles/consent-truth.ts';
import type { BothMoment, BothOracle } from '../both-moment.ts';
import { cameBack } from '../came-back.ts';
import { isOurs, type CrmTruth, type Place, type Turn } from '../crm-truth.ts';
import { holdersIn, isSeen } from './consent.ts';

/** A report is read daily at the least while its mailing is younger than sixty days; a clock may be corrected by some minutes. */
const READ_WITHIN_MS = 25 * HOUR;

/** Whose address mail came back from with a code that ends a permission is off, with a note; nobody else is by it, and nobody in the account. */
export function bouncesReachTheCrm(account: ConsentTruth, crm: CrmTruth): BothOracle {
  return {
    after(moment) {
      account.refresh();
      crm.refresh();
      const { command, result } = moment;
      const isDone = command === 'pass' && result?.outcome === 'done' && result.waiting.parked === 0 && isFair(moment);
      return [
        ...loweredForNothing(moment, account, crm),
        ...leftForNothing(moment, account, crm),
        ...(isDone ? notLowered(moment, account, crm) : []),
      ];
    },
    atRest(moment) {
      if ((moment.outbox['parked'] ?? 0) > 0) return [];
      const notes = [...moment.crm.notes.values()].map(({ note }) => note.toLowerCase());
      return moment.places
        .filter((place) => isLoweredByUs(crm, place))
        .filter(({ methodId }) => {
          // By what stands before the @: a note may write the domain in its other form.
          const values = valuesOf(crm, methodId);
          if (values.some((value) => wasEverOut(moment, account, value))) return false;
          const names = values.map((value) => value.slice(0, value.lastIndexOf('@') + 1));
          return !notes.some((note) => note.includes('mail came back') && names.some((name) => note.includes(name)));
        })
        .map(({ methodId }) => ({ id: 'T23', text: `e-mail ${methodId} was switched off, and no note says why` }));
    },
  };
}

function notLowered(moment: BothMoment, account: ConsentTruth, crm: CrmTruth): Finding[] {
  const holders = holdersIn(moment);
  const touched = touchedAfter(moment);
  const ended = cameBack(moment);
  return moment.places.flatMap((place) => {
    const at = ended.get(methodKey(place.value));
    if (!place.on || at === undefined || at + READ_WITHIN_MS > moment.beganAt) return [];
    // What came back while answers lied may have been left out of a report that is read again a day later.
    if (at < moment.honestSince && moment.honestSince + READ_WITHIN_MS > moment.beganAt) return [];
    const [person, ...others] = (holders.get(methodKey(place.value)) ?? []).filter(
      ({ deletedAt }) => deletedAt === null,
    );
    if (person === undefined || others.length > 0 || touched.has(person.id) || !isKnown(moment, person)) return [];
    // Who was out as well is I3's, and a flag that staff set against that no is a conflict.
    if (wasEverOut(moment, account, place.value)) return [];
    if (!isSeen(moment, crm, place) || isSwitchedOnSince(crm, place, at)) return [];
    const since = new Date(at).toISOString();
    return [{ id: 'T23', text: `mail to ${person.id} came back on ${since}, and e-mail ${place.methodId} is on` }];
  });
}

/** Was in the account as it is long enough for any reading. */
function isKnown({ setup, world, beganAt }: BothMoment, { id }: Person): boolean {
  const last = world.changes.findLast(({ after }) => after?.id === id);
  return last === undefined || last.at + setup.reconcileHours * HOUR + SETTLED_MS <= beganAt;
}

/** By staff, after the mail had come back: where we had seen the flag off by then that is a conflict (T20), and else nobody can tell. */
function isSwitchedOnSince(crm: CrmTruth, { methodId }: Place, at: number): boolean {
  return crm.turnsOf(methodId).some(({ change, after }) => !isOurs(change) && after?.on === true && change.at >= at);
}

function loweredForNothing(moment: BothMoment, account: ConsentTruth, crm: CrmTruth): Finding[] {
  const ours = new Set(moment.ours.map(({ n }) => n));
  const ended = cameBack(moment);
  return crm
    .all()
    .filter((turn) => ours.has(turn.change.n) && isLowering(turn))
    .filter(({ methodId }) =>
      // The e-mail that is linked falls with its person whatever address staff gave it since.
      valuesOf(crm, methodId).every((value) => !ended.has(value) && !wasEverOut(moment, account, value)),
    )
    .map(({ methodId }) => ({ id: 'T23', text: `e-mail ${methodId} was switched off, and nobody said no` }));
}

/** All addresses that an e-mail ever had. */
function valuesOf(crm: CrmTruth, methodId: number): readonly string[] {
  return [
    ...new Set(
      crm.turnsOf(methodId).flatMap(({ before, after }) => [before, after].flatMap((one) => one?.value ?? [])),
    ),
  ];
}

/** The same address, off. */
function isLowering({ before, after }: Turn): boolean {
  return before?.on === true && after?.on === false && before.value === after.value;
}

function isLoweredByUs(crm: CrmTruth, { methodId, on }: Place): boolean {
  const last = crm.turnsOf(methodId).at(-1);
  return !on && last !== undefined && isOurs(last.change) && isLowering(last);
}

/** Somebody who ever had the address was ever out, or in doubt, or somebody said no there by a mailing. */
function wasEverOut({ world }: BothMoment, account: ConsentTruth, address: string): boolean {
  const said = ({ reports }: { readonly reports: { readonly optouts: readonly ReportRow[] } }): boolean =>
    reports.optouts.some((row) => methodKey(row.address) === methodKey(address));
  return (
    [...world.campaigns.values()].some(said) ||
    [...account.holdersOf(address)].some((id) => {
      const { anyOut, everDeleted, otherwiseOut } = account.of(id);
      return anyOut >= 0 || everDeleted || otherwiseOut;
    })
  );
}

/** Whom we unsubscribed in the account, staff had switched off at one of their addresses, or had taken it away. */
function leftForNothing({ ours }: BothMoment, account: ConsentTruth, crm: CrmTruth): Finding[] {
  return ours.flatMap(({ kind, after }) => {
    if (kind !== 'contact.unsubscribed' || after === null) return [];
    const theirs = new Set(account.addressesOf(after.id).map((address) => methodKey(address)));
    const byStaff = crm.all().some(({ change, before, after: now }) => {
      const isTheirs = theirs.has(before?.value ?? '') || theirs.has(now?.value ?? '');
      return isTheirs && !isOurs(change) && now?.on !== true;
    });
    return byStaff ? [] : [{ id: 'T23', text: `${after.id} was unsubscribed, and nobody had switched anything off` }];
  });
}
