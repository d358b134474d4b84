/** Bugs of taking up what was read: texts that are not read again, ids of a load, counting, records nobody understands. */
import type { PlantedBug } from './planted-bug.ts';

export const bugs: readonly PlantedBug[] = [
  {
    name: 'text-hash-kept-after-the-content-changed',
    file: 'src/engine/store-page.ts',
    find: 'textHash: texts.get(reading.id) ?? null,',
    replace: 'textHash: known?.textHash ?? texts.get(reading.id) ?? null,',
    caughtBy: { file: 'test/detection/unread.test.ts', test: 'there and back again' },
  },
  {
    name: 'text-hash-kept-by-a-change-without-text',
    file: 'src/store/sqlite/pages.ts',
    find: 'SET hash = ?, agreed = ?, version = ?, state = ?, text_hash = ?,',
    replace: 'SET hash = ?, agreed = ?, version = ?, state = ?, text_hash = coalesce(?, text_hash),',
    caughtBy: { file: 'src/store/sqlite/store.test.ts', test: 'a text hash stands for the content it was read with' },
  },
  {
    name: 'text-of-several-records-stands-for-one',
    file: 'src/engine/unread.ts',
    find: 'only !== undefined && read.readings.length + read.refused.length === 1',
    replace: 'only !== undefined',
    caughtBy: { file: 'test/detection/unread.test.ts', test: 'a text that holds several records' },
  },
  {
    name: 'known-text-not-compared',
    file: 'src/engine/unread.ts',
    find: 'stored !== undefined && stored.textHash === record.textHash',
    replace: 'stored !== undefined && stored.textHash !== null',
    caughtBy: { file: 'test/detection/unread.test.ts', test: 'a change that only the complete walk shows is read' },
  },
  {
    name: 'T8-appended-id-forgotten-when-the-set-grows',
    file: 'src/model/id-set.ts',
    find: 'if (low !== 0) this.#put(low, before[at + 1] ?? 0);',
    replace: '',
    caughtBy: {
      file: 'src/model/id-set.test.ts',
      test: 'T8: nor is it forgotten when the set has grown',
    },
  },
  {
    name: 'T8-appended-ids-not-remembered',
    file: 'src/engine/store-page.ts',
    find: 'for (const reading of fresh) use.load?.add(reading.id);',
    replace: '',
    caughtBy: { file: 'test/detection/unread.test.ts', test: 'T8: a first load that shows somebody twice' },
  },
  {
    name: 'I17-one-record-counted-twice',
    file: 'src/engine/counting.ts',
    find: 'this.#sizes[before] = (this.#sizes[before] ?? 0) - 1;',
    replace: '',
    caughtBy: { file: 'src/engine/counting.test.ts', test: 'read = unchanged + applied + skipped' },
  },
  {
    name: 'I17-applied-becomes-unchanged',
    file: 'src/engine/counting.ts',
    find: "if (bucket === 'unchanged' && this.#names",
    replace: "if (bucket === 'held' && this.#names",
    caughtBy: { file: 'src/engine/counting.test.ts', test: 'what was applied is not unchanged' },
  },
  {
    name: 'I17-refused-record-not-counted',
    file: 'src/engine/store-page.ts',
    find: 'ctx.counting.refuse(shelf.stream, bad.id);',
    replace: 'continue;',
    caughtBy: { file: 'test/detection/records.test.ts', test: 'three of 60, on first load' },
  },
  {
    name: 'I17-one-bad-record-spoils-its-page',
    file: 'src/connectors/reading/refusal.ts',
    find: 'if (!(error instanceof Unreadable)) throw error;',
    replace: 'throw error;',
    caughtBy: {
      file: 'src/connectors/constant-contact/v3/pages.test.ts',
      test: 'the others are read, and it is refused with its id or a hash',
    },
  },
  {
    name: 'T23-unknown-permission-is-implicit',
    file: 'src/consent/states.ts',
    find: "known ?? 'held'",
    replace: "known ?? 'implicit'",
    caughtBy: { file: 'test/opt-outs/states.test.ts', test: 'is held and shown, and nobody is mailed for it' },
  },
  {
    name: 'T18-version-forgets-the-address',
    file: 'src/connectors/constant-contact/v3/contact-record.ts',
    find: "|${content.email_updated_at ?? ''}`",
    replace: '|`',
    caughtBy: {
      file: 'src/connectors/constant-contact/v3/contact-record.test.ts',
      test: 'its version counts the address as well',
    },
  },
  {
    name: 'T19-opt-out-day-counts-from-its-start',
    file: 'src/connectors/constant-contact/v3/contact-record.ts',
    find: "'opt_out_date', 'T23:59:59Z'",
    replace: "'opt_out_date', 'T00:00:00Z'",
    caughtBy: {
      file: 'src/connectors/constant-contact/v3/contact-record.test.ts',
      test: 'a consent date known to the day takes its strict end',
    },
  },
];
