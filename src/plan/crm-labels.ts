/**
 * crm-labels: on which lists one person is, and which tags of the account they bear, against the CRM's tags or values.
 *
 * Pure; each label is decided against what was agreed (merge-memberships). Tags belong to the household: one stays while
 * another of its people is on the list, and one that appears names nobody where several live. Nobody is put on a list
 * who has not said yes, left that list, or is in doubt (T24); whoever is out keeps the tags that they have and gets none.
 */
import {
  mergeMemberships,
  withoutRows,
  type AgreedLists,
  type Membership,
  type MembershipMerge,
} from '../compare/merge-memberships.ts';
import type { CrmChange, CrmContact } from '../model/crm.ts';
import type { SetChange } from '../model/intent.ts';
import type { Content } from '../model/record.ts';
import { nameKey, type Label, type LabelBook, type LabelKind } from './crm-label-book.ts';
import type { AgreedLabels, CrmMapping, LabelRule, LabelState } from './crm-mapping.ts';

/** What is known of labels beside the person's own record. */
export interface LabelsAround {
  readonly book: LabelBook;
  /** Of the book; whoever is compared by it is on record with it. */
  readonly edition: number;
  /** Other people of ours in the same contact live there. */
  readonly shared: boolean;
  /** Ids of the labels that those others have at the account. */
  readonly others: ReadonlySet<string>;
  /** Ids of the lists that this person left, by the ledger. */
  readonly left: ReadonlySet<string>;
}

export interface LabelInput {
  readonly content: Content;
  readonly contact: CrmContact;
  /** Null: never compared. */
  readonly agreed: AgreedLabels | null;
  /** The edition of the book by which they were last compared; 0: never. */
  readonly comparedBy: number;
  /** Another contact than before: a tag that it lacks was taken by nobody. */
  readonly relinked: boolean;
  readonly around: LabelsAround;
  readonly mapping: CrmMapping;
  /** The person may be mailed beyond doubt. */
  readonly mayBeMailed: boolean;
  /** And their yes is on record: without it nobody is put on a list. */
  readonly saidYes: boolean;
}

export interface LabelStep {
  readonly changes: readonly CrmChange[];
  /** For the account, by its own ids. */
  readonly lists: SetChange;
  readonly tags: SetChange;
  /** To be on record before anything is sent, so that a kill never makes a tag of ours somebody else's word. */
  readonly before: AgreedLabels | null;
  readonly agreed: AgreedLabels | null;
  /** Names of tags that stay for another of the household. */
  readonly keptForOthers: readonly string[];
  /** The contact loses a label. */
  readonly removes: boolean;
}

/** Decides all labels of one met person. */
export function labelStep(input: LabelInput): LabelStep {
  const { lists, tags } = input.mapping;
  const kinds = [kindStep('list', lists, input), kindStep('tag', tags, input)];
  const [list, tag] = kinds;
  if (lists === null && tags === null) return { ...NONE, before: input.agreed, agreed: input.agreed };
  return {
    changes: kinds.flatMap(({ changes }) => changes),
    lists: list?.account ?? NONE.lists,
    tags: tag?.account ?? NONE.tags,
    before: Object.assign({}, ...kinds.map(({ before }) => before)) as AgreedLabels,
    agreed: Object.assign({}, ...kinds.map(({ agreed }) => agreed)) as AgreedLabels,
    keptForOthers: kinds.flatMap(({ kept }) => kept),
    removes: kinds.some(({ removes }) => removes),
  };
}

/** Finds the labels that the account shows of somebody. */
export function labelsAtAccount(content: Content, book: LabelBook): readonly Label[] {
  return [...atAccount('list', content), ...atAccount('tag', content)].flatMap((id) => book.get(id) ?? []);
}

/**
 * Gives what is on record of somebody's labels once they were submitted with them: what stands at first sight beside those
 * was there before.
 */
