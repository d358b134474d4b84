/**
 * The conformance suite of a user's table as a side: one test for each promise of TableSide. Every implementation runs it.
 *
 * A place makes tables as a user would have them and looks at them directly. Must never look at anything but the
 * contract and the rows.
 */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { TableRow, TableSide, TableWrite } from '../connector/side.ts';
import type { Steps } from '../ports/steps.ts';
import { crashAt, Killed } from './crash-points.ts';

export interface TableColumn {
  readonly name: string;
  readonly type: 'text' | 'integer';
  readonly notNull?: boolean;
}
export interface TableSpec {
  readonly table: string;
  /** First of the columns. */
  readonly key: TableColumn;
  readonly unique: boolean;
  readonly columns: readonly TableColumn[];
}
export interface TablePlace {
  open(mapping: {
    readonly table: string;
    readonly key: string;
    readonly columns: readonly string[];
    readonly steps?: Steps;
  }): Promise<TableSide>;
  create(spec: TableSpec): Promise<void>;
  insert(table: string, row: TableRow): Promise<void>;
  /** Reads whole rows, by their key column. */
  rows(table: string, key: string): Promise<readonly TableRow[]>;
  /** Runs work while another connection holds the table against writers; waiting for it must end. */
  whileLocked(table: string, work: () => Promise<void>): Promise<void>;
  dispose(): Promise<void>;
}

const PEOPLE: TableSpec = {
  table: 'newsletter_people',
  key: { name: 'email', type: 'text' },
  unique: true,
  columns: [
    { name: 'given_name', type: 'text' },
    { name: 'may_email', type: 'integer' },
    { name: 'theirs', type: 'text' },
  ],
};
const MAPPING = { table: 'newsletter_people', key: 'email', columns: ['given_name', 'may_email'] };
const row = (email: string, given_name: string | null, may_email: number | null): TableRow => ({
  email,
  given_name,
  may_email,
});
const ANN = row('ann@ex.org', 'Ann', 1);
const insertOf = (set: TableRow): TableWrite => ({ key: null, set, expect: null });

/** Runs the suite; `make` gives an empty place. */
export function describeTable(name: string, make: () => Promise<TablePlace>): void {
  describe(`${name} as a table of the user's`, () => {
    let place: TablePlace;
    beforeEach(async () => {
      place = await make();
      await place.create(PEOPLE);
    });
    afterEach(() => place.dispose());
    describe('inspect', () => {
      describeInspect(() => place);
    });
    describe('reading', () => {
      describeReading(() => place);
    });
    describe('writing', () => {
      describeWriting(() => place);
    });
    describe('crashes and hostile names', () => {
      describeTrouble(() => place);
    });
  });
}

function describeInspect(at: () => TablePlace): void {
  const inspected = async (mapping: Parameters<TablePlace['open']>[0]): Promise<unknown> => {
    const side = await at().open(mapping);
    const answer = await side.inspect().catch((error: unknown) => error);
    await side.close();
    return answer;
  };

  test('a table as configured is taken', async () => {
    expect(await inspected(MAPPING)).toBeUndefined();
  });

  test('a missing table is named', async () => {
    const answer = await inspected({ ...MAPPING, table: 'nowhere' });
    expect(answer).toMatchObject({ errorClass: 'rejected', message: expect.stringContaining('nowhere') as unknown });
  });

  test('each missing column is named', async () => {
    const answer = await inspected({ ...MAPPING, columns: ['given_name', 'shoe_size', 'hat_size'] });
    expect(answer).toMatchObject({
      errorClass: 'rejected',
      message: expect.stringMatching(/shoe_size.*hat_size/) as unknown,
    });
  });

  test('a key that is not unique is refused', async () => {
    await at().create({ ...PEOPLE, table: 'loose', unique: false });
    const answer = await inspected({ ...MAPPING, table: 'loose' });
    expect(answer).toMatchObject({ errorClass: 'rejected', message: expect.stringContaining('email') as unknown });
  });
}

