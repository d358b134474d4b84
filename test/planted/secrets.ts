/** Bugs of secrets at rest and of the token chain. */
import type { PlantedBug } from './planted-bug.ts';

const STORE_TEST = 'src/store/sqlite/store.test.ts';
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
];
