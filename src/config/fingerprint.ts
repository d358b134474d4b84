/**
 * What a sync's baselines were agreed under: when it changes, they are made anew without destructive writes (T36).
 *
 * Decides what counts: which records, which fields, which columns. Where a database file lies, how often passes run and
 * how fast does not: moving a file must not rebaseline anything.
 */
import { textHash } from '../model/hash.ts';
import { DEFAULT_BOUNCES, type CrmFieldMapping, type Sync } from './config.ts';

/** Makes the fingerprint of a sync's mapping, filter and streams: equal exactly when those are equal. */
export function fingerprintSync(sync: Sync): string {
  return textHash(JSON.stringify(shapeOf(sync)));
}

function shapeOf(sync: Sync): unknown {
  switch (sync.mode) {
    case 'mirror':
      return ['mirror', sync.streams];
    case 'table':
      return tableShape(sync);
    case 'crm':
      return [
        'crm',
        sync.match,
        sync.consent.direction,
        // Said only where there are some: who was agreed on before there were fields stays agreed.
        ...(isDefault(sync.consent.bounces) ? [] : [['bounces', ...sync.consent.bounces]]),
        ...(sync.fields.length === 0 ? [] : [sync.fields.map(shapeOfField)]),
        // Whoever was left out because nobody was made is decided anew.
        ...(sync.create === 'never' ? [] : [sync.create, sync.placeholder !== null]),
        ...(sync.newFromSecondary === null ? [] : [['new', sync.newFromSecondary]]),
        ...Object.entries({ lists: sync.lists, tags: sync.tags }).filter(([, rule]) => rule !== null),
      ];
  }
}

function isDefault(bounces: readonly string[]): boolean {
  return bounces.join() === DEFAULT_BOUNCES.join();
}

function tableShape(sync: Extract<Sync, { mode: 'table' }>): unknown {
  const fields = sync.fields.map(({ from, to, direction, write }) => [from, to, direction, write]);
  const shape = ['table', sync.table, sync.key, fields, sync.consent?.column ?? null];
  // Said only where it is not the default: what was agreed before there was a choice stays agreed.
  return [
    ...shape,
    ...(sync.consent?.direction === 'two-way' ? ['two-way'] : []),
    ...(sync.create === null ? [] : [sync.create]),
    ...(sync.lists === null ? [] : [sync.lists]),
  ];
}

/** The direction is said only where it is not the default: who was agreed on before there was a choice stays agreed. */
function shapeOfField({ from, to, write, direction }: CrmFieldMapping): readonly string[] {
  return direction === 'primary-to-secondary' ? [from, to, write] : [from, to, write, direction];
}
