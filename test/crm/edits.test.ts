/** What the CRM says otherwise reaches the account: once, beside all else the person has, whatever is lost or killed. */
import { afterEach, describe, expect, test } from 'vitest';
import type { PeopleTarget } from '../../src/connector/target.ts';
import { ConnectorError } from '../../src/model/errors.ts';
import type { CrmContact } from '../../src/model/crm.ts';
import type { CrmFieldRule } from '../../src/plan/crm-mapping.ts';
import { noSteps } from '../../src/ports/steps.ts';
import { crashAt, Killed } from '../../src/testing/crash-points.ts';
import { done, donors, openDonors, pass, some, waiting, written, type Donor } from './donors.ts';
import { HOUR, SYNC, type TwoSides } from './two-sides.ts';

let two: TwoSides;
afterEach(() => two[Symbol.dispose]());

const rule = (field: string, to: string, more: Partial<CrmFieldRule> = {}): CrmFieldRule => ({
  field,
  to,
  direction: 'two-way',
  write: 'always',
  ...more,
});
const FIELDS = [rule('first_name', 'firstName'), rule('last_name', 'lastName'), rule('job_title', 'Job Title')];
const JOB = { name: 'Job', label: 'Job Title', type: 'Text', options: null };

interface Around {
  readonly between?: (people: PeopleTarget) => PeopleTarget;
  readonly fields?: readonly CrmFieldRule[];
}

async function met({ between, fields = FIELDS }: Around = {}): Promise<Donor> {
  two = openDonors({ contacts: 16, mapping: { fields }, ...(between === undefined ? {} : { between }) });
  two.crm.fields = [JOB];
  // Nobody is without a name, so that nothing is there to be filled.
  for (const { id, first, last } of donors(two))
    two.world.mutate({ op: 'edit', contact_id: id, set: { first_name: first, last_name: last } });
  await done(two);
  two.crm.carriedOut.length = 0;
  two.clock.advance(HOUR);
  return some(two)[0];
}

function there({ email }: Donor): CrmContact {
  const found = [...two.crm.contacts.values()].find(({ individuals }) => individuals[0]?.emails[0]?.address === email);
  if (found === undefined) throw new Error('nobody there');
  return found;
}

/** Somebody in the CRM gives the donor another job. */
function say(donor: Donor, job: string): void {
  two.crm.edit(there(donor).contact_id, ({ custom_fields }) => ({ custom_fields: { ...custom_fields, Job: job } }));
}

function rename(donor: Donor, first_name: string): void {
  two.crm.edit(there(donor).contact_id, ({ individuals }) => ({
    individuals: individuals.map((one) => ({ ...one, first_name })),
  }));
}

function edit({ id }: Donor, set: Edit['set']): void {
  two.world.mutate({ op: 'edit', contact_id: id, set });
}

type Edit = Extract<Parameters<TwoSides['world']['mutate']>[0], { readonly op: 'edit' }>;
const here = ({ id }: Donor) => two.world.state.people.get(id);
const revision = (donor: Donor): string => JSON.stringify(here(donor));

/** Passes with nothing new write nothing anywhere, and nothing is left over. */
async function quiet(donor: Donor): Promise<void> {
  two.clock.advance(HOUR);
  await done(two);
  const before = [written(two).length, revision(donor)];
  for (let n = 0; n < 2; n += 1) {
    two.clock.advance(HOUR);
    expect((await done(two)).summary).toMatchObject({ applied: 0, parked: 0, conflicts: 0, skipped: {} });
  }
  expect([written(two).length, revision(donor)]).toEqual(before);
  expect(await waiting(two)).toEqual([]);
  const left = await two.withStore((store) => store.countOperations(SYNC));
  expect({ ...left, confirmed: 0, superseded: 0 }).toEqual({ confirmed: 0, superseded: 0 });
}

