/**
 * `check`, for a person: one line a step, and below it what is wrong and how to mend it. Pure.
 */
import { explain } from './messages.ts';
import type { CheckStep } from './results.ts';
import { formatValue } from './text.ts';

const MARKS: Readonly<Record<CheckStep['verdict'], string>> = { ok: 'ok     ', warning: 'warning', failed: 'FAILED ' };

/** Words one step. */
export function renderCheckStep(step: CheckStep): readonly string[] {
  const subject = step.subject === null ? '' : ` of ${step.subject}`;
  const found = Object.entries(step.found)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name} ${Array.isArray(value) ? value.join(', ') : formatValue(value)}`);
  return [
    `${MARKS[step.verdict]}  ${step.step}${subject}${found.length === 0 ? '' : `: ${found.join(', ')}`}`,
    ...step.messages.map((message) => `         ${explain(message)}`),
  ];
}
