/**
 * What only shows when two keys are looked at together.
 *
 * Decides which combinations would write to the wrong place: a side that is the store itself, two mirrors in the same
 * tables, two fields in one column, a key that does not hold the address.
 */
import { TWO_WAY_COLUMNS, type CrmSync, type MirrorSync, type Sync, type TableSync } from './config.ts';
import type { Findings } from './findings.ts';
import { fold, sameName } from './resolve-syncs.ts';

/** Reports every combination that cannot work. */
export function crossCheck(store: string, syncs: readonly Sync[], findings: Findings): void {
  for (const { name, secondary } of syncs) {
    if (secondary.connector !== 'sqlite' || secondary.file !== store) continue;
    findings.add(
      ['connections', secondary.name, 'file'],
      `is the store itself; sync ${name} needs a database of its own`,
      'value',
    );
  }
  checkMirrors(
    syncs.filter((sync) => sync.mode === 'mirror'),
    findings,
  );
  for (const sync of syncs) {
    if (sync.mode === 'table') checkTable(sync, findings);
    if (sync.mode === 'crm') checkLabels(sync, checkPlaces(sync, findings), findings);
    if (sync.mode === 'crm') checkNewFromCrm(sync, findings);
  }
}

/** A label and a name may still mean one field: that shows when the CRM is asked. */
function checkPlaces({ name, fields }: CrmSync, findings: Findings): Map<string, string> {
  const taken = new Map<string, string>();
  for (const { from, to, direction, write } of fields) {
    const other = taken.get(to);
    if (other === undefined) taken.set(to, from);
    else {
      const path = ['syncs', name, 'contacts', 'fields', from];
      findings.add(path, `goes to the same place as ${other}; a place takes one field`, 'value');
    }
    if (direction === 'two-way' && write !== 'always')
      findings.add(
        ['syncs', name, 'contacts', 'fields', from, 'write'],
        'does not go with two-way; say which way it goes, as in direction: primary-to-secondary',
        'value',
      );
  }
  return taken;
}

/** Whoever is put on a list gets its mail: there must be somewhere for their no to go. */
function checkLabels({ name, lists, tags, consent }: CrmSync, taken: Map<string, string>, findings: Findings): void {
  for (const [key, rule] of Object.entries({ lists, tags })) {
    const path = ['syncs', name, key];
    if (rule?.direction === 'two-way' && consent.direction !== 'two-way')
      findings.add(
        [...path, 'direction'],
        'two-way needs consent: { direction: two-way }, so that opt-outs are carried, too',
        'value',
      );
    if (rule?.as !== 'field') continue;
    const other = taken.get(rule.field);
    if (rule.field === 'firstName' || rule.field === 'lastName')
      findings.add([...path, 'field'], 'is a name of people; name a custom field of the CRM', 'value');
    else if (other !== undefined)
      findings.add([...path, 'field'], `is where ${other} goes; ${key} need a field of their own`, 'value');
    taken.set(rule.field, key);
  }
}

function checkMirrors(mirrors: readonly MirrorSync[], findings: Findings): void {
  const taken = new Map<string, string>();
  for (const { name, secondary, prefix } of mirrors) {
    const place = JSON.stringify([secondary.file, fold(prefix)]);
    const other = taken.get(place);
    if (other === undefined) taken.set(place, name);
    else
      findings.add(
        ['syncs', name, 'prefix'],
        `is the same as that of sync ${other} in the same file; give one of them another`,
        'value',
      );
  }
}

function checkTable(sync: TableSync, findings: Findings): void {
  const path = ['syncs', sync.name, 'contacts'];
  if (fold(sync.table).startsWith('sqlite_'))
    findings.add([...path, 'table'], "is one of SQLite's own tables; name one of yours", 'value');
  const address = sync.fields.find(({ from }) => from === 'email_address');
  if (address === undefined) {
    findings.add(
      [...path, 'fields', 'email_address'],
      `is missing; map it to the key column: email_address: ${sync.key}`,
    );
  } else if (!sameName(address.to, sync.key)) {
    findings.add([...path, 'key'], 'is another column than the one email_address is mapped to; name the same', 'value');
  } else if (address.write !== 'always') {
    findings.add(
      [...path, 'fields', 'email_address', 'write'],
      'must be always: the address is how a row is found',
      'value',
    );
  }
  checkColumns(sync, findings);
  checkDirections(sync, findings);
  checkCreate(sync, findings);
  checkLists(sync, findings);
}

/** Whoever is put on a list gets its mail: there must be somewhere for their no to go. */
function checkLists({ name, table, consent, lists }: TableSync, findings: Findings): void {
  if (lists === null) return;
  const path = ['syncs', name, 'lists'];
  if (sameName(lists.table, table))
    findings.add([...path, 'table'], 'is the table of the people; memberships need one of their own', 'value');
  if (fold(lists.table).startsWith('sqlite_'))
    findings.add([...path, 'table'], "is one of SQLite's own tables; name one of yours", 'value');
  if (sameName(lists.person, lists.list))
    findings.add([...path, 'list'], 'is the same column as person; name two', 'value');
  if (lists.direction === 'two-way' && consent?.direction !== 'two-way')
    findings.add(
      [...path, 'direction'],
      'two-way needs consent: { column: …, direction: two-way }, so that opt-outs are carried, too',
      'value',
    );
}

/** Whoever is made may be mailed: that takes a yes, and somewhere for their no to go. */
function checkCreate({ name, consent, create }: TableSync, findings: Findings): void {
  if (create === null || consent?.direction === 'two-way') return;
  const path = ['syncs', name, 'contacts', 'create'];
  findings.add(path, 'needs consent: { column: …, direction: two-way }, so that their opt-outs are carried, too');
}

function checkNewFromCrm({ name, consent, newFromSecondary }: CrmSync, findings: Findings): void {
  if (newFromSecondary === null || consent.direction === 'two-way') return;
  const path = ['syncs', name, 'contacts', 'newFromSecondary'];
  findings.add(path, 'needs consent: { direction: two-way }, so that their opt-outs are carried, too');
}

function checkDirections(sync: TableSync, findings: Findings): void {
  for (const { from, direction, write } of sync.fields) {
    const path = ['syncs', sync.name, 'contacts', 'fields', from, 'direction'];
    if (direction !== 'two-way') continue;
    if (!TWO_WAY_COLUMNS.includes(from))
      findings.add(path, `cannot be two-way: only ${TWO_WAY_COLUMNS.join(', ')} can`, 'value');
    else if (write !== 'always') findings.add(path, 'two-way goes with write: always', 'value');
  }
}

function checkColumns(sync: TableSync, findings: Findings): void {
  const path = ['syncs', sync.name, 'contacts'];
  const taken = new Map<string, string>();
  for (const { from, to } of sync.fields) {
    const other = taken.get(fold(to));
    if (other === undefined) taken.set(fold(to), from);
    else
      findings.add([...path, 'fields', from], `goes to the same column as ${other}; a column takes one field`, 'value');
  }
  const clash = sync.consent === null ? undefined : taken.get(fold(sync.consent.column));
  if (clash !== undefined) {
    findings.add(
      [...path, 'consent', 'column'],
      `is also the column of ${clash}; consent needs one of its own`,
      'value',
    );
  }
}
