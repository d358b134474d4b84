/**
 * The network port over a simulator in the same thread: a request takes virtual time, and the world lives on meanwhile.
 *
 * Must never wait for anything real, and never know what a request means.
 */
import type { InsideSimulator } from '../../simulators/main.ts';
import type { Clock } from '../../src/ports/clock.ts';
import { addressKey } from '../../simulators/world/world.ts';
import { TransportError, type HttpAnswer, type HttpRequest, type Transport } from '../../src/ports/transport.ts';

export interface Imports {
  /** How many rows of an import the account takes; the others it drops without a word. Null: all. */
  readonly rows: number | null;
  /** Filled with who went into which job, by the activity's id and the addresses' keys. */
  readonly jobs: Map<string, ReadonlySet<string>>;
}

/** Sees every request and what became of it. */
export interface Line {
  sends(request: HttpRequest): void;
  receives(request: HttpRequest, answer: HttpAnswer): void;
  loses(request: HttpRequest): void;
}

export interface InsideNetwork {
  readonly simulator: InsideSimulator;
  readonly clock: Clock;
  /** One way. */
  readonly latencyMs: number;
  /** What becomes of import jobs; left out: the account takes them whole, and nobody notes who was in them. */
  readonly imports?: Imports;
  /** Called whenever a request or an answer has travelled: what is due by now happens. */
  readonly meanwhile: () => void;
  readonly line?: Line | null;
}

/** Makes a transport whose other end is the simulator. */
export function createInsideTransport(network: InsideNetwork): Transport {
  return {
    exchange: (request, signal) => watched(network, request, signal),
    close: async () => undefined,
  };
}

async function watched(network: InsideNetwork, request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
  const { line } = network;
  line?.sends(request);
  try {
    const answer = await exchange(network, request, signal);
    line?.receives(request, answer);
    return answer;
  } catch (error) {
    if (!(error instanceof TransportError && !error.sent)) line?.loses(request);
    throw error;
  }
}

async function exchange(network: InsideNetwork, request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
  const { simulator, latencyMs } = network;
  await travel(network, latencyMs, signal);
  const { pathname, search, host } = new URL(request.url);
  const body = taken(network, pathname, request.body ?? '');
  const before = new Set(simulator.world.state.activities.keys());
  const outcome = simulator.exchange({
    method: request.method,
    url: pathname + search,
    headers: { ...request.headers, host },
    body,
  });
  noteJobs(network, before, body);
  const ms = latencyMs + outcome.afterMs;
  await travel(network, Math.min(ms, request.timeoutMs), signal);
  if (ms > request.timeoutMs) throw new TransportError('timeout', true);
  if (outcome.kind === 'refused') throw new TransportError('refused', false);
  if (outcome.kind === 'reset') throw new TransportError('reset', true);
  const { status, headers, text } = outcome.answer;
  if (Buffer.byteLength(text) > request.maxBytes) throw new TransportError('too-large', true);
  // As the wire hands them on: by names in lower case.
  const named = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  return { status, headers: named, body: Buffer.from(text) };
}

function noteJobs({ simulator, imports }: InsideNetwork, before: ReadonlySet<string>, body: string): void {
  if (imports === undefined) return;
  for (const id of simulator.world.state.activities.keys()) {
    if (before.has(id)) continue;
    const { import_data: rows } = JSON.parse(body) as { readonly import_data?: readonly { readonly email: string }[] };
    // A job about lists or tags names nobody by an address.
    if (rows !== undefined) imports.jobs.set(id, new Set(rows.map(({ email }) => addressKey(email))));
  }
}

function taken({ imports }: InsideNetwork, path: string, body: string): string {
  const rows = imports?.rows ?? null;
  if (rows === null || !path.endsWith('/contacts_json_import')) return body;
  const asked = JSON.parse(body) as { readonly import_data: readonly unknown[] };
  return JSON.stringify({ ...asked, import_data: asked.import_data.slice(0, rows) });
}

async function travel({ clock, meanwhile }: InsideNetwork, ms: number, signal: AbortSignal): Promise<void> {
  try {
    await clock.sleep(ms, signal);
  } catch {
    throw new TransportError('aborted', true);
  }
  meanwhile();
}
