/** The CRM's side in the store: everybody once, then what changed, and nobody lost, deleted or taken for missing too soon. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { lastContent } from '../../src/engine/kept-contents.ts';
import type { Lane } from '../../src/engine/lane.ts';
import { attempt, end } from '../../src/engine/pass.ts';
import { readCrm } from '../../src/engine/crm-read.ts';
import { readAll } from '../../src/engine/detect.ts';
import type { SessionEnd } from '../../src/engine/session.ts';
import { ConnectorError } from '../../src/model/errors.ts';
import { noSteps } from '../../src/ports/steps.ts';
import { Killed } from '../../src/testing/crash-points.ts';
import { DAY, HOUR, SYNC, TwoSides } from './two-sides.ts';

const SOURCE = 'Constant Contact';
/** Reading needs of a lane only its kind, and what people's lists were before. */
const lane = { kind: 'crm', lastContent, mayLoad: () => Promise.resolve(false) } as unknown as Lane;

let two: TwoSides;
beforeEach(() => {
  two = new TwoSides(() => lane);
  for (let n = 0; n < 7; n += 1)
    two.crm.add(`House ${n}`, [{ first: `Ann ${n}`, emails: [[`ann.${n}@crm.example`, true]] }]);
  two.crm.pageSize = 3;
});
afterEach(() => two[Symbol.dispose]());

const crm = () => ({ source: two.crm.source, reference: SOURCE });

/** Reads both sides, as a pass does. */
function read(): Promise<SessionEnd> {
  return two.session('sync', async (ctx) => {
    const ended = await attempt(ctx, async () => {
      const primary = await readAll(ctx);
      return (await readCrm(ctx, crm())) && primary ? null : end('partial', 'source-answers-badly');
    });
    return ended ?? end('done', null);
  });
}

function stored(): Promise<readonly { readonly id: string; readonly state: string }[]> {
  return two.withStore(async (store) => store.records(await store.shelf(SYNC, 'secondary', 'contacts'), 0, 1000));
}

function idsAt(key: string): Promise<readonly string[]> {
  return two.withStore(async (store) => {
    const found = await store.findByKeys(await store.shelf(SYNC, 'secondary', 'contacts'), [key]);
    return found.map(({ id }) => id);
  });
}

function asked(request: string): number {
  return two.crm.requests.filter((one) => one === request).length;
}

const unavailable = new ConnectorError('SOURCE_503', 'unavailable', 'down', { connection: 'crm' });

describe('the first reading of a CRM', () => {
  test('walks every page, and every address and outside id finds its contact', async () => {
    const house = two.crm.add(
      'Couple',
      [
        {
          first: 'Ada',
          emails: [
            ['Ada@CRM.example', true],
            ['ada@work.example', null],
          ],
        },
        { first: 'Bob', emails: [['bob@crm.example', false]] },
      ],
      { references: [{ source: SOURCE, id: 'cc-1' }] },
    );
    expect((await read()).summary).toMatchObject({ outcome: 'done' });
    expect(await stored()).toHaveLength(8);
    for (const key of ['ada@crm.example', 'ada@work.example', 'bob@crm.example', `ref:${SOURCE}\ncc-1`])
      expect(await idsAt(key)).toEqual([house]);
  });

  test('T11: one that breaks off goes on where it ended, and only its end lets anybody be missing', async () => {
    two.crm.fault = (request) => (request === 'snapshot' && asked('snapshot') > 2 ? unavailable : null);
    expect((await read()).summary.outcome).toBe('partial');
    expect(await stored()).toHaveLength(6);
    two.crm.fault = () => null;
    two.crm.requests.length = 0;
    expect((await read()).summary.outcome).toBe('done');
    expect(await stored()).toHaveLength(7);
    expect(asked('snapshot')).toBe(1);
    expect(asked('changes')).toBe(0);
  });

  test('T12: an edit made while it runs is read by the changes that follow', async () => {
    const [first = ''] = two.crm.contacts.keys();
    let edited = false;
    two.crm.meanwhile = () => {
      if (!edited && asked('snapshot') === 2) two.crm.edit(first, () => ({ name: 'Edited behind the walk' }));
      edited ||= asked('snapshot') === 2;
    };
    await read();
    two.clock.advance(HOUR);
    await read();
    const names = await two.withStore(async (store) => {
      const record = await store.record(await store.shelf(SYNC, 'secondary', 'contacts'), first);
      return JSON.parse(record?.content ?? '{}') as { name?: string };
    });
    expect(names.name).toBe('Edited behind the walk');
  });
});

