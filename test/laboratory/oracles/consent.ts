/**
 * I1, I2, I3: opt-outs stick, doubt means out, opt-outs come first. From the truth log and what the secondary shows.
 */
import type { Person } from '../../../simulators/world/types.ts';
import type { World } from '../../../simulators/world/world.ts';
import { MINUTE, HOUR, type SyncName } from '../history.ts';
import type { CommonMoment, Finding, Moment, Oracle } from '../moment.ts';
import { isMailable, type ConsentTruth } from './consent-truth.ts';
import { shownOf } from './shown.ts';

/** Longer than any delay of a listing. */
export const SETTLED_MS = 15 * MINUTE;

/** Tells whether all has been well with the account for long enough that nothing may be late any more. */
export function isFair({ fairSince, beganAt }: Pick<CommonMoment, 'fairSince' | 'beganAt'>): boolean {
  return fairSince !== null && fairSince + SETTLED_MS <= beganAt;
}

/**
 * I1. Known to be out: the secondary showed somebody as mailable, then no more, and nothing but their own no can have been why. From then
 * on only their own yes may make them mailable.
 */
export function optOutsStick(truth: ConsentTruth): Oracle {
  const places = new Map<SyncName, { readonly shown: Set<string>; readonly known: Set<string> }>();
  return {
    after(moment) {
      truth.refresh();
      const place = places.get(moment.sync) ?? { shown: new Set(), known: new Set() };
      places.set(moment.sync, place);
      const shown = shownOf(moment);
      const findings: Finding[] = [];
      for (const person of moment.world.people.values()) {
        const seen = shown(person);
        const out = truth.isOwnOut(person.id);
        if (!out) place.known.delete(person.id);
        if (seen === null) continue;
        if (seen.mailable && out && place.known.has(person.id))
          findings.push({
            id: 'I1',
            text: `${moment.sync}: ${person.id} had left, was known to have left, and is mailable again`,
          });
        if (!out || seen.mailable) {
          if (seen.mailable && !out) place.shown.add(person.id);
          continue;
        }
        if (place.shown.has(person.id) && onlyByThemselves(moment, truth, person.id)) place.known.add(person.id);
        place.shown.delete(person.id);
      }
      return findings;
    },
  };
}

function onlyByThemselves({ sync, installation, world }: Moment, truth: ConsentTruth, id: string): boolean {
  const { otherwiseOut, moved } = truth.of(id);
  if (otherwiseOut || moved) return false;
  const address = world.people.get(id)?.email?.address ?? '';
  if (truth.holdersOf(address).size > 1) return false;
  return sync === 'copy' || !installation.secondary.everWithdrawn.has(address);
}

/** I2. Whoever is mailable in a secondary was so in the account at some time. */
export function doubtMeansOut(truth: ConsentTruth): Oracle {
  return {
    after(moment) {
      truth.refresh();
      const shown = shownOf(moment);
      return [...moment.world.people.values()]
        .filter((person) => shown(person)?.mailable === true)
        .filter(
          ({ id, email }) =>
            !everMailable(truth, moment.sync === 'copy' ? [id] : truth.holdersOf(email?.address ?? '')),
        )
        .map(({ id }) => ({ id: 'I2', text: `${moment.sync}: ${id} is mailable and never was in the account` }));
    },
  };
}

function everMailable(truth: ConsentTruth, ids: Iterable<string>): boolean {
  return [...ids].some((id) => truth.of(id).everMailable);
}

/**
 * I3. A pass in fair weather that is done, or that a guard stopped, has carried every opt-out from before it: at once where the window
 * works and nothing was lied about it, else at the latest when a whole reading has fallen due since.
 */
export function optOutsFirst(truth: ConsentTruth): Oracle {
  return {
    after(moment) {
      truth.refresh();
      const { result, sync, changesBefore, beganAt, setup, honestSince } = moment;
      if (!isFair(moment) || (result?.outcome !== 'done' && result?.outcome !== 'stopped')) return [];
      const shown = shownOf(moment);
      const touchedSince = touchedAfter(moment);
      const whole = setup.reconcileHours * HOUR;
      return (
        people(moment.world)
          .filter(({ id }) => !touchedSince.has(id))
          .filter(({ id, email }) => {
            const { anyOut, outAt } = truth.of(id);
            const least = setup.switches.optoutAfter === 'works' && honestSince + SETTLED_MS <= outAt ? 0 : whole;
            return email?.permission === 'unsubscribed' && anyOut <= changesBefore && outAt + least <= beganAt;
          })
          // Whoever is deleted has no claim on a row that is another's by now.
          .filter(({ id, deletedAt }) => sync === 'copy' || deletedAt === null || !truth.of(id).moved)
          .filter((person) => shown(person)?.mailable === true)
          .map(({ id }) => ({ id: 'I3', text: `${sync}: ${id} left before the pass and is mailable after it` }))
      );
    },
    atRest(moment) {
      const shown = shownOf(moment, true);
      return people(moment.world)
        .filter((person) => !isMailable(person) && shown(person)?.mailable === true)
        .filter((person) => moment.sync === 'copy' || !truth.of(person.id).moved)
        .map(({ id }) => ({ id: 'I1', text: `${moment.sync}: ${id} is mailable at rest and not in the account` }));
    },
  };
}

/** Names whoever changed while the command was at work, or after it began: what it knows of them may be older. */
export function touchedAfter({
  world,
  changesBefore,
}: Pick<CommonMoment, 'world' | 'changesBefore'>): ReadonlySet<string> {
  return new Set(world.changes.slice(changesBefore).flatMap(({ after }) => after?.id ?? []));
}

function people(world: World): Person[] {
  return [...world.people.values()];
}
