/**
 * Budgets of connections that share one key or one organisation.
 *
 * Decides that the figures belong to the group: one of its connections may state one, two different ones are an error.
 */
import type { Findings } from './findings.ts';

type Figures = Readonly<Record<string, number>>;
type Said = Readonly<Record<string, number | string | undefined>>;

export class BudgetGroups {
  readonly #groups = new Map<string, Map<string, { readonly value: number; readonly owner: string }>>();
  readonly #findings: Findings;

  constructor(findings: Findings) {
    this.#findings = findings;
  }

  /** Notes what a connection says about its group's figures. */
  join(connection: string, group: string, budget: Said | undefined): void {
    const figures = this.#groups.get(group) ?? new Map<string, { value: number; owner: string }>();
    this.#groups.set(group, figures);
    for (const [figure, value] of Object.entries(budget ?? {})) {
      if (typeof value !== 'number') continue;
      const said = figures.get(figure);
      if (said === undefined) figures.set(figure, { value, owner: connection });
      else if (said.value !== value) this.#disagree(connection, figure, said.owner);
    }
  }

  /** Gives a group's figures once all of its connections have joined it. */
  of<F extends Figures>(group: string, defaults: F): { readonly group: string } & { readonly [K in keyof F]: number } {
    const figures = this.#groups.get(group);
    const known = Object.keys(defaults).flatMap((figure) => {
      const said = figures?.get(figure);
      return said === undefined ? [] : [[figure, said.value] as const];
    });
    return Object.freeze({ group, ...defaults, ...(Object.fromEntries(known) as Partial<F>) });
  }

  #disagree(connection: string, figure: string, owner: string): void {
    const { line } = this.#findings.find(['connections', owner, 'budget', figure]);
    const message = `differs from connection ${owner} (line ${line}), but both share one group and so one figure`;
    this.#findings.add(['connections', connection, 'budget', figure], message, 'value');
  }
}
