/**
 * anniversary: reads a day in any of the forms that the contract allows, and none else; writes it as recorded answers do.
 */
const FORMS: readonly { readonly form: RegExp; readonly order: 'ymd' | 'mdy' }[] = [
  { form: /^(\d{4})\/(\d{1,2})\/(\d{1,2})$/, order: 'ymd' },
  { form: /^(\d{4})-(\d{1,2})-(\d{1,2})$/, order: 'ymd' },
  { form: /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/, order: 'mdy' },
  { form: /^(\d{1,2})-(\d{1,2})-(\d{4})$/, order: 'mdy' },
];

/** Reads a day as `YYYY-MM-DD`; null for what is no day. */
export function readDay(text: string): string | null {
  for (const { form, order } of FORMS) {
    const [, a = '', b = '', c = ''] = form.exec(text) ?? [];
    if (a === '') continue;
    const [year, month, dayOfMonth] = order === 'ymd' ? [a, b, c] : [c, a, b];
    const iso = `${year}-${month.padStart(2, '0')}-${dayOfMonth.padStart(2, '0')}`;
    const at = Date.parse(`${iso}T00:00:00Z`);
    return Number.isFinite(at) && new Date(at).toISOString().startsWith(iso) ? iso : null;
  }
  return null;
}
