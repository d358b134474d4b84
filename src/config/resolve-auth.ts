/**
 * How a connection signs in: a token that somebody else renews, or an application that `concord connect` signs in.
 *
 * Decides where a sign-in may go: the vendor's server, or the one that the file names beside another `baseUrl`; nothing
 * is ever guessed from an address (C4). The answer of a browser comes back to this machine alone.
 */
import { CONSTANT_CONTACT_BASE_URL, parseBaseUrl, parseRedirect } from './base-url.ts';
import type { Auth, VirtuousAuth } from './config.ts';
import type { Findings } from './findings.ts';
import type { KeyPath } from './problems.ts';
import type { VirtuousText } from './schema-virtuous.ts';
import type { ConstantContactText } from './schema.ts';
import { Secret } from './secret.ts';

export const CONSTANT_CONTACT_SIGN_IN = 'https://authz.constantcontact.com/oauth2/default/v1';
const DEFAULT_REDIRECT = 'http://127.0.0.1:8910/callback';
/** Keys that only mean something beside a client id. */
const OF_A_CLIENT = ['clientSecret', 'server', 'redirect'] as const;

/** Checks and resolves `auth`; null when it has problems. `baseUrl` is the resolved address of the API. */
export function resolveAuth(
  text: ConstantContactText['auth'],
  baseUrl: string,
  connection: KeyPath,
  findings: Findings,
): Auth | null {
  const path = [...connection, 'auth'];
  if (text.clientId === undefined) return resolveToken(text, path, findings);
  if (text.accessToken !== undefined) {
    findings.add(
      [...path, 'accessToken'],
      'stands beside clientId; a connection signs in one way, so keep one of them',
    );
    return null;
  }
  const server = serverOf(text.server, baseUrl, [...path, 'server'], findings);
  const redirect = parseRedirect(text.redirect ?? DEFAULT_REDIRECT);
  if ('fault' in redirect) findings.add([...path, 'redirect'], redirect.fault, 'value');
  if (server === null || 'fault' in redirect) return null;
  return Object.freeze({
    kind: 'sign-in',
    clientId: text.clientId,
    clientSecret: text.clientSecret === undefined ? null : new Secret(text.clientSecret),
    server,
    redirect: redirect.url,
  });
}

/** Checks and resolves the `auth` of a Virtuous connection; null when it has problems. */
export function resolveVirtuousAuth(
  { apiKey, username }: VirtuousText['auth'],
  connection: KeyPath,
  findings: Findings,
): VirtuousAuth | null {
  const path = [...connection, 'auth'];
  if (apiKey !== undefined && username !== undefined) {
    findings.add([...path, 'apiKey'], 'stands beside username; a connection signs in one way, so keep one of them');
    return null;
  }
  if (apiKey !== undefined) return Object.freeze({ kind: 'key', apiKey: new Secret(apiKey) });
  if (username !== undefined) return Object.freeze({ kind: 'sign-in', username });
  findings.add(
    [...path, 'apiKey'],
    'is missing; expected an API key of the organisation, or username and then `concord connect`',
  );
  return null;
}

function resolveToken(text: ConstantContactText['auth'], path: KeyPath, findings: Findings): Auth | null {
  for (const key of OF_A_CLIENT) {
    if (text[key] === undefined) continue;
    findings.add([...path, key], 'needs clientId beside it: the id of your application ("API key") in its portal');
    return null;
  }
  if (text.accessToken !== undefined)
    return Object.freeze({ kind: 'token', accessToken: new Secret(text.accessToken) });
  findings.add([...path, 'accessToken'], 'is missing; expected it, or clientId and then `concord connect`');
  return null;
}

function serverOf(text: string | undefined, baseUrl: string, path: KeyPath, findings: Findings): string | null {
  if (text === undefined && baseUrl === CONSTANT_CONTACT_BASE_URL) return CONSTANT_CONTACT_SIGN_IN;
  if (text === undefined) {
    findings.add(path, "is missing; baseUrl is not the vendor's, so name the sign-in server that belongs to it");
    return null;
  }
  const parsed = parseBaseUrl(text);
  if ('url' in parsed) return parsed.url;
  findings.add(path, parsed.fault, 'value');
  return null;
}
