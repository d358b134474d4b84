/**
 * oauth: the identity provider's endpoints below `/oauth2/default/v1`.
 *
 * Errors are `{ error, error_description }`. An application proves itself by Basic credentials or, without a secret, names itself in
 * the body, never both. The token endpoint takes one request a second.
 */
import type { Reply } from '../answer.ts';
import type { Quota } from '../quota.ts';
import { readScopes, type CodeDesk } from './authorize.ts';
import type { DeviceDesk } from './device.ts';
import type { Grants } from './grants.ts';

export const OAUTH_PATH = '/oauth2/default/v1';
export const ACTIVATE_PATH = '/activate';

export interface App {
  readonly clientId: string;
  readonly secret: string;
}

export interface OAuthRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly form: URLSearchParams;
  readonly authorization: string | null;
  readonly origin: string;
}

export interface OAuthDesks {
  readonly app: App;
  readonly grants: Grants;
  readonly codes: CodeDesk;
  readonly devices: DeviceDesk;
  readonly quota: Quota;
  readonly now: () => number;
}

type Client = { readonly confidential: boolean };

/** Answers a request to the identity provider. */
export function answerOAuth(desks: OAuthDesks, request: OAuthRequest): Reply {
  const endpoint = `${request.method} ${request.path}`;
  switch (endpoint) {
    case `GET ${OAUTH_PATH}/authorize`:
      return desks.codes.authorize(request.query);
    case `POST ${OAUTH_PATH}/token`:
      return answerToken(desks, request);
    case `POST ${OAUTH_PATH}/device/authorize`:
      return answerDevice(desks, request);
    case `GET ${ACTIVATE_PATH}`: {
      const done = desks.devices.decide(request.query.get('user_code') ?? '', 'approved');
      const headers = { 'content-type': 'text/html' };
      return {
        status: done ? 200 : 404,
        body: `<html><body>${done ? 'Connected' : 'Unknown code'}</body></html>`,
        headers,
      };
    }
    default:
      return refuse(404, 'not_found', 'no such endpoint');
  }
}

function answerToken(desks: OAuthDesks, request: OAuthRequest): Reply {
  if (desks.quota.takeToken(desks.now()) !== null)
    return refuse(429, 'too_many_requests', 'one token request a second');
  const given = new URLSearchParams([...request.query, ...request.form]);
  const client = identify(desks.app, request.authorization, given);
  if ('status' in client) return client;
  switch (given.get('grant_type')) {
    case 'authorization_code':
      return redeemCode(desks, given, client);
    case 'refresh_token':
      return redeemRefresh(desks, given.get('refresh_token') ?? '', client);
    case 'urn:ietf:params:oauth:grant-type:device_code': {
      const poll = desks.devices.poll(given.get('device_code') ?? '');
      if ('error' in poll) return refuse(400, poll.error, 'the sign-in is not complete');
      return { status: 200, body: desks.grants.begin({ scopes: poll.scopes, confidential: client.confidential }) };
    }
    default:
      return refuse(400, 'unsupported_grant_type', 'grant_type is not supported');
  }
}

function redeemCode(desks: OAuthDesks, given: URLSearchParams, client: Client): Reply {
  const verifier = given.get('code_verifier');
  const code = desks.codes.spend(given.get('code') ?? '', given.get('redirect_uri') ?? '', verifier);
  if (code === null) return refuse(400, 'invalid_grant', 'The authorization code is invalid or has expired.');
  if (code.challenge === null && !client.confidential)
    return refuse(401, 'invalid_client', 'No client credentials found.');
  const tokens = desks.grants.begin({ scopes: code.scopes, confidential: client.confidential });
  return {
    status: 200,
    body:
      code.challenge === null ? tokens : { ...tokens, id_token: `${String(tokens['access_token']).slice(0, 40)}.id.x` },
  };
}

function redeemRefresh(desks: OAuthDesks, token: string, client: Client): Reply {
  if (desks.grants.isConfidential(token) === true && !client.confidential) {
    return refuse(401, 'invalid_client', 'No client credentials found.');
  }
  const tokens = desks.grants.refresh(token);
  if (tokens === null) return refuse(400, 'invalid_grant', 'unknown, invalid, or expired refresh token');
  return { status: 200, body: tokens };
}

function answerDevice(desks: OAuthDesks, request: OAuthRequest): Reply {
  const client = identify(desks.app, request.authorization, request.form);
  if ('status' in client) return client;
  const scopes = readScopes(request.form.get('scope'));
  if (scopes === null) return refuse(400, 'invalid_scope', 'One or more scopes are not configured.');
  return { status: 200, body: desks.devices.begin(scopes, `${request.origin}${ACTIVATE_PATH}`) };
}

function identify(
  app: App,
  authorization: string | null,
  given: URLSearchParams,
): Client | (Reply & { readonly status: number }) {
  const named = given.get('client_id');
  if (authorization === null) {
    return named === app.clientId
      ? { confidential: false }
      : refuse(401, 'invalid_client', 'Invalid value for client_id.');
  }
  if (named !== null) return refuse(400, 'invalid_request', 'Cannot supply multiple client credentials.');
  const [scheme, encoded = ''] = authorization.split(' ');
  const [id = '', secret = ''] = Buffer.from(encoded, 'base64').toString().split(':').map(decodeURIComponent);
  const isRight = scheme?.toLowerCase() === 'basic' && id === app.clientId && secret === app.secret;
  return isRight ? { confidential: true } : refuse(401, 'invalid_client', 'The client secret supplied is invalid.');
}

function refuse(
  status: number,
  error: string,
  description: string,
): { readonly status: number; readonly body: unknown } {
  return { status, body: { error, error_description: description } };
}
