/**
 * What a history of two systems is, as plain data: an account and a CRM that know some of the same people, and one sync between them.
 *
 * Nobody in it has an id: `who` is the n-th person of the account, and at the CRM whoever has that person's address there.
 */
import type { Act, CommonSetup, HomeAct, History, TokenAct } from '../history.ts';

export const DONORS = 'donors';
export type Donors = typeof DONORS;

export interface BothSetup extends CommonSetup<Donors> {
  /** Contacts of the CRM's own on the first day, and how many of the account's first people it holds too. */
  readonly crmContacts: number;
  readonly shared: number;
  /** Opt-outs of the CRM are carried to the account. */
  readonly twoWay: boolean;
  /** Names, and a job title as a custom field, go to the CRM. */
  readonly fields: boolean;
  /** Lists stand as tags in the CRM. */
  readonly labels: boolean;
  /** How somebody whom the CRM does not have is made there. */
  readonly create: 'never' | 'transaction' | 'direct';
  /** Our reference is written to whoever is met. */
  readonly refers: boolean;
  /** What the file says of the hour; null: nothing. */
  readonly perHour: number | null;
  /** Codes of mail that came back, as the file names them; null: the file says nothing of them. */
  readonly bounces: readonly string[] | null;
  /** The CRM tells of changes by itself; null: it was never asked to. */
  readonly hooks: Hooks | null;
}

/** How deliveries of the CRM fare; what form they have and when they start are switches. */
export interface Hooks {
  /** Says what befalls each of them on its way. */
  readonly seed: number;
  /** None of them ever arrives, and the CRM does not notice. */
  readonly areLost: boolean;
}

/** Something that people do at the CRM's own screen. */
export type CrmAct =
  | { readonly do: 'crm-out' | 'crm-in' | 'crm-archive' | 'crm-unarchive' | 'crm-unmerge'; readonly who: number }
  | { readonly do: 'crm-remove' | 'crm-note'; readonly who: number }
  | { readonly do: 'crm-rename' | 'crm-field' | 'crm-address' | 'crm-tag'; readonly who: number; readonly n: number }
  /** Another address on the same contact, or the same address on another contact. */
  | { readonly do: 'crm-second' | 'crm-double'; readonly who: number; readonly n: number; readonly on: boolean }
  /** Somebody else of the household gets the same address. */
  | { readonly do: 'crm-spouse'; readonly who: number; readonly on: boolean }
  | { readonly do: 'crm-merge'; readonly who: number; readonly with: number }
  | { readonly do: 'crm-out-many' | 'crm-in-many'; readonly n: number }
  /** Somebody bundles and imports what was submitted. */
  | { readonly do: 'crm-import' };

/** What happens in the account is as beside a database; what a table's owner does at home does not happen here. */
export type AccountAct = Exclude<
  Act,
  HomeAct | TokenAct | { readonly do: 'row-out' | 'row-in' | 'row-name' | 'row-remark' | 'rows-out-many' }
>;
/** Mail to somebody, or to the first people of the account, comes back. */
export type BounceAct =
  | { readonly do: 'bounce'; readonly who: number; readonly code: string }
  | { readonly do: 'bounce-many'; readonly n: number; readonly code: string };
export type BothAct = AccountAct | BounceAct | CrmAct;
export type BothHistory = History<BothAct, Donors, BothSetup>;

export const CRM_ACTS: Readonly<Record<CrmAct['do'], true>> = {
  'crm-out': true,
  'crm-in': true,
  'crm-archive': true,
  'crm-unarchive': true,
  'crm-unmerge': true,
  'crm-remove': true,
  'crm-note': true,
  'crm-rename': true,
  'crm-field': true,
  'crm-address': true,
  'crm-tag': true,
  'crm-second': true,
  'crm-double': true,
  'crm-spouse': true,
  'crm-merge': true,
  'crm-out-many': true,
  'crm-in-many': true,
  'crm-import': true,
};

/** Tells what happens at the CRM from what happens in the account. */
export function isAtCrm(act: BothAct): act is CrmAct {
  return Object.hasOwn(CRM_ACTS, act.do);
}

/** Tells mail that comes back from everything else. */
export function isBounce(act: BothAct): act is BounceAct {
  return act.do === 'bounce' || act.do === 'bounce-many';
}