export function labelsSubmitted(content: Content, book: LabelBook): AgreedLabels {
  const theirs = new Set(labelsAtAccount(content, book).map(({ id }) => id));
  return Object.fromEntries([...book.keys()].map((id) => [id, theirs.has(id) ? 'writing' : 'apart'] as const));
}

/** Finds the account's ids of what the CRM shows of one kind, none of them left by the ledger. */
export function labelsAtCrm(
  kind: LabelKind,
  contact: CrmContact,
  { book, left }: LabelsAround,
  { lists, tags }: Pick<CrmMapping, 'lists' | 'tags'>,
): readonly string[] {
  const rule = kind === 'list' ? lists : tags;
  if (rule === null || !rule.twoWay) return [];
  return [...hereOf(kind, rule, contact, book)].filter((id) => !left.has(id)).map(bare);
}

const NONE: LabelStep = {
  changes: [],
  lists: { add: [], remove: [] },
  tags: { add: [], remove: [] },
  before: null,
  agreed: null,
  keptForOthers: [],
  removes: false,
};

interface KindStep {
  readonly changes: readonly CrmChange[];
  readonly account: SetChange;
  readonly before: AgreedLabels;
  readonly agreed: AgreedLabels;
  readonly kept: readonly string[];
  readonly removes: boolean;
}

function kindStep(kind: LabelKind, rule: LabelRule | null, input: LabelInput): KindStep {
  const known = input.agreed === null ? null : ofKind(input.agreed, kind);
  if (rule === null) {
    const kept = known ?? {};
    return { changes: [], account: NONE.lists, before: kept, agreed: kept, kept: [], removes: false };
  }
  const { around, contact, content } = input;
  const account = new Set(
    idsOf(content[kind === 'list' ? 'list_memberships' : 'taggings']).map((id) => `${kind}:${id}`),
  );
  const here = hereOf(kind, rule, contact, around.book);
  const agreed = known === null ? null : withoutMoved(kind, answered(known, account), account, here, input);
  const merge = mergeMemberships({
    agreed,
    account,
    table: here,
    lists: decidable(kind, account, here, input),
    twoWay: rule.twoWay,
    left: around.left,
    mayAdd: input.mayBeMailed && input.saidYes && !around.shared,
  });
  const kept = merge.table.remove.filter((id) => around.others.has(id));
  const table = { add: merge.table.add, remove: without(merge.table.remove, kept) };
  return {
    changes: changesOf(rule, table, here, contact, around.book),
    account: {
      add: merge.account.add.map(bare),
      remove: merge.account.remove.map(bare),
    },
    ...statesOf(merge, kept),
    kept: kept.flatMap((id) => around.book.get(id)?.name ?? []),
    removes: table.remove.length > 0,
  };
}

/** Reads what was asked of the account by what it shows now: what it shows as asked was agreed, what it does not never was. */
function answered(known: AgreedLabels, account: ReadonlySet<string>): AgreedLists {
  return Object.fromEntries(
    Object.entries(known).flatMap(([id, state]): [string, Membership][] => {
      if (state !== 'joining' && state !== 'parting') return [[id, state]];
      return account.has(id) ? [[id, 'on']] : [];
    }),
  );
}

/**
 * A label that stands at another place than when the person was compared, in another contact or under another tag, was
 * neither given nor taken there by anybody since: what stands is left alone, as at the first meeting.
 */
function withoutMoved(
  kind: LabelKind,
  known: AgreedLists,
  account: ReadonlySet<string>,
  here: ReadonlySet<string>,
  { around, comparedBy, relinked }: LabelInput,
): AgreedLists {
  const moved = [...around.book.values()].filter(
    ({ id, since }) => id.startsWith(`${kind}:`) && (relinked || since > comparedBy),
  );
  const states: Record<string, Membership> = { ...(relinked ? withoutRows(known) : known) };
  for (const { id } of moved) {
    if (states[id] === 'left' || states[id] === 'leaving') states[id] = 'left';
    else if (here.has(id) && !account.has(id)) states[id] = 'apart';
    else delete states[id];
  }
  return states;
}

