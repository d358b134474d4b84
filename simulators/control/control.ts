/**
 * control: the simulator's own door, for tests, the demo and people at a keyboard; loopback only, JSON in and out.
 *
 * It shows the truth, the log and the requests, and takes operations, clock, faults and switches. It is not the vendor's: no quota,
 * no faults, no token. It refuses other hosts' names, so that no web page can drive it by a rebound name.
 */
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { RequestLog } from '../request-log.ts';
import { parseFaultPlan } from '../faults/plan.ts';
import { MutationError } from '../world/mutate/operations.ts';
import { truthOfPerson } from '../world/truth.ts';
import type { AnyOperation, WorldHandle } from './handle.ts';

const HOST = '127.0.0.1';
const number = z.coerce.number().int().min(0);
const TRUTH_QUERY = z.strictObject({
  email: z.string().optional(),
  contact_id: z.string().optional(),
  summary: z.literal('1').optional(),
  catalogue: z.literal('1').optional(),
  offset: number.optional(),
  limit: number.optional(),
  crm: z.enum(['1', 'summary']).optional(),
  crm_contact_id: z.coerce.number().int().optional(),
  crm_email: z.string().optional(),
});
const LOG_QUERY = z.strictObject({ after: number.default(0), limit: number.optional() });
const REQUESTS_QUERY = z.strictObject({
  after: number.default(0),
  totals: z.literal('1').optional(),
  host: z.enum(['constant-contact', 'virtuous']).default('constant-contact'),
});
const CLOCK_BODY = z.union([
  z.strictObject({ advance: z.union([z.string(), z.number()]) }),
  z.strictObject({ set: z.union([z.string(), z.number()]) }),
]);

/** Makes the door; it is not yet listening. */
export function createControl(world: WorldHandle, requests: RequestLog): FastifyInstance {
  const app = fastify({ bodyLimit: 64 * 1024 * 1024, forceCloseConnections: true });
  app.removeContentTypeParser('text/plain');
  app.addHook('onRequest', refuseStrangers);
  app.setErrorHandler(explain);
  addLooking(app, world, requests);
  addDoing(app, world);
  return app;
}

/** Starts listening on loopback and tells the address. */
export async function listenControl(app: FastifyInstance, port: number): Promise<string> {
  return app.listen({ host: HOST, port });
}

function addLooking(app: FastifyInstance, world: WorldHandle, requests: RequestLog): void {
  app.get('/truth', (request) => tellTruth(world, TRUTH_QUERY.parse(request.query)));
  app.get('/log', (request) => {
    const { after, limit } = LOG_QUERY.parse(request.query);
    const entries = world.log(after);
    return { entries: limit === undefined ? entries : entries.slice(0, limit), last: world.state.changes.length };
  });
  app.get('/requests', (request) => {
    const { after, totals, host } = REQUESTS_QUERY.parse(request.query);
    const asked = host === 'virtuous' ? world.crm.requests : requests;
    if (totals === '1') return asked.totals();
    const entries = asked.entries.filter((entry) => entry.n > after);
    return {
      ...asked.totals(),
      entries: entries.map((entry) => ({ ...entry, at: new Date(entry.at).toISOString() })),
    };
  });
  app.get('/clock', () => ({ now: isoNow(world) }));
  app.get('/faults', () => ({ faults: world.faults.state() }));
  app.get('/switches', () => world.switches.current);
}

function addDoing(app: FastifyInstance, world: WorldHandle): void {
  app.post('/mutate', (request) => ({ changes: world.mutate(request.body as AnyOperation | AnyOperation[]) }));
  app.post('/clock', (request) => {
    const body = CLOCK_BODY.parse(request.body);
    if ('advance' in body) world.clock.advance(body.advance);
    else world.clock.set(body.set);
    return { now: isoNow(world) };
  });
  app.post('/faults', (request) => {
    const plan = parseFaultPlan(request.body);
    world.faults.set(plan.faults, plan.seed ?? undefined);
    return { faults: world.faults.state() };
  });
  app.post('/switches', (request) => world.switches.set(z.record(z.string(), z.unknown()).parse(request.body)));
}

function tellTruth(world: WorldHandle, query: z.infer<typeof TRUTH_QUERY>): unknown {
  if (query.summary === '1') return world.summary();
  if (query.catalogue === '1') return world.catalogue();
  if (query.crm !== undefined) return query.crm === 'summary' ? world.crm.summary() : world.crm.truth();
  if (query.crm_contact_id !== undefined) return { contact: world.crm.contact(query.crm_contact_id) };
  if (query.crm_email !== undefined) return { contact: world.crm.contact({ email: query.crm_email }) };
  if (query.email !== undefined || query.contact_id !== undefined) return { contact: world.contact(query) };
  const offset = query.offset ?? 0;
  const end = query.limit === undefined ? undefined : offset + query.limit;
  const people = [...world.state.people.values()].slice(offset, end);
  const contacts = people.map((person) => truthOfPerson(world.state, person));
  return { summary: world.summary(), ...world.catalogue(), contacts };
}

function isoNow(world: WorldHandle): string {
  return new Date(world.clock.now()).toISOString();
}

async function refuseStrangers(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const name = (request.headers.host ?? '').replace(/:\d+$/, '');
  if (name !== HOST && name !== 'localhost') await reply.code(403).send({ error: 'only for this machine' });
}

function explain(error: unknown, _request: FastifyRequest, reply: FastifyReply): void {
  if (error instanceof z.ZodError) void reply.code(400).send({ error: z.prettifyError(error) });
  else if (error instanceof MutationError) void reply.code(409).send({ error: error.message });
  else if (error instanceof RangeError) void reply.code(400).send({ error: error.message });
  else {
    const status =
      error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : 500;
    void reply.code(status).send({ error: error instanceof Error ? error.message : String(error) });
  }
}
