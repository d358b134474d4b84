/**
 * connect: signs a connection in, keeps what it got, and finds out whose account it is.
 *
 * Decides the order: the pair is durable before it is used (I15), renewals wait meanwhile, and the account is compared with
 * the one that each sync was begun with (T35). Another account changes nothing: what was there before is put back.
 */
import type { Call } from '../cli/application.ts';
import type { ConnectHow, ConnectItem } from '../cli/sign-in-results.ts';
import type { Auth, ConstantContactConnection, VirtuousAuth, VirtuousConnection } from '../config/config.ts';
import { fixedAccess } from '../connector/access.ts';
import { CONSTANT_CONTACT_V3_SCOPES } from '../connectors/constant-contact/v3/declaration.ts';
import { pinnedAccount } from '../engine/account.ts';
import { ConnectorError, LeaseLost } from '../model/errors.ts';
import { signInByBrowser } from '../sign-in/browser.ts';
import { signInByDevice } from '../sign-in/device.ts';
import { signInByPassword } from '../sign-in/password.ts';
import type { Pair, TokenEndpoint } from '../sign-in/token-endpoint.ts';
import { asConnectorError, TokenFailure } from '../sign-in/token-failure.ts';
import type { Lease } from '../store/rows.ts';
import type { StoredSignIn } from '../store/vault.ts';
import { endpointOf, passwordEndpointOf } from './access.ts';
import { openCrmWith } from './crm.ts';
import type { Installation } from './installation.ts';
import { openWith } from './parts.ts';
import { streamed } from './streamed.ts';

type SignsIn = { readonly kind: 'sign-in' };
type AccountConnection = ConstantContactConnection & { readonly auth: Extract<Auth, SignsIn> };
type CrmConnection = VirtuousConnection & { readonly auth: Extract<VirtuousAuth, SignsIn> };
type Connection = AccountConnection | CrmConnection;

/** Longer than the one read under it may take. */
const LEASE_MS = 120_000;
const WAIT_MS = 150_000;
const ASK_AGAIN_MS = 500;
const NEVER = new AbortController().signal;

/** Signs a connection in; the last item says how it ended. Throws ConnectorError, LoopbackTaken, MasterKeyRefused. */
export function connect(
  at: Installation,
  connection: Connection,
  how: ConnectHow,
  call: Call,
): AsyncIterable<ConnectItem> {
  return streamed(async (emit) => {
    // A key that is missing is told before a person is sent to a browser.
    await at.keeper.ready();
    const pair = await obtain(at, connection, how, emit, call.signal);
    await underLease(at, connection.name, async () => emit(await settle(at, connection, pair)));
  });
}

/** Tells whether a connection is one that `connect` signs in. */
export function signsIn(connection: ConstantContactConnection | VirtuousConnection): connection is Connection {
  return connection.auth.kind === 'sign-in';
}

async function obtain(
  at: Installation,
  connection: Connection,
  how: ConnectHow,
  emit: (item: ConnectItem) => Promise<void>,
  signal: AbortSignal,
): Promise<Pair> {
  const { name } = connection;
  if (connection.connector === 'constant-contact') {
    if (how.with === 'password') throw new Error(`connection ${name} signs in without a password`);
    return obtainFromAccount(at, connection, how, emit, signal);
  }
  if (how.with !== 'password') throw new Error(`connection ${name} signs in with a password`);
  const endpoint = passwordEndpointOf(at, connection);
  return signInByPassword({ connection: name, endpoint, username: connection.auth.username }, how, signal);
}

async function obtainFromAccount(
  at: Installation,
  { name, auth }: AccountConnection,
  how: Exclude<ConnectHow, { readonly with: 'password' }>,
  emit: (item: ConnectItem) => Promise<void>,
  signal: AbortSignal,
): Promise<Pair> {
  const { clock, entropy, loopback } = at.ports;
  const endpoint = endpointOf(at, name, auth);
  const common = { connection: name, endpoint, clock, scopes: CONSTANT_CONTACT_V3_SCOPES };
  switch (how.with) {
    case 'browser':
      return signInByBrowser(
        { ...common, loopback, entropy, redirect: auth.redirect },
        (address, untilAt) => emit({ kind: 'open', address, untilAt }),
        signal,
      );
    case 'device':
      return signInByDevice(
        common,
        ({ address, completeAddress, userCode }, untilAt) =>
          emit({ kind: 'device', address, completeAddress, userCode, untilAt }),
        signal,
      );
    case 'refresh-token':
      return takePasted(endpoint, name, how.token);
    case 'access-token':
      return { accessToken: how.token, refreshToken: null, livesMs: null };
  }
}

