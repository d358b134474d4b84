/**
 * What happens in a day to people whom both systems have: about one in a hundred of them moves, at either side.
 *
 * Decides who does what in which hour, always in the same order and nobody twice. Must never look at Concord.
 */
import type { InsideSimulator } from '../simulators/main.ts';

type World = InsideSimulator['world'];
type Operation = Extract<Parameters<World['mutate']>[0], { readonly op: string }>;

/** Kinds of change; each is one in so many people, spread over the day. */
export const ONE_IN = {
  clicked: 2_000,
  unsubscribed: 2_000,
  bounced: 2_000,
  renamed: 400,
  moved: 4_000,
  deleted: 4_000,
  withdrawn: 2_000,
  noticed: 400,
  joined: 2_000,
} as const;
export type Kind = keyof typeof ONE_IN;
export type Counts = Readonly<Record<Kind, number>>;

/** The hour in which a mailing goes out; whoever clicks or bounces does so after it. */
export const MAILED_AT = 9;
export const HOURS = 24;
/** The last hour stays quiet: what happened is then carried by the passes that are counted. */
export const CHANGING_HOURS = HOURS - 1;

export class Day {
  readonly counts: Counts;
  readonly #hours: readonly (readonly Operation[])[];

  /** `people`: ids and addresses of those who may be mailed and are in the CRM with their flag on. */
  constructor(size: number, people: readonly { readonly id: string; readonly email: string }[]) {
    const counts = Object.fromEntries(
      Object.entries(ONE_IN).map(([kind, one]) => [kind, Math.max(1, Math.round(size / one))]),
    ) as Record<Kind, number>;
    const hours: Operation[][] = Array.from({ length: HOURS }, () => []);
    let next = 0;
    for (const [kind, count] of Object.entries(counts) as [Kind, number][])
      for (let nth = 0; nth < count; nth += 1) {
        const person = people[(next += 1) - 1];
        if (person === undefined) throw new Error('too few people for a day');
        const first = kind === 'clicked' || kind === 'bounced' ? MAILED_AT : 0;
        hours[first + (nth % (CHANGING_HOURS - first))]?.push(operationOf(kind, person, nth));
      }
    this.counts = counts;
    this.#hours = hours;
  }

  /** Lets an hour's changes happen. */
  happen(world: World, hour: number): void {
    if (hour === MAILED_AT) {
      const [made] = world.mutate({ op: 'createCampaign', name: 'The letter of the day', list_ids: [] });
      // Nobody's mail comes back by chance: who bounces is counted.
      world.mutate({ op: 'sendCampaign', campaign_id: String(made?.['campaign_id']), opens: 0, bounces: 0 });
    }
    for (const operation of this.#hours[hour] ?? []) world.mutate(operation);
  }
}

function operationOf(
  kind: Kind,
  { id, email }: { readonly id: string; readonly email: string },
  nth: number,
): Operation {
  switch (kind) {
    case 'clicked':
      return { op: 'unsubscribe', contact_id: id, how: 'campaign' };
    case 'unsubscribed':
      return { op: 'unsubscribe', contact_id: id, how: 'contact' };
    case 'bounced':
      return { op: 'bounce', contact_id: id, code: 'B' };
    case 'renamed':
      return { op: 'edit', contact_id: id, set: { first_name: `Renamed ${nth}` } };
    case 'moved':
      return { op: 'changeAddress', contact_id: id, address: `moved.${nth}@example.org` };
    case 'deleted':
      return { op: 'delete', contact_id: id };
    case 'withdrawn':
      return { op: 'crmOptOut', contact: { email }, value: email };
    case 'joined':
      return {
        op: 'create',
        contact: {
          email_address: `joined.${nth}@example.org`,
          permission_to_send: 'explicit',
          first_name: 'Newly',
          last_name: `Joined ${nth}`,
        },
      };
    case 'noticed':
      return { op: 'crmSetField', contact: { email }, name: 'Favorite Program', value: 'Shelter' };
  }
}

/** Brings the CRM into agreement before the day, without Concord: who is out in the account is out there. */
export function agree(world: World): readonly { readonly id: string; readonly email: string }[] {
  const fit: { readonly id: string; readonly email: string }[] = [];
  const seen = new Set<string>();
  for (const { id, email, deletedAt, firstName, lastName } of world.state.people.values()) {
    if (email === null || seen.has(email.address)) continue;
    seen.add(email.address);
    const flags = flagsOf(world, email.address);
    const mailable = deletedAt === null && ['explicit', 'implicit'].includes(email.permission);
    const contact = { email: email.address };
    if ((deletedAt !== null || email.permission === 'unsubscribed') && flags.includes(true))
      world.mutate({ op: 'crmOptOut', contact, value: email.address });
    if (mailable && firstName && lastName && flags.length === 1 && flags[0] === true)
      fit.push({ id, email: email.address });
  }
  return fit;
}

/** The flags of an address, by the CRM's own state. */
export function flagsOf(world: World, email: string): readonly boolean[] {
  const told = world.crm.contact({ email }) as { readonly individuals?: unknown } | null;
  const flags: boolean[] = [];
  JSON.stringify(told, (_key, value: unknown) => {
    const method = value as { readonly value?: unknown; readonly isOptedIn?: unknown } | null;
    if (typeof method === 'object' && method?.value === email) flags.push(method.isOptedIn === true);
    return value;
  });
  return flags;
}
