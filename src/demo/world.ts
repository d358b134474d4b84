/**
 * What the demo needs of the simulated account, in its own words: making things happen, and the truth about them.
 *
 * Interfaces and readings only, so that the product knows no type of the simulators. The truth is never taken from what
 * Concord stored, nor from an answer of the API.
 */
export type Truth = Readonly<Record<string, unknown>>;

/** One thing that happens, as the simulator's operations are written. */
export type Operation =
  | {
      readonly op: 'unsubscribe';
      readonly contact_id: string;
      readonly how: 'contact' | 'campaign' | 'account';
      readonly reason?: string;
    }
  | { readonly op: 'resubscribe' | 'delete'; readonly contact_id: string }
  | {
      readonly op: 'edit';
      readonly contact_id: string;
      readonly set: {
        readonly job_title?: string;
        readonly phone_numbers?: { phone_number: string; kind: 'mobile' }[];
      };
    }
  | {
      readonly op: 'create';
      readonly contact: {
        readonly email_address: string;
        readonly permission_to_send: string;
        readonly first_name: string;
        readonly create_source: 'Contact';
        readonly list_memberships: string[];
      };
    }
  | { readonly op: 'changeAddress'; readonly contact_id: string; readonly address: string }
  | { readonly op: 'joinList' | 'leaveList'; readonly contact_id: string; readonly list_id: string }
  | { readonly op: 'tag'; readonly contact_id: string; readonly tag_id: string }
  | { readonly op: 'renameList'; readonly list_id: string; readonly name: string }
  | { readonly op: 'createCampaign'; readonly name: string; readonly list_ids: string[] }
  | { readonly op: 'sendCampaign'; readonly campaign_id: string }
  | { readonly op: 'bounce'; readonly contact_id: string; readonly code: string }
  | { readonly op: 'crmOptOut'; readonly contact: { readonly email: string }; readonly value: string };

export interface World {
  /** Makes things happen in turn and tells what was committed. */
  mutate(operations: readonly Operation[]): readonly Truth[];
  contacts(): Iterable<Truth>;
  catalogue(): Truth;
  /** Tells the committed changes after the n-th. */
  log(after?: number): readonly Truth[];
}

/** The simulated account, with the doors that a client uses. */
export interface Simulation {
  readonly url: string;
  readonly token: string;
  readonly world: World;
  /** Requests that arrived so far, and how many of them went beyond the vendor's limits. */
  requests(): { readonly total: number; readonly excess: number };
  close(): Promise<void>;
}

/** A simulated CRM beside it, and the truth about it. */
export interface SimulatedCrm {
  readonly url: string;
  readonly token: string;
  /** How many contacts it has. */
  size(): number;
  /** Tells the contact with an address; null where there is none. */
  contact(email: string): Truth | null;
  notes(): readonly Truth[];
  requests(): { readonly total: number; readonly excess: number };
}

/** Both systems, on one clock and with one log. */
export interface Both extends Simulation {
  readonly crm: SimulatedCrm;
}

/** Reads a text of a truth; null where there is none. */
export function textOf(truth: Truth, key: string): string | null {
  const value = truth[key];
  return typeof value === 'string' ? value : null;
}

/** Reads an object within a truth; empty where there is none. */
export function partOf(truth: Truth, key: string): Truth {
  const value = truth[key];
  return typeof value === 'object' && value !== null ? (value as Truth) : {};
}

/** Reads a list within a truth; empty where there is none. */
export function listOf<T = Truth>(truth: Truth, key: string): readonly T[] {
  const value = truth[key];
  return Array.isArray(value) ? (value as readonly T[]) : [];
}
