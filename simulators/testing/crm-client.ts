/**
 * crm-client: the plainest client of the CRM there is: no retry, no waiting, no opinion.
 */
import { startSimulators, type SimulatorOptions, type Simulators } from '../main.ts';
import { NOON } from './start.ts';

export type Json = { readonly [key: string]: unknown };

export interface CrmGot {
  readonly status: number;
  /** The body as JSON; an empty object where it is none. */
  readonly body: Json;
  readonly text: string;
  readonly headers: Headers;
}

export interface CrmClient {
  /** Calls with the API key; a path begins with `/api`. */
  call(method: string, path: string, body?: unknown): Promise<CrmGot>;
  /** Sends anything. */
  raw(path: string, init: RequestInit): Promise<CrmGot>;
  /** Asks for tokens. */
  token(form: Record<string, string>): Promise<CrmGot>;
}

export interface CrmRunning extends Simulators {
  readonly crm: CrmClient;
}

/** Makes a client for a running simulator. */
export function crmClient({ ready }: Simulators): CrmClient {
  const { url, token } = ready.virtuous;
  const raw: CrmClient['raw'] = async (path, init) => {
    const answer = await fetch(url + path, init);
    const text = await answer.text();
    return { status: answer.status, body: parseOrEmpty(text), text, headers: answer.headers };
  };
  return {
    raw,
    call: (method, path, body) =>
      raw(path, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    token: (form) => raw('/Token', { method: 'POST', body: new URLSearchParams(form) }),
  };
}

/** Starts simulators with a standing clock, hands them to a test and closes them whatever happens. */
export async function withCrm(options: SimulatorOptions, test: (running: CrmRunning) => Promise<void>): Promise<void> {
  const simulators = await startSimulators({ contacts: 20, quota: null, clock: { now: () => NOON }, ...options });
  try {
    await test({ ...simulators, crm: crmClient(simulators) });
  } finally {
    await simulators.close();
  }
}

/** One household with one person of one address. */
export function household(email: string, isOptedIn = true, lastName = 'Tester'): Json {
  return {
    contactType: 'Household',
    contactIndividuals: [
      { firstName: 'Tess', lastName, contactMethods: [{ type: 'Home Email', value: email, isOptedIn }] },
    ],
  };
}

function parseOrEmpty(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return {};
  }
}
