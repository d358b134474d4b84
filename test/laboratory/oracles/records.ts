/**
 * I4, I5, I8, I9: nothing is lost, a crash is invisible, columns of others stay, absence is not deletion.
 */
import type { Person } from '../../../simulators/world/types.ts';
import { addressKey } from '../../../simulators/world/world.ts';
import type { VerifyItem } from '../../../src/cli/results.ts';
import { heldPeople, mirrorDifferences } from '../../harness/mirror-truth.ts';
import type { Finding, Moment, Oracle } from '../moment.ts';
import { isFair, SETTLED_MS, touchedAfter } from './consent.ts';
import { isMailable, type ConsentTruth } from './consent-truth.ts';
import { shownOf } from './shown.ts';

/** Changes that move the contact's own time, whatever an account does about the others. */
const MOVING = new Set(['contact.edited', 'contact.created', 'contact.address_changed', 'contact.revived']);

/** I4. A done pass in fair weather knows every edit that was committed before it, moved the contact's own time and was never lied about. */
export function nothingIsLost(truth: ConsentTruth): Oracle {
  return {
    after(moment) {
      truth.refresh();
      const { result, world, changesBefore, sync, honestSince } = moment;
      if (result?.outcome !== 'done' || !isFair(moment)) return [];
      const touchedSince = touchedAfter(moment);
      const moved = world.changes
        .slice(0, changesBefore)
        .filter(({ kind, at }) => MOVING.has(kind) && at >= honestSince + SETTLED_MS);
      const shown = shownOf(moment);
      return [...new Set(moved.map(({ after }) => after?.id ?? ''))]
        .filter((id) => !touchedSince.has(id))
        .flatMap((id) => world.people.get(id) ?? [])
        .filter((person) => person.deletedAt === null && !isWaiting(moment, person) && !wasInJob(moment, person))
        .filter((person) => !isOwnersName(moment, person, truth) && !isNewsToTheNextPass(moment, person))
        .filter((person) => differs(sync === 'copy' ? 'first_name' : 'given_name', person, shown(person)?.row ?? null))
        .map(({ id }) => ({ id: 'I4', text: `${sync}: ${id} was edited before the pass and is not as it was edited` }));
    },
  };
}

function differs(column: string, person: Person, row: Readonly<Record<string, unknown>> | null): boolean {
  return row === null || row[column] !== person.firstName;
}

/**
 * A name that the table's owner wrote stays there where nothing is carried, until the account's own changes; and where the door refuses
 * to carry it, for somebody who the account says may be mailed and the ledger says may not; and where the account refused it once, which
 * `verify` must then tell.
 */
function isOwnersName(moment: Moment, person: Person, truth: ConsentTruth): boolean {
  const { sync, setup, installation } = moment;
  if (sync !== 'website' || !installation.secondary.renamed.has(person.email?.address ?? '')) return false;
  return !setup.twoWay || truth.isDoubtful(person, setup.syncs.length) || isToldAsParked(moment, person.id);
}

/**
 * A name that the owner writes while the pass is at work stands after it where the table is carried: a pass reads before it decides
 * (product, rules of a pass 1 and 3), and the edit that came after its reading is the next one's to carry.
 */
function isNewsToTheNextPass({ sync, setup, installation }: Moment, { email }: Person): boolean {
  return sync === 'website' && setup.twoWay && installation.secondary.renamedMeanwhile.has(email?.address ?? '');
}

/** An edit of somebody whom a job made waits for the pass after the one that accounts for the job (I13). At rest it does not. */
function wasInJob({ installation }: Moment, { email }: Person): boolean {
  const key = addressKey(email?.address ?? '');
  return [...installation.jobs.values()].some((people) => people.has(key));
}

function isToldAsParked({ command, ended }: Moment, personId: string): boolean {
  if (command !== 'verify' || ended.kind !== 'answer') return false;
  const items = (ended.answer ?? []) as readonly VerifyItem[];
  return items.some((item) => item.kind === 'difference' && item.id === personId && item.because === 'parked');
}

