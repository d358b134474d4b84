/**
 * crm-label-editions: the label book from one reading to the next, and since when each label stands where it stands.
 *
 * Pure, plain data: it is kept as JSON in the store. A label that a reading does not find is remembered, so that it comes
 * back as what it was; one with another tag, name or field is another than people were compared by. The edition rises
 * when a label can be written that could not before: everybody is decided anew then. Must never forget where one stood.
 */
import type { CrmTag } from '../model/crm.ts';
import { labelBook, type AccountName, type LabelBook, type LabelTodo } from './crm-label-book.ts';
import type { CrmMapping, LabelRule } from './crm-mapping.ts';

export interface KeptLabel {
  readonly name: string;
  readonly tag: CrmTag | null;
  /** `tag`, or the field that has it as a value. */
  readonly place: string;
  readonly since: number;
  /** It was found by the last reading. */
  readonly stands: boolean;
}

/** What the last reading of both sides' names found. */
export interface LabelEdition {
  /** From 1 on. */
  readonly edition: number;
  /** By the labels' ids. */
  readonly labels: Readonly<Record<string, KeptLabel>>;
  readonly todo: readonly LabelTodo[];
}

/** Gives the edition that follows from a reading; `before` null: the first. */
export function nextEdition(
  before: LabelEdition | null,
  account: { readonly lists: readonly AccountName[]; readonly tags: readonly AccountName[] },
  crmTags: readonly CrmTag[],
  mapping: Pick<CrmMapping, 'lists' | 'tags'>,
): LabelEdition {
  const { book, todo } = labelBook(account, crmTags, mapping);
  const last = before?.edition ?? 0;
  const found = [...book.values()].map((label): readonly [string, KeptLabel] => {
    const { id, name, tag } = label;
    const rule = id.startsWith('list:') ? mapping.lists : mapping.tags;
    const now = { name, tag, place: placeOf(rule), since: last + 1, stands: true };
    const was = before?.labels[id];
    return [id, was !== undefined && isSame(was, now) ? { ...now, since: was.since } : now];
  });
  const gained = found.some(([id, { since }]) => since > last || before?.labels[id]?.stands !== true);
  const missed = Object.entries(before?.labels ?? {}).map(([id, label]) => [id, { ...label, stands: false }] as const);
  return {
    edition: before === null || gained ? last + 1 : last,
    labels: Object.fromEntries([...missed, ...found]),
    todo,
  };
}

/** Gives the labels that can be written now. */
export function bookOf({ labels }: LabelEdition): LabelBook {
  return new Map(
    Object.entries(labels).flatMap(([id, { name, tag, since, stands }]) =>
      stands ? [[id, { id, name, tag, since }] as const] : [],
    ),
  );
}

function isSame(a: KeptLabel, b: KeptLabel): boolean {
  return a.name === b.name && a.place === b.place && a.tag?.id === b.tag?.id;
}

function placeOf(rule: LabelRule | null): string {
  return rule?.as === 'field' ? `field ${rule.field}` : 'tag';
}