describe('an edit of the CRM', () => {
  test('goes to the account, beside all else the person has, and comes back as no news (I7, T37)', async () => {
    const ann = await met();
    const { jobTitle: _job, firstName: _first, updatedAt: _at, updateSource: _by, ...others } = { ...here(ann) };
    say(ann, 'Judge');
    rename(ann, 'Annabel');
    expect((await done(two)).summary).toMatchObject({ applied: 1 });
    expect(here(ann)).toMatchObject({ ...others, jobTitle: 'Judge', firstName: 'Annabel' });
    await quiet(ann);
    expect(written(two)).toEqual([]);
  });

  test('and one of the account, in one pass: each goes where it is not', async () => {
    const ann = await met();
    say(ann, 'Judge');
    edit(ann, { first_name: 'Annabel' });
    two.clock.advance(HOUR);
    await done(two);
    expect(here(ann)).toMatchObject({ jobTitle: 'Judge', firstName: 'Annabel' });
    expect(there(ann).individuals[0]?.first_name).toBe('Annabel');
    expect(there(ann).custom_fields['Job']).toBe('Judge');
    await quiet(ann);
    expect(written(two)).toEqual(['name']);
  });

  test('I8: and one of the account in the same field: the account counts, and what was replaced is on record', async () => {
    const ann = await met();
    say(ann, 'Judge');
    edit(ann, { job_title: 'Cook' });
    two.clock.advance(HOUR);
    const { run } = (await done(two)).summary;
    expect([here(ann)?.jobTitle, there(ann).custom_fields['Job']]).toEqual(['Cook', 'Cook']);
    const told = await two.withStore((store) => store.journalOf(SYNC, run, 0, 99));
    expect(told).toContainEqual(
      expect.objectContaining({ before: { Job: 'Judge' }, evidence: expect.stringContaining('job_title') }),
    );
    await quiet(ann);
  });

  test('I8: that follows on another before the account was read again is no clash', async () => {
    const ann = await met();
    say(ann, 'Judge');
    await done(two);
    say(ann, 'Mayor');
    two.clock.advance(HOUR);
    await done(two);
    expect([here(ann)?.jobTitle, there(ann).custom_fields['Job']]).toEqual(['Mayor', 'Mayor']);
    await quiet(ann);
    expect(written(two)).toEqual([]);
  });

  test('T41: is agreed in the form in which the account keeps it, and the CRM keeps its own', async () => {
    const ann = await met({
      between: (people) => ({
        ...people,
        send: (operation, intent, how, signal) =>
          people.send(operation, { ...intent, fields: { ...intent.fields, job_title: 'Judge' } }, how, signal),
      }),
    });
    say(ann, 'Judge ');
    await done(two);
    await quiet(ann);
    expect([here(ann)?.jobTitle, there(ann).custom_fields['Job']]).toEqual(['Judge', 'Judge ']);
    expect(written(two)).toEqual([]);
    edit(ann, { job_title: 'Cook' });
    await quiet(ann);
    expect(there(ann).custom_fields['Job']).toBe('Cook');
  });

  test('T38: of somebody whom the account edited meanwhile is decided anew', async () => {
    let meanwhile = (): void => undefined;
    const ann = await met({
      between: (people) => ({
        ...people,
        send: (...asked) => {
          meanwhile();
          return people.send(...asked);
        },
      }),
    });
    say(ann, 'Judge');
    meanwhile = () => {
      two.clock.advance(1000);
      edit(ann, { first_name: 'Annabel' });
      meanwhile = () => undefined;
    };
    await done(two);
    expect(here(ann)?.jobTitle).not.toBe('Judge');
    await quiet(ann);
    expect(here(ann)).toMatchObject({ jobTitle: 'Judge', firstName: 'Annabel' });
    expect(there(ann).individuals[0]?.first_name).toBe('Annabel');
  });

  test('T17: that is a read which came too early is none: nothing goes back to the account', async () => {
    const ann = await met();
    const old = there(ann);
    edit(ann, { job_title: 'Judge' });
    two.clock.advance(HOUR);
    let early = true;
    const { source } = two.crm;
    const readOne: typeof source.readOne = source.readOne.bind(source);
    source.readOne = async (id, signal) => {
      const answer = await readOne(id, signal);
      return early && id === old.contact_id && answer.kind === 'found'
        ? { ...answer, reading: { ...answer.reading, content: old, hash: 'old' } }
        : answer;
    };
    const changes: typeof source.changes = source.changes.bind(source);
    source.changes = async (since, from, signal) => {
      const page = await changes(since, from, signal);
      return early ? { ...page, readings: page.readings.filter(({ id }) => id !== old.contact_id) } : page;
    };
    await pass(two);
    two.clock.advance(1000);
    edit(ann, { last_name: 'Leeson' });
    await pass(two);
    early = false;
    expect(here(ann)?.jobTitle).toBe('Judge');
    await quiet(ann);
    expect(there(ann).custom_fields['Job']).toBe('Judge');
  });

  test('fills what is empty when the two first meet, and the account counts where both are filled', async () => {
    two = openDonors({ contacts: 16, known: false, mapping: { fields: FIELDS } });
    two.crm.fields = [JOB];
    const [ann, bob] = some(two);
    edit(bob, { job_title: 'Cook' });
    for (const { first, last, email } of [ann, bob])
      two.crm.add('House', [{ first, last, emails: [[email, true]] }], { custom_fields: { Job: 'Judge' } });
    two.world.mutate({ op: 'edit', contact_id: ann.id, set: { job_title: null } });
    await done(two);
    await quiet(ann);
    expect([here(ann)?.jobTitle, here(bob)?.jobTitle]).toEqual(['Judge', 'Cook']);
    expect(there(bob).custom_fields['Job']).toBe('Cook');
  });

  test('I1: changes no permission, and whoever is out stays out', async () => {
    const ann = await met();
    two.world.mutate({ op: 'unsubscribe', contact_id: ann.id, how: 'contact' });
    say(ann, 'Judge');
    two.clock.advance(HOUR);
    await done(two);
    await quiet(ann);
    expect(here(ann)).toMatchObject({ jobTitle: 'Judge', email: { permission: 'unsubscribed' } });
  });

  test('of somebody who was deleted brings nobody back', async () => {
    const ann = await met();
    two.world.mutate({ op: 'delete', contact_id: ann.id });
    say(ann, 'Judge');
    for (let n = 0; n < 3; n += 1) {
      two.clock.advance(25 * HOUR);
      await done(two);
    }
    expect(here(ann)?.deletedAt).not.toBeNull();
  });

  test('I10: of many that empty a field waits for a person', async () => {
    two = openDonors({ contacts: 120, mapping: { fields: FIELDS } });
    two.crm.fields = [JOB];
    for (const { id } of two.world.state.people.values())
      two.world.mutate({ op: 'edit', contact_id: id, set: { job_title: 'Cook' } });
    await pass(two);
    for (const { contact_id } of two.crm.contacts.values())
      two.crm.edit(contact_id, () => ({ custom_fields: { Job: null } }));
    two.clock.advance(HOUR);
    const { summary, end } = await pass(two);
    expect([summary.outcome, end.cause?.facts['reason']]).toEqual(['stopped', 'destructive']);
    expect([...two.world.state.people.values()].filter(({ jobTitle }) => jobTitle === null)).toEqual([]);
  });
});

