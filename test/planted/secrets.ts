/** Bugs of secrets at rest and of the token chain. */
import type { PlantedBug } from './planted-bug.ts';

const STORE_TEST = 'src/store/sqlite/store.test.ts';
const SOURCE = 'src/sign-in/token-source.ts';
const CHAIN_TEST = 'test/sign-in/token-chain.test.ts';
const PASSWORD_TEST = 'src/sign-in/password-endpoint.test.ts';
const SECRETS_TEST = 'src/secrets/secrets.test.ts';

export const bugs: readonly PlantedBug[] = [
  {
    name: 'C3-sealed-value-opens-in-any-row',
    file: 'src/secrets/seal.ts',
    find: 'return Buffer.from(JSON.stringify(place));',
    replace: 'return Buffer.from(JSON.stringify(place.slice(0, 3)));',
    caughtBy: { file: SECRETS_TEST, test: 'opens in no other place' },
  },
  {
    name: 'C3-sealed-under-a-key-that-is-gone',
    file: 'src/store/sqlite/vault.ts',
    find: "if (!same) return 'superseded';",
    replace: "if (resealed.length === 0) return 'superseded';",
    caughtBy: { file: STORE_TEST, test: 'replaces all data keys at once' },
  },
  {
    name: 'I15-older-pair-over-a-newer',
    file: 'src/store/sqlite/vault.ts',
    find: 'lost_at = NULL\n       WHERE tenant = @tenant AND connection = ? AND sign_in = ? AND generation = ?',
    replace: 'lost_at = NULL\n       WHERE tenant = @tenant AND connection = ? AND sign_in = ? AND generation >= ?',
    caughtBy: { file: STORE_TEST, test: 'is replaced by what was made from it, once' },
  },
  {
    name: 'I15-token-given-before-it-is-stored',
    file: SOURCE,
    find: 'await this.#parts.keeper.renew(from, { usedAt, accessUntil }, tokens);\n',
    replace:
      'void { usedAt, accessUntil };\n    if (tokens.refreshToken !== null) return { ...from, accessUntil, tokens };\n',
    caughtBy: { file: CHAIN_TEST, test: 'is stored before its token is given to anybody' },
  },
  {
    name: 'I15-store-not-read-again-after-a-refusal',
    file: SOURCE,
    find: "if (answer === 'superseded') return this.#load();",
    replace: "if (answer === 'superseded') throw this.#lost();",
    caughtBy: { file: CHAIN_TEST, test: 'the store is read again first' },
  },
  {
    name: 'I15-lost-chain-asked-for-on-every-pass',
    file: SOURCE,
    find: 'if (refreshToken === null || current.lostAt !== null) throw this.#lost();',
    replace: 'if (refreshToken === null) throw this.#lost();',
    caughtBy: { file: CHAIN_TEST, test: 'the server is never asked again' },
  },
  {
    name: 'I12-token-endpoint-without-its-second',
    file: 'src/sign-in/token-endpoint.ts',
    find: 'const LIMITS = { perSecond: 1, perDay: 10_000 } as const;',
    replace: 'const LIMITS = { perSecond: 9, perDay: 10_000 } as const;',
    caughtBy: { file: 'test/sign-in/keys.test.ts', test: 'no second asks the token endpoint twice' },
  },
  {
    name: 'C3-secrets-left-under-the-old-key',
    file: 'src/sign-in/keeper.ts',
    find: 'const [master] = await this.#parts.masters();',
    replace: 'const master = (await this.#parts.masters()).toReversed()[0] as MasterKey;',
    caughtBy: { file: 'test/sign-in/keys.test.ts', test: 'afterwards the old master key opens nothing' },
  },
  {
    name: 'C4-answer-with-any-state',
    file: 'src/sign-in/browser.ts',
    find: 'endpoint.readAnswer(query, state);',
    replace: "endpoint.readAnswer(query, query.get('state') ?? state);",
    caughtBy: { file: 'test/end-to-end/connect.test.ts', test: 'takes only the one answer that was asked for' },
  },
  {
    name: 'T35-sign-in-of-another-account-kept',
    file: 'src/application/connect.ts',
    find: 'await putBack(at, name, before);',
    replace: 'await Promise.resolve(before);',
    caughtBy: { file: 'test/end-to-end/connect.test.ts', test: 'another account changes nothing' },
  },
  {
    name: 'I15-virtuous-pair-lives-for-an-assumed-time',
    file: 'src/sign-in/password-endpoint.ts',
    find: 'Math.min(...lives)',
    replace: '15 * 86_400_000',
    caughtBy: { file: PASSWORD_TEST, test: 'as many seconds as it says' },
  },
  {
    name: 'I15-virtuous-refresh-leaves-without-its-lease',
    file: 'src/sign-in/password-endpoint.ts',
    find: 'await ready();',
    replace: 'void ready;',
    caughtBy: { file: PASSWORD_TEST, test: 'not at all once the right to ask is lost' },
  },
  {
    name: 'I15-virtuous-page-in-front-taken-for-a-refusal',
    file: 'src/sign-in/password-endpoint.ts',
    find: "status === 401 ? 'refused' : 'unavailable'",
    replace: "status < 500 ? 'refused' : 'unavailable'",
    caughtBy: { file: PASSWORD_TEST, test: 'a page in front of the server' },
  },
];