function describeReading(at: () => TablePlace): void {
  test('readByKeys gives the mapped columns and the key; a key without a row is missing', async () => {
    await at().insert(PEOPLE.table, { ...ANN, theirs: 'x' });
    const side = await at().open(MAPPING);
    expect([...(await side.readByKeys(['ann@ex.org', 'bob@ex.org', "' OR 1=1 --"]))]).toEqual([['ann@ex.org', ANN]]);
    await side.close();
  });

  test('a scan gives every row once, in key order, at most as many as asked for; count agrees', async () => {
    const keys = ['a@ex.org', 'b@ex.org', 'c@ex.org', 'd@ex.org', 'e@ex.org'];
    for (const email of keys.toReversed()) await at().insert(PEOPLE.table, row(email, null, 0));
    const side = await at().open(MAPPING);
    const seen: string[] = [];
    for (;;) {
      const page = await side.scan(seen.at(-1) ?? null, 2);
      expect(page.length).toBeLessThanOrEqual(2);
      for (const found of page) expect(found.row).toEqual(row(found.key, null, 0));
      if (page.length === 0) break;
      seen.push(...page.map(({ key }) => key));
    }
    expect(seen).toEqual(keys);
    expect(await side.count()).toBe(5);
    await side.close();
  });
}

function describeWriting(at: () => TablePlace): void {
  let side: TableSide;
  beforeEach(async () => {
    await at().insert(PEOPLE.table, { ...ANN, theirs: 'kept' });
    side = await at().open(MAPPING);
  });
  afterEach(() => side.close());

  test('I8: an update changes what it is told and no other column, and tells the row as it stands', async () => {
    const results = await side.write([{ key: 'ann@ex.org', set: { may_email: 0 }, expect: ANN }]);
    expect(results).toEqual([{ kind: 'written', row: { ...ANN, may_email: 0 } }]);
    expect(await at().rows(PEOPLE.table, 'email')).toEqual([{ ...ANN, may_email: 0, theirs: 'kept' }]);
  });

  test('T38: a row that differs from what the plan saw is not written', async () => {
    const results = await side.write([
      { key: 'ann@ex.org', set: { may_email: 0 }, expect: { ...ANN, given_name: 'Anna' } },
      { key: 'ann@ex.org', set: { may_email: 0 }, expect: { given_name: null } },
      { key: 'gone@ex.org', set: { may_email: 0 }, expect: row('gone@ex.org', null, 1) },
    ]);
    expect(results.map(({ kind }) => kind)).toEqual(['moved', 'moved', 'moved']);
    expect(await at().rows(PEOPLE.table, 'email')).toEqual([{ ...ANN, theirs: 'kept' }]);
  });

  test('null is compared as a value', async () => {
    await at().insert(PEOPLE.table, row('nil@ex.org', null, null));
    const expected = row('nil@ex.org', null, null);
    const results = await side.write([{ key: 'nil@ex.org', set: { given_name: 'Nil' }, expect: expected }]);
    expect(results).toEqual([{ kind: 'written', row: { ...expected, given_name: 'Nil' } }]);
  });

  test('T27: an address change updates the key column of the same row', async () => {
    const results = await side.write([{ key: 'ann@ex.org', set: { email: 'new@ex.org' }, expect: ANN }]);
    expect(results).toEqual([{ kind: 'written', row: { ...ANN, email: 'new@ex.org' } }]);
    expect(await at().rows(PEOPLE.table, 'email')).toEqual([{ ...ANN, email: 'new@ex.org', theirs: 'kept' }]);
  });

  test('T28: a key that another row bears is refused, and neither row changes', async () => {
    await at().insert(PEOPLE.table, row('bob@ex.org', 'Bob', 1));
    const before = await at().rows(PEOPLE.table, 'email');
    const [result] = await side.write([{ key: 'ann@ex.org', set: { email: 'bob@ex.org' }, expect: ANN }]);
    expect(result?.kind).toBe('refused');
    expect(await at().rows(PEOPLE.table, 'email')).toEqual(before);
  });

  test('an insert over a row that differs is not written; rows of others are left alone', async () => {
    const results = await side.write([insertOf({ ...ANN, given_name: 'Other' })]);
    expect(results).toEqual([{ kind: 'moved' }]);
    expect(await at().rows(PEOPLE.table, 'email')).toEqual([{ ...ANN, theirs: 'kept' }]);
  });

  test('every write may be repeated with the same answer', async () => {
    const writes: TableWrite[] = [
      insertOf(row('new@ex.org', 'New', 1)),
      { key: 'ann@ex.org', set: { email: 'ann2@ex.org', may_email: 0 }, expect: ANN },
    ];
    const first = await side.write(writes);
    expect(first.map(({ kind }) => kind)).toEqual(['written', 'written']);
    expect(await side.write(writes)).toEqual(first);
    expect(await side.count()).toBe(2);
  });

  test('a repeated key change never takes over a row that is somebody else’s', async () => {
    await at().insert(PEOPLE.table, row('new@ex.org', 'Somebody', 1));
    const gone = row('old@ex.org', 'Old', 1);
    const results = await side.write([{ key: 'old@ex.org', set: { email: 'new@ex.org' }, expect: gone }]);
    expect(results).toEqual([{ kind: 'moved' }]);
  });

  test('I17, I20: a refused row stops no other, and its reason names the column and no value', async () => {
    const columns = [...PEOPLE.columns.slice(0, 2), { name: 'tenant', type: 'integer', notNull: true } as const];
    await at().create({ ...PEOPLE, table: 'strict_people', columns });
    const strict = await at().open({ ...MAPPING, table: 'strict_people', columns: ['given_name', 'tenant'] });
    const results = await strict.write([
      insertOf({ email: 'a@ex.org', given_name: 'A', tenant: 1 }),
      insertOf({ email: 'secret@ex.org', given_name: 'Secret' }),
      insertOf({ email: 'c@ex.org', given_name: 'C', tenant: 1 }),
    ]);
    expect(results.map(({ kind }) => kind)).toEqual(['written', 'refused', 'written']);
    expect(results[1]).toMatchObject({ reason: expect.stringContaining('tenant') as unknown });
    expect(JSON.stringify(results[1])).not.toMatch(/secret/i);
    expect(await strict.count()).toBe(2);
    await strict.close();
  });

  test('a column that is not mapped cannot be written', async () => {
    const plan = side.write([{ key: 'ann@ex.org', set: { theirs: 'ours' }, expect: ANN }]);
    await expect(plan).rejects.toMatchObject({ errorClass: 'bug' });
    expect(await at().rows(PEOPLE.table, 'email')).toEqual([{ ...ANN, theirs: 'kept' }]);
  });

  test('a table that somebody else holds is unavailable, not broken', async () => {
    await at().whileLocked(PEOPLE.table, async () => {
      const write = side.write([{ key: 'ann@ex.org', set: { may_email: 0 }, expect: ANN }]);
      await expect(write).rejects.toMatchObject({ errorClass: 'unavailable' });
    });
    expect((await side.readByKeys(['ann@ex.org'])).get('ann@ex.org')).toEqual(ANN);
  });
}

