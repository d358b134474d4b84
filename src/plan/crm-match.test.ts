import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CrmContact } from '../model/crm.ts';
import { crmEmail, crmIndividual, household } from '../testing/crm-households.ts';
import type { CrmLink } from './crm-mapping.ts';
import { meet, type PersonToMeet } from './crm-match.ts';

const SOURCE = 'Constant Contact';
const ANN: PersonToMeet = {
  id: 'p1',
  source: SOURCE,
  address: 'ann@example.org',
  addressWas: null,
  firstName: 'Ann',
  lastName: 'Lee',
  taken: new Set(),
};
const ours = { references: [{ source: SOURCE, id: 'p1' }] };
const contact = (id: string, address: string, more: Partial<CrmContact> = {}): CrmContact =>
  household(id, [crmIndividual(`${id}1`, [crmEmail(`${id}11`, address)])], more);
const linkTo = (id: string): CrmLink => ({ contactId: id, individualId: `${id}1`, emailId: `${id}11` });
const met = (id: string, relinked = false) => ({ kind: 'met', link: linkTo(id), relinked });

const references = fc.subarray([
  { source: SOURCE, id: 'p1' },
  { source: SOURCE, id: 'p2' },
  { source: 'Other', id: 'p1' },
]);
const address = fc.constantFrom('ann@example.org', 'ANN@example.org', 'bo@example.org', 'no address');
const contacts: fc.Arbitrary<readonly CrmContact[]> = fc
  .uniqueArray(
    fc.record({
      id: fc.constantFrom('2', '5', '9', '10'),
      references,
      addresses: fc.array(address, { maxLength: 2 }),
      archived: fc.constantFrom(true, false, null),
      merged_into: fc.constantFrom(null, null, '2'),
    }),
    { selector: ({ id }) => id, maxLength: 4 },
  )
  .map((all) =>
    all.map(({ id, addresses, ...more }) =>
      household(
        id,
        addresses.map((each, n) => crmIndividual(`${id}${n}`, [crmEmail(`${id}${n}1`, each)], { primary: n === 0 })),
        more,
      ),
    ),
  );
const link: fc.Arbitrary<CrmLink | null> = fc.option(fc.constantFrom('2', '5').map(linkTo));

