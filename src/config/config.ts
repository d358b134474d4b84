/**
 * The resolved configuration: what every other part of Concord receives instead of `concord.yaml`.
 *
 * Decides the shape: defaults are filled, paths absolute, times in ms, connections looked up, everything frozen.
 * Must never hold the text of the file, a key that was not understood, or a secret in a form that prints itself.
 */
import { WRITABLE_COLUMNS } from '../model/intent.ts';
import type { ContactColumn } from '../model/contact.ts';
import type { StreamName } from '../model/record.ts';
import type { Schedule } from '../model/schedule.ts';
import type { Problem } from './problems.ts';
import type { Secret } from './secret.ts';

/** A group's allowance: connections that share one API key share one group, and so one count. */
export interface Budget {
  /** `group:NAME` when the file names one, else `client:ID` of an application, else `connection:NAME`. */
  readonly group: string;
  readonly perSecond: number;
  readonly perDay: number;
}

/** A token that somebody else renews, or an application that `concord connect` signs in. */
export type Auth =
  | { readonly kind: 'token'; readonly accessToken: Secret }
  | {
      readonly kind: 'sign-in';
      readonly clientId: string;
      /** Null for an application that cannot keep one. */
      readonly clientSecret: Secret | null;
      /** Base address of the sign-in server, without a trailing slash. */
      readonly server: string;
      /** Where a browser brings the answer: on this machine, exactly as registered at the vendor. */
      readonly redirect: string;
    };

/** Where a master key is kept; never in the configuration or the store. */
export type KeySource =
  | { readonly kind: 'file'; readonly file: string }
  /** A program and its arguments; it prints the key. */
  | { readonly kind: 'command'; readonly command: readonly string[] }
  | { readonly kind: 'key'; readonly key: Secret };

export interface ConstantContactConnection {
  readonly connector: 'constant-contact';
  readonly name: string;
  readonly api: 'v3';
  /** Without a trailing slash; https, or http to this machine itself. */
  readonly baseUrl: string;
  readonly auth: Auth;
  readonly budget: Budget;
}

/** The hour that an organisation's tools share: the vendor counts it and says its size. */
export interface HourlyBudget {
  /** `virtuous:NAME` when the file names one, else `connection:NAME`. */
  readonly group: string;
  /** Requests an hour until the vendor has said how many there are. */
  readonly perHour: number;
  /** Percent of each hour that Concord may use, 1 to 100. */
  readonly share: number;
}

/** How a system's deliveries are known to be true. */
export interface Webhook {
  readonly secret: Secret;
  /** The secret before it, while one takes the other's place; else null. */
  readonly previousSecret: Secret | null;
  /** Name of the header with the signature, in lower case. */
  readonly header: string;
  readonly encoding: 'base64' | 'hex';
}

/** Where the daemon receives deliveries. */
export interface Serve {
  readonly host: string;
  readonly port: number;
}

/** A key of the organisation, or a user whom `concord connect` signs in. */
export type VirtuousAuth =
  { readonly kind: 'key'; readonly apiKey: Secret } | { readonly kind: 'sign-in'; readonly username: string };

export interface VirtuousConnection {
  readonly connector: 'virtuous';
  readonly name: string;
  /** Without a trailing slash; https, or http to this machine itself. */
  readonly baseUrl: string;
  readonly auth: VirtuousAuth;
  readonly budget: HourlyBudget;
  /** Null: nothing of it is received. */
  readonly webhook: Webhook | null;
}

export interface SqliteConnection {
  readonly connector: 'sqlite';
  readonly name: string;
  /** Absolute path. */
  readonly file: string;
}

export type Connection = ConstantContactConnection | VirtuousConnection | SqliteConnection;

/** Stops a pass whose destructive steps are at least `atLeast` and more than `percent` of the linked records (I10). */
export interface DestructiveGuard {
  readonly percent: number;
  readonly atLeast: number;
}

interface SyncBase<S extends Connection = SqliteConnection> {
  readonly name: string;
  readonly primary: ConstantContactConnection;
  readonly secondary: S;
  readonly schedule: Schedule | null;
  /** How long after a complete walk the next one is due. */
  readonly reconcileMs: number;
  readonly guards: { readonly destructive: DestructiveGuard };
}

/** Everything, into tables that Concord owns. */
export interface MirrorSync extends SyncBase {
  readonly mode: 'mirror';
  readonly prefix: string;
  /** In the order of STREAMS, without repeats. */
  readonly streams: readonly StreamName[];
}

export const WRITE_RULES = ['always', 'if-empty', 'never'] as const;
export type WriteRule = (typeof WRITE_RULES)[number];

export const FIELD_DIRECTIONS = ['primary-to-secondary', 'two-way'] as const;
export type FieldDirection = (typeof FIELD_DIRECTIONS)[number];

/** Fields that may go both ways. The address and all that concerns consent have ways of their own. */
export const TWO_WAY_COLUMNS: readonly ContactColumn[] = WRITABLE_COLUMNS;

export interface FieldMapping {
  readonly from: ContactColumn;
  /** The column of the user's table. */
  readonly to: string;
  readonly direction: FieldDirection;
  readonly write: WriteRule;
}

