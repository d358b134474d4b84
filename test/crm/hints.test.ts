/** I16: what a CRM tells by itself says where to look and nothing else; without it the same is found, only later. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readCrm } from '../../src/engine/crm-read.ts';
import type { Lane } from '../../src/engine/lane.ts';
import { attempt, end } from '../../src/engine/pass.ts';
import { noSteps } from '../../src/ports/steps.ts';
import { crashAt, Killed } from '../../src/testing/crash-points.ts';
import { DAY, HOUR, MINUTE, SYNC, TwoSides } from './two-sides.ts';

const lane = { kind: 'crm', mayLoad: () => Promise.resolve(false) } as unknown as Lane;

let two: TwoSides;
let deliveries = 0;
beforeEach(async () => {
  two = new TwoSides(() => lane);
  for (let n = 0; n < 5; n += 1)
    two.crm.add(`House ${n}`, [{ first: `Ann ${n}`, emails: [[`ann.${n}@crm.example`, true]] }]);
  await read();
  two.clock.advance(HOUR);
  two.crm.requests.length = 0;
});
afterEach(() => two[Symbol.dispose]());

function read() {
  return two.session('sync', async (ctx) => {
    const ended = await attempt(ctx, async () => {
      const whole = await readCrm(ctx, { source: two.crm.source, reference: 'Constant Contact' });
      return whole ? null : end('partial', 'source-answers-badly');
    });
    return ended ?? end('done', null);
  });
}

function hint(...records: readonly string[]): Promise<unknown> {
  deliveries += 1;
  const deliveryId = `d${deliveries}`;
  return two.withStore((store) => store.takeDelivery({ connection: 'crm', deliveryId, bodyHash: deliveryId, records }));
}

/** Switches a flag without the contact's own time moving, as a CRM may whose changes do not show it. */
function setUnseen(contactId: string, flag: boolean): void {
  const { updated_at } = two.crm.contact(contactId);
  two.crm.edit(contactId, ({ individuals }) => ({
    individuals: individuals.map((one) => ({
      ...one,
      emails: one.emails.map((email) => ({ ...email, opted_in: flag })),
    })),
  }));
  two.crm.edit(contactId, () => ({ updated_at }));
}

async function flagOf(contactId: string): Promise<boolean | null | undefined> {
  const record = await two.withStore(async (store) =>
    store.record(await store.shelf(SYNC, 'secondary', 'contacts'), contactId),
  );
  const content = JSON.parse(record?.content ?? '{}') as { individuals?: { emails: { opted_in: boolean | null }[] }[] };
  return content.individuals?.[0]?.emails[0]?.opted_in;
}

const first = (): string => [...two.crm.contacts.keys()][0] ?? '';
const waiting = (): Promise<number> => two.withStore(async (store) => (await store.hints('crm', 1000)).length);
const asked = (request: string): number => two.crm.requests.filter((one) => one === request).length;

test('I16: a hint brings what no list of changes shows, for one request, and is then forgotten', async () => {
  setUnseen(first(), false);
  await hint(first());
  await read();
  expect(await flagOf(first())).toBe(false);
  expect([asked('readOne'), await waiting()]).toEqual([1, 0]);
  await read();
  expect(asked('readOne')).toBe(1);
});

test('I16: without a hint the complete reading of the day finds the same', async () => {
  setUnseen(first(), false);
  two.clock.advance(DAY);
  await read();
  expect(await flagOf(first())).toBe(false);
});

test('I16: a hint about nobody, about somebody unknown, or about somebody who is gone, concludes nothing', async () => {
  const gone = first();
  two.crm.remove(gone);
  await hint('999999', gone);
  expect((await read()).summary.outcome).toBe('done');
  expect(await waiting()).toBe(0);
  const left = await two.withStore(async (store) =>
    store.records(await store.shelf(SYNC, 'secondary', 'contacts'), 0, 100),
  );
  expect(left.map(({ id }) => id)).toEqual(expect.arrayContaining([gone]));
  expect(left).toHaveLength(5);
});

test('I5: a kill at any step of it reads again, and ends the same', async () => {
  // Long after the contact's own time, so that no list of changes shows it, and right after a complete reading.
  two.clock.advance(3 * DAY);
  await read();
  for (let at = 0; ; at += 1) {
    await hint(first());
    setUnseen(first(), at % 2 === 0);
    const steps = crashAt(at);
    two.steps = steps;
    const killed = await read().then(
      () => false,
      (error: unknown) => {
        if (!(error instanceof Killed)) throw error;
        return true;
      },
    );
    two.steps = noSteps;
    if (!killed) break;
    two.clock.advance(MINUTE);
    expect((await read()).summary.outcome).toBe('done');
    expect(await flagOf(first())).toBe(at % 2 === 0);
    expect(await waiting()).toBe(0);
  }
});

test('a flood is read a hundred a pass, and nothing of it is lost', async () => {
  await hint(...Array.from({ length: 250 }, (_, n) => String(900_000 + n)));
  for (const left of [150, 50, 0]) {
    await read();
    expect(await waiting()).toBe(left);
  }
});
