/**
 * The connector of Virtuous CRM+ against the simulated organisation, with every request held against the vendor's own
 * collection, if that file is at hand.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { startSimulators, type Simulators } from '../../simulators/main.ts';
import { createUndiciTransport } from '../../src/adapters/undici-transport.ts';
import { fixedAccess } from '../../src/connector/access.ts';
import { classify } from '../../src/connectors/virtuous/classify.ts';
import { createVirtuousSource } from '../../src/connectors/virtuous/source.ts';
import { createVirtuousTarget } from '../../src/connectors/virtuous/target.ts';
import { createMemoryLedger } from '../../src/http/memory-ledger.fixture.ts';
import { createWire } from '../../src/http/wire.ts';
import type { CrmChange, CrmContact } from '../../src/model/crm.ts';
import type { Reading } from '../../src/model/record.ts';
import type { HttpRequest, Transport } from '../../src/ports/transport.ts';
import { createFakeClock } from '../../src/testing/fake-clock.ts';
import { openOperations, type Sent } from './virtuous-contract.ts';

const SPEC = join(process.env['CONCORD_SHARED'] ?? '../shared', 'api/specs/virtuous-contact-operations.json');
const NEVER = new AbortController().signal;
const CALM = { urgent: false };

let simulators: Simulators | null = null;
let transport: Transport | null = null;
afterEach(async () => {
  await transport?.close();
  await simulators?.close();
  transport = null;
  simulators = null;
});

/** Opens an organisation and the connector before it; every request is noted. */
async function organisation(crm: { readonly contacts?: number; readonly shared?: number } = {}) {
  const clock = createFakeClock();
  simulators = await startSimulators({ contacts: 20, seed: 7, crm, clock: { now: () => clock.now() } });
  const { url, token } = simulators.ready.virtuous;
  const inner = createUndiciTransport();
  transport = inner;
  const sent: Sent[] = [];
  const ledger = createMemoryLedger();
  const wire = createWire({
    connection: 'crm',
    baseUrl: url,
    group: 'crm',
    limits: { perSecond: 1_000, perHour: 1_500, share: 80 },
    access: fixedAccess(() => token),
    classify,
    transport: {
      exchange: (request, signal) => {
        sent.push(sentOf(request));
        return inner.exchange(request, signal);
      },
      close: () => inner.close(),
    },
    ledger,
    clock,
    random: { next: () => 0.5 },
  });
  const asking = { wire, connection: 'crm' };
  return { source: createVirtuousSource(asking), target: createVirtuousTarget(asking), sent, ledger, clock };
}

function sentOf({ method, url, body }: HttpRequest): Sent {
  const { pathname, search } = new URL(url);
  return { method, path: pathname + search, body: body === undefined ? undefined : (JSON.parse(body) as unknown) };
}

async function everybody(source: Awaited<ReturnType<typeof organisation>>['source']) {
  const found: Reading<CrmContact>[] = [];
  for (let from: string | null = null; ;) {
    const page: Awaited<ReturnType<typeof source.snapshot>> = await source.snapshot(from, NEVER);
    expect(page.refused).toEqual([]);
    found.push(...page.readings);
    if (page.next === null) return found;
    from = page.next;
  }
}

function judged(sent: readonly Sent[]): readonly string[] {
  if (!existsSync(SPEC)) return [];
  const faultsOf = openOperations(SPEC);
  return sent.flatMap((one) => faultsOf(one).map((fault) => `${one.method} ${one.path}: ${fault}`));
}

