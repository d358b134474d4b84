/**
 * access: what a connection signs its requests with, whichever way it signs in.
 *
 * Decides what identifies a sign-in (I15): the token itself where somebody else renews it, what a person consented to where
 * Concord does. Must never hold a token longer than whoever sends it.
 */
import type { Auth, ConstantContactConnection, VirtuousConnection } from '../config/config.ts';
import { fixedAccess } from '../connector/access.ts';
import type { Access } from '../connector/access.ts';
import { textHash } from '../model/hash.ts';
import { PasswordEndpoint } from '../sign-in/password-endpoint.ts';
import { TokenEndpoint } from '../sign-in/token-endpoint.ts';
import { createTokenSource } from '../sign-in/token-source.ts';
import type { TokenSourceParts } from '../sign-in/token-source.ts';
import type { Installation } from './installation.ts';

export interface OpenAccess {
  readonly access: Access;
  /** Changes when the signed-in identity may have; says nothing about it. */
  readonly credential: string;
  /** Requests to the sign-in server so far. */
  readonly sent: () => number;
}

/** Opens what a connection signs with; nothing is sent yet. Throws MasterKeyRefused where its tokens cannot be opened. */
export async function openAccess(at: Installation, connection: ConstantContactConnection): Promise<OpenAccess> {
  const { auth, name } = connection;
  if (auth.kind === 'token') return givenAccess(() => auth.accessToken.reveal());
  return signedAccess(at, name, endpointOf(at, name, auth));
}

/** The same of a connection to Virtuous CRM+. Throws MasterKeyRefused where its tokens cannot be opened. */
export async function openCrmAccess(at: Installation, connection: VirtuousConnection): Promise<OpenAccess> {
  const { auth, name } = connection;
  if (auth.kind === 'key') return givenAccess(() => auth.apiKey.reveal());
  return signedAccess(at, name, passwordEndpointOf(at, connection));
}

function givenAccess(token: () => string): OpenAccess {
  return { access: fixedAccess(token), credential: textHash(`credential ${token()}`), sent: () => 0 };
}

async function signedAccess(
  { store, keeper, ports }: Installation,
  name: string,
  endpoint: TokenSourceParts['endpoint'] & { readonly sent: number },
): Promise<OpenAccess> {
  // Opened once before anything starts: a key that does not fit ends a command before its first request.
  const signIn = (await keeper.load(name))?.signIn ?? null;
  const { clock, steps, owner } = ports;
  return {
    access: createTokenSource({ connection: name, signIn, keeper, store, endpoint, clock, steps, owner }),
    credential: textHash(`sign-in ${signIn ?? 'none'}`),
    sent: () => endpoint.sent,
  };
}

/** Makes the way to where a user of Virtuous CRM+ signs in: the host of the API itself. */
export function passwordEndpointOf(at: Installation, { name, baseUrl }: VirtuousConnection): PasswordEndpoint {
  const { transport, clock } = at.ports;
  return new PasswordEndpoint({ connection: name, server: baseUrl }, { transport, clock, ledger: at.store });
}

/** Makes the way to a connection's sign-in server. */
export function endpointOf(
  at: Installation,
  connection: string,
  { clientId, clientSecret, server }: Extract<Auth, { readonly kind: 'sign-in' }>,
): TokenEndpoint {
  const { transport, clock } = at.ports;
  const secret = clientSecret === null ? null : () => clientSecret.reveal();
  return new TokenEndpoint(
    { connection, clientId, clientSecret: secret, server },
    { transport, clock, ledger: at.store },
  );
}
