/**
 * `loadConfig`: the text of `concord.yaml` to a resolved Config, or everything that is wrong with it at once.
 *
 * Decides the order of the steps: parse, fill in the environment, say what is not in this version, check the shape,
 * look things up, check combinations. Pure: reads no file, no environment and no clock of its own.
 */
import { dirname, resolve } from 'node:path';
import type { Config, Connection } from './config.ts';
import { crossCheck } from './cross-checks.ts';
import { substituteEnvironment } from './environment.ts';
import type { Environment } from './environment.ts';
import { Findings } from './findings.ts';
import { parseInterval } from './intervals.ts';
import { reportNotYet } from './not-yet.ts';
import { ConfigError, formatKey } from './problems.ts';
import type { Problem } from './problems.ts';
import { readYaml } from './read-yaml.ts';
import { resolveConnections } from './resolve-connections.ts';
import { resolveKeys } from './resolve-keys.ts';
import { resolveSyncs } from './resolve-syncs.ts';
import { resolveServe } from './resolve-webhook.ts';
import { OUTLINE } from './schema.ts';
import type { OutlineText } from './schema.ts';
import { checkPart } from './validate.ts';

const DEFAULT_RECONCILE_MS = 86_400_000;

export interface ConfigSource {
  readonly env: Environment;
  /** Absolute path of the file; relative paths inside it start from its folder. */
  readonly file: string;
}

/** Loads a configuration. Throws ConfigError with every problem, each with its line, its key and what would be right. */
export function loadConfig(text: string, source: ConfigSource): Config {
  const findings = new Findings();
  const stop = (): never => {
    throw new ConfigError(source.file, findings.problems);
  };
  const parsed = readYaml(text, findings);
  if (parsed === null) {
    if (findings.problems.length === 0)
      findings.add([], 'the file is empty; docs/configuration.md has an example to start from');
    return stop();
  }
  const { value, fromEnvironment } = substituteEnvironment(parsed, source.env, findings);
  reportNotYet(value, findings);
  const outline = checkPart(OUTLINE, value, [], findings);
  const config = resolveAll(outline ?? partsOf(value), source.file, fromEnvironment, findings);
  if (findings.problems.length > 0) return stop();
  return Object.freeze({ ...config, warnings: clearTokens(config, fromEnvironment, findings) });
}

function resolveAll(
  outline: OutlineText,
  file: string,
  fromEnvironment: ReadonlySet<string>,
  findings: Findings,
): Omit<Config, 'warnings'> {
  const folder = dirname(file);
  const store = resolve(folder, outline.store);
  const reconcileMs = parseInterval(outline.reconcile ?? '') ?? DEFAULT_RECONCILE_MS;
  const connections = resolveConnections(outline.connections, folder, findings);
  const names = Object.keys(outline.connections);
  const syncs = resolveSyncs(outline.syncs, { connections, names, reconcileMs, findings });
  crossCheck(store, syncs, findings);
  const keys = resolveKeys(outline, connections, folder, fromEnvironment, findings);
  const serve = resolveServe(outline.serve, findings);
  return {
    file,
    store,
    reconcileMs,
    serve,
    ...keys,
    connections: Object.freeze(connections),
    syncs: Object.freeze(syncs),
  };
}

/** When the outline is wrong somewhere, the parts that are there are checked all the same. */
function partsOf(value: unknown): OutlineText {
  const { connections, syncs } = (value ?? {}) as Record<string, unknown>;
  return { store: '', connections: blockOf(connections), syncs: blockOf(syncs) };
}

function blockOf(value: unknown): Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? { ...value } : {};
}

/** A token or a client's secret that stands in the file itself works, but is a secret in clear (I20). */
function clearTokens(
  config: Omit<Config, 'warnings'>,
  fromEnvironment: ReadonlySet<string>,
  findings: Findings,
): readonly Problem[] {
  const message = 'stands in clear in the file; put it in an environment variable and write "${NAME}"';
  return Object.freeze(
    config.connections
      .flatMap((connection) => secretKeys(connection).map((keys) => ['connections', connection.name, ...keys]))
      .filter((path) => !fromEnvironment.has(JSON.stringify(path)))
      .map((path) => ({ position: findings.find(path), key: formatKey(path), message })),
  );
}

function secretKeys(connection: Connection): readonly (readonly string[])[] {
  switch (connection.connector) {
    case 'constant-contact':
      if (connection.auth.kind === 'token') return [['auth', 'accessToken']];
      return connection.auth.clientSecret === null ? [] : [['auth', 'clientSecret']];
    case 'virtuous':
      return [
        ['auth', 'apiKey'],
        ...(connection.webhook === null ? [] : [['webhook', 'secret']]),
        ...(connection.webhook?.previousSecret ? [['webhook', 'previousSecret']] : []),
      ];
    case 'sqlite':
      return [];
  }
}
