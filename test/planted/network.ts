/** Bugs of the network's edge: the quota, what an answer means, and where a request may go. */
import type { PlantedBug } from './planted-bug.ts';

const BUDGET = 'src/store/sqlite/budget.ts';
const STORE_TEST = 'src/store/sqlite/store.test.ts';
const WIRE = 'src/http/wire.ts';
const WIRE_TEST = 'src/http/wire.test.ts';
const URL_TEST = 'src/http/url.test.ts';

export const bugs: readonly PlantedBug[] = [
  {
    name: 'I12-slot-freed-from-its-reservation',
    file: BUDGET,
    find: 'coalesce(settled_at + ?, reserved_at + ?) <= ?',
    replace: 'coalesce(reserved_at + ?, reserved_at + ?) <= ?',
    caughtBy: { file: STORE_TEST, test: 'stays taken until settle plus one second' },
  },
  {
    name: 'I12-second-day-not-counted-at-midnight',
    file: BUDGET,
    find: 'const days = [...new Set(at.days)];',
    replace: 'const days = [...new Set(at.days)].slice(0, 1);',
    caughtBy: { file: STORE_TEST, test: 'at UTC midnight a request counts for both days' },
  },
  {
    name: 'T4-one-day-near-midnight',
    file: 'src/http/budget-days.ts',
    find: '[first, last]',
    replace: '[first]',
    caughtBy: { file: 'src/http/budget-days.test.ts', test: 'near midnight it counts for both days' },
  },
  {
    name: 'I12-day-one-over',
    file: BUDGET,
    find: '(row?.spent ?? 0) >= perDay',
    replace: '(row?.spent ?? 0) > perDay',
    caughtBy: { file: STORE_TEST, test: 'is spent at perDay, counted before sending, unsettled requests too' },
  },
  {
    name: 'I12-retries-not-counted',
    file: WIRE,
    find: 'const slot = await this.#budget.reserve(asked, this.skewMs, signal);',
    replace: 'const slot = attempt > 1 ? 0 : await this.#budget.reserve(asked, this.skewMs, signal);',
    caughtBy: { file: WIRE_TEST, test: 'retries too, and each slot is settled' },
  },
  {
    name: 'I12-throttled-taken-for-a-spent-day',
    file: 'src/connectors/constant-contact/v3/classify.ts',
    find: 'if (key !== null && /quota/i.test(key))',
    replace: 'if (key !== null)',
    caughtBy: {
      file: 'src/connectors/constant-contact/v3/classify.test.ts',
      test: 'the three meanings of 429 have a code each',
    },
  },
  {
    name: 'I12-spent-day-taken-for-throttled',
    file: 'src/connectors/constant-contact/v3/classify.ts',
    find: '/quota/i.test(key)',
    replace: "key === 'none'",
    caughtBy: {
      file: 'src/connectors/constant-contact/v3/classify.test.ts',
      test: 'the three meanings of 429 have a code each',
    },
  },
  {
    name: 'auth-tried-again',
    file: WIRE,
    find: "failure.mayPass && (handling === 'retry' || handling === 'wait') &&",
    replace: 'failure.mayPass && handling.length > 0 &&',
    caughtBy: { file: WIRE_TEST, test: 'what an answer means' },
  },
  {
    name: 'sixth-try',
    file: 'src/http/backoff.ts',
    find: 'export const MAX_TRIES = 5;',
    replace: 'export const MAX_TRIES = 6;',
    caughtBy: { file: WIRE_TEST, test: 'five failures end it' },
  },
  {
    name: 'C7-next-link-may-leave-its-host',
    file: 'src/http/url.ts',
    find: 'url === null || url.origin !== base.origin ||',
    replace: 'url === null ||',
    caughtBy: { file: URL_TEST, test: 'a next link never leaves its host' },
  },
  {
    name: 'C6-token-over-plain-http',
    file: 'src/http/url.ts',
    find: "url.protocol === 'http:' && !LOOPBACK.test(url.hostname)",
    replace: "url.protocol === 'http:' && url.hostname === ''",
    caughtBy: { file: URL_TEST, test: 'a base URL is https, or this machine itself' },
  },
  {
    name: 'T10-html-is-an-empty-answer',
    file: 'src/http/judge.ts',
    find: "if (body.kind === 'json')\n",
    replace: 'if (body !== undefined)\n',
    caughtBy: { file: WIRE_TEST, test: 'what an answer means' },
  },
  {
    name: 'C8-bidi-controls-shown-in-clear',
    file: 'src/cli/escape.ts',
    find: '\\u200b-\\u200f\\u2028-\\u202e',
    replace: '\\u2028-\\u2029',
    caughtBy: { file: 'src/cli/output.test.ts', test: 'no text comes out with a control or bidi character' },
  },
  {
    name: 'I15-refused-token-fails-a-write',
    file: WIRE,
    find: 'let mayRenew = true;',
    replace: "let mayRenew = request.method === 'GET';",
    caughtBy: { file: 'src/http/wire.test.ts', test: 'is renewed once for a write too' },
  },
];
