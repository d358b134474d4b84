import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { crmEmail } from '../testing/crm-households.ts';
import { flagStep, type FlagInput, type FlagStep } from './crm-consent.ts';
import type { CrmPlace } from './crm-household.ts';
import type { AgreedFlag } from './crm-mapping.ts';

const ADDRESS = 'ann@example.org';
const flag = fc.constantFrom<AgreedFlag>('in', 'out', 'bounced', 'apart');
const place = (id: string, opted_in: boolean | null, address = ADDRESS): CrmPlace => ({
  contactId: id,
  individualId: `${id}1`,
  email: crmEmail(id, address, { opted_in }),
});
const places = fc
  .uniqueArray(fc.record({ id: fc.constantFrom('1', '2', '3'), on: fc.constantFrom(true, false, null) }), {
    selector: ({ id }) => id,
  })
  .map((all) => all.map(({ id, on }) => place(id, on)));
const agreed = fc
  .dictionary(
    fc.constantFrom('1', '2', '3', '9'),
    fc.record({ address: fc.constantFrom(ADDRESS, 'old@example.org'), flag }),
  )
  .map((flags) => ({ ...flags }));
const PERSON = { address: ADDRESS, isOut: (address: string) => address === 'taken@example.org' };
const input: fc.Arbitrary<FlagInput> = fc.record({
  address: fc.constant(ADDRESS),
  isOut: fc.constant(PERSON.isOut),
  places,
  linked: fc.constantFrom('1', null),
  agreed,
  stance: fc.constantFrom('out', 'bounced', 'in', 'doubt'),
  carries: fc.boolean(),
});
const one = (on: boolean | null, flags: FlagInput['agreed'], more: Partial<FlagInput> = {}): FlagStep =>
  flagStep({ ...PERSON, places: [place('1', on)], linked: '1', agreed: flags, stance: 'in', carries: true, ...more });
const was = (what: AgreedFlag, id = '1') => ({ [id]: { address: ADDRESS, flag: what } });
const after = (given: FlagInput, step: FlagStep): FlagInput => {
  const off = new Set(step.lower.map(({ email }) => email.id));
  return {
    ...given,
    agreed: step.agreed,
    places: given.places.map((each) =>
      off.has(each.email.id) ? { ...each, email: { ...each.email, opted_in: false } } : each,
    ),
  };
};

