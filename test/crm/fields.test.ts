/** Names and custom fields reach the CRM: by their rules, once, whatever stands beside them and whatever is killed. */
import { afterEach, describe, expect, test } from 'vitest';
import { ConnectorError } from '../../src/model/errors.ts';
import type { CrmContact } from '../../src/model/crm.ts';
import type { CrmFieldRule } from '../../src/plan/crm-mapping.ts';
import { noSteps } from '../../src/ports/steps.ts';
import { Killed } from '../../src/testing/crash-points.ts';
import { done, openDonors, pass, some, waiting, written, type Donor } from './donors.ts';
import { HOUR, type TwoSides } from './two-sides.ts';

let two: TwoSides;
afterEach(() => two[Symbol.dispose]());

const rule = (field: string, to: string, write: CrmFieldRule['write'] = 'always'): CrmFieldRule => ({
  field,
  to,
  direction: 'primary-to-secondary',
  write,
});
const FIELDS = [rule('first_name', 'firstName'), rule('last_name', 'lastName'), rule('job_title', 'Job Title')];
const JOB = { name: 'Job', label: 'Job Title', type: 'Text', options: null };

async function met(fields: readonly CrmFieldRule[] = FIELDS): Promise<Donor> {
  two = openDonors({ contacts: 16, mapping: { fields } });
  two.crm.fields = [JOB];
  await done(two);
  two.crm.carriedOut.length = 0;
  two.clock.advance(HOUR);
  const [ann] = some(two);
  return ann;
}

function edit({ id }: Donor, set: Readonly<Record<string, string>>): void {
  two.world.mutate({ op: 'edit', contact_id: id, set });
  two.clock.advance(HOUR);
}

function there({ email }: Donor): CrmContact {
  const found = [...two.crm.contacts.values()].find(({ individuals }) => individuals[0]?.emails[0]?.address === email);
  if (found === undefined) throw new Error('nobody there');
  return found;
}

async function quiet(): Promise<void> {
  const before = written(two).length;
  for (let n = 0; n < 2; n += 1) {
    two.clock.advance(HOUR);
    expect((await done(two)).summary).toMatchObject({ applied: 0, parked: 0 });
  }
  expect(written(two)).toHaveLength(before);
  expect(await waiting(two)).toEqual([]);
}

test('an edit goes there, beside what else the contact has, and then it is quiet (I7, T37)', async () => {
  const ann = await met();
  two.crm.edit(there(ann).contact_id, ({ custom_fields }) => ({ custom_fields: { ...custom_fields, Other: 'kept' } }));
  edit(ann, { first_name: 'Annabel', job_title: 'Judge' });
  expect((await done(two)).summary).toMatchObject({ applied: 1 });
  expect(there(ann).individuals[0]).toMatchObject({ first_name: 'Annabel', last_name: ann.last });
  expect(there(ann).custom_fields).toMatchObject({ Job: 'Judge', Other: 'kept' });
  await quiet();
});

test('if-empty fills what is empty and leaves what stands', async () => {
  const ann = await met([rule('job_title', 'Job', 'if-empty')]);
  two.crm.edit(there(ann).contact_id, () => ({ custom_fields: { Job: 'Theirs' } }));
  edit(ann, { job_title: 'Judge' });
  await done(two);
  expect(there(ann).custom_fields['Job']).toBe('Theirs');
});

test('T41: what the CRM keeps in a form of its own is agreed, and never written again', async () => {
  const ann = await met();
  const { target } = two.crm;
  const send: typeof target.send = target.send.bind(target);
  target.send = (change, how, signal) =>
    send(
      change.kind === 'fields' ? { ...change, set: { Job: String(change.set['Job']).trim() } } : change,
      how,
      signal,
    );
  edit(ann, { job_title: 'Judge  ' });
  await done(two);
  expect(there(ann).custom_fields['Job']).toBe('Judge');
  await quiet();
});

describe('T42: a field that is not there', () => {
  test('is left out by itself and told; once it is there, everybody is decided anew', async () => {
    const ann = await met();
    two.crm.fields = [];
    edit(ann, { first_name: 'Annabel', job_title: 'Judge' });
    const { warnings } = await done(two);
    expect(warnings).toMatchObject([{ code: 'crm-field-left-out', facts: { field: 'job_title', to: 'Job Title' } }]);
    expect(there(ann).individuals[0]?.first_name).toBe('Annabel');
    expect(there(ann).custom_fields['Job']).not.toBe('Judge');
    two.crm.fields = [JOB];
    two.clock.advance(HOUR);
    await done(two);
    expect(there(ann).custom_fields['Job']).toBe('Judge');
    await quiet();
  });

  test('nor the list of fields itself: an opt-out does not wait for it (I3)', async () => {
    const ann = await met();
    two.world.mutate({ op: 'unsubscribe', contact_id: ann.id, how: 'contact' });
    two.clock.advance(HOUR);
    two.crm.fault = (asked) =>
      asked === 'fields' ? new ConnectorError('SOURCE_503', 'unavailable', 'down', { connection: 'crm' }) : null;
    expect((await done(two)).warnings).toMatchObject([{ code: 'crm-fields-unread' }]);
    expect(two.crm.flags(ann.email)).toEqual([false]);
  });
});

test('two of the account in one household do not write over each other: the first individual speaks for it', async () => {
  two = openDonors({ contacts: 16, known: false, mapping: { fields: FIELDS } });
  two.crm.fields = [JOB];
  const [ann, bob] = some(two);
  two.world.mutate({ op: 'edit', contact_id: ann.id, set: { job_title: 'Judge' } });
  two.world.mutate({ op: 'edit', contact_id: bob.id, set: { job_title: 'Cook' } });
  two.crm.add('Both', [
    { first: ann.first, last: ann.last, emails: [[ann.email, true]] },
    { first: bob.first, last: bob.last, emails: [[bob.email, true]] },
  ]);
  await done(two);
  expect(there(ann).custom_fields['Job']).toBe('Judge');
  await quiet();
});

test.each([
  'store:intend:after-commit',
  'store:claimJudged:after-commit',
  'store:sending:after-commit',
  'store:settleOperations:before-commit',
  'store:settleOperations:after-commit',
])('I5: killed at %s it ends the same', async (point) => {
  const ann = await met();
  edit(ann, { first_name: 'Annabel', job_title: 'Judge' });
  let reached = false;
  two.steps = {
    reached: (at) => {
      reached ||= at === point;
      if (reached) throw new Killed(at);
    },
  };
  await expect(pass(two)).rejects.toThrow(Killed);
  two.steps = noSteps;
  two.clock.advance(HOUR);
  await done(two);
  expect(there(ann).individuals[0]?.first_name).toBe('Annabel');
  expect(there(ann).custom_fields['Job']).toBe('Judge');
  await quiet();
});

test.each(['before', 'after'] as const)('I6: an answer that was lost, %s the CRM acted', async (when) => {
  const ann = await met();
  edit(ann, { first_name: 'Annabel', job_title: 'Judge' });
  let first = true;
  two.crm.fault = (asked, at) => {
    if (asked !== 'send fields' || at !== when || !first) return null;
    first = false;
    return new ConnectorError('TIMEOUT', 'unknown_outcome', 'no answer', { connection: 'crm' });
  };
  await done(two);
  expect(first).toBe(false);
  two.clock.advance(HOUR);
  await done(two);
  expect(there(ann).custom_fields['Job']).toBe('Judge');
  await quiet();
});