function describeTrouble(at: () => TablePlace): void {
  test('I5: killed before the commit nothing is written, killed after it the repeat finds its own work', async () => {
    const writes = [insertOf(ANN), insertOf(row('bob@ex.org', 'Bob', 0))];
    const points = ['table:write:before-commit', 'table:write:after-commit'];
    for (const step of points.keys()) {
      const table = `people_${step}`;
      await at().create({ ...PEOPLE, table });
      const steps = crashAt(step);
      const dying = await at().open({ ...MAPPING, table, steps });
      await expect(dying.write(writes)).rejects.toThrow(Killed);
      await dying.close();
      expect(steps.visited).toEqual(points.slice(0, step + 1));
      expect(await at().rows(table, 'email')).toHaveLength(step === 0 ? 0 : 2);
      const next = await at().open({ ...MAPPING, table });
      expect((await next.write(writes)).map(({ kind }) => kind)).toEqual(['written', 'written']);
      expect(await next.count()).toBe(2);
      await next.close();
    }
  });

  test('C7: hostile names and values are names and values', async () => {
    const table = 'x"; DROP TABLE newsletter_people; --';
    const column = 'na\'me"] `;';
    const hostile = {
      table,
      key: { name: 'the "key"', type: 'text' },
      unique: true,
      columns: [{ name: column, type: 'text' }],
    };
    await at().create(hostile as TableSpec);
    const side = await at().open({ table, key: 'the "key"', columns: [column] });
    await side.inspect();
    for (const value of ["'); DROP TABLE newsletter_people; --", '\u{1f600}', '%_\\', '']) {
      const set = { 'the "key"': `k${value}`, [column]: value };
      expect(await side.write([insertOf(set)])).toEqual([{ kind: 'written', row: set }]);
      expect((await side.readByKeys([`k${value}`])).get(`k${value}`)).toEqual(set);
    }
    expect(await side.count()).toBe(4);
    expect(await at().rows(PEOPLE.table, 'email')).toEqual([]);
    await side.close();
  });
}
