/**
 * A person can be forgotten (I19): a fact may once lose what names its person, and a journal entry its texts.
 *
 * The triggers let exactly that pass and nothing else, so that facts and journal stay evidence. Forgotten facts are told
 * apart by their number: two of them may say the same, because the second was told after the first was forgotten. Must
 * never be edited once released.
 */
import type { Migration } from '../migration.ts';

const same = (columns: string): string =>
  columns
    .split(' ')
    .map((column) => `new.${column} IS old.${column}`)
    .join(' AND ');

const FACT_STAYS = same(
  'fact_id tenant sync side medium scope fact channel actor at read_at run releases seq prev who hash',
);
const ENTRY_STAYS = same('entry_id tenant sync run at stream event rule');

const sql = `
ALTER TABLE ledger_heads ADD COLUMN forgotten INTEGER NOT NULL DEFAULT 0; -- facts whose person was forgotten
ALTER TABLE facts ADD COLUMN forgotten_at INTEGER; -- null: it still names its person
ALTER TABLE facts ADD COLUMN seal TEXT; -- keyed hash of what stands in the person's place
DROP INDEX facts_by_key;
CREATE UNIQUE INDEX facts_by_key ON facts
  (tenant, sync, contact_id, fact, channel, coalesce(at, ''), side, medium, scope, actor, coalesce(match_key, ''), releases,
    iif(forgotten_at IS NULL, 0, seq));
DROP TRIGGER facts_are_not_changed;
CREATE TRIGGER facts_are_not_changed BEFORE UPDATE ON facts
WHEN NOT (${FACT_STAYS}
  AND old.forgotten_at IS NULL AND new.forgotten_at IS NOT NULL AND new.seal IS NOT NULL AND new.evidence = ''
  AND (new.contact_id = '' OR new.contact_id GLOB 'forgotten:*')
  AND (new.match_key IS NULL OR new.match_key GLOB 'forgotten:*'))
BEGIN SELECT raise(ABORT, 'facts are append-only'); END;
DROP TRIGGER journal_is_not_changed;
CREATE TRIGGER journal_is_not_changed BEFORE UPDATE ON journal
WHEN NOT (${ENTRY_STAYS} AND new.before = 'null' AND new.after = 'null' AND new.evidence IS NULL
  AND (new.id IS old.id OR new.id GLOB 'forgotten:*'))
BEGIN SELECT raise(ABORT, 'the journal is append-only'); END;
`;

export const forgetting: Migration = { number: 8, name: '0008-forgetting', sql };