/** A tag that stays for another of the household is not this person's any more. */
function statesOf(
  { before, agreed, account }: MembershipMerge,
  kept: readonly string[],
): Pick<KindStep, 'before' | 'agreed'> {
  const all = (ids: readonly string[], state: LabelState) => Object.fromEntries(ids.map((id) => [id, state] as const));
  const asked = { ...all(kept, 'left'), ...all(account.add, 'joining'), ...all(account.remove, 'parting') };
  return { before: { ...before, ...asked }, agreed: { ...agreed, ...asked } };
}

/**
 * Of somebody who may not be mailed nothing is added, and what an opt-out took from them all at once is no word about
 * any list: there they stay as they are.
 */
function decidable(
  kind: LabelKind,
  account: ReadonlySet<string>,
  here: ReadonlySet<string>,
  { around, mayBeMailed }: LabelInput,
): ReadonlySet<string> {
  const all = [...around.book.keys()].filter((id) => id.startsWith(`${kind}:`));
  if (mayBeMailed) return new Set(all);
  return new Set(account.size === 0 ? [] : all.filter((id) => here.has(id) || !account.has(id)));
}

/** Finds the labels that the CRM shows of this kind. */
function hereOf(kind: LabelKind, rule: LabelRule, contact: CrmContact, book: LabelBook): ReadonlySet<string> {
  const names = new Set((rule.as === 'tag' ? contact.tags : valuesIn(contact, rule.field)).map(nameKey));
  return new Set(
    [...book.values()].filter(({ id, name }) => id.startsWith(`${kind}:`) && names.has(name)).map(({ id }) => id),
  );
}

function changesOf(
  rule: LabelRule,
  { add, remove }: SetChange,
  here: ReadonlySet<string>,
  contact: CrmContact,
  book: LabelBook,
): readonly CrmChange[] {
  const contactId = contact.contact_id;
  if (rule.as === 'tag') {
    const of = (kind: 'tag' | 'untag', ids: readonly string[]): readonly CrmChange[] =>
      ids.flatMap((id) => {
        const tag = book.get(id)?.tag ?? null;
        return tag === null ? [] : [{ kind, contactId, tag }];
      });
    return [...of('untag', remove), ...of('tag', add)];
  }
  if (add.length === 0 && remove.length === 0) return [];
  const nameOf = (id: string): string => book.get(id)?.name ?? '';
  const ours = [...without([...here], remove), ...add].map(nameOf).sort();
  const labels = new Set([...here].map(nameOf));
  const theirs = valuesIn(contact, rule.field)
    .map(nameKey)
    .filter((name) => !labels.has(name));
  const values = [...theirs, ...ours];
  return [{ kind: 'fields', contactId, set: { [rule.field]: values.length === 0 ? null : values.join('; ') } }];
}

/** Reads the values of a field; those that are none of ours keep their place before ours. */
function valuesIn({ custom_fields: fields }: CrmContact, field: string): readonly string[] {
  return (fields[field] ?? '').split(';').filter((part) => part.trim() !== '');
}

function atAccount(kind: LabelKind, content: Content): readonly string[] {
  return idsOf(content[kind === 'list' ? 'list_memberships' : 'taggings']).map((id) => `${kind}:${id}`);
}

function ofKind(agreed: AgreedLabels, kind: LabelKind): AgreedLabels {
  return Object.fromEntries(Object.entries(agreed).filter(([id]) => id.startsWith(`${kind}:`)));
}

function without(ids: readonly string[], these: readonly string[]): readonly string[] {
  return ids.filter((id) => !these.includes(id));
}

function bare(id: string): string {
  return id.slice(id.indexOf(':') + 1);
}

function idsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((id): id is string => typeof id === 'string') : [];
}
