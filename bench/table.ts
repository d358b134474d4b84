/** The benchmark's figures as a Markdown table: one row for each pass and program, with its ratio to the plain script. */
import type { Cost } from './measure.ts';
import type { Pass } from './subjects.ts';

export interface Row {
  readonly contacts: number;
  readonly pass: Pass;
  readonly subject: string;
  /** Contacts that the pass had to carry; null where there were none. */
  readonly carried: number | null;
  readonly cost: Cost & { readonly requests: number };
}

export const HEAD = [
  '| contacts | pass | program | s | contacts/s | CPU s | peak MB | requests | time | CPU | memory |',
  '| ---: | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |',
].join('\n');

function ratio(mine: number, script: number | undefined): string {
  return script === undefined || script === 0 ? '' : `${(mine / script).toFixed(2)}×`;
}

/** Writes one row; `script` is the plain script's row of the same pass. */
export function renderRow({ contacts, pass, subject, carried, cost }: Row, script: Row | undefined): string {
  const perSecond = carried === null ? '' : Math.round(carried / cost.seconds).toLocaleString('en-US');
  const cells = [
    contacts.toLocaleString('en-US'),
    pass,
    subject,
    cost.seconds.toFixed(2),
    perSecond,
    cost.cpuSeconds.toFixed(2),
    cost.peakMb.toFixed(0),
    String(cost.requests),
    ratio(cost.seconds, script?.cost.seconds),
    ratio(cost.cpuSeconds, script?.cost.cpuSeconds),
    ratio(cost.peakMb, script?.cost.peakMb),
  ];
  return `| ${cells.join(' | ')} |`;
}

/** Takes the middle of several measurements, figure by figure. */
export function middle(costs: readonly Row['cost'][]): Row['cost'] {
  const of = (key: keyof Row['cost']) =>
    costs.map((cost) => cost[key]).toSorted((a, b) => a - b)[Math.floor(costs.length / 2)] ?? 0;
  return { seconds: of('seconds'), cpuSeconds: of('cpuSeconds'), peakMb: of('peakMb'), requests: of('requests') };
}
