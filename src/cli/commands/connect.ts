/**
 * `connect NAME`: signs a connection in by browser, by device code or by a pasted token, and says whose account it is.
 *
 * Decides which way is taken where none is named (a browser where somebody sits at a terminal, else a code for another
 * device), and that a token is only ever taken from a hidden question or from standard input: never from an argument,
 * which every user of the machine can read. The same goes for a password and a code, which nobody keeps.
 */
import type { Config, ConstantContactConnection, VirtuousConnection } from '../../config/config.ts';
import { EXIT } from '../exit-codes.ts';
import type { ExitCode } from '../exit-codes.ts';
import { UsageError } from '../messages.ts';
import { renderConnect } from '../render-connect.ts';
import { readConfig, withApplication } from '../session.ts';
import type { Session } from '../session.ts';
import type { ConnectHow, ConnectItem, Way } from '../sign-in-results.ts';

/** Runs the command. */
export async function runConnect(session: Session, name: string, way: Way | undefined): Promise<ExitCode> {
  const config = await readConfig(session);
  const { connector } = findConnection(config, name);
  const how = connector === 'virtuous' ? await askPassword(session, name, way) : await chooseHow(session, name, way);
  let last: ConnectItem | null = null;
  await withApplication(session, config, async ({ application, call }) => {
    for await (const item of application.connect(name, how, call)) {
      await session.output.json(item);
      if (item.kind !== 'other-account') await session.output.lines(renderConnect(item));
      last = item;
    }
  });
  return endOf(session, last);
}

async function endOf(session: Session, last: ConnectItem | null): Promise<ExitCode> {
  if (last?.kind === 'connected') return EXIT.ok;
  if (last?.kind !== 'other-account') return EXIT.failed;
  const { connection, found, expected, syncs } = last;
  const facts = { connection, found, expected, syncs };
  await session.output.notice({ level: 'error', code: 'connected-to-another-account', facts });
  return EXIT.stopped;
}

function findConnection(config: Config, name: string): ConstantContactConnection | VirtuousConnection {
  const connection = config.connections.find((candidate) => candidate.name === name);
  const known = config.connections
    .filter((one) => one.connector !== 'sqlite' && one.auth.kind === 'sign-in')
    .map((one) => one.name);
  if (connection === undefined) throw new UsageError('unknown-connection', { connection: name, known });
  if (connection.connector === 'sqlite' || connection.auth.kind !== 'sign-in')
    throw new UsageError('needs-no-sign-in', { connection: name, connector: connection.connector });
  return connection;
}

async function chooseHow({ io, output }: Session, name: string, given: Way | undefined): Promise<ConnectHow> {
  const way = given ?? (io.interactive ? 'browser' : 'device');
  if (way === 'browser' || way === 'device') return { with: way };
  const what = way === 'refresh-token' ? 'refresh token' : 'access token';
  const asks = io.interactive && !output.mode.json;
  const token = (asks ? await io.prompts.secret(`Paste the ${what} of ${name}`) : await io.readInput()).trim();
  if (!/^[\u0021-\u007e]{1,16384}$/u.test(token)) throw new UsageError('no-token-given', { what });
  output.hide(token);
  return { with: way, token };
}

/** Takes the password, and the code where one is wanted: from hidden questions, or as two lines of standard input. */
async function askPassword({ io, output }: Session, name: string, given: Way | undefined): Promise<ConnectHow> {
  if (given !== undefined) throw new UsageError('signs-in-by-password', { connection: name });
  const asks = io.interactive && !output.mode.json;
  const [first = '', second = ''] = asks
    ? [await io.prompts.secret(`The password of the user of ${name}`)]
    : (await io.readInput()).split(/\r?\n/u);
  if (first === '') throw new UsageError('no-token-given', { what: 'password' });
  output.hide(first);
  const code = async (): Promise<string | null> => {
    const answer = (asks ? await io.prompts.secret(`The code of the second factor for ${name}`) : second).trim();
    output.hide(answer);
    return answer === '' ? null : answer;
  };
  return { with: 'password', password: first, code };
}
