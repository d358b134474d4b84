/**
 * Signing in with a user's name and password, and with a code where the user has a second factor.
 *
 * Decides that a code is asked for only when the server wants one, and once. Must never keep the password or the code.
 */
import { ConnectorError } from '../model/errors.ts';
import type { PasswordEndpoint } from './password-endpoint.ts';
import type { Pair } from './token-endpoint.ts';
import { asConnectorError, TokenFailure } from './token-failure.ts';

export interface PasswordParts {
  readonly connection: string;
  readonly endpoint: Pick<PasswordEndpoint, 'signIn'>;
  readonly username: string;
}

/** What a person answers. */
export interface PasswordAnswers {
  readonly password: string;
  /** Asks for the code of the second factor; null where there is nobody to ask. */
  readonly code: () => Promise<string | null>;
}

/** Signs a user in. Throws ConnectorError. */
export async function signInByPassword(
  { connection, endpoint, username }: PasswordParts,
  { password, code: askCode }: PasswordAnswers,
  signal: AbortSignal,
): Promise<Pair> {
  const attempt = async (code: string | null): Promise<Pair | null> => {
    try {
      return await endpoint.signIn({ username, password, code }, signal);
    } catch (error) {
      if (!(error instanceof TokenFailure)) throw error;
      throw asConnectorError(error, connection, code === null ? 'SIGN_IN_WRONG_PASSWORD' : 'SIGN_IN_WRONG_CODE');
    }
  };
  const first = await attempt(null);
  if (first !== null) return first;
  const code = await askCode();
  if (code === null) throw new ConnectorError('SIGN_IN_CODE_NEEDED', 'auth', 'a code is needed', { connection });
  const second = await attempt(code);
  if (second === null) throw new ConnectorError('SIGN_IN_WRONG_CODE', 'auth', 'the code was refused', { connection });
  return second;
}
