/**
 * crm-placed: the mapping of a pass, with each field's rule between the fields that both have now.
 *
 * Asked once a session. A field that is not there, or a list of fields that is refused, leaves only those fields out: an
 * opt-out must never wait for them (I3, T42). Must never write.
 */
import type { CrmSource } from '../connector/crm.ts';
import { ConnectorError } from '../model/errors.ts';
import {
  evidenceRule,
  fieldBook,
  labelFields,
  meansCustomFields,
  withEvidence,
  withFields,
  type FieldBook,
} from '../plan/crm-field-book.ts';
import type { CrmFieldRule, CrmMapping } from '../plan/crm-mapping.ts';
import { placeAccountFields } from './account-fields.ts';
import { warn } from './context.ts';
import { hasLabels, keptLabels } from './crm-label-names.ts';
import type { WorkContext } from './work-context.ts';

/** Finds the fields of a mapping, those of lists and tags among them; says which are left out. */
export async function placeFields(ctx: WorkContext, source: CrmSource, mapping: CrmMapping): Promise<CrmMapping> {
  const own = await placeAccountFields(ctx, mapping.fields);
  const asked = [...own, ...labelFields(mapping)];
  const evidence = evidenceRule(mapping);
  if (!meansCustomFields([...asked, ...evidence])) return { ...mapping, fields: own };
  const { rules, todo, said } = await askFor(ctx, source, mapping.name, asked, evidence);
  for (const one of todo) warn(ctx, 'crm-field-left-out', { ...one, connection: ctx.sync.secondary });
  return { ...withFields(mapping, rules), creates: withEvidence(mapping, said) };
}

async function askFor(
  ctx: WorkContext,
  source: CrmSource,
  name: string,
  rules: readonly CrmFieldRule[],
  evidence: readonly CrmFieldRule[],
): Promise<FieldBook & { readonly said: readonly CrmFieldRule[] }> {
  try {
    const fields = await source.fields(ctx.signal);
    const [found, said] = [fieldBook(rules, fields), fieldBook(evidence, fields)];
    return { rules: found.rules, todo: [...found.todo, ...said.todo], said: said.rules };
  } catch (error) {
    if (!(error instanceof ConnectorError) || error.errorClass === 'auth') throw error;
    warn(ctx, 'crm-fields-unread', { connection: name, code: error.code });
    return { rules: rules.filter((rule) => !meansCustomFields([rule])), todo: [], said: [] };
  }
}

/** Says under what people were agreed: the file's own fingerprint, where its fields stand in the CRM, and which labels do. */
export async function placedFingerprint(ctx: WorkContext, mapping: CrmMapping): Promise<string> {
  const { fields } = mapping;
  const edition = hasLabels(mapping) ? ((await keptLabels(ctx))?.edition ?? 0) : 0;
  if (fields.length === 0 && edition === 0) return ctx.sync.fingerprint;
  return JSON.stringify([ctx.sync.fingerprint, fields, ...(edition === 0 ? [] : [edition])]);
}
