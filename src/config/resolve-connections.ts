/**
 * Connections as the file has them, to connections as the program wants them: defaults, absolute paths, budget groups.
 *
 * Decides that a budget belongs to its group, which is named, or the application's, or the connection's own: connections
 * of one group share one figure, which only one of them needs to state, and two different figures are an error.
 */
import { resolve } from 'node:path';
import { CONSTANT_CONTACT_BASE_URL, parseBaseUrl } from './base-url.ts';
import type { Budget, Connection, ConstantContactConnection, SqliteConnection } from './config.ts';
import type { Findings } from './findings.ts';
import type { KeyPath } from './problems.ts';
import { resolveAuth } from './resolve-auth.ts';
import { CONNECTORS, CONSTANT_CONTACT, SQLITE } from './schema.ts';
import type { ConstantContactText } from './schema.ts';
import { suggestText } from './suggest.ts';
import { checkPart } from './validate.ts';

const DEFAULTS = { perSecond: 4, perDay: 10_000 } as const;
const FIGURES = ['perSecond', 'perDay'] as const;
type Figure = (typeof FIGURES)[number];

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
  const group = budgets.join(name, text);
  if ('fault' in base) {
    findings.add(['connections', name, 'baseUrl'], base.fault, 'value');
    return null;
  }
  const auth = resolveAuth(text.auth, base.url, ['connections', name], findings);
  if (auth === null) return null;
  return () => ({ connector: 'constant-contact', name, api: 'v3', baseUrl: base.url, auth, budget: budgets.of(group) });
}

class BudgetGroups {
  readonly #groups = new Map<string, Partial<Record<Figure, { readonly value: number; readonly owner: string }>>>();
  readonly #findings: Findings;

  constructor(findings: Findings) {
    this.#findings = findings;
  }

  /** Notes what a connection says about its group, and gives the group's name. */
  join(connection: string, { budget, auth }: ConstantContactText): string {
    const own = auth.clientId === undefined ? `connection:${connection}` : `client:${auth.clientId}`;
    const group = budget?.group === undefined ? own : `group:${budget.group}`;
    const figures = this.#groups.get(group) ?? {};
    this.#groups.set(group, figures);
    for (const figure of FIGURES) {
      const value = budget?.[figure];
      if (value === undefined) continue;
      const said = figures[figure];
      if (said === undefined) figures[figure] = { value, owner: connection };
      else if (said.value !== value) this.#disagree(connection, figure, said.owner);
    }
    return group;
  }

  of(group: string): Budget {
    const figures = this.#groups.get(group) ?? {};
    const [perSecond, perDay] = FIGURES.map((figure) => figures[figure]?.value ?? DEFAULTS[figure]);
    return Object.freeze({ group, perSecond: perSecond ?? DEFAULTS.perSecond, perDay: perDay ?? DEFAULTS.perDay });
  }

  #disagree(connection: string, figure: Figure, owner: string): void {
    const { line } = this.#findings.find(['connections', owner, 'budget', figure]);
    const message = `differs from connection ${owner} (line ${line}), but both share one group and so one figure`;
    this.#findings.add(['connections', connection, 'budget', figure], message, 'value');
  }
}
