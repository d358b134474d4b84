/**
 * sign-in-status: how each connection stands by the dates in the store; needs no key and sends nothing (I15).
 */
import type { CheckStep, ConnectionStatus } from '../cli/results.ts';
import type { ConstantContactConnection, VirtuousConnection } from '../config/config.ts';
import { isoOf } from '../model/instant.ts';
import { IDLE_DEATH_MS, standingOf, VIRTUOUS_IDLE_DEATH_MS } from '../sign-in/renewal.ts';
import type { StoredSignIn } from '../store/vault.ts';
import type { Installation } from './installation.ts';

type Signing = ConstantContactConnection | VirtuousConnection;

/** Foresees what is about to happen to a connection's sign-in. */
export async function signInStatus(at: Installation, { name, auth, connector }: Signing): Promise<ConnectionStatus> {
  const nothing = { connection: name, signedInAt: null, usedAt: null, untilAt: null, messages: [] };
  if (auth.kind !== 'sign-in') return { ...nothing, state: 'token' };
  const stored = await at.store.signIn(name);
  if (stored === null) return { ...nothing, state: 'missing', messages: [notice('SIGN_IN_MISSING', name, null)] };
  const idleDeathMs = connector === 'virtuous' ? VIRTUOUS_IDLE_DEATH_MS : IDLE_DEATH_MS;
  return {
    ...foreseen(stored, at.ports.clock.now(), idleDeathMs),
    signedInAt: stored.signedInAt,
    usedAt: stored.usedAt,
  };
}

/** Reports on every connection that signs in. */
export async function connectionStatuses(at: Installation): Promise<ConnectionStatus[]> {
  const sources = at.config.connections.filter(
    (one) => one.connector === 'constant-contact' || (one.connector === 'virtuous' && one.auth.kind === 'sign-in'),
  ) as readonly Signing[];
  return Promise.all(sources.map((connection) => signInStatus(at, connection)));
}

/** Says at a step of `check` what works today, but not for long; asking has just renewed what could be. */
export async function foresee(at: Installation, connection: Signing, step: CheckStep): Promise<CheckStep> {
  if (step.verdict !== 'ok') return step;
  const { messages } = await signInStatus(at, connection);
  return messages.length === 0 ? step : { ...step, verdict: 'warning', messages };
}

function foreseen(
  stored: StoredSignIn,
  now: number,
  idleDeathMs: number,
): Pick<ConnectionStatus, 'connection' | 'state' | 'untilAt' | 'messages'> {
  const { connection } = stored;
  const standing = standingOf(stored, now, idleDeathMs);
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
