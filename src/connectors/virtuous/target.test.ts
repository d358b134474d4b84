import { describe, expect, test } from 'vitest';
import type { SendHow } from '../../connector/crm.ts';
import type { CrmChange, CrmEmail, NewCrmPerson } from '../../model/crm.ts';
import { fullContact, individual, method } from './answers.fixture.ts';
import { createVirtuousTarget } from './target.ts';
import { failure, scripted } from './virtuous.fixture.ts';

const NEVER = new AbortController().signal;
const CALM = { urgent: false };
const EMAIL: CrmEmail = { id: '30', type: 'Home Email', address: 'ada@example.org', opted_in: true, primary: true };
const GONE = failure('not_found', 404);
const ADA: NewCrmPerson = {
  reference: { source: 'Constant Contact', id: 'cc-1' },
  address: 'ada@example.org',
  address_type: 'Home Email',
  first_name: 'Ada',
  last_name: 'Mora',
  tags: ['CC: News', 'CC: Board'],
  custom_fields: { Size: '42' },
};
const rig = (...script: readonly unknown[]) => {
  const base = scripted(...script);
  const target = createVirtuousTarget(base.asking);
  const send = (change: CrmChange, how: SendHow = CALM) => target.send(change, how, NEVER);
  return { ...base, target, send };
};
const opt = (optedIn: boolean, email = EMAIL) => ({ kind: 'opt', contactId: '4711', email, optedIn }) as const;
const move = (optedIn: boolean, email = EMAIL) =>
  ({ kind: 'address', contactId: '4711', email, address: 'new@example.org', optedIn }) as const;

describe('I3 the consent of one address', () => {
  test('goes out with everything else of it as it stands, and may use the last of the budget', async () => {
    const { send, requests } = rig(method({ type: 'Work Email' }), method({ isOptedIn: false }));
    expect(await send(opt(false), { urgent: true })).toEqual({ kind: 'done' });
    expect(requests).toEqual([
      { method: 'GET', path: '/api/ContactMethod/30', urgent: true },
      {
        method: 'PUT',
        path: '/api/ContactMethod/30',
        json: { type: 'Work Email', value: 'Ada@Example.org', isOptedIn: false, setAsPrimary: true },
        mayBeEmpty: true,
        urgent: true,
      },
    ]);
  });

  test('I7 that stands there already is not written', async () => {
    const { send, calls } = rig(method({ isOptedIn: false }));
    expect([await send(opt(false)), calls().length]).toEqual([{ kind: 'done' }, 1]);
  });

  test('a no is sent whatever stood there; an unsaid consent too', async () => {
    const { send, calls } = rig(method({ isOptedIn: null }), undefined);
    expect([await send(opt(false)), calls().length]).toEqual([{ kind: 'done' }, 2]);
  });

  test('I1 a yes is not sent where somebody opted out since the plan', async () => {
    const { send, calls } = rig(method({ isOptedIn: false }));
    expect(await send(opt(true))).toEqual({ kind: 'refused', reason: 'consent-moved' });
    expect(calls()).toEqual(['GET /api/ContactMethod/30']);
    const still = rig(method({ isOptedIn: false }), method());
    expect(await still.send(opt(true, { ...EMAIL, opted_in: false }))).toEqual({ kind: 'done' });
  });

  test('T33 is never put on another address', async () => {
    const { send, calls } = rig(method({ value: 'bob@example.org' }));
    expect([await send(opt(false)), calls().length]).toEqual([{ kind: 'gone' }, 1]);
  });

  test.each([GONE, failure('refused_request', 400)])('of a method that is not there is gone (%o)', async (error) => {
    expect(await rig(error).send(opt(false))).toEqual({ kind: 'gone' });
  });

  test('that the answer shows otherwise is not done', async () => {
    expect(await rig(method(), method()).send(opt(false))).toEqual({ kind: 'refused', reason: 'answered-otherwise' });
  });

  test('I6 whose outcome is unknown is not told as anything else', async () => {
    const lost = failure('unknown_outcome');
    await expect(rig(method(), lost).send(opt(false))).rejects.toBe(lost);
  });
});

