/** Bugs of asking too much, or of laying a change over what is not known to stand there any more. */
import type { PlantedBug } from './planted-bug.ts';

const SUBMIT = 'src/engine/crm-submit.ts';
const FRUGAL = 'test/crm/frugal.test.ts';
const STANDING = 'src/connectors/virtuous/standing.ts';
const TARGET_TEST = 'src/connectors/virtuous/target.test.ts';

export const bugs: readonly PlantedBug[] = [
  {
    name: 'T38-crm-old-reading-handed-on',
    file: SUBMIT,
    find: 'this.#ctx.clock.now() - read.at <= FRESH_MS',
    replace: 'this.#ctx.clock.now() - read.at <= Infinity',
    caughtBy: { file: FRUGAL, test: 'is not handed on where the change had to wait since' },
  },
  {
    name: 'T38-crm-reading-handed-on-after-a-change',
    file: SUBMIT,
    find: '    this.#stands.delete(change.contactId);\n',
    replace: '',
    caughtBy: { file: FRUGAL, test: 'is handed on with the first change of its contact, and with no other' },
  },
  {
    name: 'crm-contact-asked-for-again',
    file: SUBMIT,
    find: 'stands: this.#standsFor(change) }',
    replace: 'stands: undefined }',
    caughtBy: { file: FRUGAL, test: 'is handed on with the first change of its contact, and with no other' },
  },
  {
    name: 'T37-virtuous-individual-that-is-not-whole',
    file: STANDING,
    find: 'return parts && flags && INDIVIDUAL_MODEL.every(shown)',
    replace: 'return flags && INDIVIDUAL_MODEL.some(shown)',
    caughtBy: { file: TARGET_TEST, test: 'but what it does not show whole is: an individual that is not whole' },
  },
  {
    name: 'T33-virtuous-part-of-another-contact',
    file: STANDING,
    find: "isRecord(stands) && String(stands['id']) === contactId && Array",
    replace: "isRecord(stands) && String(stands['id']) !== '' && Array",
    caughtBy: { file: TARGET_TEST, test: 'but what it does not show whole is: another contact' },
  },
];