describe('I4: later readings', () => {
  beforeEach(async () => {
    await read();
    two.crm.requests.length = 0;
    two.clock.advance(HOUR);
  });

  test('ask for what changed since, and store it whole', async () => {
    const [first = ''] = two.crm.contacts.keys();
    two.crm.edit(first, ({ individuals }) => ({
      individuals: individuals.map((one) => ({
        ...one,
        emails: one.emails.map((email) => ({ ...email, address: 'new@crm.example' })),
      })),
    }));
    await read();
    expect(asked('snapshot')).toBe(0);
    expect(await idsAt('new@crm.example')).toEqual([first]);
    expect(await idsAt('ann.0@crm.example')).toEqual([]);
  });

  test('keep the cursor where it was when the CRM answers badly: nothing in between is lost', async () => {
    const added = two.crm.add('Late', [{ first: 'Late', emails: [['late@crm.example', true]] }]);
    two.crm.fault = (request) => (request === 'changes' ? unavailable : null);
    expect((await read()).summary.outcome).toBe('partial');
    two.crm.fault = () => null;
    two.clock.advance(3 * HOUR);
    await read();
    expect(await idsAt('late@crm.example')).toEqual([added]);
  });

  test('I9, T29: who is missing from a complete reading is read alone, and not found is not deleted', async () => {
    const [gone = '', archived = '', merged = ''] = two.crm.contacts.keys();
    two.crm.remove(gone);
    two.crm.edit(archived, () => ({ archived: true }));
    two.crm.edit(merged, () => ({ merged_into: '107' }));
    two.clock.advance(DAY);
    await read();
    expect(asked('readOne')).toBe(3);
    const states = new Map((await stored()).map(({ id, state }) => [id, state]));
    expect([states.get(gone), states.get(archived), states.get(merged)]).toEqual(['deleted', 'deleted', 'none']);
    expect(await idsAt('ann.0@crm.example')).toEqual([gone]);
    two.crm.edit(archived, () => ({ archived: null }));
    two.clock.advance(DAY);
    await read();
    expect((await stored()).find(({ id }) => id === archived)?.state).toBe('none');
  });

  test('I10: a listing that shows too few stops the pass before anybody is read alone', async () => {
    two[Symbol.dispose]();
    two = new TwoSides(() => lane);
    for (let n = 0; n < 60; n += 1) two.crm.add(`House ${n}`, [{ first: 'A', emails: [[`a.${n}@crm.example`, true]] }]);
    await read();
    for (const id of [...two.crm.contacts.keys()].slice(0, 30)) two.crm.remove(id);
    two.clock.advance(DAY + HOUR);
    expect(await read()).toMatchObject({ summary: { outcome: 'stopped' }, end: { cause: { code: 'guard' } } });
    expect(asked('readOne')).toBe(0);
  });

  test.each(['store:storePage:before-commit', 'store:storePage:after-commit', 'store:closeWalk:before-commit'])(
    'I5: a kill at %s loses no change',
    async (point) => {
      const [first = ''] = two.crm.contacts.keys();
      two.crm.edit(first, () => ({ name: 'Edited' }));
      two.steps = {
        reached: (at) => {
          if (at === point) throw new Killed(at);
        },
      };
      await read().catch((error: unknown) => expect(error).toBeInstanceOf(Killed));
      two.steps = noSteps;
      two.clock.advance(HOUR);
      await read();
      const content = await two.withStore(async (store) => {
        const record = await store.record(await store.shelf(SYNC, 'secondary', 'contacts'), first);
        return record?.content ?? '';
      });
      expect(content).toContain('"Edited"');
    },
  );
});

describe('a contact that moved', () => {
  const person = () => {
    const found = [...two.world.contacts()].find(
      (one) => one['email_address'] !== undefined && one['deleted_at'] === undefined,
    );
    const email = (found?.['email_address'] as { address: string } | undefined)?.address ?? '';
    return { id: String(found?.['contact_id']), email };
  };
  /** Agrees everybody, as a pass would that has nothing left to do. */
  const agreeAll = (): Promise<SessionEnd> =>
    two.session('sync', async (ctx) => {
      const shelf = await ctx.store.shelf(SYNC, 'primary', 'contacts');
      const pending = await ctx.store.pending(shelf, 0, 1000);
      const more = { dropContent: false, journal: [], waiting: [], settled: [], marks: {} };
      await ctx.store.agree(ctx.lease, shelf, pending, more);
      return end('done', null);
    });
  const pending = (): Promise<readonly string[]> =>
    two.withStore(async (store) => {
      const rows = await store.pending(await store.shelf(SYNC, 'primary', 'contacts'), 0, 1000);
      return rows.map(({ id }) => id);
    });

  test('makes those pending again who have an address in it, and nobody else; a second reading makes nobody pending', async () => {
    const { id, email } = person();
    const house = two.crm.add('Theirs', [{ first: 'X', emails: [[email.toUpperCase(), true]] }]);
    await read();
    await agreeAll();
    expect(await pending()).toEqual([]);
    two.clock.advance(HOUR);
    two.crm.edit(house, () => ({ name: 'Moved' }));
    await read();
    expect(await pending()).toEqual([id]);
    await agreeAll();
    two.clock.advance(HOUR);
    await read();
    expect(await pending()).toEqual([]);
  });

  test('makes those pending again who had an address in it until now, or whose own id it bears', async () => {
    const { id, email } = person();
    const house = two.crm.add('Theirs', [{ first: 'X', emails: [[email, true]] }]);
    await read();
    await agreeAll();
    two.clock.advance(HOUR);
    two.crm.editEmail(email, () => ({ address: 'elsewhere@crm.example' }));
    await read();
    expect(await pending()).toEqual([id]);
    await agreeAll();
    two.clock.advance(HOUR);
    two.crm.edit(house, () => ({ references: [{ source: SOURCE, id }] }));
    await read();
    expect(await pending()).toEqual([id]);
  });

  test.each(['store:doubt:before-commit', 'store:doubt:after-commit', 'store:storePage:before-commit'])(
    'I5: makes them pending whatever a kill at %s left',
    async (point) => {
      const { id, email } = person();
      const house = two.crm.add('Theirs', [{ first: 'X', emails: [[email, true]] }]);
      await read();
      await agreeAll();
      two.clock.advance(HOUR);
      two.crm.edit(house, () => ({ name: 'Moved' }));
      let reached = false;
      two.steps = {
        reached: (at) => {
          reached ||= at === point;
          if (reached) throw new Killed(at);
        },
      };
      await expect(read()).rejects.toThrow(Killed);
      two.steps = noSteps;
      await read();
      expect(await pending()).toEqual([id]);
    },
  );
});