describe('T27 another address', () => {
  test('takes the place of the one that was meant, with its consent said', async () => {
    const { send, requests } = rig(method(), undefined);
    expect(await send(move(false))).toEqual({ kind: 'done' });
    expect(requests[1]?.json).toEqual({
      type: 'Home Email',
      value: 'new@example.org',
      isOptedIn: false,
      setAsPrimary: true,
    });
  });

  test('does not take the place of one that came meanwhile (T38), nor a yes along that was withdrawn (I1)', async () => {
    expect(await rig(method({ value: 'staff@example.org' })).send(move(true))).toEqual({ kind: 'gone' });
    expect(await rig(method({ isOptedIn: false })).send(move(true))).toMatchObject({ reason: 'consent-moved' });
  });

  test('I7 that stands there already is not written', async () => {
    const { send, calls } = rig(method({ value: 'new@example.org', isOptedIn: false }));
    expect([await send(move(false)), calls().length]).toEqual([{ kind: 'done' }, 1]);
  });
});

describe('T37 what was read just before is not asked for again', () => {
  const whole = individual({
    suffix: null,
    gender: 'Female',
    approximateAge: null,
    passion: null,
    avatarUrl: null,
    customCollections: [],
  });
  const stands = fullContact({ contactIndividuals: [whole] });
  const name = { kind: 'name', contactId: '4711', individualId: '815', first_name: 'Ida', last_name: 'Mora' } as const;
  const fields = { kind: 'fields', contactId: '4711', set: { Size: '44' } } as const;

  test.each<[CrmChange, string, Record<string, unknown>]>([
    [opt(false), 'PUT /api/ContactMethod/30', { value: 'Ada@Example.org', isOptedIn: false, setAsPrimary: true }],
    [move(false), 'PUT /api/ContactMethod/30', { value: 'new@example.org', isOptedIn: false }],
    [name, 'PUT /api/ContactIndividual/815', { firstName: 'Ida', prefix: 'Dr.', gender: 'Female', setAsPrimary: true }],
    [fields, 'PUT /api/Contact/4711', { name: 'Ada and Ben Mora', originSegmentId: 3 }],
  ])('%j', async (change, request, json) => {
    const { send, calls, requests } = rig(undefined);
    expect(await send(change, { ...CALM, stands })).toEqual({ kind: 'done' });
    expect(calls()).toEqual([request]);
    expect(requests[0]?.json).toMatchObject(json);
  });

  test.each<[string, unknown, CrmChange, string]>([
    ['another contact', fullContact({ id: 5 }), opt(false), 'GET /api/ContactMethod/30'],
    ['nothing', undefined, opt(false), 'GET /api/ContactMethod/30'],
    ['no such method', fullContact({ contactIndividuals: [] }), opt(false), 'GET /api/ContactMethod/30'],
    [
      'consent that is not said',
      fullContact({ contactIndividuals: [individual({ contactMethods: [method({ isOptedIn: null })] })] }),
      opt(false),
      'GET /api/ContactMethod/30',
    ],
    ['an individual that is not whole', fullContact(), name, 'GET /api/ContactIndividual/815'],
    [
      'a day of death that is not shown',
      fullContact({ contactIndividuals: [{ ...whole, isDeceased: true }] }),
      name,
      'GET /api/ContactIndividual/815',
    ],
    ['another contact for the fields', fullContact({ id: 5 }), fields, 'GET /api/Contact/4711'],
  ])('but what it does not show whole is: %s', async (_name, shown, change, request) => {
    const { send, calls } = rig(GONE);
    expect(await send(change, { ...CALM, stands: shown })).toEqual({ kind: 'gone' });
    expect(calls()).toEqual([request]);
  });

  test('I1, T33: a yes goes nowhere where it shows a no by now, and no consent onto another address', async () => {
    const { send, calls } = rig();
    const withdrawn = fullContact({
      contactIndividuals: [individual({ contactMethods: [method({ isOptedIn: false })] })],
    });
    expect(await send(opt(true), { ...CALM, stands: withdrawn })).toEqual({ kind: 'refused', reason: 'consent-moved' });
    const moved = fullContact({
      contactIndividuals: [individual({ contactMethods: [method({ value: 'bob@example.org' })] })],
    });
    expect(await send(opt(false), { ...CALM, stands: moved })).toEqual({ kind: 'gone' });
    expect(calls()).toEqual([]);
  });
});

