/**
 * crm-mapping-now: the mapping of a session, with fields and names as both systems have them at that time.
 *
 * Fields are found before anything is read, names after the CRM's contacts were: a tag that is deleted in between is then
 * missing from the book, and not taken from everybody. Where names could not be read after them, what goes both ways is
 * left alone by this session. Must never write to either side.
 */
import { keepLabels } from './crm-label-names.ts';
import type { Crm } from './crm-people.ts';
import { placedFingerprint, placeFields } from './crm-placed.ts';
import { takeNewMapping } from './new-mapping.ts';
import type { LabelRule } from '../plan/crm-mapping.ts';
import type { WorkContext } from './work-context.ts';

const FINGERPRINT = 'crm:fingerprint';

export class MappingNow {
  readonly #crm: Omit<Crm, 'carries' | 'settles'>;
  readonly #carries: boolean;
  #placed: Promise<Crm> | null = null;
  #namesUnread = false;

  constructor(crm: Omit<Crm, 'carries' | 'settles'>, carries: boolean) {
    this.#crm = crm;
    this.#carries = carries;
  }

  /** Gives the CRM with its mapping of now. */
  async crm(ctx: WorkContext): Promise<Crm> {
    const placed = await this.#place(ctx);
    if (!this.#namesUnread) return placed;
    const { lists, tags } = placed.mapping;
    const [listsNow, tagsNow] = [oneWay(lists), oneWay(tags)];
    // Whoever is decided without them is decided again with them.
    const settles = listsNow === lists && tagsNow === tags;
    return { ...placed, settles, mapping: { ...placed.mapping, lists: listsNow, tags: tagsNow } };
  }

  /** Takes up the file's mapping: everybody is decided anew where it is another than they were agreed under. */
  async take(ctx: WorkContext): Promise<void> {
    await takeNewMapping(ctx, FINGERPRINT, await placedFingerprint(ctx, (await this.#place(ctx)).mapping));
  }

  /**
   * Reads the CRM's contacts, and after them the names of lists and tags; everybody is decided anew where one has a place
   * that it did not have.
   */
  async read<T>(ctx: WorkContext, contacts: () => Promise<T>): Promise<T> {
    this.#namesUnread = true;
    const result = await contacts();
    const { source, mapping } = await this.#place(ctx);
    this.#namesUnread = !(await keepLabels(ctx, source, mapping));
    await this.take(ctx);
    return result;
  }

  #place(ctx: WorkContext): Promise<Crm> {
    const { source, mapping } = this.#crm;
    this.#placed ??= placeFields(ctx, source, mapping).then((placed) => ({
      ...this.#crm,
      mapping: placed,
      carries: this.#carries,
      settles: true,
    }));
    return this.#placed;
  }
}

function oneWay(rule: LabelRule | null): LabelRule | null {
  return rule?.twoWay === true ? null : rule;
}