describe('what the account refuses', () => {
  async function refused(): Promise<{ readonly ann: Donor; readonly mend: () => void }> {
    let isDown = true;
    const ann = await met({
      between: (people) => ({
        ...people,
        send: async (...asked) =>
          isDown && asked[0] === 'update' ? { kind: 'refused', reason: 'CC_400' } : people.send(...asked),
      }),
    });
    say(ann, 'Judge');
    await done(two);
    return { ann, mend: () => void (isDown = false) };
  }

  test('is parked, not tried again as it is, and goes when it is another value', async () => {
    const { ann, mend } = await refused();
    expect(await waiting(two)).toMatchObject([{ kind: 'parked', id: ann.id, reason: 'people-write-refused' }]);
    mend();
    two.clock.advance(HOUR);
    expect((await done(two)).summary).toMatchObject({ parked: 1, applied: 0 });
    expect(here(ann)?.jobTitle).not.toBe('Judge');
    say(ann, 'Mayor');
    await quiet(ann);
    expect(here(ann)?.jobTitle).toBe('Mayor');
  });

  test('goes when a person says to try it again', async () => {
    const { ann, mend } = await refused();
    mend();
    expect(await difference(ann)).toEqual(['edit', 'edited-in-crm']);
    await settle('pending');
    await quiet(ann);
    expect(here(ann)?.jobTitle).toBe('Judge');
  });

  test('is over when the CRM takes it back', async () => {
    const { ann } = await refused();
    say(ann, String(here(ann)?.jobTitle ?? ''));
    two.crm.edit(there(ann).contact_id, () => ({ custom_fields: { Job: here(ann)?.jobTitle ?? null } }));
    await quiet(ann);
  });

  test('stays as it is on both sides when a person dismisses it', async () => {
    const { ann, mend } = await refused();
    mend();
    await settle('dismissed');
    two.clock.advance(HOUR);
    for (let n = 0; n < 2; n += 1) expect((await done(two)).summary).toMatchObject({ applied: 0, parked: 0 });
    expect(await difference(ann)).toEqual(['edit', 'left-there']);
    expect(here(ann)?.jobTitle).not.toBe('Judge');
    expect(there(ann).custom_fields['Job']).toBe('Judge');
  });

  /** What `verify` is told of somebody. */
  async function difference({ id }: Donor): Promise<readonly string[]> {
    const told: string[] = [];
    await two.session('sync', async (ctx) => {
      const shelf = await ctx.store.shelf(SYNC, 'primary', 'contacts');
      const record = await ctx.store.record(shelf, id);
      if (record === null) throw new Error('nobody');
      const reading = { ...record, content: JSON.parse(record.content ?? '{}') as Record<string, never> };
      const [step] = await ctx.lane.compareWith(ctx, shelf, [reading], new Map([[id, record]]));
      told.push(step?.action ?? '', step?.reason ?? '');
      return { outcome: 'done', cause: null, stopHash: null };
    });
    return told;
  }

  /** What `concord retry` and `concord parked --dismiss` do. */
  async function settle(to: 'pending' | 'dismissed'): Promise<void> {
    await two.session('sync', async (ctx) => {
      const [operation] = await ctx.store.operations(SYNC, 'parked', 9, 'primary');
      const outcome = { opId: operation?.opId ?? 0, to, reason: 'by-a-person', link: null };
      const key = { stream: 'contacts', id: operation?.primaryId ?? '', reason: 'people-write-refused' } as const;
      await ctx.store.settleOperations(ctx.lease, [outcome], [], [key]);
      return { outcome: 'done', cause: null, stopHash: null };
    });
  }
});

