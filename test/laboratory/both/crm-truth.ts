/**
 * What the truth log says of the CRM's e-mails: who switched a flag, when, and on which side of what Concord could see.
 *
 * Must never ask Concord. Consent belongs to the address, so each e-mail is a place where an address stands.
 */
import type { Crm } from '../../../simulators/virtuous/crm/crm.ts';
import { kindOf, methodKey, type Contact } from '../../../simulators/virtuous/crm/types.ts';
import type { Change, World } from '../../../simulators/world/world.ts';

/** One e-mail of one contact that is neither archived nor merged away. */
export interface Place {
  readonly contactId: number;
  readonly methodId: number;
  readonly value: string;
  readonly on: boolean;
}

/** What one change did to one e-mail; null: it was not there, or is not any more. */
export interface Turn {
  readonly change: Change;
  readonly contactId: number;
  readonly methodId: number;
  readonly before: { readonly value: string; readonly on: boolean } | null;
  readonly after: { readonly value: string; readonly on: boolean } | null;
}

type Told = Readonly<Record<string, unknown>>;

/** Tells whether Concord made a change: nobody else here comes by the API. */
export function isOurs({ by }: Change): boolean {
  return by.actor === 'api';
}

/** Tells the contact of a change of the CRM; null: it is about something else. */
export function contactOf({ kind, facts }: Change): number | null {
  const id = facts['crm_contact_id'];
  return kind.startsWith('crm.') && typeof id === 'number' ? id : null;
}

/** Lists every e-mail where it may be seen. */
export function placesIn(crm: Crm): readonly Place[] {
  return [...crm.contacts.values()]
    .filter(isThere)
    .flatMap((contact) =>
      contact.individuals.flatMap(({ methods }) =>
        methods
          .filter(({ type, archived }) => kindOf(type) === 'email' && !archived)
          .map(({ id, value, isOptedIn }) => ({ contactId: contact.id, methodId: id, value, on: isOptedIn })),
      ),
    );
}

function isThere({ archivedAt, mergedInto }: Contact): boolean {
  return archivedAt === null && mergedInto === null;
}

/** Follows every e-mail through the log. */
export class CrmTruth {
  readonly #world: World;
  /** All turns of each e-mail, in order. */
  readonly #turns = new Map<number, Turn[]>();
  /** Numbers of the last changes of each contact by anybody but Concord. */
  readonly #touched = new Map<number, number>();
  #read = 0;

  constructor(world: World) {
    this.#world = world;
  }

  /** Takes in what has happened since, and gives it. */
  refresh(): readonly Turn[] {
    const fresh = this.#world.changes.slice(this.#read);
    this.#read = this.#world.changes.length;
    return fresh.flatMap((change) => this.#take(change));
  }

  turnsOf(methodId: number): readonly Turn[] {
    return this.#turns.get(methodId) ?? [];
  }

  /** All turns of all e-mails. */
  all(): readonly Turn[] {
    return [...this.#turns.values()].flat();
  }

  /** The number of the last change of a contact by somebody at the CRM's own screen; 0: nobody changed it. */
  touchedAt(contactId: number): number {
    return this.#touched.get(contactId) ?? 0;
  }

  #take(change: Change): readonly Turn[] {
    const contactId = contactOf(change);
    if (contactId === null) return [];
    if (!isOurs(change)) this.#touched.set(contactId, change.n);
    const before = emailsOf(change.facts['crm_before']);
    const after = emailsOf(change.facts['crm_after']);
    const turns = [...new Set([...before.keys(), ...after.keys()])].flatMap((methodId): Turn[] => {
      const [was = null, is = null] = [before.get(methodId), after.get(methodId)];
      if (JSON.stringify(was) === JSON.stringify(is)) return [];
      return [{ change, contactId, methodId, before: was, after: is }];
    });
    for (const turn of turns) this.#turns.set(turn.methodId, [...this.turnsOf(turn.methodId), turn]);
    return turns;
  }
}

function emailsOf(told: unknown): ReadonlyMap<number, { readonly value: string; readonly on: boolean }> {
  const individuals = ((told as Told | null)?.['individuals'] ?? []) as readonly Told[];
  const methods = individuals.flatMap((one) => one['methods'] as readonly Told[]);
  return new Map(
    methods
      .filter(({ type }) => kindOf(String(type)) === 'email')
      .map((one) => [Number(one['id']), { value: methodKey(String(one['value'])), on: one['isOptedIn'] === true }]),
  );
}