describe('meeting a person in a CRM', () => {
  test('the order in which contacts were found never matters', () =>
    fc.assert(
      fc.property(contacts, link, fc.boolean(), (found, linked, turned) => {
        const other = turned ? [...found].reverse() : [...found, ...found];
        expect(meet(ANN, linked, other)).toEqual(meet(ANN, linked, found));
      }),
      { numRuns: 2000 },
    ));

  test('whoever is met is met again by the link that came of it', () =>
    fc.assert(
      fc.property(contacts, link, (found, linked) => {
        const first = meet(ANN, linked, found);
        if (first.kind !== 'met') return;
        const person = { ...ANN, addressWas: ANN.address };
        expect(meet(person, first.link, found)).toEqual({ ...first, relinked: false });
      }),
      { numRuns: 2000 },
    ));

  test('nobody is met in a contact that is away, nor is one made anew whose contact is gone (T29)', () =>
    fc.assert(
      fc.property(contacts, link, (found, linked) => {
        const meeting = meet(ANN, linked, found);
        if (meeting.kind === 'met')
          expect([meeting.contact.archived === true, meeting.contact.merged_into]).toEqual([false, null]);
        if (linked !== null) expect(meeting.kind).not.toBe('new');
      }),
      { numRuns: 2000 },
    ));

  test('a reference counts before an address', () => {
    expect(meet(ANN, null, [contact('2', 'ann@example.org'), contact('5', 'bo@example.org', ours)])).toMatchObject(
      met('5'),
    );
  });

  test('T32: of several with the address the lowest id is met, of those that bear our reference likewise', () => {
    const [two, ten] = [contact('2', 'ann@example.org'), contact('10', 'ann@example.org')];
    expect(meet(ANN, null, [ten, two])).toMatchObject(met('2'));
    expect(meet(ANN, null, [{ ...ten, ...ours }, two])).toMatchObject(met('10'));
    expect(
      meet(ANN, null, [
        { ...ten, ...ours },
        { ...two, ...ours },
      ]),
    ).toMatchObject(met('2'));
  });

  test('two contacts that bear our reference and do not both have the address are a conflict', () => {
    const found = [contact('2', 'ann@example.org', ours), contact('5', 'bo@example.org', ours)];
    expect(meet(ANN, null, found)).toEqual({ kind: 'conflict', reason: 'two-references' });
    expect(
      meet({ ...ANN, addressWas: 'bo@example.org', address: 'new@example.org' }, linkTo('5'), found),
    ).toMatchObject(met('5'));
  });

  test("an e-mail that another person of ours has taken is nobody else's", () => {
    const theirs = { references: [{ source: SOURCE, id: 'p2' }] };
    const found = contact('2', 'ann@example.org', theirs);
    expect(meet(ANN, null, [found])).toEqual({ kind: 'conflict', reason: 'reference-of-another' });
    const home = household(
      '2',
      [
        crmIndividual('21', [crmEmail('211', 'ann@example.org')]),
        crmIndividual('22', [crmEmail('221', 'bo@example.org')]),
      ],
      theirs,
    );
    expect(meet(ANN, null, [home])).toMatchObject(met('2'));
  });

  test('T28: nobody is met at an e-mail that is linked with another of ours, whatever address it still has', () => {
    const found = contact('2', 'ann@example.org');
    const taken = new Set(['211']);
    expect(meet({ ...ANN, taken }, null, [found])).toEqual({ kind: 'conflict', reason: 'reference-of-another' });
    expect(meet({ ...ANN, taken }, null, [found, contact('5', 'ann@example.org')])).toMatchObject(met('5'));
    expect(meet({ ...ANN, taken: new Set(['519']) }, null, [found])).toMatchObject(met('2'));
    // By link or reference it is known who they are.
    expect(meet({ ...ANN, taken }, linkTo('2'), [found])).toMatchObject(met('2'));
    expect(meet({ ...ANN, taken }, null, [{ ...found, ...ours }])).toMatchObject(met('2'));
  });

  test('T27: an address that changed is looked for by the link, then by what it was', () => {
    const home = household('2', [
      crmIndividual('21', [crmEmail('211', 'old@example.org'), crmEmail('212', 'work@example.org')]),
    ]);
    expect(meet(ANN, linkTo('2'), [home])).toMatchObject(met('2'));
    expect(meet({ ...ANN, addressWas: 'old@example.org' }, { ...linkTo('2'), emailId: null }, [home])).toMatchObject(
      met('2'),
    );
    expect(meet(ANN, { ...linkTo('2'), emailId: null }, [home])).toMatchObject({
      link: { ...linkTo('2'), emailId: null },
    });
  });

  test('T30: somebody of whom nothing is left in the linked contact is met where their address is', () => {
    const winner = contact('5', 'winner@example.org');
    const link = { contactId: '5', individualId: '51', emailId: '519' };
    expect(meet(ANN, link, [winner, contact('2', 'ann@example.org')])).toMatchObject(met('2', true));
    expect(meet(ANN, { ...link, emailId: null }, [winner, contact('2', 'ann@example.org')])).toMatchObject(
      met('2', true),
    );
    // While their e-mail, their reference or no other place is there, nothing says that they left.
    expect(meet(ANN, linkTo('5'), [winner, contact('2', 'ann@example.org')])).toMatchObject(met('5'));
    expect(meet(ANN, link, [{ ...winner, ...ours }, contact('2', 'ann@example.org')])).toMatchObject({
      link: { contactId: '5', emailId: null },
    });
    expect(meet(ANN, link, [winner])).toMatchObject({ link: { contactId: '5', emailId: null } });
  });

  test('T28: two of one household who swap their addresses keep their own e-mails', () => {
    const home = household('2', [
      crmIndividual('21', [crmEmail('211', 'bo@example.org')]),
      crmIndividual('22', [crmEmail('221', 'ann@example.org')]),
    ]);
    expect(meet({ ...ANN, addressWas: 'bo@example.org' }, linkTo('2'), [home])).toMatchObject(met('2'));
  });

  test('T33: an address that the same individual has already is theirs from now on', () => {
    const home = household('2', [
      crmIndividual('21', [crmEmail('211', 'old@example.org'), crmEmail('212', 'ann@example.org')]),
    ]);
    expect(meet({ ...ANN, addressWas: 'old@example.org' }, linkTo('2'), [home])).toMatchObject({
      link: { emailId: '212' },
    });
  });

  test('T32: names choose between two individuals with one address, but never in an organisation', () => {
    const two = [
      crmIndividual('21', [crmEmail('211', 'ann@example.org')], { first_name: 'Bo' }),
      crmIndividual('22', [crmEmail('221', 'ann@example.org')], { first_name: 'ANN', primary: false }),
    ];
    expect(meet(ANN, null, [household('2', two)])).toMatchObject({ link: { individualId: '22', emailId: '221' } });
    expect(meet(ANN, null, [household('2', two, { type: 'Organization' })])).toMatchObject(met('2'));
  });

  test('T29: a merged contact is followed by reference or address, and a person is met where they are again', () => {
    const nine = contact('9', 'ann@example.org', ours);
    expect(meet(ANN, linkTo('5'), [contact('5', 'ann@example.org', { merged_into: '9' }), nine])).toMatchObject(
      met('9', true),
    );
    const apart = [contact('5', 'ann@example.org', ours), contact('9', 'other@example.org', ours)];
    expect(meet({ ...ANN, addressWas: 'ann@example.org' }, linkTo('9'), apart)).toMatchObject(met('5', true));
  });

  test('a contact without individuals is met by its reference, with no e-mail', () => {
    expect(meet(ANN, null, [household('2', [], ours)])).toMatchObject({
      link: { contactId: '2', individualId: null, emailId: null },
    });
  });

  test('whoever nobody knows is new', () => {
    expect(meet(ANN, null, [contact('2', 'bo@example.org')])).toEqual({ kind: 'new' });
  });
});