describe("the flags of one person's address", () => {
  test('I7: a second pass switches nothing off, and whatever it finds it found before', () =>
    fc.assert(
      fc.property(input, (given) => {
        const first = flagStep(given);
        const second = flagStep(after(given, first));
        expect([second.lower, second.fallen]).toEqual([[], []]);
        expect([second.withdrawn, second.switchedOn, second.apart]).toEqual([
          first.withdrawn,
          first.switchedOn,
          first.apart,
        ]);
        expect(second.agreed).toEqual(first.agreed);
      }),
      { numRuns: 3000 },
    ));

  test('I1, T32: whoever is out has no flag left on but those that somebody switched on again', () =>
    fc.assert(
      fc.property(input, (given) => {
        const step = flagStep({ ...given, stance: 'out' });
        const lowered = new Set([...step.lower, ...step.switchedOn].map(({ email }) => email.id));
        for (const { email } of given.places) if (email.opted_in === true) expect(lowered.has(email.id)).toBe(true);
        expect(step.withdrawn).toBe(false);
      }),
      { numRuns: 2000 },
    ));

  test('I2: doubt changes nothing and concludes nothing', () =>
    fc.assert(
      fc.property(input, (given) => {
        const step = flagStep({ ...given, stance: 'doubt' });
        expect(step).toMatchObject({ lower: [], fallen: [], withdrawn: false, switchedOn: [] });
      }),
    ));

  test('the order of places never matters', () =>
    fc.assert(
      fc.property(input, (given) => {
        const turned = flagStep({ ...given, places: [...given.places].reverse() });
        const step = flagStep(given);
        expect({
          ...turned,
          lower: new Set(turned.lower),
          fallen: new Set(turned.fallen),
          switchedOn: new Set(turned.switchedOn),
        }).toEqual({
          ...step,
          lower: new Set(step.lower),
          fallen: new Set(step.fallen),
          switchedOn: new Set(step.switchedOn),
        });
      }),
    ));

  test('an opt-out of the CRM that follows an agreed yes is carried, and agreed on only when the account has it', () => {
    const step = one(false, was('in'));
    expect(step).toMatchObject({ withdrawn: true, lower: [], agreed: was('in') });
    expect(
      flagStep({
        ...PERSON,
        places: [place('1', false)],
        linked: '1',
        agreed: step.agreed,
        stance: 'out',
        carries: true,
      }),
    ).toMatchObject({
      withdrawn: false,
      agreed: was('out'),
    });
  });

  test('a flag that was off when the two first met stays at home', () => {
    expect(one(false, {})).toMatchObject({ withdrawn: false, apart: true, agreed: was('apart') });
    expect(one(false, was('in'), { carries: false })).toMatchObject({ withdrawn: false, agreed: was('apart') });
  });

  test('T20: a flag that was switched on after both agreed on out is left to a human, each time', () => {
    const step = one(true, was('out'), { stance: 'out' });
    expect(step).toMatchObject({ lower: [], agreed: was('out') });
    expect(step.switchedOn).toHaveLength(1);
  });

  test('T20: a flag that nobody had agreed is out goes off with the opt-out, also where it was off at home', () => {
    for (const flags of [{}, was('in'), was('apart')])
      expect(one(true, flags, { stance: 'out' }).lower).toHaveLength(1);
  });

  test('I3: a no that was stated after a bounce takes a flag down that somebody had switched on in between', () => {
    const bounced = one(true, was('in'), { stance: 'bounced' });
    expect(bounced).toMatchObject({ switchedOn: [], agreed: was('bounced') });
    expect(bounced.lower).toHaveLength(1);
    expect(one(true, bounced.agreed, { stance: 'bounced' })).toMatchObject({ lower: [], agreed: was('bounced') });
    expect(one(true, bounced.agreed, { stance: 'bounced' }).switchedOn).toHaveLength(1);
    const stated = one(true, bounced.agreed, { stance: 'out' });
    expect(stated).toMatchObject({ switchedOn: [], agreed: was('out') });
    expect(stated.lower).toHaveLength(1);
    // A bounce after the person's own no changes nothing: that somebody switched it on is still an answer to the no (T20).
    expect(one(true, stated.agreed, { stance: 'bounced' })).toMatchObject({ lower: [], agreed: was('out') });
  });

  test('I1: a person who comes back at the account stays out at the CRM until the CRM says otherwise', () => {
    const back = one(false, was('out'));
    expect(back).toMatchObject({ apart: true, agreed: was('apart') });
    expect(one(true, back.agreed)).toMatchObject({ apart: false, agreed: was('in') });
  });

  test('a flag that the answer did not show is never a yes, and once off it is not written each time', () => {
    expect(one(null, {})).toMatchObject({ withdrawn: false, agreed: {} });
    const step = one(null, {}, { stance: 'out' });
    expect(step.lower).toHaveLength(1);
    expect(one(null, step.agreed, { stance: 'out' }).lower).toEqual([]);
  });

  test('T33: what was agreed holds for the address alone', () => {
    const moved = { places: [place('1', false, 'new@example.org')] };
    expect(one(false, was('in'), moved)).toMatchObject({ withdrawn: false, apart: true });
  });

  test('T28: a former address that is out as another person is no opt-out of this one', () => {
    const flags = (address: string) => ({ '1': { address, flag: 'in' as const } });
    const stands = (address: string) => one(false, flags(address), { places: [place('1', false, address)] });
    expect(stands('taken@example.org')).toMatchObject({ withdrawn: false, agreed: flags('taken@example.org') });
    expect(stands('old@example.org')).toMatchObject({ withdrawn: true });
  });

  test('T29: a linked e-mail that was made anew takes the yes of the one that is gone, never its no', () => {
    expect(one(false, was('in', '9'))).toMatchObject({ withdrawn: true, agreed: was('in', '9') });
    expect(one(true, was('out', '9'), { stance: 'out' }).lower).toHaveLength(1);
  });

  test('T32: an opt-out at one of two contacts is carried and then falls on the other', () => {
    const flags = { ...was('in', '1'), ...was('in', '2') };
    const at = { ...PERSON, places: [place('1', true), place('2', false)], linked: '1', carries: true };
    expect(flagStep({ ...at, agreed: flags, stance: 'in' })).toMatchObject({ withdrawn: true });
    expect(flagStep({ ...at, agreed: flags, stance: 'out' }).lower.map(({ contactId }) => contactId)).toEqual(['1']);
  });
});
