/**
 * What an organisation has beside its contacts: itself, its tags, its contacts' custom fields, and what its key may do.
 *
 * Parsers only. Must never take `organizationUserId` for the organisation: it is the credential's own, and another key of
 * the same organisation has another.
 */
import type { Account } from '../../connector/source.ts';
import type { ApiAnswer } from '../../connector/wire.ts';
import type { CrmField, CrmTag } from '../../model/crm.ts';
import { isRecord, type Json } from '../reading/fields.ts';
import { malformed } from './ask.ts';
import { isId } from './ids.ts';
import { parseArray } from './lists.ts';

/** Reads the organisation: by its id where the answer has one, else by its name (T35). */
export function parseOrganization(answer: ApiAnswer): Account {
  const body = isRecord(answer.body) ? answer.body : {};
  const name = body['organizationName'];
  const id = body['organizationId'];
  const known = typeof id === 'number' || typeof id === 'string' ? String(id) : '';
  if (isId(known)) return { id: known, name: typeof name === 'string' ? name : null, sourceTime: answer.sourceTime };
  if (typeof name !== 'string' || name.trim() === '') throw malformed('the answer names no organisation');
  return { id: `name:${name.trim()}`, name, sourceTime: answer.sourceTime };
}

/** Reads tags; one without an id or a name cannot be put on anybody. */
export function parseTags(rows: readonly Json[]): readonly CrmTag[] {
  return rows.flatMap((raw) => {
    const id = String(raw['id']);
    const { tagName: name, tagGroupName: group } = raw;
    if (!isId(id) || typeof name !== 'string' || name === '') return [];
    return [{ id, name, group: typeof group === 'string' && group !== '' ? group : null }];
  });
}

/** Reads the custom fields of contacts; options are text, and none means any value. */
export function parseFields(answer: ApiAnswer): readonly CrmField[] {
  return parseArray(answer).flatMap((raw) => {
    const { name, displayName, dataType, options } = isRecord(raw) ? raw : {};
    if (typeof name !== 'string' || name === '') return [];
    const texts = Array.isArray(options) ? options.filter((one): one is string => typeof one === 'string') : [];
    return [
      {
        name,
        label: typeof displayName === 'string' && displayName !== '' ? displayName : null,
        type: typeof dataType === 'string' ? dataType : '',
        options: texts.length > 0 ? texts : null,
      },
    ];
  });
}

export interface Permission {
  readonly module: string;
  readonly action: string;
  readonly allowed: boolean;
}

/** Reads what the credential may do, and may not. */
export function parsePermissions(answer: ApiAnswer): readonly Permission[] {
  return parseArray(answer).flatMap((raw) => {
    const { module, action, allowed } = isRecord(raw) ? raw : {};
    return typeof module === 'string' && typeof action === 'string'
      ? [{ module, action, allowed: allowed === true }]
      : [];
  });
}
