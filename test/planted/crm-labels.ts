/** Bugs of lists and tags in a CRM: tags of ours that look like somebody else's, households that lose one, lists that vanish. */
import type { PlantedBug } from './planted-bug.ts';

const LABELS = 'test/crm/labels.test.ts';
const AGAIN = 'test/crm/labels-again.test.ts';
const BACK = 'test/crm/labels-back.test.ts';
const PLAN = 'src/plan/crm-labels.test.ts';
const EDITIONS = 'src/plan/crm-label-editions.test.ts';

export const bugs: readonly PlantedBug[] = [
  {
    name: 'T22-what-the-tags-of-the-deleted-were-is-forgotten',
    file: 'src/plan/crm-agreed.ts',
    find: '...(life.labels === null ? {} : { labels: life.labels.agreed, labelBook: life.labels.edition }),',
    replace: 'labels: life.labels?.agreed ?? {}, labelBook: life.labels?.edition ?? 0,',
    caughtBy: {
      file: AGAIN,
      test: 'under the same id: the flag stays off, and the tags are those of what they have now',
    },
  },
  {
    name: 'I5-labels-are-written-before-they-are-on-record',
    file: 'src/engine/crm-lane.ts',
    find: '    await putOnRecord(ctx, steps);\n',
    replace: '',
    caughtBy: { file: LABELS, test: 'after a tag of ours was written makes it nobody else’s word' },
  },
  {
    name: 'T17-a-tag-that-does-not-show-yet-is-agreed-on',
    file: 'src/engine/crm-submit.ts',
    find: "new Set(['opt', 'address', 'refer', 'tag', 'untag'])",
    replace: "new Set(['opt', 'address', 'refer'])",
    caughtBy: { file: LABELS, test: 'T17: a read that still shows what stood before' },
  },
  {
    name: 'I10-an-emptied-list-takes-its-tag-from-everybody',
    file: 'src/plan/crm-life.ts',
    find: 'labels?.removes === true || ',
    replace: '',
    caughtBy: { file: LABELS, test: 'of a list that was emptied takes no tag from anybody' },
  },
  {
    name: 'T24-who-left-a-list-is-not-on-record-beside-a-CRM',
    file: 'src/engine/list-leavers.ts',
    find: "if (ctx.lane.kind === 'mirror') return [];",
    replace: "if (ctx.lane.kind !== 'table') return [];",
    caughtBy: { file: LABELS, test: 'is not put back by the tag that stands there' },
  },
  {
    name: 'T33-only-linked-people-live-in-a-household',
    file: 'src/engine/crm-labels-around.ts',
    find: "(links.get(id)?.secondaryId ?? '') === ''",
    replace: 'links.has(id) && false',
    caughtBy: { file: LABELS, test: 'keep it for one who has an address there and is not linked yet' },
  },
  {
    name: 'T42-a-tag-that-appears-is-not-noticed',
    file: 'src/plan/crm-label-editions.ts',
    find: 'edition: before === null || gained ? last + 1 : last,',
    replace: 'edition: before === null ? last + 1 : last,',
    caughtBy: { file: LABELS, test: 'is told by its exact name; once it is there everybody on the list gets it' },
  },
  {
    name: 'T42-another-tag-with-the-same-name-is-the-same-label',
    file: 'src/plan/crm-label-editions.ts',
    find: ' && a.tag?.id === b.tag?.id',
    replace: '',
    caughtBy: { file: EDITIONS, test: 'another tag with the same name is another label' },
  },
  {
    name: 'T36-a-renamed-list-is-left-by-everybody-in-the-CRM',
    file: 'src/plan/crm-labels.ts',
    find: '(relinked || since > comparedBy)',
    replace: 'relinked',
    caughtBy: { file: PLAN, test: 'was taken from nobody: they get it' },
  },
  {
    name: 'crm-labels-of-a-submission-are-somebody-elses',
    file: 'src/plan/crm-labels.ts',
    find: "theirs.has(id) ? 'writing' : 'apart'",
    replace: "theirs.has(`${id} `) ? 'writing' : 'apart'",
    caughtBy: { file: LABELS, test: 'is submitted with their lists; what they leave, join or refuse' },
  },
  {
    name: 'T42-a-deleted-tag-takes-everybody-off-the-list',
    file: 'src/engine/crm-mapping-now.ts',
    find: `    const result = await contacts();
    const { source, mapping } = await this.#place(ctx);
    this.#namesUnread = !(await keepLabels(ctx, source, mapping));`,
    replace: `    const { source, mapping } = await this.#place(ctx);
    this.#namesUnread = !(await keepLabels(ctx, source, mapping));
    const result = await contacts();`,
    caughtBy: { file: BACK, test: 'T42: a tag that is deleted while the contacts are read' },
  },
  {
    name: 'I3-whoever-was-decided-without-names-is-forgotten',
    file: 'src/engine/crm-mapping-now.ts',
    find: 'const settles = listsNow === lists && tagsNow === tags;',
    replace: 'const settles = true;',
    caughtBy: { file: BACK, test: 'nor does one of which the names cannot be read' },
  },
  {
    name: 'crm-second-word-about-a-label-is-lost',
    file: 'src/plan/crm-labels.ts',
    find: "...all(account.add, 'joining'), ...all(account.remove, 'parting')",
    replace: '',
    caughtBy: { file: BACK, test: 'that is taken, or given, again before the account was read' },
  },
  {
    name: 'T20-silence-puts-people-on-lists',
    file: 'src/plan/crm-life.ts',
    find: "actorOf(content['opt_in_source']) !== 'unknown'",
    replace: "actorOf(content['opt_in_source']) !== null",
    caughtBy: { file: 'src/plan/crm-step.test.ts', test: 'T20: nobody is put on a list by a tag on whose yes' },
  },
  {
    name: 'T33-tags-of-another-put-somebody-new-on-lists',
    file: 'src/plan/crm-new.ts',
    find: 'labels === null || links.length > 0',
    replace: 'labels === null',
    caughtBy: { file: 'src/plan/crm-new.test.ts', test: 'T33: a tag of a contact in which another of ours lives' },
  },
  {
    name: 'T33-nobody-is-told-that-a-tag-stays',
    file: 'src/application/passes.ts',
    find: "(kept && step.action === 'agree' ? 'adopt' : null)",
    replace: 'null',
    caughtBy: {
      file: 'test/end-to-end/crm-labels.test.ts',
      test: 'T33: a tag that stays for another of the household',
    },
  },
];