/** In the table, two people whose addresses crossed wait for an operator; a row that its owner took away stays away. */
function isWaiting({ sync, result, installation }: Moment, person: Person): boolean {
  if (person.email === null) return true;
  if (sync === 'website' && installation.home.gone.has(person.email.address)) return true;
  if (sync !== 'website' || result === null) return false;
  // Somebody in a job is counted as unfinished, and waits for an operator all the same.
  const { conflicts, parked, waiting } = result;
  return conflicts + parked + waiting.conflicts + waiting.parked > 0;
}

/** I9. Nobody is shown as deleted who never was. */
export function absenceIsNotDeletion(truth: ConsentTruth): Oracle {
  return {
    after({ mirror, world }) {
      truth.refresh();
      return mirror
        .filter((row) => row['deleted_at'] !== null)
        .map((row) => String(row['contact_id']))
        .filter((id) => !truth.of(id).everDeleted && (world.people.get(id)?.deletedAt ?? null) === null)
        .map((id) => ({ id: 'I9', text: `copy: ${id} is shown as deleted and never was` }));
    },
  };
}

/** I5. At rest both secondaries equal the truth, whatever struck the processes on the way. */
export function atRestAllIsEqual(truth: ConsentTruth): Oracle {
  return {
    after: () => [],
    atRest(moment) {
      truth.refresh();
      return moment.sync === 'copy' ? mirrorAtRest(moment, truth) : tableAtRest(moment, truth);
    },
  };
}

function mirrorAtRest({ world, installation, setup }: Moment, truth: ConsentTruth): Finding[] {
  const doubtful = [...world.people.values()].filter(
    (person) => isMailable(person) && truth.isDoubtful(person, setup.syncs.length),
  );
  const differences = mirrorDifferences(
    world,
    (sql) => installation.secondary.rows(sql),
    doubtful.map(({ id }) => id),
  );
  return differences.map((one) => ({ id: 'I5', text: `copy at rest: ${JSON.stringify(one)}` }));
}

function tableAtRest(moment: Moment, truth: ConsentTruth): Finding[] {
  const { world, table, installation } = moment;
  const shown = shownOf(moment, true);
  const held = new Set(heldPeople(world));
  const wrong = [...world.people.values()]
    .filter((person) => person.email !== null && !truth.of(person.id).swapped && !held.has(person.id))
    .filter((person) => truth.holdersOf(person.email?.address ?? '').size === 1)
    .filter((person) => {
      const seen = shown(person);
      if (person.deletedAt !== null) return seen?.mailable === true;
      // A row that its owner took away stays away, and `verify` tells it.
      if (seen === null && installation.home.gone.has(person.email?.address ?? '')) return false;
      if (seen === null || (seen.row['given_name'] !== person.firstName && !isOwnersName(moment, person, truth)))
        return true;
      if (truth.isDoubtful(person, moment.setup.syncs.length)) return false;
      const wanted = isMailable(person) && !installation.secondary.withdrawn.has(Number(seen.row['id']));
      return seen.mailable !== wanted;
    });
  const own = table.find((row) => row['email'] === 'own@example.org');
  const kept = own?.['given_name'] === 'Own' && own['may_email'] === 1 && own['remark'] === 'never yours';
  const lost = [...installation.secondary.remarks].filter(
    ([id, remark]) => table.find((row) => row['id'] === id)?.['remark'] !== remark,
  );
  return [
    ...wrong.map((person) => ({
      id: 'I5',
      text: `website at rest: ${person.id} ${JSON.stringify(shown(person)?.row)}`,
    })),
    ...(kept ? [] : [{ id: 'I8', text: `website: a row of the owner's own was changed: ${JSON.stringify(own)}` }]),
    ...lost.map(([id]) => ({ id: 'I8', text: `website: the remark in row ${id} is gone` })),
  ];
}