describe('T37 what a PUT replaces goes out whole', () => {
  test('the fields of a contact', async () => {
    const { send, requests } = rig(fullContact(), undefined);
    expect(await send({ kind: 'fields', contactId: '4711', set: { Size: '44', Pet: null } })).toEqual({ kind: 'done' });
    expect(requests[1]).toMatchObject({ method: 'PUT', path: '/api/Contact/4711' });
    expect(requests[1]?.json).toEqual({
      contactType: 'Household',
      isPrivate: false,
      name: 'Ada and Ben Mora',
      informalName: 'Ada and Ben',
      website: '',
      maritalStatus: 'Married',
      anniversaryMonth: 6,
      anniversaryDay: 1,
      anniversaryYear: 2001,
      originSegmentId: 3,
      customFields: [
        { name: 'Shoe size', value: '42' },
        { name: 'Size', value: '44' },
        { name: 'Pet', value: '' },
      ],
      customCollections: [{ name: 'Pets', fields: [{ name: 'Pet', value: 'Cat' }] }],
    });
  });

  test('the name of an individual', async () => {
    const { send, requests } = rig(individual(), undefined);
    const change = {
      kind: 'name',
      contactId: '4711',
      individualId: '815',
      first_name: 'Ida',
      last_name: 'Mora',
    } as const;
    expect(await send(change)).toEqual({ kind: 'done' });
    expect(requests[1]?.json).toEqual({
      firstName: 'Ida',
      lastName: 'Mora',
      prefix: 'Dr.',
      birthMonth: 9,
      birthDay: 4,
      birthYear: 1998,
      isDeceased: false,
      setAsPrimary: true,
      setAsSecondary: false,
      customFields: [],
    });
  });

  test('of what is gone, or belongs to another household, nothing goes out', async () => {
    const change = { kind: 'name', contactId: '9', individualId: '815', first_name: 'Ida', last_name: 'M' } as const;
    expect(await rig(individual()).send(change)).toEqual({ kind: 'gone' });
    expect(await rig(GONE).send(change)).toEqual({ kind: 'gone' });
    expect(await rig(GONE).send({ kind: 'fields', contactId: '9', set: {} })).toEqual({ kind: 'gone' });
  });
});

describe('somebody new', () => {
  test('is asked for: taken, with nobody to show for it', async () => {
    const { send, requests } = rig(undefined);
    expect(await send({ kind: 'submit', person: ADA })).toEqual({ kind: 'accepted' });
    expect(requests).toEqual([
      {
        method: 'POST',
        path: '/api/Contact/Transaction',
        mayBeEmpty: true,
        json: {
          referenceSource: 'Constant Contact',
          referenceId: 'cc-1',
          contactType: 'Household',
          firstName: 'Ada',
          lastName: 'Mora',
          emailType: 'Home Email',
          email: 'ada@example.org',
          tags: 'CC: News;CC: Board',
          customFields: { Size: '42' },
        },
      },
    ]);
  });

  test('many are asked for at once, of one source', async () => {
    const { target, requests } = rig(undefined);
    expect(await target.submitMany([ADA, { ...ADA, tags: [], custom_fields: {} }], NEVER)).toEqual({
      kind: 'accepted',
    });
    const row = { contactType: 'Household', firstName: 'Ada', lastName: 'Mora', emailType: 'Home Email' };
    expect(requests[0]?.json).toMatchObject({ referenceSource: 'Constant Contact', contacts: [row, row] });
    const other = { ...ADA, reference: { source: 'Other', id: '1' } };
    expect(await rig().target.submitMany([ADA, other], NEVER)).toMatchObject({ reason: 'several-sources' });
    expect(
      await rig().target.submitMany(
        Array.from({ length: 101 }, () => ADA),
        NEVER,
      ),
    ).toMatchObject({
      reason: 'too-many',
    });
    expect(await rig().target.submitMany([ADA, { ...ADA, last_name: '' }], NEVER)).toMatchObject({ reason: 'no-name' });
  });

  test('is created at once with consent said', async () => {
    const { send, requests } = rig(fullContact());
    expect(await send({ kind: 'create', person: ADA, optedIn: false })).toEqual({ kind: 'made', contactId: '4711' });
    expect(requests[0]?.json).toEqual({
      contactType: 'Household',
      referenceSource: 'Constant Contact',
      referenceId: 'cc-1',
      name: 'Ada Mora',
      contactIndividuals: [
        {
          firstName: 'Ada',
          lastName: 'Mora',
          isPrimary: true,
          contactMethods: [{ type: 'Home Email', value: 'ada@example.org', isOptedIn: false, isPrimary: true }],
        },
      ],
      customFields: { Size: '42' },
    });
    // An answer that shows nobody may have made somebody: made again, there are two (T40).
    await expect(rig(undefined).send({ kind: 'create', person: ADA, optedIn: false })).rejects.toMatchObject({
      errorClass: 'unknown_outcome',
    });
  });

  test.each([
    [{ address: 'none' }, 'not-an-address'],
    [{ last_name: ' ' }, 'no-name'],
    [{ tags: ['a;b'] }, 'tag-with-semicolon'],
  ])('%j is not sent', async (more, reason) => {
    expect(await rig().send({ kind: 'submit', person: { ...ADA, ...more } })).toEqual({ kind: 'refused', reason });
  });
});

