/**
 * crm-label-book: which tag, or value, of the CRM stands for which list or tag of the account.
 *
 * Pure. No program can make a CRM's tag, and several tags may bear one name: what is missing, or cannot be told apart, is
 * a to-do with the exact name, stops nothing else, and works as soon as it is mended. Names are compared as people read
 * them: outer and doubled space does not count, case does.
 */
import type { CrmTag } from '../model/crm.ts';
import type { CrmMapping, LabelRule } from './crm-mapping.ts';

export interface AccountName {
  readonly id: string;
  readonly name: string;
}

/** A list or a tag of the account, as the CRM has it. */
export interface Label {
  /** `list:<id>` or `tag:<id>`. */
  readonly id: string;
  readonly name: string;
  /** Null: it is a value of a custom field. */
  readonly tag: CrmTag | null;
  /** The edition of the book since which it stands where it stands; 0: the book was never kept. */
  readonly since: number;
}
export type LabelKind = 'list' | 'tag';
/** By their ids; only those that can be written. */
export type LabelBook = ReadonlyMap<string, Label>;

/** `missing`: no tag has this name. `ambiguous`: several have. `two-for-one`: two of the account would share it. `unfit`: a semicolon. */
export interface LabelTodo {
  readonly name: string;
  readonly reason: 'missing' | 'ambiguous' | 'two-for-one' | 'unfit';
}

/** Finds the labels that can be written, and what people have to do for the others. */
export function labelBook(
  account: { readonly lists: readonly AccountName[]; readonly tags: readonly AccountName[] },
  crmTags: readonly CrmTag[],
  mapping: Pick<CrmMapping, 'lists' | 'tags'>,
): { readonly book: LabelBook; readonly todo: readonly LabelTodo[] } {
  const wanted = [...wantedOf('list', account.lists, mapping.lists), ...wantedOf('tag', account.tags, mapping.tags)];
  const book = new Map<string, Label>();
  const todo = new Map<string, LabelTodo>();
  for (const { id, name, rule } of wanted) {
    const found = crmTags.filter((tag) => nameKey(tag.name) === nameKey(name));
    const reason = reasonOf({ name, rule }, wanted, found.length);
    if (reason === null) book.set(id, { id, name, tag: rule.as === 'tag' ? (found[0] ?? null) : null, since: 0 });
    else todo.set(name, { name, reason });
  }
  return { book, todo: [...todo.values()].sort((a, b) => (a.name < b.name ? -1 : 1)) };
}

/** Gives the form in which two names are compared. */
export function nameKey(name: string): string {
  return name.normalize('NFC').trim().replace(/\s+/gu, ' ');
}

interface Wanted {
  readonly id: string;
  readonly name: string;
  readonly rule: LabelRule;
}

function wantedOf(kind: LabelKind, names: readonly AccountName[], rule: LabelRule | null): readonly Wanted[] {
  if (rule === null) return [];
  const prefix = rule.as === 'tag' ? rule.prefix : '';
  return names.map(({ id, name }) => ({ id: `${kind}:${id}`, name: nameKey(`${prefix}${name}`), rule }));
}

function reasonOf(
  { name, rule }: Pick<Wanted, 'name' | 'rule'>,
  wanted: readonly Wanted[],
  found: number,
): LabelTodo['reason'] | null {
  if (wanted.filter((other) => other.name === name && placeOf(other.rule) === placeOf(rule)).length > 1)
    return 'two-for-one';
  if (rule.as === 'field') return name.includes(';') || name === '' ? 'unfit' : null;
  return found === 1 ? null : found === 0 ? 'missing' : 'ambiguous';
}

function placeOf(rule: LabelRule): string {
  return rule.as === 'tag' ? 'tag' : `field ${rule.field}`;
}
