import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CrmContact } from '../model/crm.ts';
import { contactOf } from '../testing/contact-readings.ts';
import { carriedOut, crmEmail, crmIndividual, household } from '../testing/crm-households.ts';
import { FIRST_NAME, LAST_NAME, fieldStep, newFields, type FieldStep } from './crm-fields.ts';
import type { CrmBase, CrmFieldRule, CrmMapping } from './crm-mapping.ts';

const rule = (field: string, to: string, more: Partial<CrmFieldRule> = {}): CrmFieldRule => ({
  field,
  to,
  direction: 'two-way',
  write: 'always',
  ...more,
});
const MAPPING: CrmMapping = {
  name: 'crm',
  account: 'Constant Contact',
  source: 'Constant Contact',
  refers: true,
  severalReferences: true,
  consent: 'two-way',
  bounceCodes: [],
  fields: [
    rule('first_name', FIRST_NAME),
    rule('last_name', LAST_NAME),
    rule('job_title', 'Job Title'),
    rule('birthday_month', 'Month'),
    rule('custom_field:f1', 'Diet', { direction: 'primary-to-secondary' }),
    rule('company_name', 'Employer', { direction: 'secondary-to-primary' }),
  ],
  creates: null,
  create: 'never',
  addressType: 'Home Email',
  lists: null,
  tags: null,
  placeholder: { first_name: 'Friend', last_name: 'Unknown' },
};
const LINK = { contactId: '2', individualId: '21', emailId: '211' };
const EMPTY: CrmBase = {
  address: 'ann@example.org',
  flags: {},
  noted: null,
  fields: {},
  written: [],
  stored: {},
  labels: null,
};
type Names = { readonly first: string | null; readonly last: string | null };
const at = ({ first, last }: Names, custom: CrmContact['custom_fields'] = {}): CrmContact =>
  household('2', [crmIndividual('21', [crmEmail('211', 'ann@example.org')], { first_name: first, last_name: last })], {
    custom_fields: custom,
  });
const ANN = contactOf({ first_name: 'Ann', last_name: 'Lee', job_title: 'Cook' });
const SAME = at({ first: 'Ann', last: 'Lee' }, { 'Job Title': 'Cook' });
const AGREED = { ...EMPTY, ...fieldStep(ANN, SAME, LINK, null, MAPPING).agreed };
const step = (content: typeof ANN, contact: CrmContact, base: CrmBase | null = AGREED): FieldStep =>
  fieldStep(content, contact, LINK, base, MAPPING);

const text = fc.constantFrom('a', 'b', 'Friend', 'Unknown', null);
const people = fc
  .record({
    first_name: text,
    last_name: text,
    job_title: text,
    company_name: text,
    month: fc.constantFrom(1, 12, null),
    diet: text,
  })
  .map(({ month, diet, ...more }) =>
    contactOf({
      ...more,
      birthday_month: month,
      custom_fields: [{ custom_field_id: 'f1', value: diet, choice_ids: null }],
    }),
  );
const contacts = fc
  .record({
    first: text,
    last: text,
    job: text,
    diet: text,
    employer: text,
    month: fc.constantFrom('1', '12', 'May', null),
  })
  .map(({ first, last, job, diet, employer, month }) =>
    at({ first, last }, { 'Job Title': job, Diet: diet, Employer: employer, Month: month }),
  );