describe('I6: an answer that was lost', () => {
  test.each(['before', 'after'] as const)('%s the account acted', async (when) => {
    let first = true;
    let sent = 0;
    const ann = await met({
      between: (people) => ({
        ...people,
        send: async (...asked) => {
          const lost = first;
          first = false;
          if (!lost || when === 'after') {
            sent += 1;
            const answer = await people.send(...asked);
            if (!lost) return answer;
          }
          throw new ConnectorError('TIMEOUT', 'unknown_outcome', 'no answer', { connection: 'cc' });
        },
      }),
    });
    say(ann, 'Judge');
    await done(two);
    expect(first).toBe(false);
    await quiet(ann);
    expect(here(ann)?.jobTitle).toBe('Judge');
    expect(sent).toBe(1);
    expect(written(two)).toEqual([]);
  });
});

describe('I5: a kill', () => {
  /** Ann has another job in the CRM and another name in the account; Bob's title was edited in both. */
  async function aDay(): Promise<readonly [Donor, Donor]> {
    const ann = await met();
    const [, bob] = some(two);
    say(ann, 'Judge');
    say(bob, 'Mayor');
    edit(ann, { first_name: 'Annabel' });
    edit(bob, { job_title: 'Cook' });
    two.clock.advance(HOUR);
    return [ann, bob];
  }

  async function settled([ann, bob]: readonly [Donor, Donor]): Promise<void> {
    await quiet(ann);
    expect(here(ann)).toMatchObject({ jobTitle: 'Judge', firstName: 'Annabel' });
    expect(there(ann)).toMatchObject({ custom_fields: { Job: 'Judge' }, individuals: [{ first_name: 'Annabel' }] });
    expect([here(bob)?.jobTitle, there(bob).custom_fields['Job']]).toEqual(['Cook', 'Cook']);
    expect([...written(two)].sort()).toEqual(['fields', 'name']);
  }

  test('at any durable step of a pass with edits both ways is invisible afterwards', async () => {
    const people = await aDay();
    const counted = crashAt();
    two.steps = counted;
    await pass(two);
    two.steps = noSteps;
    await settled(people);
    const from = counted.visited.findIndex((point) => point.startsWith('store:adopt'));
    expect(counted.visited.length - from).toBeGreaterThan(20);
    for (let at = from; at < counted.visited.length; at += 1) {
      two[Symbol.dispose]();
      const again = await aDay();
      two.steps = crashAt(at);
      await expect(pass(two)).rejects.toThrow(Killed);
      two.clock.advance(HOUR);
      // Every other time the next pass is killed, too.
      two.steps = at % 2 === 1 ? crashAt(at - Math.floor((at - from) / 2)) : noSteps;
      await pass(two).catch((error: unknown) => {
        if (!(error instanceof Killed)) throw error;
      });
      two.steps = noSteps;
      await settled(again).catch((error: unknown) => {
        throw new Error(`killed at ${at}, ${counted.visited[at]}: ${String(error)}`, { cause: error });
      });
    }
  }, 120_000);
});