/** Only using it shows whether a refresh token is good; the pair that it gives takes its place. */
async function takePasted(endpoint: TokenEndpoint, connection: string, token: string): Promise<Pair> {
  try {
    const pair = await endpoint.refresh(token, NEVER, async () => undefined);
    return { ...pair, refreshToken: pair.refreshToken ?? token };
  } catch (error) {
    if (!(error instanceof TokenFailure)) throw error;
    throw asConnectorError(error, connection, error.word === 'invalid_grant' ? 'SIGN_IN_NOT_TAKEN' : 'SIGN_IN_REFUSED');
  }
}

async function settle(at: Installation, connection: Connection, pair: Pair): Promise<ConnectItem> {
  const { store, keeper, ports } = at;
  const { name } = connection;
  const before = await store.signIn(name);
  const now = ports.clock.now();
  const accessUntil = pair.livesMs === null ? null : now + pair.livesMs;
  const renewable = pair.refreshToken !== null;
  const row = { connection: name, signIn: ports.ids.next(), generation: 1, renewable, lostAt: null };
  const { accessToken, refreshToken } = pair;
  await keeper.put({ ...row, signedInAt: now, usedAt: now, accessUntil }, { accessToken, refreshToken });
  // Interrupted or not, what is stored is checked: half a sign-in would only be found out by the next pass.
  const account = await identify(at, connection, accessToken);
  const others = await begunWithAnother(at, name, account.id);
  const [first] = others;
  if (first !== undefined) {
    await putBack(at, name, before);
    const syncs = others.map(({ sync }) => sync);
    return { kind: 'other-account', connection: name, found: account.id, expected: first.account, syncs };
  }
  const told = { account: account.id, organisation: account.name, renewable, accessUntilAt: accessUntil };
  return { kind: 'connected', connection: name, ...told };
}

function identify(
  at: Installation,
  connection: Connection,
  accessToken: string,
): Promise<{ readonly id: string; readonly name: string | null }> {
  const access = fixedAccess(() => accessToken);
  const opened =
    connection.connector === 'virtuous'
      ? openCrmWith(at, connection, access, () => undefined)
      : openWith(at, connection, access, () => undefined);
  return opened.source.identify(NEVER);
}

/** Syncs of this connection that were begun with another account. */
async function begunWithAnother(
  at: Installation,
  connection: string,
  account: string,
): Promise<readonly { readonly sync: string; readonly account: string }[]> {
  const found: { sync: string; account: string }[] = [];
  for (const sync of at.config.syncs) {
    const marks = sync.primary.name === connection ? 'people' : sync.secondary.name === connection ? 'crm' : null;
    const pinned = marks === null ? null : await pinnedAccount(at.store, sync.name, marks);
    if (pinned !== null && pinned.id !== account) found.push({ sync: sync.name, account: pinned.id });
  }
  return found;
}

async function putBack({ store }: Installation, connection: string, before: StoredSignIn | null): Promise<void> {
  if (before === null || (await store.putSignIn(before)) === 'key-gone') await store.removeSignIn(connection);
}

/** Keeps renewals waiting while the sign-in changes: one that was under way must not lose its new pair. */
async function underLease(at: Installation, connection: string, work: () => Promise<void>): Promise<void> {
  const lease = await takeLease(at, connection);
  try {
    await work();
  } finally {
    await at.store.releaseLease(lease).catch((error: unknown) => {
      if (!(error instanceof LeaseLost)) throw error;
    });
  }
}

async function takeLease({ store, ports }: Installation, connection: string): Promise<Lease> {
  const until = ports.clock.now() + WAIT_MS;
  for (;;) {
    const answer = await store.acquireLease(`refresh:${connection}`, ports.owner, LEASE_MS);
    if (answer.kind === 'yours') return answer.lease;
    if (ports.clock.now() >= until)
      throw new ConnectorError('SIGN_IN_BUSY', 'unavailable', 'a renewal does not end', { connection });
    await ports.clock.sleep(ASK_AGAIN_MS, NEVER);
  }
}