describe('what hangs on a contact', () => {
  const tag = { id: '6', name: 'CC: News', group: null };

  test('a reference, a tag and a note are one request each', async () => {
    const { send, requests } = rig(undefined, { contactTagId: 1 }, { id: 2 });
    await send({ kind: 'refer', contactId: '4711', reference: ADA.reference });
    await send({ kind: 'tag', contactId: '4711', tag });
    await send({ kind: 'note', contactId: '4711', text: 'Left.', at: '2026-01-01T00:00:00.000Z' });
    expect(requests.map(({ path, json }) => [path, json])).toEqual([
      ['/api/ContactReference', { contactId: 4711, referenceSource: 'Constant Contact', referenceId: 'cc-1' }],
      ['/api/ContactTag', { tagId: 6, contactId: 4711 }],
      [
        '/api/ContactNote',
        {
          contactId: 4711,
          type: 'General',
          note: 'Left.',
          noteDateTime: '2026-01-01T00:00:00.000Z',
          important: false,
          private: false,
        },
      ],
    ]);
  });

  test('a tag is taken off by the id of the two together, and one that is not there is off', async () => {
    const rows = [
      { contactTagId: 50, tagId: 5 },
      { contactTagId: 60, tagId: 6 },
    ];
    const { send, calls } = rig({ list: rows, total: 2 }, undefined);
    expect(await send({ kind: 'untag', contactId: '4711', tag })).toEqual({ kind: 'done' });
    expect(calls()).toEqual(['GET /api/ContactTag/ByContact/4711', 'DELETE /api/ContactTag/60']);
    expect(await rig({ list: [], total: 0 }).send({ kind: 'untag', contactId: '4711', tag })).toEqual({ kind: 'done' });
  });

  test('I6 a note is known by its text, whatever its line ends', async () => {
    const notes = { list: [{ id: 1, note: 'Left.\r\nBounced. ' }], total: 1 };
    expect(await rig(notes).target.hasNote('4711', 'Left.\nBounced.', NEVER)).toBe(true);
    expect(await rig(notes).target.hasNote('4711', 'Left.', NEVER)).toBe(false);
  });

  test('a clear no is told by the vendor’s key, never by its words', async () => {
    const no = failure('refused_request', 400);
    expect(await rig(no).send({ kind: 'tag', contactId: '1', tag })).toEqual({
      kind: 'refused',
      reason: 'VIRTUOUS_TEST',
    });
    expect(await rig(GONE).send({ kind: 'tag', contactId: '1', tag })).toEqual({ kind: 'gone' });
    const shut = failure('forbidden', 403);
    await expect(rig(shut).send({ kind: 'tag', contactId: '1', tag })).rejects.toBe(shut);
  });

  test.each([
    { kind: 'tag', contactId: '1/2', tag },
    { kind: 'tag', contactId: '1', tag: { ...tag, id: 'x' } },
    opt(false, { ...EMAIL, id: '../9' }),
    { kind: 'name', contactId: '1', individualId: '?', first_name: 'a', last_name: 'b' },
  ] as const)('C6 %j never becomes a path', async (change) => {
    expect(await rig().send(change)).toEqual({ kind: 'refused', reason: 'not-an-id' });
  });
});

describe('what each change is declared to do', () => {
  const { changes } = rig().target;

  test('whatever may set a consent says so, and nothing else does', () => {
    const sets = [...changes].filter(
      ([, { effects }]) => effects.known === 'as-sent' || effects.newAddress !== 'not-mailed',
    );
    expect(sets.map(([kind]) => kind)).toEqual(['submit', 'create', 'opt', 'address']);
  });

  test('whatever may put somebody on a list says so', () => {
    expect([...changes].filter(([, { effects }]) => effects.relists).map(([kind]) => kind)).toEqual([
      'submit',
      'fields',
      'tag',
    ]);
  });
});
