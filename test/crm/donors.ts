/**
 * Donors in both systems: who is whom, one pass, and what must be true of the CRM whatever happened.
 */
import { expect } from 'vitest';
import { crmLane } from '../../src/engine/crm-lane.ts';
import type { PeopleTarget } from '../../src/connector/target.ts';
import { runPass } from '../../src/engine/pass.ts';
import type { SessionEnd } from '../../src/engine/session.ts';
import { matchKey } from '../../src/model/address.ts';
import type { CrmMapping } from '../../src/plan/crm-mapping.ts';
import type { WaitingRow } from '../../src/store/rows.ts';
import { SYNC, TwoSides, type TwoSidesOptions } from './two-sides.ts';

export const MAPPING: CrmMapping = {
  name: 'crm',
  account: 'Constant Contact',
  source: 'Constant Contact',
  refers: false,
  severalReferences: true,
  consent: 'primary-to-secondary',
  bounceCodes: [],
  fields: [],
  lists: null,
  tags: null,
  creates: null,
  create: 'never',
  addressType: 'Home Email',
  placeholder: null,
};

/** Somebody of the account. */
export interface Donor {
  readonly id: string;
  readonly email: string;
  readonly first: string;
  readonly last: string;
}

export interface DonorsOptions extends TwoSidesOptions {
  readonly mapping?: Partial<CrmMapping>;
  /** Whether everybody of the account gets a household of their own, opted in as they are mailable. Default: yes. */
  readonly known?: boolean;
  /** Stands between the engine and the account's people. Default: nothing. */
  readonly between?: (people: PeopleTarget) => PeopleTarget;
}

/** Opens both sides; everybody of the account lives in the CRM too. */
export function openDonors({
  mapping = {},
  known = true,
  between = (people) => people,
  ...options
}: DonorsOptions = {}): TwoSides {
  const two = new TwoSides(
    ({ source, target }, people, remapped) =>
      crmLane(
        { source, target, mapping: { ...MAPPING, ...mapping, ...remapped }, credential: 'crm-credential' },
        mapping.consent === 'two-way' || mapping.fields?.some(({ direction }) => direction !== 'primary-to-secondary')
          ? between(people)
          : null,
      ),
    options,
  );
  if (known)
    for (const { email, first, last } of donors(two))
      two.crm.add(`${first} ${last}`, [{ first, last, emails: [[email, true]] }]);
  return two;
}

/** Lists the living people of the account whose address may be mailed, in the order of their ids. */
export function donors({ world }: TwoSides): readonly Donor[] {
  return [...world.state.people.values()]
    .filter(({ deletedAt, email }) => deletedAt === null && ['explicit', 'implicit'].includes(email?.permission ?? ''))
    .map(({ id, email, firstName, lastName }) => ({
      id,
      email: email?.address ?? '',
      first: firstName ?? 'No',
      last: lastName ?? 'Name',
    }))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** Picks some of them. */
export function some(two: TwoSides): readonly [Donor, Donor, Donor, Donor] {
  const [a, b, c, d] = donors(two);
  if (a === undefined || b === undefined || c === undefined || d === undefined) throw new Error('too few people');
  return [a, b, c, d];
}

/** Runs one pass. */
export function pass(two: TwoSides): Promise<SessionEnd> {
  return two.session('sync', (ctx) => runPass(ctx));
}

/** Runs a pass that must end well. */
export async function done(two: TwoSides): Promise<SessionEnd> {
  const session = await pass(two);
  expect(session.summary, JSON.stringify(session.end)).toMatchObject({ outcome: 'done' });
  return session;
}

/** Lists what waits. */
export function waiting(two: TwoSides): Promise<readonly WaitingRow[]> {
  return two.withStore((store) => store.waiting(SYNC, 1000));
}

/** Changes that were carried out in the CRM, by kind. */
export function written({ crm }: TwoSides): readonly string[] {
  return crm.carriedOut.map(({ kind }) => kind);
}

/** Demands that nobody who is out of the account's mail has a flag that says yes anywhere in the CRM. */
export function expectNobodyOutIsIn({ world, crm }: TwoSides): void {
  for (const { email, deletedAt } of world.state.people.values()) {
    if (email === null || (email.permission !== 'unsubscribed' && deletedAt === null)) continue;
    expect(crm.flags(email.address), `flags of ${String(matchKey(email.address))}`).not.toContain(true);
  }
}
