/**
 * operators: what the conditions of a query can say, by the type of a parameter (virtuous-crm §4).
 *
 * The words are joined, not phrases. Text compares without case. A date means a whole day or an instant, by a switch. What no type of
 * parameter has is refused, never passed over.
 */
import type { Switches } from '../../switches.ts';
import { DAY } from '../../world/clock.ts';
import { dayOf } from '../crm/zone.ts';
import { readDate } from './times.ts';

export type ParameterType = 'Text' | 'Number' | 'Date' | 'Boolean' | 'List';

export interface Operator {
  readonly operator: string;
  readonly multipleValuesAllowed: boolean;
  readonly valueRequired: boolean;
}

function operator(name: string, valueRequired = true, multipleValuesAllowed = false): Operator {
  return { operator: name, multipleValuesAllowed, valueRequired };
}

const KNOWN = [operator('IsKnown', false), operator('IsNotKnown', false)];
const ANY = [operator('In', true, true), operator('NotIn', true, true)];

export const OPERATORS: Readonly<Record<ParameterType, readonly Operator[]>> = {
  Text: [...['Is', 'IsNot', 'Contains', 'StartsWith', 'EndsWith'].map((one) => operator(one)), ...ANY, ...KNOWN],
  Number: [
    ...['Is', 'IsNot', 'LessThan', 'LessThanOrEqual', 'GreaterThan', 'GreaterThanOrEqual', 'Between'].map((one) =>
      operator(one),
    ),
    ...ANY,
    ...KNOWN,
  ],
  Date: [...['Is', 'Before', 'After', 'OnOrBefore', 'OnOrAfter', 'Between'].map((one) => operator(one)), ...KNOWN],
  Boolean: [operator('IsTrue', false), operator('IsFalse', false)],
  List: [
    operator('Is'),
    operator('IsNot'),
    operator('IsAnyOf', true, true),
    operator('IsNoneOf', true, true),
    ...KNOWN,
  ],
};

export interface Wanted {
  readonly operator: string;
  readonly value: string;
  readonly secondary: string;
  readonly values: readonly string[];
}

/** What a record has under a parameter: several, one or nothing; numbers and instants as numbers. */
export type Has = readonly (string | number | boolean)[];

export interface Reading {
  readonly now: number;
  readonly switches: Switches;
}

/** Makes the test of a condition; null where the values are none of this type. The operator is one of the type. */
export function testOf(type: ParameterType, wanted: Wanted, reading: Reading): ((has: Has) => boolean) | null {
  if (wanted.operator === 'IsKnown') return (has) => has.length > 0;
  if (wanted.operator === 'IsNotKnown') return (has) => has.length === 0;
  switch (type) {
    case 'Boolean':
      return (has) => has.includes(true) === (wanted.operator === 'IsTrue');
    case 'Number':
      return numberTest(wanted);
    case 'Date':
      return dateTest(wanted, reading);
    case 'Text':
    case 'List':
      return textTest(wanted);
  }
}

function numberTest({ operator: word, value, secondary, values }: Wanted): ((has: Has) => boolean) | null {
  const isMany = word === 'In' || word === 'NotIn';
  const numbers = (isMany ? values : word === 'Between' ? [value, secondary] : [value]).map(numberOf);
  if (numbers.some((one) => one === null)) return null;
  const [first = 0, second = 0] = numbers.map(Number);
  const set = new Set(numbers.map(Number));
  const test = NUMBER_TESTS[word];
  if (isMany) return (has) => has.some((one) => set.has(Number(one))) === (word === 'In');
  return test === undefined ? null : (has) => has.some((one) => test(Number(one), first, second));
}

const NUMBER_TESTS: Readonly<Record<string, (n: number, a: number, b: number) => boolean>> = {
  Is: (n, a) => n === a,
  IsNot: (n, a) => n !== a,
  LessThan: (n, a) => n < a,
  LessThanOrEqual: (n, a) => n <= a,
  GreaterThan: (n, a) => n > a,
  GreaterThanOrEqual: (n, a) => n >= a,
  Between: (n, a, b) => n >= a && n <= b,
};

function numberOf(text: string): number | null {
  return /^-?\d{1,15}$/.test(text) ? Number(text) : null;
}

/** A date as the first and the last instant that it means: of a day, or twice the same. */
function spanOf(text: string, { now, switches }: Reading): readonly [from: number, to: number] | null {
  const at = readDate(text, now, switches);
  if (at === null) return null;
  if (switches.crmDates === 'instant' && text.includes('T')) return [at, at];
  const day = dayOf(at, switches);
  return [day, day + DAY - 1];
}

function dateTest({ operator: word, value, secondary }: Wanted, reading: Reading): ((has: Has) => boolean) | null {
  const span = spanOf(value, reading);
  const last = word === 'Between' ? spanOf(secondary, reading) : span;
  if (span === null || last === null) return null;
  const [from, to] = span;
  const tests: Readonly<Record<string, (at: number) => boolean>> = {
    Is: (at) => at >= from && at <= to,
    Before: (at) => at < from,
    After: (at) => at > to,
    OnOrBefore: (at) => at <= to,
    OnOrAfter: (at) => at >= from,
    Between: (at) => at >= from && at <= last[1],
  };
  const test = tests[word];
  return test === undefined ? null : (has) => has.some((one) => test(Number(one)));
}

function textTest({ operator: word, value, values }: Wanted): ((has: Has) => boolean) | null {
  const wanted = value.toLowerCase();
  const set = new Set(values.map((one) => one.toLowerCase()));
  const some = (test: (text: string) => boolean) => (has: Has) => has.some((one) => test(String(one).toLowerCase()));
  switch (word) {
    case 'Is':
      return some((one) => one === wanted);
    case 'IsNot':
      return (has) => !some((one) => one === wanted)(has);
    case 'Contains':
      return some((one) => one.includes(wanted));
    case 'StartsWith':
      return some((one) => one.startsWith(wanted));
    case 'EndsWith':
      return some((one) => one.endsWith(wanted));
    case 'In':
    case 'IsAnyOf':
      return some((one) => set.has(one));
    case 'NotIn':
    case 'IsNoneOf':
      return (has) => !some((one) => set.has(one))(has);
    default:
      return null;
  }
}