describe('the connector before a whole organisation', () => {
  test('reads everybody, tags and fields, and finds one by address, outside id and id', async () => {
    const { source, sent, ledger } = await organisation({ contacts: 40, shared: 4 });
    const all = await everybody(source);
    expect(all.length).toBeGreaterThan(30);
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
    const couple = all.flatMap(({ content }) => content.individuals.flatMap(({ emails }) => emails))[0];
    const sharers = await source.findByAddress(couple?.address ?? '', NEVER);
    expect(sharers.length).toBeGreaterThan(0);
    const referred = all.find(({ content }) => content.references.length > 0);
    const [reference] = referred?.content.references ?? [];
    if (reference === undefined) throw new Error('nobody has a reference');
    expect(await source.findByReference(reference, NEVER)).toMatchObject({
      kind: 'found',
      reading: { id: referred?.id },
    });
    for (const { id, hash, content } of all) {
      // A contact is the same in both operations, whatever else each of them shows.
      expect(await source.readOne(id, NEVER)).toMatchObject({ kind: 'found', reading: { id, content, hash } });
    }
    expect(await source.readOne('99999999', NEVER)).toEqual({ kind: 'gone' });
    expect((await source.tags(NEVER)).length).toBeGreaterThan(5);
    expect((await source.fields(NEVER)).length).toBeGreaterThan(0);
    expect((await source.identify(NEVER)).name).not.toBeNull();
    expect((await source.changes('2000-01-01T00:00:00.000Z', null, NEVER)).readings.length).toBe(all.length);
    expect(await ledger.window('crm')).not.toBeNull();
    expect(judged(sent)).toEqual([]);
  });

  test('makes each change of a contact, and reads it back', async () => {
    const { source, target, sent } = await organisation({ contacts: 40 });
    const all = await everybody(source);
    const person = all.find(({ content }) => content.individuals.some(({ emails }) => emails[0]?.opted_in === true));
    const one = person?.content.individuals.find(({ emails }) => emails[0]?.opted_in === true);
    const [email] = one?.emails ?? [];
    const tag = (await source.tags(NEVER)).find(({ name }) => name.startsWith('CC: '));
    if (person === undefined || one === undefined || email === undefined || tag === undefined)
      throw new Error('no world');
    const { id: contactId } = person;
    const text = (await source.fields(NEVER)).find(({ type, options }) => type === 'Text' && options === null);
    const names = { first_name: 'Ida', last_name: 'Nova' };
    const changes: readonly CrmChange[] = [
      { kind: 'opt', contactId, email, optedIn: false },
      { kind: 'address', contactId, email, address: 'moved@example.org', optedIn: false },
      { kind: 'name', contactId, individualId: one.id, ...names },
      { kind: 'tag', contactId, tag },
      { kind: 'refer', contactId, reference: { source: 'Constant Contact', id: 'cc-4711' } },
      { kind: 'note', contactId, text: 'Unsubscribed.', at: '2026-01-01T00:00:00.000Z' },
      ...(text === undefined ? [] : [{ kind: 'fields', contactId, set: { [text.name]: 'x' } } as const]),
    ];
    for (const change of changes)
      expect([change.kind, await target.send(change, CALM, NEVER)]).toEqual([change.kind, { kind: 'done' }]);
    const after = await source.readOne(contactId, NEVER);
    const content = after.kind === 'found' ? after.reading.content : null;
    const changed = content?.individuals.find(({ id }) => id === one.id);
    expect(changed).toMatchObject(names);
    expect(changed?.emails.find(({ id }) => id === email.id)).toMatchObject({
      address: 'moved@example.org',
      opted_in: false,
    });
    expect(content?.tags).toContain(tag.name);
    expect(content?.references).toContainEqual({ source: 'Constant Contact', id: 'cc-4711' });
    if (text !== undefined) expect(content?.custom_fields).toMatchObject({ [text.name]: 'x' });
    expect(await target.hasNote(contactId, 'Unsubscribed.', NEVER)).toBe(true);
    expect(await target.send({ kind: 'untag', contactId, tag }, CALM, NEVER)).toEqual({ kind: 'done' });
    const untagged = await source.readOne(contactId, NEVER);
    expect(untagged.kind === 'found' && untagged.reading.content.tags.includes(tag.name)).toBe(false);
    expect(judged(sent)).toEqual([]);
  });

  test('creates somebody with consent said, whom the reference then finds', async () => {
    const { source, target, sent } = await organisation();
    const reference = { source: 'Constant Contact', id: 'cc-new' };
    const person = {
      reference,
      address: 'new@example.org',
      address_type: 'Home Email',
      first_name: 'Nina',
      last_name: 'Ny',
      tags: [],
      custom_fields: {},
    };
    const made = await target.send({ kind: 'create', person, optedIn: false }, CALM, NEVER);
    const found = await source.findByReference(reference, NEVER);
    expect(made).toEqual({ kind: 'made', contactId: found.kind === 'found' ? found.reading.id : 'not found' });
    expect(found.kind === 'found' && found.reading.content.individuals[0]?.emails[0]).toMatchObject({
      address: 'new@example.org',
      opted_in: false,
    });
    expect(judged(sent)).toEqual([]);
  });
});

describe.skipIf(!existsSync(SPEC))('the collection can refuse', () => {
  test.each<[Sent, string]>([
    [{ method: 'GET', path: '/api/Contact/Nothing/At/All', body: undefined }, 'is no operation of the collection'],
    [{ method: 'GET', path: '/api/Tag?skip=0&page=1', body: undefined }, 'has no parameter page'],
    [{ method: 'PUT', path: '/api/ContactMethod/1', body: { isOptedIn: 'no' } }, 'body.isOptedIn is no <boolean>'],
    [{ method: 'PUT', path: '/api/ContactMethod/1', body: { optedIn: false } }, 'body has no optedIn'],
    [{ method: 'POST', path: '/api/ContactTag', body: { tagId: '1' } }, 'body.tagId is no <integer>'],
  ])('%o', (sent, fault) => expect(openOperations(SPEC)(sent)).toEqual([fault]));
});