describe('a custom field of either', () => {
  const DIET = rule('custom_field:Diet', 'Job Title');
  const diet = (donor: Donor): string | null | undefined => {
    const field = [...two.world.state.fields.values()].find(({ label }) => label === 'Diet');
    return here(donor)?.details?.fields.find(({ fieldId }) => fieldId === field?.id)?.value;
  };

  async function withDiet(): Promise<Donor> {
    const ann = await met({ fields: [DIET] });
    two.world.mutate({ op: 'createField', label: 'Diet' });
    return ann;
  }

  test('goes to the other, in place of what stood there, and then it is quiet (I7)', async () => {
    const ann = await withDiet();
    say(ann, 'Fish');
    const kept = here(ann)?.details?.fields ?? [];
    await done(two);
    await quiet(ann);
    expect(diet(ann)).toBe('Fish');
    expect(here(ann)?.details?.fields).toEqual(expect.arrayContaining([...kept]));
    const field = [...two.world.state.fields.values()].find(({ label }) => label === 'Diet');
    edit(ann, { custom_fields: [{ custom_field_id: field?.id ?? '', value: 'None' }] });
    await quiet(ann);
    expect([there(ann).custom_fields['Job'], diet(ann)]).toEqual(['None', 'None']);
    say(ann, 'Soup');
    await quiet(ann);
    expect([there(ann).custom_fields['Job'], diet(ann)]).toEqual(['Soup', 'Soup']);
  });

  test('T42: that is not there, or holds choices, is left out by itself and told', async () => {
    const choices = [...fieldsOfChoices()];
    const ann = await met({ fields: [DIET, rule(`custom_field:${choices[0] ?? ''}`, 'firstName'), FIELDS[1] ?? DIET] });
    say(ann, 'Fish');
    rename(ann, 'Annabel');
    const { warnings } = await done(two);
    expect(warnings).toMatchObject([
      { code: 'account-field-left-out', facts: { field: 'Diet', reason: 'missing' } },
      { code: 'account-field-left-out', facts: { reason: 'no-text' } },
    ]);
    await quiet(ann);
  });

  /** Names of the account's fields that hold choices. */
  function fieldsOfChoices(): readonly string[] {
    two = openDonors({ contacts: 16 });
    const found = [...two.world.state.fields.values()].filter(({ type }) => type === 'single_select');
    two[Symbol.dispose]();
    return found.map(({ label }) => label);
  }
});