/** `two-way`: opt-outs of the table's own system are carried to the primary; an opt-in never is. */
export const CONSENT_DIRECTIONS = ['primary-to-secondary', 'two-way'] as const;
export type ConsentDirection = (typeof CONSENT_DIRECTIONS)[number];

/** `two-way`: a row that comes or goes puts the person on the list in Constant Contact, or takes them off it. */
export const LISTS_DIRECTIONS = ['primary-to-secondary', 'two-way'] as const;
export type ListsDirection = (typeof LISTS_DIRECTIONS)[number];

/** A table of the user's own with one row for each person and list. */
export interface ListsTable {
  readonly table: string;
  /** The column with the person's key, as in the people's own table. */
  readonly person: string;
  /** The column with the list's name. */
  readonly list: string;
  readonly direction: ListsDirection;
}

/** People, into a table of the user's own. */
export interface TableSync extends SyncBase {
  readonly mode: 'table';
  readonly table: string;
  /** The column that `email_address` is mapped to, spelled as in the mapping. */
  readonly key: string;
  /** In the order of CONTACT_COLUMNS. */
  readonly fields: readonly FieldMapping[];
  /** Null when the file says `consent: none`. */
  readonly consent: { readonly column: string; readonly direction: ConsentDirection } | null;
  /** Null: new people of the table are the table's own. */
  readonly create: { readonly evidence: string; readonly lists: readonly string[] } | null;
  /** Null: nothing at home tells who is on which list. */
  readonly lists: ListsTable | null;
}

/** By what people are met in a CRM. `reference`: the account's id, which is written to whoever is met by their address. */
export const MATCH_WAYS = ['reference', 'email'] as const;
export type MatchWay = (typeof MATCH_WAYS)[number];

/** Codes of bounces that may end a permission: all of Constant Contact but V, by which the mail was delivered. */
export const BOUNCE_CODES = ['B', 'D', 'F', 'S', 'X', 'Z'] as const;
export type BounceCode = (typeof BOUNCE_CODES)[number];
/** No such address, and suspended for that. Any other may pass by itself. */
export const DEFAULT_BOUNCES: readonly BounceCode[] = ['B', 'S'];

/** How somebody whom a CRM does not have is made there. `transaction`: submitted, and held until the organisation says yes. */
export const CREATE_WAYS = ['transaction', 'direct', 'never'] as const;
export type CreateWay = (typeof CREATE_WAYS)[number];

/** Begins the name of a custom field of the account: by its id, name or label. */
export const CUSTOM_FIELD_PREFIX = 'custom_field:';
export type CrmFieldSource = (typeof WRITABLE_COLUMNS)[number] | `${typeof CUSTOM_FIELD_PREFIX}${string}`;

export const CRM_DIRECTIONS = ['primary-to-secondary', 'secondary-to-primary', 'two-way'] as const;
export type CrmDirection = (typeof CRM_DIRECTIONS)[number];

/** One field of people in a CRM. */
export interface CrmFieldMapping {
  readonly from: CrmFieldSource;
  /** `firstName`, `lastName`, or the label or name of a custom field of the CRM. */
  readonly to: string;
  readonly direction: CrmDirection;
  readonly write: WriteRule;
}

/** How lists, or tags, of Constant Contact stand in a CRM: each as a tag, or as a name in one custom field. */
export type CrmLabels = { readonly direction: ListsDirection } & (
  | { readonly as: 'tag'; readonly prefix: string }
  /** The field's label or name. */
  | { readonly as: 'field'; readonly field: string }
);

/** People, with a CRM. */
export interface CrmSync extends SyncBase<VirtuousConnection> {
  readonly mode: 'crm';
  readonly match: readonly MatchWay[];
  /** In the order of WRITABLE_COLUMNS, then custom fields by their names. */
  readonly fields: readonly CrmFieldMapping[];
  readonly consent: {
    readonly direction: ConsentDirection;
    /** Bounces that end a permission, in the order of BOUNCE_CODES. */
    readonly bounces: readonly BounceCode[];
  };
  readonly create: CreateWay;
  /** Whom the CRM has and the primary has not, and what says that they asked for mail. Null: the CRM's new people are its own. */
  readonly newFromSecondary: {
    readonly evidence: { readonly field: string } | { readonly tag: string };
    readonly lists: readonly string[];
  } | null;
  /** The names of somebody new who told none. Null: they are not made. */
  readonly placeholder: { readonly first_name: string; readonly last_name: string } | null;
  /** The CRM's word for the kind of address that somebody new has. */
  readonly addressType: string;
  /** Null: they are left alone. */
  readonly lists: CrmLabels | null;
  readonly tags: CrmLabels | null;
}

export type Sync = MirrorSync | TableSync | CrmSync;

export interface Config {
  /** Absolute path of the file this came from. */
  readonly file: string;
  /** Absolute path of the store. */
  readonly store: string;
  readonly reconcileMs: number;
  /** Null: the daemon listens nowhere. */
  readonly serve: Serve | null;
  /** Null where no connection needs it. */
  readonly masterKey: KeySource | null;
  /** The key before it, while secrets move from one to the other. */
  readonly previousMasterKey: KeySource | null;
  /** In the order of the file. */
  readonly connections: readonly Connection[];
  /** In the order of the file. */
  readonly syncs: readonly Sync[];
  /** What works but should not stay as it is, such as a token in clear. */
  readonly warnings: readonly Problem[];
}
