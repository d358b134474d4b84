/**
 * sign-in-status: how each connection stands by the dates in the store; needs no key and sends nothing (I15).
 */
import type { ConnectionStatus } from '../cli/results.ts';
import type { ConstantContactConnection } from '../config/config.ts';
import { isoOf } from '../model/instant.ts';
import { standingOf } from '../sign-in/renewal.ts';
import type { StoredSignIn } from '../store/vault.ts';
import type { Installation } from './installation.ts';

/** Foresees what is about to happen to a connection's sign-in. */
export async function signInStatus(
  at: Installation,
  { name, auth }: ConstantContactConnection,
): Promise<ConnectionStatus> {
  const nothing = { connection: name, signedInAt: null, usedAt: null, untilAt: null, messages: [] };
  if (auth.kind === 'token') return { ...nothing, state: 'token' };
  const stored = await at.store.signIn(name);
  if (stored === null) return { ...nothing, state: 'missing', messages: [notice('SIGN_IN_MISSING', name, null)] };
  return { ...foreseen(stored, at.ports.clock.now()), signedInAt: stored.signedInAt, usedAt: stored.usedAt };
}

/** Reports on every connection that signs in. */
export async function connectionStatuses(at: Installation): Promise<ConnectionStatus[]> {
  const sources = at.config.connections.filter((one) => one.connector === 'constant-contact');
  return Promise.all(sources.map((connection) => signInStatus(at, connection)));
}

function foreseen(
  stored: StoredSignIn,
  now: number,
): Pick<ConnectionStatus, 'connection' | 'state' | 'untilAt' | 'messages'> {
  const { connection } = stored;
  const standing = standingOf(stored, now);
  const state = standing.kind;
  switch (standing.kind) {
    case 'good':
      return { connection, state, untilAt: null, messages: [] };
    case 'ended': {
      const code = stored.lostAt === null ? 'SIGN_IN_ENDED' : 'SIGN_IN_LOST';
      return { connection, state, untilAt: null, messages: [notice(code, connection, null)] };
    }
    case 'lost':
      return {
        connection,
        state,
        untilAt: standing.until,
        messages: [notice('sign-in-lost', connection, standing.until)],
      };
    default:
      return {
        connection,
        state,
        untilAt: standing.at,
        messages: [notice(`sign-in-${state}`, connection, standing.at)],
      };
  }
}

function notice(code: string, connection: string, until: number | null): ConnectionStatus['messages'][number] {
  return { level: 'warning', code, facts: { connection, until: until === null ? null : isoOf(until) } };
}
