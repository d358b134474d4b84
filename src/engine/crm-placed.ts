/**
 * crm-placed: the mapping of a pass, with each field's rule at the field that the CRM has now.
 *
 * Asked once a session. A field that is not there, or a list of fields that is refused, leaves only those fields out: an
 * opt-out must never wait for them (I3, T42). Must never write.
 */
import type { CrmSource } from '../connector/crm.ts';
import { ConnectorError } from '../model/errors.ts';
import { fieldBook, meansCustomFields, type FieldBook } from '../plan/crm-field-book.ts';
import type { CrmMapping } from '../plan/crm-mapping.ts';
import { warn } from './context.ts';
import type { WorkContext } from './work-context.ts';

/** Finds the fields of a mapping; says which are left out. */
export async function placeFields(ctx: WorkContext, source: CrmSource, mapping: CrmMapping): Promise<CrmMapping> {
  if (!meansCustomFields(mapping.fields)) return mapping;
  const { rules, todo } = await askFor(ctx, source, mapping);
  for (const one of todo) warn(ctx, 'crm-field-left-out', { ...one, connection: ctx.sync.secondary });
  return { ...mapping, fields: rules };
}

async function askFor(ctx: WorkContext, source: CrmSource, { fields, name }: CrmMapping): Promise<FieldBook> {
  try {
    return fieldBook(fields, await source.fields(ctx.signal));
  } catch (error) {
    if (!(error instanceof ConnectorError) || error.errorClass === 'auth') throw error;
    warn(ctx, 'crm-fields-unread', { connection: name, code: error.code });
    return { rules: fields.filter((rule) => !meansCustomFields([rule])), todo: [] };
  }
}

/** Says under what people were agreed: the file's own fingerprint, and where its fields stand in the CRM. */
export function placedFingerprint({ sync }: WorkContext, { fields }: CrmMapping): string {
  return fields.length === 0 ? sync.fingerprint : JSON.stringify([sync.fingerprint, fields]);
}
