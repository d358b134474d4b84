/**
 * What every command needs before its own work: the configuration read, its secrets hidden, the application open.
 *
 * Decides which file is the configuration and which syncs are meant. Closes what it opened, whatever happens.
 */
import { resolve } from 'node:path';
import type { Auth, Config, VirtuousConnection } from '../config/config.ts';
import { loadConfig } from '../config/load.ts';
import type { Application, Call } from './application.ts';
import type { Io } from './io.ts';
import { UsageError } from './messages.ts';
import type { Output } from './output.ts';
import { createProgress } from './progress.ts';

export const DEFAULT_CONFIG = 'concord.yaml';

export interface Session {
  readonly io: Io;
  readonly output: Output;
  /** As given by --config; relative to the working folder. */
  readonly configFile: string;
}

export interface Opened {
  readonly config: Config;
  readonly application: Application;
  readonly call: Call;
}

/** Reads the configuration, and hides its secrets from all output. Throws ConfigError and FileError. */
export async function readConfig({ io, output, configFile }: Session): Promise<Config> {
  const file = resolve(io.cwd, configFile);
  const config = loadConfig(await io.files.readText(file), { env: io.env, file });
  for (const connection of config.connections) {
    if (connection.connector === 'constant-contact') hideSecrets(connection.auth, output);
    if (connection.connector === 'virtuous') hideOfVirtuous(connection, output);
  }
  for (const source of [config.masterKey, config.previousMasterKey])
    if (source?.kind === 'key') output.hide(source.key.reveal());
  return config;
}

function hideOfVirtuous({ auth, webhook }: VirtuousConnection, output: Output): void {
  for (const secret of [auth.kind === 'key' ? auth.apiKey : null, webhook?.secret, webhook?.previousSecret])
    if (secret !== undefined && secret !== null) output.hide(secret.reveal());
}

function hideSecrets(auth: Auth, output: Output): void {
  const secret = auth.kind === 'token' ? auth.accessToken : auth.clientSecret;
  if (secret !== null) output.hide(secret.reveal());
}

/** Opens the application for one command and closes it again. */
export async function withApplication<T>(
  session: Session,
  config: Config,
  work: (opened: Opened) => Promise<T>,
): Promise<T> {
  const application = await session.io.openApplication(config);
  try {
    using progress = createProgress(session.io, session.output);
    return await work({ config, application, call: { signal: session.io.signal, progress: progress.report } });
  } finally {
    await application.close();
  }
}

/** Names the syncs that a command is about: the one given, or all. */
export function chooseSyncs(config: Config, given: string | undefined): readonly string[] {
  const known = config.syncs.map(({ name }) => name);
  if (given === undefined) return known;
  if (!known.includes(given)) throw new UsageError('unknown-sync', { sync: given, known });
  return [given];
}
