/**
 * Connections as the file has them, to connections as the program wants them: defaults, absolute paths, budget groups.
 *
 * Decides that a budget belongs to its group, which is named, or the application's, or the connection's own: connections
 * of one group share one figure, which only one of them needs to state, and two different figures are an error.
 */
import { resolve } from 'node:path';
import { CONSTANT_CONTACT_BASE_URL, parseBaseUrl, VIRTUOUS_BASE_URL } from './base-url.ts';
import { BudgetGroups } from './budget-groups.ts';
import type { Connection, ConstantContactConnection, SqliteConnection, VirtuousConnection } from './config.ts';
import type { Findings } from './findings.ts';
import type { KeyPath } from './problems.ts';
import { resolveAuth, resolveVirtuousAuth } from './resolve-auth.ts';
import { resolveWebhook } from './resolve-webhook.ts';
import { VIRTUOUS, type VirtuousText } from './schema-virtuous.ts';
import { CONNECTORS, CONSTANT_CONTACT, SQLITE } from './schema.ts';
import type { ConstantContactText } from './schema.ts';
import { suggestText } from './suggest.ts';
import { checkPart } from './validate.ts';

const DAILY = { perSecond: 4, perDay: 10_000 } as const;
const HOURLY = { perHour: 1_500, share: 80 } as const;

/** Checks and resolves every connection; those with problems are left out. */
export function resolveConnections(
  parts: Readonly<Record<string, unknown>>,
  folder: string,
  findings: Findings,
): readonly Connection[] {
  const budgets = new BudgetGroups(findings);
  const makers = Object.entries(parts).map(([name, part]) => readConnection(name, part, folder, budgets, findings));
  // Only now are all figures of each group known.
  return makers.flatMap((make) => (make === null ? [] : [Object.freeze(make())]));
}

function readConnection(
  name: string,
  part: unknown,
  folder: string,
  budgets: BudgetGroups,
  findings: Findings,
): (() => Connection) | null {
  const path = ['connections', name];
  const connector = readConnector(part, path, findings);
  if (connector === 'sqlite') {
    const text = checkPart(SQLITE, part, path, findings);
    return text && ((): SqliteConnection => ({ connector: 'sqlite', name, file: resolve(folder, text.file) }));
  }
  if (connector === 'virtuous') {
    const text = checkPart(VIRTUOUS, part, path, findings);
    return text && readVirtuous(name, text, budgets, findings);
  }
  const text = connector === null ? null : checkPart(CONSTANT_CONTACT, part, path, findings);
  return text && readConstantContact(name, text, budgets, findings);
}

function readConnector(part: unknown, path: KeyPath, findings: Findings): keyof typeof CONNECTORS | null {
  const known = Object.keys(CONNECTORS);
  if (part === null || typeof part !== 'object' || Array.isArray(part)) {
    findings.add(path, 'is not a block of keys; expected connector: and what it needs', 'value');
    return null;
  }
  const connector = (part as Record<string, unknown>)['connector'];
  if (typeof connector === 'string' && Object.hasOwn(CONNECTORS, connector))
    return connector as keyof typeof CONNECTORS;
  const place = [...path, 'connector'];
  if (connector === undefined) findings.add(place, `is missing; expected one of ${known.join(', ')}`);
  else
    findings.add(
      place,
      `is not a connector; ${suggestText(typeof connector === 'string' ? connector : '', known)}`,
      'value',
    );
  return null;
}

function readConstantContact(
  name: string,
  text: ConstantContactText,
  budgets: BudgetGroups,
  findings: Findings,
): (() => ConstantContactConnection) | null {
  const base = parseBaseUrl(text.baseUrl ?? CONSTANT_CONTACT_BASE_URL);
  const own = text.auth.clientId === undefined ? `connection:${name}` : `client:${text.auth.clientId}`;
  const group = text.budget?.group === undefined ? own : `group:${text.budget.group}`;
  budgets.join(name, group, text.budget);
  if ('fault' in base) {
    findings.add(['connections', name, 'baseUrl'], base.fault, 'value');
    return null;
  }
  const auth = resolveAuth(text.auth, base.url, ['connections', name], findings);
  if (auth === null) return null;
  return () => ({
    connector: 'constant-contact',
    name,
    api: 'v3',
    baseUrl: base.url,
    auth,
    budget: budgets.of(group, DAILY),
  });
}

function readVirtuous(
  name: string,
  text: VirtuousText,
  budgets: BudgetGroups,
  findings: Findings,
): (() => VirtuousConnection) | null {
  const base = parseBaseUrl(text.baseUrl ?? VIRTUOUS_BASE_URL);
  const group = text.budget?.group === undefined ? `connection:${name}` : `virtuous:${text.budget.group}`;
  budgets.join(name, group, text.budget);
  if ('fault' in base) {
    findings.add(['connections', name, 'baseUrl'], base.fault, 'value');
    return null;
  }
  const auth = resolveVirtuousAuth(text.auth, ['connections', name], findings);
  if (auth === null) return null;
  const webhook = text.webhook === undefined ? null : resolveWebhook(text.webhook);
  return () => ({ connector: 'virtuous', name, baseUrl: base.url, auth, budget: budgets.of(group, HOURLY), webhook });
}
