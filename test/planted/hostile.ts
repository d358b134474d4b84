/** Bugs at the doors where something that others made comes in. */
import type { PlantedBug } from './planted-bug.ts';

export const bugs: readonly PlantedBug[] = [
  {
    name: 'C7-brackets-without-bound',
    file: 'src/config/yaml-bounds.ts',
    find: 'const MOST_LEVELS = 32;',
    replace: 'const MOST_LEVELS = 32_000_000;',
    caughtBy: { file: 'src/config/yaml-bounds.test.ts', test: '32 levels of either kind' },
  },
  {
    name: 'C7-words-without-bound',
    file: 'src/config/yaml-bounds.ts',
    find: 'if (tokens > MOST_TOKENS)',
    replace: 'if (tokens > MOST_TOKENS * 1e6)',
    caughtBy: { file: 'src/config/yaml-bounds.test.ts', test: '60,000 words and signs pass' },
  },
  {
    name: 'C7-damage-told-raw',
    file: 'src/store/sqlite/database.ts',
    find: "  'SQLITE_ERROR',\n",
    replace: '',
    caughtBy: { file: 'test/hostile/hostile.test.ts', test: 'a dropped table is refused' },
  },
  {
    name: 'C7-broken-json-told-raw',
    file: 'src/store/sqlite/database.ts',
    find: "  } catch {\n    throw new StoreRefused('corrupt', 'the store is damaged: a value",
    replace:
      "  } catch (error) {\n    if (text !== '') throw error;\n    throw new StoreRefused('corrupt', 'the store is damaged: a value",
    caughtBy: { file: 'test/hostile/hostile.test.ts', test: 'JSON that is cut off is refused' },
  },
  {
    name: 'C7-opt-out-held-by-a-cell',
    file: 'src/connectors/sqlite/mirror-store.ts',
    find: 'Object.entries(readUnusual(stored))',
    replace: "Object.entries(JSON.parse(String(stored ?? '{}')) as Content)",
    caughtBy: { file: 'src/connectors/sqlite/mirror.test.ts', test: 'holds back no opt-out' },
  },
  {
    name: 'C7-plan-without-its-end',
    file: 'src/cli/plan-file.ts',
    find: '  if (!ended) throw refuse();',
    replace: '',
    caughtBy: { file: 'test/hostile/hostile.test.ts', test: 'a plan without its end is refused' },
  },
  {
    name: 'C7-link-to-another-host',
    file: 'src/http/url.ts',
    find: 'if (url === null || url.origin !== base.origin || ',
    replace: 'if (url === null || ',
    caughtBy: { file: 'test/hostile/hostile.test.ts', test: 'another host, whole is taken' },
  },
];