describe("a person's fields in a CRM", () => {
  test('I7: once all is carried out at the CRM, a second pass writes nothing there and asks the account for the same', () =>
    fc.assert(
      fc.property(people, contacts, people, contacts, fc.boolean(), (was, stood, now, stands, met) => {
        const base = met ? { ...EMPTY, ...step(was, stood, null).agreed } : null;
        const first = step(now, stands, base);
        const after = carriedOut([stands], first.changes)[0] ?? stands;
        const second = step(now, after, { ...EMPTY, ...first.agreed });
        expect(second.changes).toEqual([]);
        expect([second.fields, second.customFields]).toEqual([first.fields, first.customFields]);
        expect(second.agreed.fields).toEqual(first.agreed.fields);
      }),
      { numRuns: 3000 },
    ));

  test('a placeholder never goes to the account, nor over a real name', () =>
    fc.assert(
      fc.property(people, contacts, fc.boolean(), (now, stands, met) => {
        const done = step(now, stands, met ? AGREED : null);
        expect(['Friend', null]).not.toContain(done.fields.first_name ?? 'a name');
        expect(['Unknown', null]).not.toContain(done.fields.last_name ?? 'a name');
        const [before] = stands.individuals;
        for (const change of done.changes) {
          if (change.kind !== 'name') continue;
          if (change.first_name === 'Friend') expect(['Friend', null]).toContain(before?.first_name);
          if (change.last_name === 'Unknown') expect(['Unknown', null]).toContain(before?.last_name);
        }
      }),
      { numRuns: 2000 },
    ));

  test('a real name takes the place of a placeholder, half by half', () => {
    const held = at({ first: 'Friend', last: 'Unknown' });
    expect(step(contactOf({ first_name: 'Ann' }), held, null).changes).toEqual([
      { kind: 'name', contactId: '2', individualId: '21', first_name: 'Ann', last_name: 'Unknown' },
    ]);
  });

  test('an emptied name goes nowhere, and half a name waits where there is no placeholder', () => {
    expect(step(contactOf({ ...ANN, first_name: null }), SAME).changes).toEqual([]);
    const none = { ...MAPPING, placeholder: null };
    const half = fieldStep(contactOf({ first_name: 'Ann' }), at({ first: null, last: null }), LINK, null, none);
    expect(half.changes).toEqual([]);
    expect(half.agreed.fields['first_name']).toBeNull();
  });

  test('an edit of the CRM goes to the account and is agreed on when the account shows it', () => {
    const edited = at({ first: 'Ann', last: 'Lee' }, { 'Job Title': 'Chef' });
    const done = step(ANN, edited);
    expect(done).toMatchObject({
      fields: { job_title: 'Chef' },
      changes: [],
      agreed: { fields: { job_title: 'Cook' } },
    });
    expect(step(contactOf({ ...ANN, job_title: 'Chef' }), edited)).toMatchObject({
      fields: {},
      agreed: { fields: { job_title: 'Chef' } },
    });
  });

  test('I8: when both changed a field the account counts, and what is lost is told', () => {
    const done = step(
      contactOf({ ...ANN, job_title: 'Baker' }),
      at({ first: 'Ann', last: 'Lee' }, { 'Job Title': 'Chef' }),
    );
    expect(done.changes).toEqual([{ kind: 'fields', contactId: '2', set: { 'Job Title': 'Baker' } }]);
    expect(done.lost).toEqual([{ field: 'job_title', side: 'secondary', value: 'Chef', kept: 'Baker' }]);
  });

  test('a whole number comes back as one, and a text in its place goes nowhere', () => {
    expect(step(ANN, at({ first: 'Ann', last: 'Lee' }, { 'Job Title': 'Cook', Month: '7' })).fields).toEqual({
      birthday_month: 7,
    });
    expect(step(ANN, at({ first: 'Ann', last: 'Lee' }, { 'Job Title': 'Cook', Month: 'May' })).fields).toEqual({});
  });

  test('T41: what the CRM makes of our write is no edit, and a later edit is one', () => {
    const wrote = step(contactOf({ ...ANN, job_title: ' head cook ' }), SAME);
    const kept = at({ first: 'Ann', last: 'Lee' }, { 'Job Title': 'Head Cook' });
    const content = contactOf({ ...ANN, job_title: ' head cook ' });
    const learnt = step(content, kept, { ...EMPTY, ...wrote.agreed });
    expect(learnt).toMatchObject({ changes: [], fields: {}, agreed: { stored: { job_title: 'Head Cook' } } });
    const base = { ...EMPTY, ...learnt.agreed };
    expect(step(content, kept, base)).toMatchObject({ changes: [], fields: {} });
    expect(step(content, at({ first: 'Ann', last: 'Lee' }, { 'Job Title': 'HEAD COOK' }), base).fields).toEqual({
      job_title: 'HEAD COOK',
    });
  });

  test('T41: what the account makes of our write is no edit, and a later edit on either side is one', () => {
    const said = at({ first: 'Ann', last: 'Lee' }, { 'Job Title': ' head  chef', Month: '07' });
    const sent = step(ANN, said);
    expect(sent).toMatchObject({ fields: { job_title: ' head  chef', birthday_month: 7 }, changes: [] });
    const content = contactOf({ ...ANN, job_title: 'head chef', birthday_month: 7 });
    const base = { ...EMPTY, ...sent.agreed };
    const shown = step(content, said, base);
    expect(shown).toMatchObject({ fields: {}, changes: [], lost: [] });
    expect(shown.agreed.sent).toBeUndefined();
    const agreed = { ...EMPTY, ...shown.agreed };
    expect(step(content, said, agreed)).toMatchObject({ fields: {}, changes: [] });
    expect(
      step(content, at({ first: 'Ann', last: 'Lee' }, { 'Job Title': 'Cook', Month: '07' }), agreed),
    ).toMatchObject({
      fields: { job_title: 'Cook' },
      changes: [],
    });
    expect(step(contactOf({ ...content, job_title: 'Baker' }), said, agreed)).toMatchObject({
      fields: {},
      changes: [{ kind: 'fields', contactId: '2', set: { 'Job Title': 'Baker' } }],
    });
  });

  test('T41: space alone is no value, and signs without a word have forms, too', () => {
    expect(step(ANN, at({ first: 'Ann', last: 'Lee' }, { 'Job Title': '  ' })).fields).toEqual({ job_title: null });
    const signs = at({ first: 'Ann', last: 'Lee' }, { 'Job Title': ' *  * ' });
    const sent = step(ANN, signs);
    expect(sent.fields).toEqual({ job_title: ' *  * ' });
    const shown = step(contactOf({ ...ANN, job_title: '* *' }), signs, { ...EMPTY, ...sent.agreed });
    expect(shown).toMatchObject({ fields: {}, changes: [], lost: [] });
    expect(step(contactOf({ ...ANN, job_title: '* *' }), signs, { ...EMPTY, ...shown.agreed })).toMatchObject({
      fields: {},
      changes: [],
    });
  });

  test('I5, I8: whichever of several writes the account shows came from here: the newest edit of the CRM is no clash', () =>
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 5 }),
        fc.nat(5),
        (jobs, shows) => {
          const says = (job: string) => at({ first: 'Ann', last: 'Lee' }, { 'Job Title': job });
          let base: CrmBase = AGREED;
          for (const job of jobs) base = { ...EMPTY, ...step(ANN, says(job), base).agreed };
          const newest = jobs.at(-1) ?? 'a';
          // None of them has arrived, or one has.
          const job_title = [...jobs, 'Cook'][shows % (jobs.length + 1)] ?? null;
          const next = step(contactOf({ ...ANN, job_title }), says(newest), base);
          expect([next.changes, next.lost]).toEqual([[], []]);
          expect(next.fields).toEqual(job_title === newest ? {} : { job_title: newest });
        },
      ),
    ));

  test('I7: once the account shows what it was asked for, nothing is asked for again, and nothing goes to the CRM', () =>
    fc.assert(
      fc.property(people, contacts, fc.boolean(), (now, stands, met) => {
        const first = step(now, stands, met ? AGREED : null);
        const { custom_fields: custom } = now;
        const after = carriedOut([stands], first.changes)[0] ?? stands;
        const shows = contactOf({
          ...now,
          ...first.fields,
          custom_fields: [
            ...custom.filter((one) => !Object.hasOwn(first.customFields, one.custom_field_id)),
            ...Object.entries(first.customFields).map(([custom_field_id, value]) => ({
              custom_field_id,
              value,
              choice_ids: null,
            })),
          ],
        });
        const second = step(shows, after, { ...EMPTY, ...first.agreed });
        expect([second.changes, second.fields, second.customFields, second.lost]).toEqual([[], {}, {}, []]);
        expect(second.agreed.sent).toBeUndefined();
      }),
      { numRuns: 2000 },
    ));

  test('a contact without individuals keeps its custom fields in step, and has no names', () => {
    const done = fieldStep(
      ANN,
      household('2', []),
      { contactId: '2', individualId: null, emailId: null },
      null,
      MAPPING,
    );
    expect(done.changes).toEqual([{ kind: 'fields', contactId: '2', set: { 'Job Title': 'Cook' } }]);
  });

  test('somebody new brings what is filled and may go there', () => {
    const content = contactOf({ first_name: 'Ann', company_name: 'Inn', birthday_month: 7, last_name: 'Unknown' });
    expect(newFields(content, MAPPING)).toEqual({ [FIRST_NAME]: 'Ann', Month: '7' });
  });
});
