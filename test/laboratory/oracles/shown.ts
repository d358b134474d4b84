/**
 * Whom a secondary would mail, by contact: the mirror by its ids, the table by addresses.
 */
import { addressKey } from '../../../simulators/world/world.ts';
import type { Person } from '../../../simulators/world/types.ts';
import type { Row } from '../../harness/mirror-truth.ts';
import type { Moment } from '../moment.ts';
import { isMailable } from './consent-truth.ts';

const MAILABLE: ReadonlySet<string> = new Set(['explicit', 'implicit']);

/**
 * Finds what the pass's own secondary shows of a person; null: nothing. A yes that the owner entered themselves shows nothing of Concord's
 * until Concord has written the row; nor does one that they set back, which nobody writes over: it is a conflict for a person (T20). At
 * rest that excuses only a row of somebody deleted, with whom Concord never linked it, and one set back where a conflict is told.
 */
export function shownOf(
  { sync, mirror, table, installation, conflicts }: Moment,
  atRest = false,
): (person: Person) => { readonly mailable: boolean; readonly row: Row } | null {
  const rows =
    sync === 'copy'
      ? new Map(mirror.map((row) => [String(row['contact_id']), row]))
      : new Map(table.map((row) => [addressKey(String(row['email'])), row]));
  const { ownersYes, takenBack } = installation.secondary;
  const isTold = (person: Person, address: string): boolean =>
    conflicts > 0 && takenBack.has(address) && !isMailable(person);
  const isOwners = (person: Person, address: string): boolean =>
    ownersYes.has(address) && (!atRest || person.deletedAt !== null || isTold(person, address));
  return (person) => {
    const row = rows.get(sync === 'copy' ? person.id : addressKey(person.email?.address ?? ''));
    if (row === undefined) return null;
    const mailable =
      sync === 'copy'
        ? row['deleted_at'] === null && MAILABLE.has(String(row['permission_to_send']))
        : row['may_email'] === 1 && !isOwners(person, String(row['email']));
    return { mailable, row };
  };
}
